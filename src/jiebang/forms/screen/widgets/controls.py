"""One control with its label: lines of text, lists to choose from, a tick, a figure worked out.

A widget gets what it needs to show from ``field.page`` (see ``page.Page``), which deform hands to
every field of a form.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import deform.widget

from jiebang.forms.kinds import divisions
from jiebang.forms.screen.widgets.wiring import condition_data, element_id, posted_text
from jiebang.i18n import _

if TYPE_CHECKING:
    from deform.field import Field

    from jiebang.forms.screen.page import Page as PageContext

_INPUT_MODES = {
    "integer": "numeric",
    "decimal": "decimal",
    "money": "decimal",
    "year": "numeric",
    "division": "numeric",
    "phone": "tel",
    "email": "email",
    "url": "url",
}
_INPUT_TYPES = {"phone": "tel", "url": "url"}
#: How wide an answer is, so that the field shows what is expected.
_WIDTHS = {
    "integer": "width-short",
    "decimal": "width-short",
    "year": "width-short",
    "date": "width-short",
    "division": "width-short",
    "money": "width-medium",
    "phone": "width-medium",
    "credit_code": "width-medium",
}
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: A list longer than this can be searched where scripts run.
SEARCHED_FROM = 16


@dataclass(frozen=True)
class Offer:
    """One line of a drop-down list."""

    code: str
    text: str


@dataclass(frozen=True)
class Cell:
    """That a control stands in a row: ``label`` names it, ``pattern`` names it in any row."""

    label: str
    pattern: str


class Widget(deform.widget.Widget):
    """A labelled control. ``control`` renders it bare, as a table cell wants it."""

    template = "input"
    frame = "item"
    #: What the fieldset around a group is: only a radio group may be called invalid.
    role: str | None = None

    def deserialize(self, field: Field, pstruct: Any) -> Any:
        """What was posted, as typed. Raises ``colander.Invalid`` when it has another shape."""
        return posted_text(field, pstruct)

    def serialize(self, field: Field, cstruct: Any, **kw: Any) -> str:
        """Label, help, error and control of one question; its answer where it is closed."""
        page: PageContext = field.page
        question, path = field.schema.question, str(field.name)
        shown = {
            "field": field,
            "question": question,
            "label": field.title,
            "id": element_id(path),
            "shown": condition_data(question.shown_when),
        }
        if page.closed(question.key):
            return str(field.renderer("closed", answer=page.answers[question.key], **shown))
        own = page.describe(question, path)
        control = self.control(field, cstruct, path=path, describedby=own.describedby)
        return str(field.renderer(self.frame, item=own, role=self.role, control=control, **shown))

    def control(
        self,
        field: Field,
        cstruct: Any,
        *,
        path: str,
        describedby: str | None,
        cell: Cell | None = None,
    ) -> str:
        """The bare control at ``path``; in a table ``cell`` names it instead of a label."""
        page, question = field.page, field.schema.question
        wrong = path in page.errors
        shown = {
            "field": field,
            "question": question,
            "name": field.name,
            "id": element_id(path),
            "value": cstruct,
            "choices": field.schema.choices,
            "describedby": describedby,
            "invalid": "true" if wrong else None,
            "mark": " is-invalid" if wrong else "",
            "cell": cell,
        }
        return str(field.renderer(self.template, **(shown | self.extra(field, cstruct, path))))

    def extra(self, field: Field, cstruct: Any, path: str) -> dict[str, Any]:
        """What the template of this widget wants besides, or otherwise."""
        return {}


def date_type(typed: str) -> str:
    """A date field only takes ISO text: anything else stands in a text field, as it was typed."""
    return "text" if typed and not _ISO.fullmatch(typed) else "date"


class Input(Widget):
    """One line."""

    def extra(self, field: Field, cstruct: Any, path: str) -> dict[str, Any]:
        """What kind of field it is and how wide."""
        kind = field.schema.question.type
        return {
            "input_type": date_type(cstruct) if kind == "date" else _INPUT_TYPES.get(kind, "text"),
            "input_mode": _INPUT_MODES.get(kind),
            "width": _WIDTHS.get(kind, ""),
            "called": None,
        }


class Division(Input):
    """行政区划: one line for six digits; what they stand for is said beside it.

    Where scripts run the codes in use are offered while one types: too many to send with a page.
    """

    def extra(self, field: Field, cstruct: Any, path: str) -> dict[str, Any]:
        """What the code that stands there is called."""
        return super().extra(field, cstruct, path) | {"called": divisions.name_of(cstruct)}


class Area(Widget):
    """Several lines, with a counter."""

    template = "textarea"


class Select(Widget):
    """A drop-down list; a long one can be searched where scripts run.

    What stands there and is no longer offered stays in the list: nothing typed is lost.
    """

    template = "select"

    def extra(self, field: Field, cstruct: Any, path: str) -> dict[str, Any]:
        """The offers in groups, each with its heading; without one for a plain list."""
        offers = self.offers(field)
        if cstruct and cstruct not in {one.code for one in offers}:
            offers = [*offers, self.not_offered(field, cstruct)]
        return {"groups": self.grouped(offers), "searched": len(offers) >= SEARCHED_FROM}

    def not_offered(self, field: Field, code: str) -> Offer:
        """What stands there though it cannot be chosen."""
        return Offer(code, code)

    def offers(self, field: Field) -> list[Offer]:
        """What can be chosen, in order."""
        return [Offer(one.code, one.text) for one in field.schema.choices]

    def grouped(self, offers: list[Offer]) -> list[tuple[str, list[Offer]]]:
        """Headings with their offers."""
        return [("", offers)]


class Industry(Select):
    """行业: the sections of GB/T 4754 (门类) as headings, each with its divisions and groups."""

    def offers(self, field: Field) -> list[Offer]:
        """Every code before its name, as people look it up."""
        return [Offer(one.code, f"{one.code} {one.text}") for one in field.schema.choices]

    def not_offered(self, field: Field, code: str) -> Offer:
        """A class (小类), which has the name of its group."""
        names = {one.code: one.text for one in field.schema.choices}
        above = (names[code[:end]] for end in range(len(code), 1, -1) if code[:end] in names)
        return Offer(code, f"{code} {next(above, '')}".rstrip())

    def grouped(self, offers: list[Offer]) -> list[tuple[str, list[Offer]]]:
        """By the letter that each code begins with; its own offer words the heading."""
        groups = [
            (letter, list(ones)) for letter, ones in groupby(offers, lambda one: one.code[:1])
        ]
        return [
            (ones[0].text if ones[0].code == letter else letter, ones) for letter, ones in groups
        ]


class YesOrNo(Select):
    """A yes or a no in a row, where radio buttons cannot stand."""

    def offers(self, field: Field) -> list[Offer]:
        """The two."""
        say = field.page.translate
        return [Offer("yes", say(_("Yes"))), Offer("no", say(_("No")))]


class Consent(Widget):
    """One checkbox that has to be ticked."""

    template = "consent"
    frame = "consent_item"


class Computed(Widget):
    """A figure that follows from other answers. Nothing is posted for it."""

    template = "computed"

    def deserialize(self, field: Field, pstruct: Any) -> Any:
        """Whatever a browser claims, it is worked out again."""
        return ""

    def extra(self, field: Field, cstruct: Any, path: str) -> dict[str, Any]:
        """The figure as it is now, and for the script how it follows."""
        question, page = field.schema.question, field.page
        rule = question.computed.model_dump(exclude_defaults=True)
        money = page.sums_money(question)
        return {
            "value": page.answers[question.key].text if question.key in page.answers else "",
            "rule": json.dumps(rule, ensure_ascii=False),
            "unit": question.unit if money else None,
            "blank": page.translate(_("Worked out once the answers it needs are there")),
        }
