"""What the sides of a check are: of which kind, so that they compare, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from jiebang import identifiers
from jiebang.forms.language.computing import computed_type, total
from jiebang.forms.language.conditions import Comparison, Operand
from jiebang.forms.language.question import Question
from jiebang.money import FEN_PER_UNIT

Kind = Literal["number", "money", "date", "text"]
#: What a check compares: numbers (money in fen), or text (dates in ISO form).
Comparable = Decimal | str

_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("integer", "decimal", "year"), "number"),
    "money": "money",
    "date": "date",
    **dict.fromkeys(
        ("text", "longtext", "one_of", "credit_code", "division", "industry", "phone", "email",
         "url"),
        "text",
    ),
}  # fmt: skip
_PARTS: Mapping[str, Kind] = {
    "province": "text",
    "entity_kind": "text",
    "rating": "text",
    "reason": "text",
    "from": "number",
    "to": "number",
    "name": "text",
    "date": "date",
    "count": "number",
}
#: Whose rows or entries can be counted.
COUNTED = frozenset({"table", "several_of", "files", "reference"})


@dataclass(frozen=True)
class Scope:
    """What an operand may name: the questions of the form and, within a row, its columns first."""

    questions: Mapping[str, Question]
    columns: Mapping[str, Question]

    def find(self, key: str) -> Question | None:
        """The column or question of that key."""
        return self.columns.get(key) or self.questions.get(key)

    def column(self, dotted: str) -> Question | None:
        """The column written ``table.column``."""
        table, _dot, key = dotted.partition(".")
        asked = self.questions.get(table)
        return next((one for one in asked.columns if one.key == key), None) if asked else None


def kind(operand: Operand, scope: Scope) -> Kind | None:
    """What kind of thing an operand is; ``None`` for what cannot be compared or is not there."""
    if operand.clock == "today":
        return "date"
    if operand.value:
        return "text"
    if operand.sum:
        column = scope.column(operand.sum)
        found = _kind_of(column, scope) if column else None
        return found if found in {"number", "money"} else None
    if operand.field:
        asked = scope.find(operand.field)
        if asked is None or operand.part not in asked.parts:
            return None
        return (
            _kind_of(asked, scope) if operand.part == "value" else _part_kind(asked, operand.part)
        )
    return "number"


def _kind_of(asked: Question, scope: Scope) -> Kind | None:
    if asked.type == "computed":
        return "money" if computed_type(asked, scope.questions) == "money" else "number"
    if asked.type == "reference" and not asked.several:
        return "text"
    return _KINDS.get(asked.type)


def _part_kind(asked: Question, part: str) -> Kind | None:
    # A column of a table is many answers, not one.
    return None if any(one.key == part for one in asked.columns) else _PARTS.get(part)


def compare(that: Comparable, how: Comparison, than: Comparable) -> bool:
    """Whether a comparison holds; both sides are of one kind."""
    if how == "equal":
        return that == than
    if how == "different":
        return that != than
    less, equal = that < than, that == than  # type: ignore[operator]
    return {
        "at_least": not less,
        "at_most": less or equal,
        "more_than": not (less or equal),
        "less_than": less,
    }[how]


@dataclass(frozen=True)
class Answers:
    """Where operands are looked up: the answers, those of one row before them, and what day it is."""

    values: Mapping[str, Any]
    row: Mapping[str, Any]
    scope: Scope
    provinces: Mapping[str, str]
    today: date

    def of(self, operand: Operand, other: Operand) -> Comparable | None:
        """What an operand comes to beside ``other``; ``None`` where an answer is missing."""
        if operand.number is not None:
            return operand.number * Decimal(self._per_unit(other))
        if operand.clock is not None:
            year = Decimal(self.today.year)
            return self.today.isoformat() if operand.clock == "today" else year
        if operand.value:
            return operand.value
        if operand.count:
            entries = self.values.get(operand.count)
            return None if entries is None else Decimal(len(entries))
        if operand.sum:
            table, _dot, column = operand.sum.partition(".")
            return total(row.get(column) for row in self.values.get(table) or ())
        return self._answer(operand)

    def _answer(self, operand: Operand) -> Comparable | None:
        if operand.field in self.scope.columns:
            value = self.row.get(operand.field)
        else:
            value = self.values.get(operand.field)
        if value is None:
            return None
        value = part_of(value, operand.part, self.provinces)
        if value is None:
            return None
        if isinstance(value, int):
            return Decimal(value)
        # A decimal is kept as text; what it is compared with says that it is a number.
        return Decimal(value) if kind(operand, self.scope) == "number" else str(value)

    def _per_unit(self, other: Operand) -> int:
        """What a bare number counts beside money: the unit of that money, in fen."""
        if kind(other, self.scope) != "money":
            return 1
        asked = self.scope.column(other.sum) if other.sum else self.scope.find(other.field)
        return FEN_PER_UNIT[asked.unit] if asked else 1


def part_of(value: Any, part: str, provinces: Mapping[str, str]) -> Any:
    """A part of an answer that a fact or a check may take; ``None`` where it is not there."""
    if part == "filled":
        return value is not None
    if part == "count":
        return len(value or ())
    if value is None or part == "value":
        return value
    if part == "province":
        return provinces.get(identifiers.province_code(value))
    if part == "entity_kind":
        return identifiers.entity_kind(value)
    if isinstance(value, list):
        return [row[part] for row in value if row.get(part) is not None]
    return value.get(part)
