"""deform widgets over our own templates: accessible, no scripts or styles, no deform resources.

A widget gets what it needs to show from ``field.page`` (see ``page.Page``), which deform hands to
every field of a form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import colander
import deform.widget

from jiebang.forms.definition import Condition, Question
from jiebang.i18n import _

if TYPE_CHECKING:
    from deform.field import Field

    from jiebang.forms.page import Page as PageContext

#: More options than this stand in a drop-down list instead of radio buttons.
RADIOS_AT_MOST = 7

_INPUT_MODES = {"int": "numeric", "money": "decimal", "phone": "tel", "email": "email"}
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INPUT_TYPES = {"phone": "tel", "date": "date"}


def element_id(path: str) -> str:
    """The id of the control at a path such as ``indicators.0.name``."""
    return "f-" + path.replace(".", "-")


def condition_data(condition: Condition | None) -> dict[str, str]:
    """The condition as data-* attributes for ``forms.js``."""
    if condition is None:
        return {}
    wanted = [
        ("yes" if one else "no") if isinstance(one, bool) else one for one in condition.wanted
    ]
    return {
        "data-shown-when": condition.field,
        "data-shown-values": json.dumps(wanted, ensure_ascii=False),
    }


def wrong_shape(field: Field) -> colander.Invalid:
    """What a posted answer of the wrong shape gets (a list for a date, text for a table)."""
    words = {"label": field.title}
    return colander.Invalid(
        field.schema,
        _("The answer to “${label}” arrived damaged. Please give it again.", mapping=words),
    )


class Widget(deform.widget.Widget):
    """A labelled control. ``control`` renders it bare, as a table cell wants it."""

    template = "input"
    frame = "item"
    #: What the fieldset around a group is: only a radio group may be called invalid.
    role: str | None = None

    def deserialize(self, field: Field, pstruct: Any) -> Any:
        """What was posted, as typed. Raises ``colander.Invalid`` when it has another shape."""
        if pstruct is colander.null:
            return ""
        if not isinstance(pstruct, str):
            raise wrong_shape(field)
        return pstruct.replace("\r\n", "\n").replace("\r", "\n")

    def serialize(self, field: Field, cstruct: Any, **kw: Any) -> str:
        """Label, help, error and control of one question."""
        page, question = field.page, field.schema.question
        path = str(field.name)
        own = page.describe(question, path)
        control = self.control(field, cstruct, path=path, describedby=own.describedby)
        return str(
            field.renderer(
                self.frame,
                field=field,
                question=question,
                label=field.title,
                id=element_id(path),
                item=own,
                shown=condition_data(question.shown_when),
                role=self.role,
                control=control,
            )
        )

    def control(
        self,
        field: Field,
        cstruct: Any,
        *,
        path: str,
        describedby: str | None,
        cell_label: str | None = None,
        cell_pattern: str | None = None,
    ) -> str:
        """The bare control at ``path``; in a table ``cell_label`` names it instead of a label."""
        page, question = field.page, field.schema.question
        return str(
            field.renderer(
                self.template,
                field=field,
                question=question,
                name=field.name,
                id=element_id(path),
                value=cstruct,
                choices=field.schema.choices,
                describedby=describedby,
                invalid="true" if path in page.errors else None,
                mark=" is-invalid" if path in page.errors else "",
                cell_label=cell_label,
                cell_pattern=cell_pattern,
                inputmode=_INPUT_MODES.get(question.type),
                **self.extra(field, cstruct, path),
            )
        )

    def extra(self, field: Field, cstruct: Any, path: str) -> dict[str, Any]:
        """What the template of this widget wants besides."""
        return {}


class Input(Widget):
    """One line. A date that cannot be one stands in a text field, so that it is shown as typed."""

    def extra(self, field: Field, cstruct: Any, path: str) -> dict[str, Any]:
        """A date field only takes ISO text: anything else has to be shown as it was typed."""
        kind = field.schema.question.type
        as_typed = kind == "date" and bool(cstruct) and not _ISO.fullmatch(cstruct)
        return {"input_type": "text" if as_typed else _INPUT_TYPES.get(kind, "text")}


class Area(Widget):
    """Several lines, with a counter."""

    template = "textarea"


class Select(Widget):
    """A drop-down list."""

    template = "select"


class Group(Widget):
    """Radio buttons in a fieldset."""

    template = "radios"
    frame = "group"
    role: str | None = "radiogroup"


class YesNo(Group):
    """Two radio buttons."""

    template = "yes_no"


class Consent(Widget):
    """One checkbox that has to be ticked."""

    template = "consent"
    frame = "consent_item"


class Checkboxes(Group):
    """Several of the options."""

    template = "checkboxes"
    role = None

    def deserialize(self, field: Field, pstruct: Any) -> Any:
        """The ticked codes."""
        return _texts(field, pstruct)


class Files(Widget):
    """Files already attached, and a field for more."""

    template = "files"
    frame = "group"

    def deserialize(self, field: Field, pstruct: Any) -> Any:
        """The ids of the files that stay."""
        return _texts(field, pstruct)

    def extra(self, field: Field, cstruct: Any, path: str) -> dict[str, Any]:
        """The attached files by id, and what may be attached."""
        page: PageContext = field.page
        return {"files": [(one, page.files.get(one)) for one in cstruct], "uploads": page.uploads}


class Rating(Group):
    """A grade and the reason for it."""

    template = "rating"
    role = None

    def deserialize(self, field: Field, pstruct: Any) -> Any:
        """A mapping of rating and reason."""
        if pstruct is colander.null:
            return {}
        if not isinstance(pstruct, dict):
            raise wrong_shape(field)
        return {
            "rating": _text(field, pstruct.get(f"{field.name}-rating", "")),
            "reason": _text(field, pstruct.get("reason", "")),
        }

    def extra(self, field: Field, cstruct: Any, path: str) -> dict[str, Any]:
        """Errors of the two halves."""
        errors = field.page.errors
        # A browser groups radio buttons by name in the whole form, whatever peppercorn's marks say.
        return {
            "radio": f"{field.name}-rating",
            "errors": {half: errors.get(f"{path}.{half}") for half in ("rating", "reason")},
        }


class Table(Group):
    """Rows of controls, with buttons to add, remove and move them."""

    template = "table"
    role = None

    def deserialize(self, field: Field, pstruct: Any) -> Any:
        """A list of rows, each a mapping of column to typed text."""
        if pstruct is colander.null:
            return []
        if not isinstance(pstruct, list) or not all(isinstance(row, dict) for row in pstruct):
            raise wrong_shape(field)
        if len(pstruct) > 2 * field.schema.question.max:
            # No page of ours offers so many; showing them again would be work for nothing. Twice,
            # since a form file may have lowered its limit while a draft was open.
            raise wrong_shape(field)
        columns = [column.key for column in field.schema.question.columns]
        return [{key: _text(field, row.get(key, "")) for key in columns} for row in pstruct]

    def extra(self, field: Field, cstruct: Any, path: str) -> dict[str, Any]:
        """Every cell rendered; an empty table shows its least number of rows, and at least one."""
        row_field = field.children[0]
        question: Question = field.schema.question
        rows = list(cstruct) if isinstance(cstruct, list) else []
        # The page, and forms.js after it, put the number of the row in.
        counted = {"n": "{n}"}
        while len(rows) < max(1, question.min or 0):
            rows.append({})
        return {
            "columns": question.columns,
            "column_fields": row_field.children,
            "rows": [
                self._cells(field, row, f"{path}.{index}", index) for index, row in enumerate(rows)
            ],
            "blank": self._cells(field, {}, f"{path}.{len(rows)}", len(rows)),
            "up": field.page.translate(_("Move row ${n} up", mapping=counted)),
            "down": field.page.translate(_("Move row ${n} down", mapping=counted)),
            "remove": field.page.translate(_("Remove row ${n}", mapping=counted)),
            "full": question.max is not None and len(rows) >= question.max,
        }

    def _cells(
        self, field: Field, row: dict[str, Any], path: str, index: int
    ) -> Sequence[dict[str, Any]]:
        cells: list[dict[str, Any]] = []
        page: PageContext = field.page
        for column in field.children[0].children:
            cell_path = f"{path}.{column.name}"
            error = page.errors.get(cell_path)
            error_id = f"{element_id(cell_path)}-error" if error else None
            pattern = page.translate(
                _("${label}, row ${n}", mapping={"label": column.title, "n": "{n}"})
            )
            control = column.widget.control(
                column,
                row.get(column.name, ""),
                path=cell_path,
                describedby=error_id,
                cell_label=pattern.replace("{n}", str(index + 1)),
                cell_pattern=pattern,
            )
            cells.append({"control": control, "error": error, "error_id": error_id})
        return cells


class Page(deform.widget.Widget):
    """The form element around everything; ``page.render`` calls it through deform."""

    def serialize(self, field: Field, cstruct: Any, **kw: Any) -> str:
        """All sections with their questions."""
        items = {
            child.name: child.widget.serialize(child, cstruct.get(child.name, ""))
            for child in field.children
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


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise wrong_shape(field)
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _texts(field: Field, pstruct: Any) -> list[str]:
    if pstruct is colander.null:
        return []
    if not isinstance(pstruct, list) or not all(isinstance(one, str) for one in pstruct):
        raise wrong_shape(field)
    return list(pstruct)


def widget_for(question: Question, options: int, *, in_a_row: bool) -> Widget:
    """The widget for a question. Rows repeat names, which radio buttons cannot bear."""
    if question.type == "one_of":
        return Select() if in_a_row or options > RADIOS_AT_MOST else Group()
    return {
        "longtext": Area,
        "yes_no": YesNo,
        "consent": Consent,
        "several_of": Checkboxes,
        "files": Files,
        "rating": Rating,
        "table": Table,
    }.get(question.type, Input)()
