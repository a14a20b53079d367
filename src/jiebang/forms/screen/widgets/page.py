"""The form element around everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import colander
import deform.widget

if TYPE_CHECKING:
    from deform.field import Field


class Page(deform.widget.Widget):
    """``page.render_page`` calls it through deform."""

    def serialize(self, field: Field, cstruct: Any, **kw: Any) -> str:
        """All sections with their questions."""
        items = {
            child.name: child.widget.serialize(child, cstruct.get(child.name, ""))
            for child in field.children
            if child.name in kw["asked"]
        }
        return str(field.renderer("page", items=items, page=field.page, **kw))

    def deserialize(self, field: Field, pstruct: Any) -> Any:
        """What was posted for each question that was asked; raises one ``Invalid`` holding all."""
        found: dict[str, Any] = {}
        errors: list[colander.Invalid] = []
        for child in field.children:
            try:
                found[child.name] = child.widget.deserialize(
                    child, pstruct.get(child.name, colander.null)
                )
            except colander.Invalid as invalid:
                errors.append(invalid)
        if errors:
            whole = colander.Invalid(field.schema, value=found)
            for error in errors:
                whole.add(error)
            raise whole
        return found
