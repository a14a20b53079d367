"""Formulas as trees: written into policies as text, worked out by the oracle with fractions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any, Final

from tests.fuzz.words import FIELDS, RECORDS, Fen, Kind

#: Products and quotients keep this many places; beyond the limit there is no value.
PLACES: Final = 12
LARGEST: Final = 10**18
_BINDS: Final = {"+": 1, "-": 1, "*": 2, "/": 2}
_NUMBERS: Final = tuple(Decimal(one) for one in ("0", "1", "2", "3", "0.5", "7.25", "0.000001"))
_AMOUNTS: Final = (Fen(10_000, "元"), Fen(1, "元"), Fen(5_000_000, "万元"), Fen(10, "万元"))
#: Deeper than this no formula nests.
DEEPEST: Final = 3


@dataclass(frozen=True)
class Expr:
    """One term: an operation over parts, or a leaf whose ``leaf`` says what it holds."""

    op: str
    parts: tuple[Expr, ...] = ()
    money: bool = field(kw_only=True)
    leaf: Any = None
    places: int | None = None

    def __str__(self) -> str:
        return self._text(0)

    def _text(self, outer: int) -> str:
        match self.op:
            case "number":
                return format(self.leaf, "f")
            case "percent":
                return f"{self.leaf}%"
            case "money":
                return f"{self.leaf.shown:f}{self.leaf.unit}"
            case "fact" | "param":
                return str(self.leaf)
            case "sum":
                return f"sum({'.'.join(one for one in self.leaf if one)})"
            case "neg":
                return f"-{self.parts[0]._text(3)}"  # its own kind
        if self.op in _BINDS:
            level = _BINDS[self.op]
            left, right = self.parts
            told = f"{left._text(level)} {self.op} {right._text(level + 1)}"
            return f"({told})" if level < outer else told
        terms = ", ".join(str(one) for one in self.parts)
        return f"{self.op}({terms}{'' if self.places is None else f', {self.places}'})"


def _name(name: str, *, money: bool = False) -> Expr:
    return Expr("fact", money=money, leaf=name)


def _money(op: str, *parts: Expr) -> Expr:
    return Expr(op, parts, money=True)


def _plain(op: str, *parts: Expr, leaf: Any = None) -> Expr:
    return Expr(op, parts, money=False, leaf=leaf)


#: The formulas of the facts that are worked out.
FORMULAS: Final = {
    "calc.half": _money(
        "+",
        _money("/", _name("firm.capital", money=True), _plain("number", leaf=Decimal(2))),
        _money("*", _name("deal.amount", money=True), _plain("percent", leaf=10)),
    ),
    "calc.heads": _plain(
        "-",
        _plain("*", _name("firm.staff"), _name("firm.ratio")),
        _plain("sum", leaf=(RECORDS, "pieces")),
    ),
}


def walk(expr: Expr) -> list[Expr]:
    """A term and all under it."""
    return [expr, *(below for one in expr.parts for below in walk(one))]


@dataclass
class FormulaWriter:
    """Writes formulas over some facts; ``param`` gives the name of a parameter of a type."""

    chosen: Random
    facts: Mapping[str, Kind]
    param: Callable[[Kind], str]

    def write(self, depth: int = 0, *, money: bool) -> Expr:
        """A formula that comes to money, or to a plain number."""
        draw = self.chosen.random()
        if depth >= DEEPEST or draw < 0.35 + 0.2 * depth:
            return self._leaf(money=money)
        return self._money(depth) if money else self._number(depth)

    def _leaf(self, *, money: bool) -> Expr:
        draw = self.chosen.random()
        scalars = {"money"} if money else {"integer", "decimal"}
        named = [name for name, one in self.facts.items() if one.scalar in scalars and not one.many]
        if named and draw < 0.5:
            return _name(self.chosen.choice(named), money=money)
        if draw < 0.65:
            kind = Kind("money", unit="万元") if money else Kind(self.chosen.choice([*scalars]))
            return Expr("param", money=money, leaf=self.param(kind))
        if draw < 0.75:
            return Expr("sum", money=money, leaf=self._summed(scalars))
        if money:
            return Expr("money", money=True, leaf=self.chosen.choice(_AMOUNTS))
        if draw < 0.85:
            return _plain("percent", leaf=self.chosen.choice([0, 50, 12.5, 100]))
        return _plain("number", leaf=self.chosen.choice(_NUMBERS))

    def _summed(self, scalars: set[str]) -> tuple[str, str]:
        found = [(RECORDS, name) for name, one in FIELDS.items() if one.scalar in scalars]
        found += [
            (name, "") for name, one in self.facts.items() if one.many and one.scalar in scalars
        ]
        return self.chosen.choice(sorted(found))

    def _number(self, depth: int) -> Expr:
        draw = self.chosen.random()
        if draw < 0.15:
            return _plain("/", *self._parts(depth, money=(True, True)))
        if draw < 0.6:
            op = self.chosen.choice("+-**/")
            return _plain(op, *self._parts(depth, money=(False, False)))
        return self._called(depth, money=False)

    def _money(self, depth: int) -> Expr:
        draw = self.chosen.random()
        if draw < 0.25:
            kinds = self.chosen.choice([(True, False), (False, True)])
            return _money("*", *self._parts(depth, money=kinds))
        if draw < 0.4:
            return _money("/", *self._parts(depth, money=(True, False)))
        if draw < 0.65:
            op = self.chosen.choice("+-")
            return _money(op, *self._parts(depth, money=(True, True)))
        if draw < 0.7:
            parts = [self._leaf(money=True), _plain("number", leaf=Decimal(0))]
            self.chosen.shuffle(parts)
            return _money(self.chosen.choice(["min", "max", "+", "-"]), *parts)
        return self._called(depth, money=True)

    def _parts(self, depth: int, *, money: Sequence[bool]) -> tuple[Expr, ...]:
        return tuple(self.write(depth + 1, money=one) for one in money)

    def _called(self, depth: int, *, money: bool) -> Expr:
        op = self.chosen.choice(["min", "max", "round", "floor", "ceil", "neg"])
        if op in {"min", "max"}:
            many = self.chosen.choice([2, 2, 3])
            return Expr(op, self._parts(depth, money=[money] * many), money=money)
        places = None if op == "neg" else self.chosen.choice([None, None, 0, 2, -1, -3, 6])
        return Expr(op, self._parts(depth, money=[money]), money=money, places=places)


def half_up(value: Fraction, places: int) -> Fraction:
    """Rounded to some places, halves away from zero."""
    scale = Fraction(10) ** places
    whole = math.floor(abs(value) * scale + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole) / scale


def work_out(expr: Expr, look: Callable[[Expr], Any]) -> Fraction | None:
    """What a formula comes to, money in fen; ``look`` gives the value of a name or a sum."""
    value = _worked(expr, look)
    return value if value is not None and abs(value) <= LARGEST else None


def _worked(expr: Expr, look: Callable[[Expr], Any]) -> Fraction | None:
    if not expr.parts:
        return _leaf_value(expr, look)
    terms = [work_out(one, look) for one in expr.parts]
    known = [one for one in terms if one is not None]
    if len(known) < len(terms):
        return None
    if expr.op in _ROUNDED:
        scale = Fraction(10) ** ((expr.places or 0) - (2 if expr.money else 0))
        return _ROUNDED[expr.op](known[0] * scale) / scale
    return _COMBINED[expr.op](known)


def _leaf_value(expr: Expr, look: Callable[[Expr], Any]) -> Fraction | None:
    match expr.op:
        case "number":
            return Fraction(expr.leaf)
        case "percent":
            return Fraction(expr.leaf) / 100
        case "money":
            return Fraction(expr.leaf.fen)
    found = look(expr)
    return None if found is None else Fraction(found)


def _divided(terms: Sequence[Fraction]) -> Fraction | None:
    return half_up(terms[0] / terms[1], PLACES) if terms[1] else None


_ROUNDED: Final[Mapping[str, Callable[[Fraction], Fraction]]] = {
    "round": lambda value: half_up(value, 0),
    "floor": lambda value: Fraction(math.floor(value)),
    "ceil": lambda value: Fraction(math.ceil(value)),
}
_COMBINED: Final[Mapping[str, Callable[[Sequence[Fraction]], Fraction | None]]] = {
    "+": lambda terms: terms[0] + terms[1],
    "-": lambda terms: terms[0] - terms[1],
    "*": lambda terms: half_up(terms[0] * terms[1], PLACES),
    "/": _divided,
    "neg": lambda terms: -terms[0],
    "min": min,
    "max": max,
}
