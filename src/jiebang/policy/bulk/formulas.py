"""Formulas over columns: as ``jiebang.policy.formula`` works them out, on all rows at once."""

from __future__ import annotations

from collections.abc import Callable

from jiebang.policy.bulk.quantities import (
    Quantity,
    add,
    constant,
    divide,
    extreme,
    limited,
    multiply,
    negated,
    rounded,
)
from jiebang.policy.language.terms import Call, FactRef, NameOf, Number, SumOf, Term
from jiebang.policy.language.types import DECIMAL_PLACES

#: Money is in fen, its places are told in 元.
_FEN_PLACES = 2
Look = Callable[[str], Quantity]
LookSum = Callable[[str, str], Quantity]


def worked_out(term: Term, fact: Look, summed: LookSum) -> Quantity:
    """A bound term as a quantity: null where a fact is missing or there is no value.

    ``fact`` finds a fact, ``summed`` a field of a list summed. Raises ``Beyond``.
    """
    match term:
        case Number(value):
            found = constant(value)
        case NameOf(FactRef(name)):
            found = fact(name)
        case SumOf(name, field):
            found = summed(name, field)
        case Call(function, parts, money, places):
            terms = [worked_out(one, fact, summed) for one in parts]
            found = _call(function, terms, places - (_FEN_PLACES if money else 0))
        case _:
            raise TypeError(f"a parameter that was never put in: {term}")
    return limited(found)


def _call(function: str, terms: list[Quantity], places: int) -> Quantity:
    match function:
        case "+":
            return add(*terms)
        case "-":
            return add(terms[0], negated(terms[1]))
        case "*":
            return multiply(*terms)
        case "/":
            return divide(*terms)
        case "neg":
            return negated(terms[0])
        case "min" | "max":
            return extreme(function, terms)
    return rounded(terms[0], places, function)


def stated(value: Quantity, *, money: bool) -> Quantity:
    """A value as an outcome states it: whole fen, or six places, half up."""
    return rounded(value, 0 if money else DECIMAL_PLACES, "round")
