"""From a form to a colander schema: one node per question, worded in one language."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import colander

from jiebang.forms.kinds import choices, codes, contacts, days, divisions, numbers, shapes
from jiebang.forms.kinds.values import Answer, Text
from jiebang.forms.language.definition import Section
from jiebang.forms.language.question import Offered, Question
from jiebang.forms.screen import widgets

#: The options of a question; ``None`` where it has none, or the caller brings none.
Options = Callable[[Question], Sequence[Offered] | None]

_PLAIN: Mapping[str, type[Answer]] = {
    "integer": numbers.Integer,
    "decimal": numbers.Fraction,
    "money": numbers.Money,
    "year": numbers.Year,
    "computed": numbers.Computed,
    "date": days.Day,
    "yes_no": choices.YesNo,
    "consent": choices.Consent,
    "credit_code": codes.CreditCode,
    "division": codes.Division,
    "phone": contacts.Phone,
    "email": contacts.Email,
    "url": contacts.Url,
}
_OF_CODES: Mapping[str, Callable[[Question, str, str, Collection[str]], Answer]] = {
    "one_of": choices.OneOf,
    "several_of": choices.OneOf,
    "industry": codes.Industry,
}


@dataclass(frozen=True)
class Choice:
    """An option in the language of the page."""

    code: str
    text: str
    help: str = ""


def build_schema(sections: Sequence[Section], locale: str, options: Options) -> colander.SchemaNode:
    """A mapping node with a child for every question of ``sections``; each carries its widget."""
    root = colander.SchemaNode(colander.Mapping(), name="", widget=widgets.Page())
    builder = _Builder(locale, options)
    for section in sections:
        for question in section.questions:
            root.add(builder.node(question))
    return root


class _Builder:
    def __init__(self, locale: str, options: Options) -> None:
        self._locale, self._options = locale, options

    def node(self, question: Question, *, in_a_row: bool = False) -> colander.SchemaNode:
        """The node of a question, with those of its parts or columns."""
        label = question.label.in_locale(self._locale)
        offered = self._offered(question)
        node = colander.SchemaNode(
            self._type(question, label, offered),
            name=question.key,
            title=label,
            missing=None,
            question=question,
            choices=offered or (),
            texts=self._texts(question, offered),
            widget=widgets.widget_for(question, len(offered or ()), in_a_row=in_a_row),
        )
        for name, part in self._parts(question, label, offered or ()):
            node.add(colander.SchemaNode(part, name=name, title=label, missing=None))
        if question.type == "table":
            row = colander.SchemaNode(choices.Parts(label), name="row", missing=None)
            for column in question.columns:
                row.add(self.node(column, in_a_row=True))
            node.add(row)
        return node

    def _offered(self, question: Question) -> tuple[Choice, ...] | None:
        if question.type == "division":
            return _divisions()
        offered = self._options(question)
        if offered is None:
            return None
        return tuple(
            Choice(
                one.code,
                one.label.in_locale(self._locale),
                one.help.in_locale(self._locale) if one.help else "",
            )
            for one in offered
        )

    def _texts(self, question: Question, offered: Sequence[Choice] | None) -> Mapping[str, str]:
        # All divisions have one table, which is not copied for every form that asks for one.
        if question.type == "division":
            return divisions.in_use()
        return {one.code: one.text for one in offered or ()}

    def _type(
        self, question: Question, label: str, offered: Sequence[Choice] | None
    ) -> colander.SchemaType:
        words = (question, label, self._locale)
        kind = question.type
        if kind in {"year_range", "signature", "rating"}:
            return choices.Parts(label)
        if kind == "table":
            return choices.Rows(question, label)
        if kind in {"text", "longtext"}:
            one_line = kind == "text"
            return Text(*words, most=question.max, least=question.min, one_line=one_line)
        if kind == "files":
            return choices.Files(*words, choices.FileId(*words))
        chosen = None if offered is None else frozenset(one.code for one in offered)
        if kind == "reference":
            one = codes.Reference(*words, chosen)
            return choices.Listed(*words, one) if question.several else one
        if kind in _OF_CODES:
            coded = _OF_CODES[kind](*words, chosen or frozenset())
            return choices.Listed(*words, coded) if kind == "several_of" else coded
        return _PLAIN[kind](*words)

    def _parts(
        self, question: Question, label: str, offered: Sequence[Choice]
    ) -> Sequence[tuple[str, Answer]]:
        words = (question, label, self._locale)
        match question.type:
            case "year_range":
                return [(end, numbers.Year(*words)) for end in ("from", "to")]
            case "signature":
                name = Text(*words, most=shapes.SIGNED_NAME_LENGTH, one_line=True)
                return [("name", name), ("date", days.Day(*words))]
            case "rating":
                most = question.max or shapes.REASON_LENGTH
                grade = choices.OneOf(*words, frozenset(one.code for one in offered))
                return [("rating", grade), ("reason", Text(*words, most=most))]
        return []


@cache
def _divisions() -> tuple[Choice, ...]:
    return tuple(Choice(code, name) for code, name in divisions.in_use().items())
