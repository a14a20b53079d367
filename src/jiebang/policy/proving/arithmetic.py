"""Formulas as z3 arithmetic, with the roundings of the language."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final, Protocol

import z3

from jiebang.policy.formula import PLACES
from jiebang.policy.language.terms import Call, NameOf, Number, SumOf, Term
from jiebang.policy.language.types import DECIMAL_PLACES, Type
from jiebang.policy.proving.symbols import FALSE, TRUE, Expr, Known

_FEN_PLACES: Final = 2


class Reader(Protocol):
    """What a formula is read with. ``wide``: rather too many cases than too few."""

    wide: bool
    constraints: list[Expr]

    def fact(self, name: str) -> Known:
        """The value of a fact."""
        ...

    def total(self, fact: str, field: str) -> Known:
        """The sum of a field over a list."""
        ...

    def free(self, key: object, sort: str) -> Expr:
        """An unknown that is the same for the same key."""
        ...


def read_term(term: Term, reader: Reader) -> Known:
    """A bound term; money in fen."""
    match term:
        case Number(value):
            return Known(z3.RealVal(format(value, "f")), TRUE)
        case NameOf(ref):
            found = reader.fact(ref.name)
            return Known(_real(found.value), found.known)
        case SumOf(fact, field):
            return reader.total(fact, field)
    parts = [read_term(one, reader) for one in term.terms]
    known = z3.And([one.known for one in parts])
    values = [one.value for one in parts]
    if term.function == "*":
        return _product(term, values, known, reader)
    if term.function == "/":
        return _quotient(term, values, known, reader)
    return Known(_CALLS[term.function](term, values), known)


def _real(value: Expr) -> Expr:
    return z3.ToReal(value) if z3.is_int(value) else value


def _product(term: Call, values: list[Expr], known: Expr, reader: Reader) -> Known:
    numbers = [one for one in term.terms if isinstance(one, Number)]
    if not numbers and reader.wide:
        return Known(reader.free(term, "real"), known)
    exact = values[0] * values[1]
    short = numbers and all(isinstance(one, Number | NameOf) for one in term.terms)
    # A number and a fact of six places each make at most twelve: nothing is rounded.
    return Known(exact if short else _near(term, exact, reader), known)


def _quotient(term: Call, values: list[Expr], known: Expr, reader: Reader) -> Known:
    below = term.terms[1]
    if isinstance(below, Number):
        if below.value == 0:
            return Known(z3.RealVal(0), FALSE)
        return Known(_near(term, values[0] / values[1], reader), known)
    defined = z3.And(known, values[1] != 0)
    found = reader.free(term, "real")
    if not reader.wide:
        # Said as a product, a share held against a number is linear in the facts.
        reader.constraints.append(z3.Or(values[1] == 0, found * values[1] == values[0]))
    return Known(found, defined)


def _near(term: Call, exact: Expr, reader: Reader) -> Expr:
    """A product or quotient as it is rounded; a case that rests on the last place is confirmed."""
    if not reader.wide:
        return exact
    found = reader.free(term, "real")
    half = z3.RealVal(format(Decimal(5).scaleb(-PLACES - 1), "f"))
    reader.constraints += [found - exact <= half, exact - found <= half]
    return found


def half_up(value: Expr, places: int = 0) -> Expr:
    """A number to so many places, half up; the half away from zero, as the language rounds."""
    half = z3.RealVal("0.5")

    def away(scaled: Expr) -> Expr:
        upper, lower = z3.ToReal(z3.ToInt(scaled + half)), z3.ToReal(z3.ToInt(half - scaled))
        return z3.If(scaled >= 0, upper, -lower)

    return _scaled(value, places, away)


def whole(value: Expr) -> Expr:
    """Whole fen of an amount."""
    return z3.ToInt(half_up(_real(value)))


def six_places(value: Expr) -> Expr:
    """A number as an outcome states it."""
    return half_up(_real(value), DECIMAL_PLACES)


def _scaled(value: Expr, places: int, step: Callable[[Expr], Expr]) -> Expr:
    factor = z3.RealVal(format(Decimal(1).scaleb(places), "f"))
    return step(value * factor) / factor


def _rounding(term: Call, values: list[Expr]) -> Expr:
    places = term.places - (_FEN_PLACES if term.money else 0)
    match term.function:
        case "floor":
            return _scaled(values[0], places, lambda one: z3.ToReal(z3.ToInt(one)))
        case "ceil":
            return _scaled(values[0], places, lambda one: -z3.ToReal(z3.ToInt(-one)))
    return half_up(values[0], places)


def _least(_term: Call, values: list[Expr]) -> Expr:
    found = values[0]
    for one in values[1:]:
        found = z3.If(one < found, one, found)
    return found


def _most(_term: Call, values: list[Expr]) -> Expr:
    found = values[0]
    for one in values[1:]:
        found = z3.If(one > found, one, found)
    return found


_CALLS: Final[dict[str, Callable[[Call, list[Expr]], Expr]]] = {
    "+": lambda _, values: values[0] + values[1],
    "-": lambda _, values: values[0] - values[1],
    "neg": lambda _, values: -values[0],
    "min": _least,
    "max": _most,
    "round": _rounding,
    "floor": _rounding,
    "ceil": _rounding,
}


def as_typed(found: Known, typed: Type) -> Known:
    """A worked-out number as the type of its fact."""
    if typed.scalar == "money":
        return Known(whole(found.value), found.known)
    if typed.scalar == "integer":
        rounded = six_places(found.value)
        return Known(z3.ToInt(rounded), z3.And(found.known, z3.IsInt(rounded)))
    if typed.scalar == "decimal":
        return Known(six_places(found.value), found.known)
    return found
