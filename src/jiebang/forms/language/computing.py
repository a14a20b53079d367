"""Answers that follow from others (系统算出的栏目): worked out exactly, never taken from what was sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Context, Decimal, localcontext
from typing import Any, Literal

from jiebang.forms.language.conditions import Computed
from jiebang.forms.language.question import Question

#: Enough for every sum of a table and every product of two answers to be exact.
_EXACT = Context(prec=60)
WHOLE = Decimal(100)

ComputedType = Literal["integer", "decimal", "money"]


def operand_names(computed: Computed) -> tuple[str, ...]:
    """The answers and columns (``table.column``) that a computed answer reads."""
    counted = (computed.count,) if computed.count else ()
    return (*computed.sum, *counted, *computed.difference, *computed.weighted)


def computed_type(question: Question, questions: Mapping[str, Question]) -> ComputedType:
    """What a computed answer is: ``money`` in fen, ``integer``, or ``decimal`` as text."""
    computed = question.computed
    if computed is None:
        raise ValueError(f"{question.key} is not computed")
    if computed.count:
        return "integer"
    if computed.weighted:
        return "decimal"
    types = set(_types((*computed.sum, *computed.difference), questions, frozenset()))
    if "money" in types:
        return "money"
    return "decimal" if "decimal" in types else "integer"


def _types(
    names: Iterable[str], questions: Mapping[str, Question], above: frozenset[str]
) -> Iterator[str]:
    for name in names:
        asked = find(name, questions)
        if asked is None or asked.computed is None:
            yield asked.type if asked else ""
        elif asked.computed.weighted:
            yield "decimal"
        elif asked.key not in above:
            yield from _types(operand_names(asked.computed), questions, above | {asked.key})


def find(name: str, questions: Mapping[str, Question]) -> Question | None:
    """The question ``key``, or the column ``table.column``."""
    key, dot, column = name.partition(".")
    asked = questions.get(key)
    if asked is None or not dot:
        return asked
    return next((one for one in asked.columns if one.key == column), None)


def work_out(
    questions: Mapping[str, Question], values: dict[str, Any], unreadable: Collection[str] = ()
) -> None:
    """Put every computed answer into ``values``, in place of whatever stands there.

    What follows from an ``unreadable`` answer is left out: half a sum would be a wrong one.
    """
    waiting = {key: one.computed for key, one in questions.items() if one.computed}
    for key in waiting:
        values.pop(key, None)
    unknown = set(unreadable)
    # One computed answer may read another.
    while ready := [key for key, one in waiting.items() if not waiting.keys() & _keys(one)]:
        for key in ready:
            computed = waiting.pop(key)
            if unknown & _keys(computed):
                unknown.add(key)
                continue
            value = _value(computed, values)
            if value is not None:
                values[key] = _stored(value, computed_type(questions[key], questions))


def _keys(computed: Computed) -> set[str]:
    return {name.partition(".")[0] for name in operand_names(computed)}


def _value(computed: Computed, values: Mapping[str, Any]) -> Decimal | None:
    if computed.count:
        return Decimal(len(values.get(computed.count) or ()))
    if computed.sum:
        return total(found for name in computed.sum for found in _found(name, values))
    if computed.difference:
        first, second = (total(_found(name, values)) for name in computed.difference)
        return None if first is None or second is None else first - second
    return _weighted(computed, values)


def _found(name: str, values: Mapping[str, Any]) -> Iterator[Any]:
    key, dot, column = name.partition(".")
    if not dot:
        yield values.get(key)
        return
    for row in values.get(key) or ():
        yield row.get(column)


def total(answers: Iterable[Any]) -> Decimal | None:
    """The sum of the numbers there are; ``None`` where there is none."""
    given = [Decimal(one) for one in answers if one is not None]
    with localcontext(_EXACT):
        return sum(given, Decimal()) if given else None


def _weighted(computed: Computed, values: Mapping[str, Any]) -> Decimal | None:
    """The weighted mean, where every row has its number and the weights come to 100."""
    numbers, weights = (list(_found(name, values)) for name in computed.weighted)
    if not numbers or None in numbers or None in weights:
        return None
    with localcontext(_EXACT):
        if sum(map(Decimal, weights)) != WHOLE:
            return None
        pairs = zip(numbers, weights, strict=True)
        return sum((Decimal(one) * Decimal(weight) for one, weight in pairs), Decimal()) / WHOLE


def _stored(value: Decimal, type_: ComputedType) -> int | str:
    return canonical(value) if type_ == "decimal" else int(value)


def canonical(value: Decimal) -> str:
    """The one way in which a decimal is kept: no exponent, no idle zeros, no minus before zero."""
    with localcontext(_EXACT):
        plain = format(value.normalize(), "f")
    return "0" if plain in {"-0", "0"} else plain
