"""What a formula comes to: exact decimals, at most 12 places, rounded half up."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import Final, cast

from jiebang.policy.language.terms import Call, FactRef, NameOf, Number, SumOf, Term
from jiebang.policy.language.types import DECIMAL_PLACES, Record, Value

#: Products and quotients keep this many places, rounded half up.
PLACES: Final = 12
#: Beyond this, in the number's own unit (fen for money), there is no value.
LARGEST: Final = Decimal(10) ** 18
_STEP: Final = Decimal(1).scaleb(-PLACES)
#: Wide enough that only ``quantize`` ever rounds.
_WIDE: Final = Context(prec=90, rounding=ROUND_HALF_UP)
_ROUNDINGS: Final = {"round": ROUND_HALF_UP, "floor": ROUND_FLOOR, "ceil": ROUND_CEILING}
_FEN_PLACES: Final = 2


def evaluate(term: Term, facts: Mapping[str, Value]) -> Decimal | None:
    """The value of a bound term, money in fen; ``None`` where a fact is missing or there is none."""
    value = _value(term, facts)
    return value if value is not None and _WIDE.abs(value) <= LARGEST else None


def _value(term: Term, facts: Mapping[str, Value]) -> Decimal | None:
    match term:
        case Number(number):
            return number
        case NameOf(FactRef(name)):
            found = facts.get(name)
            return None if found is None else Decimal(cast("int", found))
        case SumOf(fact, field):
            return _sum(facts.get(fact), field)
        case Call(function, terms, money, places):
            known = []
            for one in terms:
                value = evaluate(one, facts)
                if value is None:
                    return None
                known.append(value)
            return _call(function, known, places - (_FEN_PLACES if money else 0))
    raise TypeError(f"a parameter that was never put in: {term}")


def _sum(found: Value | None, field: str) -> Decimal | None:
    if found is None:
        return None
    total = Decimal(0)
    for item in cast("tuple[Record | int, ...]", found):
        value = item.get(field) if isinstance(item, Mapping) else item
        if value is None:
            return None
        total += Decimal(cast("int", value))
    return total


def _call(function: str, values: list[Decimal], places: int) -> Decimal | None:  # noqa: PLR0911
    match function:
        case "+":
            return _WIDE.add(*values)
        case "-":
            return _WIDE.subtract(*values)
        case "*":
            return _WIDE.multiply(*values).quantize(_STEP, context=_WIDE)
        case "/":
            if values[1] == 0:
                return None
            return _WIDE.divide(*values).quantize(_STEP, context=_WIDE)
        case "neg":
            return _WIDE.minus(values[0])
        case "min":
            return min(values)
        case "max":
            return max(values)
    return values[0].quantize(
        Decimal(1).scaleb(-places), rounding=_ROUNDINGS[function], context=_WIDE
    )


def amount(value: Decimal, *, money: bool) -> int | Decimal:
    """A value as an outcome states it: whole fen, or a number of six places, half up."""
    if money:
        return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP, context=_WIDE))
    return value.quantize(Decimal(1).scaleb(-DECIMAL_PLACES), ROUND_HALF_UP, context=_WIDE)
