"""What generated books are made of: facts of every type, and values that trip readers up."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

LARGEST: Final = 2**53 - 1
STEP: Final = Decimal("0.000001")
#: How many fen there are in a unit.
FEN: Final = {"元": 100, "万元": 1_000_000}
NUMBERS: Final = frozenset({"integer", "decimal"})


@dataclass(frozen=True)
class Kind:
    """The type of a fact, a field or a parameter."""

    scalar: str
    many: bool = False
    unit: str = ""

    @property
    def one(self) -> Kind:
        """The type of an item of a list."""
        return Kind(self.scalar, unit=self.unit)

    @property
    def family(self) -> str:
        """Types of one family may stand against each other."""
        if self.scalar in NUMBERS:
            return "number"
        return "text" if self.scalar == "code" else self.scalar

    @property
    def named(self) -> str:
        """The type as a file names it."""
        return f"list of {self.scalar}" if self.many else self.scalar


@dataclass(frozen=True)
class Fen:
    """An amount of money as a file writes it: fen, shown in a unit."""

    fen: int
    unit: str

    @property
    def shown(self) -> Decimal:
        """The amount in its unit."""
        return Decimal(self.fen) / FEN[self.unit]


OPTIONS: Final = {
    "firm.kind": ("企业", "高校", "院所", "é社", "其他"),
    "firm.tags": ("需求挖掘", "技术转移", "知识产权", "Å"),
    "kind": ("样机", "专利", "论文", "其他"),
    "base.verdict": ("grant", "deny", "none", "value", "not_in_force"),
}
FIELDS: Final = {
    "kind": Kind("code"),
    "title": Kind("text"),
    "done": Kind("boolean"),
    "pieces": Kind("integer"),
    "share": Kind("decimal"),
    "price": Kind("money", unit="元"),
    "cost": Kind("money", unit="万元"),
    "made": Kind("date"),
}
RECORDS: Final = "deal.parts"
FACTS: Final = {
    "firm.name": Kind("text"),
    "firm.alias": Kind("text"),
    "firm.kind": Kind("code"),
    "firm.listed": Kind("boolean"),
    "firm.sound": Kind("boolean"),
    "firm.staff": Kind("integer"),
    "firm.ratio": Kind("decimal"),
    "firm.capital": Kind("money", unit="元"),
    "deal.amount": Kind("money", unit="万元"),
    "firm.founded": Kind("date"),
    "deal.signed": Kind("date"),
    "firm.tags": Kind("code", many=True),
    "firm.names": Kind("text", many=True),
    "firm.years": Kind("integer", many=True),
    "firm.grants": Kind("money", many=True, unit="元"),
    RECORDS: Kind("record", many=True),
}
#: Facts that no case brings: the day, and two formulas.
DERIVED: Final = {
    "case.today": Kind("date"),
    "calc.half": Kind("money", unit="元"),
    "calc.heads": Kind("decimal"),
}
#: Facts that come from the first policy of a book, with the value that each is.
BASED: Final = {
    "base.verdict": (Kind("code"), ""),
    "base.amount": (Kind("money", unit="万元"), "amount"),
    "base.points": (Kind("decimal"), "points"),
}

_LONG: Final = "沪" * 201
#: Texts that are equal only once normalised, that look like something else, or that are long.
TEXTS: Final = (
    "", "上海", "上海市", "é", "e", "Å", "한글", "豈", "ﬁ", "是", "null", "1", "01", "1.0", "=上海",
    "#", "-", "a", "A", "a!", "a\nb", "a\tb", " a", "x\u0000y", "\u2028", '"\\', "𠀀", "{x}", _LONG,
    _LONG + "甲", "长" * 70_000,
)  # fmt: skip
PATTERNS: Final = (
    "", ".*", "[a-z]+", "上海(市)?", ".", "(a|b|é)!?", "[0-9]+(\\.[0-9]+)?", "沪{200,201}", "(?i)a",
    "\\w+", "a\\sb", "[^a]*", "e\u0301",
)  # fmt: skip
INTEGERS: Final = (-1, 0, 1, 2, 3, 5, 6, 50, 100, LARGEST, -LARGEST)
_DECIMALS: Final = (
    "0",
    "0.000001",
    "0.1",
    "0.3",
    "0.5",
    "1",
    "1.5",
    "2",
    "33.333333",
    "-0.25",
    "100",
)
DECIMALS: Final = (*map(Decimal, _DECIMALS), LARGEST * STEP)
AMOUNTS: Final = (0, 1, 50, 99, 100, 12_345, 500_000, 10_000_000, 10_000_001, 99_999_999_999, -100)
#: What counts days: an integer with bounds, so that no other stands for it.
DAYS_UNIT: Final = "天"
DAYS_APART: Final = (0, 0, 1, 15, 15, 400, 36_525)
DATES: Final = (
    date(2019, 8, 5), date(2019, 9, 1), date(2019, 9, 30), date(2020, 2, 29), date(2019, 12, 31),
    date.min, date.max,
)  # fmt: skip


def value_of(kind: Kind, name: str, chosen: Random) -> Any:
    """A value of a type, out of few, so that what is asked and what is found often meet."""
    match kind.scalar:
        case "boolean":
            return chosen.random() < 0.5
        case "code":
            return chosen.choice(OPTIONS.get(name, OPTIONS["firm.kind"]))
        case "text":
            return chosen.choice(TEXTS if chosen.random() < 0.4 else TEXTS[:4])
        case "integer" if kind.unit == DAYS_UNIT:
            return chosen.choice(DAYS_APART)
        case "integer":
            return chosen.choice(INTEGERS if chosen.random() < 0.3 else INTEGERS[:6])
        case "decimal":
            return chosen.choice(DECIMALS if chosen.random() < 0.5 else DECIMALS[:6])
        case "money":
            return Fen(chosen.choice(AMOUNTS), kind.unit or chosen.choice(tuple(FEN)))
    return chosen.choice(DATES if chosen.random() < 0.2 else DATES[:3])


def beside(value: Any, by: int) -> Any:
    """The value one step further, where it has one: a whole number, a millionth, a day."""
    if isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal):
        return max(min(value + by * STEP, LARGEST * STEP), -LARGEST * STEP)
    if isinstance(value, date):
        at = value.toordinal() + by
        return value + timedelta(days=by) if 1 <= at <= date.max.toordinal() else value
    return max(min(value + by, LARGEST), -LARGEST)


def plain(value: Any) -> Any:
    """A value as the site keeps it: fen, one form of every text."""
    if isinstance(value, Fen):
        return value.fen
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value
