"""deform widgets over our own templates: accessible, no scripts or styles, no deform resources."""

from __future__ import annotations

from jiebang.forms.language.question import Question
from jiebang.forms.screen.widgets.controls import (
    Area,
    Computed,
    Consent,
    Division,
    Industry,
    Input,
    Select,
    Widget,
    YesOrNo,
)
from jiebang.forms.screen.widgets.groups import (
    Checkboxes,
    Files,
    Group,
    Lines,
    Rating,
    Signature,
    YearRange,
    YesNo,
)
from jiebang.forms.screen.widgets.page import Page
from jiebang.forms.screen.widgets.rows import Table
from jiebang.forms.screen.widgets.wiring import condition_data, element_id

__all__ = ["Page", "Widget", "condition_data", "element_id", "widget_for"]

#: More options than this stand in a drop-down list instead of radio buttons.
RADIOS_AT_MOST = 7

_OWN: dict[str, type[Widget]] = {
    "longtext": Area,
    "yes_no": YesNo,
    "consent": Consent,
    "several_of": Checkboxes,
    "division": Division,
    "files": Files,
    "rating": Rating,
    "table": Table,
    "year_range": YearRange,
    "signature": Signature,
    "computed": Computed,
}


def widget_for(question: Question, options: int, *, in_a_row: bool) -> Widget:
    """The widget for a question with so many options.

    Rows repeat names, which radio buttons cannot bear.
    """
    if question.type == "one_of":
        return Select() if in_a_row or options > RADIOS_AT_MOST else Group()
    if question.type == "yes_no" and in_a_row:
        return YesOrNo()
    if question.type == "industry":
        return Industry() if options else Input()
    if question.type == "reference":
        return _reference(question, options)
    return _OWN.get(question.type, Input)()


def _reference(question: Question, options: int) -> Widget:
    """What is offered can be chosen; where nothing is, its number is typed."""
    if question.several:
        return Checkboxes() if options else Lines()
    return Select() if options else Input()
