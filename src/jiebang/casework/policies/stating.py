"""What an answer can state as a fact (事实): the type of each of its parts, and the codes it may hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from jiebang.forms.language.computing import computed_type
from jiebang.forms.language.definition import Form
from jiebang.forms.language.question import Question
from jiebang.identifiers import ENTITY_KINDS
from jiebang.policy.language.types import RECORDS

#: The options of a question by their codes; ``None`` where nobody knows the list.
Codes = Callable[[Question], Sequence[str] | None]

_TYPES: Mapping[str, str] = {
    **dict.fromkeys(
        ("text", "longtext", "credit_code", "division", "industry", "phone", "email", "url"), "text"
    ),
    "integer": "integer",
    "year": "integer",
    "decimal": "decimal",
    "money": "money",
    "date": "date",
    "yes_no": "boolean",
    "consent": "boolean",
    "one_of": "code",
    "several_of": "list of code",
    "files": "list of text",
}
_PARTS: Mapping[tuple[str, str], str] = {
    ("rating", "rating"): "code",
    ("rating", "reason"): "text",
    ("year_range", "from"): "integer",
    ("year_range", "to"): "integer",
    ("signature", "name"): "text",
    ("signature", "date"): "date",
    ("table", "count"): "integer",
}
#: Types of the vocabulary that take a stated type, where it is not that type alone.
_TAKEN_AS = {"list of code": ("list of code", "list of text")}


@dataclass(frozen=True)
class Stated:
    """The type a part of an answer has; its codes, where those are known; the columns of its rows."""

    type: str
    codes: Sequence[str] | None = None
    columns: Mapping[str, Stated] = field(default_factory=dict)

    def fits(self, type_: str) -> bool:
        """Whether a fact of this type of the vocabulary may be stated so."""
        return type_ in _TAKEN_AS.get(self.type, (self.type,))


def stated(form: Form, question: Question, part: str, codes: Codes) -> Stated | None:
    """What a part of an answer states; ``None`` for what is no fact, such as a whole rating."""
    if part == "filled":
        return Stated("boolean")
    if part == "province":
        return Stated("code", tuple(form.provinces.values()))
    if part == "entity_kind":
        return Stated("code", ENTITY_KINDS)
    if (question.type, part) in _PARTS:
        type_ = _PARTS[question.type, part]
        return Stated(type_, codes(question) if type_ == "code" else None)
    if question.type == "table":
        return _of_rows(form, question, part, codes)
    return _whole(form, question, codes) if part == "value" else None


def _whole(form: Form, question: Question, codes: Codes) -> Stated | None:
    if question.type == "reference":
        return Stated("list of text" if question.several else "text")
    if question.type == "computed":
        return Stated(computed_type(question, {one.key: one for one in form.questions}))
    type_ = _TYPES.get(question.type)
    if type_ is None:
        return None
    return Stated(type_, codes(question) if type_.endswith("code") else None)


def _of_rows(form: Form, table: Question, part: str, codes: Codes) -> Stated | None:
    columns = {
        column.key: told
        for column in table.columns
        if (told := _whole(form, column, codes)) is not None
    }
    if part == "value":
        return Stated(RECORDS, columns=columns)
    told = columns.get(part)
    return Stated(f"list of {told.type}", told.codes) if told else None
