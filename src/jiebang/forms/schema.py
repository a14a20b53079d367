"""From a form to a colander schema: one node per question, worded in one language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import colander

from jiebang.forms import values, widgets
from jiebang.forms.definition import Offered, Question, Section

Options = Callable[[Question], Sequence[Offered]]

_PLAIN: Mapping[str, type[values.Answer]] = {
    "text": values.Text,
    "longtext": values.Text,
    "int": values.Integer,
    "money": values.Money,
    "date": values.Day,
    "yes_no": values.YesNo,
    "consent": values.YesNo,
    "credit_code": values.CreditCode,
    "phone": values.Phone,
    "email": values.Email,
    "files": values.Files,
}


@dataclass(frozen=True)
class Choice:
    """An option in the language of the page."""

    code: str
    text: str
    help: str


def build_schema(sections: Sequence[Section], locale: str, options: Options) -> colander.SchemaNode:
    """A mapping node with a child for every question of ``sections``; each carries its widget."""
    root = colander.SchemaNode(colander.Mapping(), name="", widget=widgets.Page())
    for section in sections:
        for question in section.questions:
            root.add(_node(question, locale, options))
    return root


def _node(
    question: Question, locale: str, options: Options, *, in_a_row: bool = False
) -> colander.SchemaNode:
    label = question.label.in_locale(locale)
    choices = tuple(
        Choice(
            one.code, one.label.in_locale(locale), one.help.in_locale(locale) if one.help else ""
        )
        for one in options(question)
    )
    common = {
        "name": question.key,
        "title": label,
        "missing": None,
        "question": question,
        "choices": choices,
        "widget": widgets.widget_for(question, len(choices), in_a_row=in_a_row),
    }
    codes = frozenset(choice.code for choice in choices)
    if question.type == "one_of":
        return colander.SchemaNode(values.OneOf(question, label, codes), **common)
    if question.type == "several_of":
        return colander.SchemaNode(values.Several(question, label, codes), **common)
    if question.type == "rating":
        node = colander.SchemaNode(colander.Mapping(), **common)
        rating = values.OneOf(question, label, codes)
        node.add(colander.SchemaNode(rating, name="rating", title=label, missing=None))
        reason = values.Text(question, label)
        node.add(colander.SchemaNode(reason, name="reason", title=label, missing=None))
        return node
    if question.type == "table":
        row = colander.SchemaNode(colander.Mapping(), name="row", missing=None)
        for column in question.columns:
            row.add(_node(column, locale, options, in_a_row=True))
        return colander.SchemaNode(colander.Sequence(), row, **common)
    return colander.SchemaNode(_PLAIN[question.type](question, label), **common)
