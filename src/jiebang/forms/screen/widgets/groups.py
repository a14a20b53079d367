"""Several controls in one fieldset: radio buttons, checkboxes, files, and answers of two parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import colander

from jiebang.forms.screen.widgets.controls import Widget, date_type
from jiebang.forms.screen.widgets.wiring import posted_parts, posted_texts, wrong_shape

if TYPE_CHECKING:
    from deform.field import Field

    from jiebang.forms.screen.page import Page as PageContext


class Group(Widget):
    """Radio buttons in a fieldset."""

    template = "radios"
    frame = "group"
    role: str | None = "radiogroup"


class YesNo(Group):
    """Two radio buttons."""

    template = "yes_no"


class Checkboxes(Group):
    """Several of the options."""

    template = "checkboxes"
    role = None

    def deserialize(self, field: Field, pstruct: Any) -> Any:
        """The ticked codes."""
        return posted_texts(field, pstruct)


class Lines(Widget):
    """Several numbers, one a line: a reference to several things of which none is offered."""

    template = "lines"

    def deserialize(self, field: Field, pstruct: Any) -> Any:
        """Every line that is not empty."""
        if pstruct is colander.null:
            return []
        if not isinstance(pstruct, str):
            raise wrong_shape(field)
        return [line.strip() for line in pstruct.splitlines() if line.strip()]


class Files(Widget):
    """Files already attached, and a field for more."""

    template = "files"
    frame = "group"

    def deserialize(self, field: Field, pstruct: Any) -> Any:
        """The ids of the files that stay."""
        return posted_texts(field, pstruct)

    def extra(self, field: Field, cstruct: Any, path: str) -> dict[str, Any]:
        """The attached files by id, and what may be attached."""
        page: PageContext = field.page
        return {"files": [(one, page.files.get(one)) for one in cstruct], "uploads": page.uploads}


class Parts(Group):
    """An answer of two parts, sent as one mapping; each part has its own label and error."""

    role = None
    #: The parts of the answer, in the order of the page.
    parts: tuple[str, ...] = ()

    def sent(self, field: Field) -> dict[str, str]:
        """Every part and the name that its control sends."""
        return {part: part for part in self.parts}

    def deserialize(self, field: Field, pstruct: Any) -> Any:
        """A mapping of the parts as typed."""
        return posted_parts(field, pstruct, self.sent(field))

    def extra(self, field: Field, cstruct: Any, path: str) -> dict[str, Any]:
        """What stands in the parts, the names they send, and their errors."""
        page: PageContext = field.page
        return {
            "value": cstruct if isinstance(cstruct, dict) else {},
            "sent": self.sent(field),
            "errors": {part: page.errors.get(f"{path}.{part}") for part in self.parts},
        }


class Rating(Parts):
    """A grade and the reason for it."""

    template = "rating"
    parts = ("rating", "reason")

    def sent(self, field: Field) -> dict[str, str]:
        """A browser groups radio buttons by name in the whole form, whatever peppercorn's marks."""
        return {"rating": f"{field.name}-rating", "reason": "reason"}


class YearRange(Parts):
    """The first and the last year of a period."""

    template = "year_range"
    parts = ("from", "to")


class Signature(Parts):
    """签字: who signs and when, as it will be printed at the place for the signature."""

    template = "signature"
    parts = ("name", "date")

    def extra(self, field: Field, cstruct: Any, path: str) -> dict[str, Any]:
        """What the parts hold, and the kind of field that shows the date as it was typed."""
        shown = super().extra(field, cstruct, path)
        return shown | {"date_type": date_type(shown["value"].get("date", ""))}
