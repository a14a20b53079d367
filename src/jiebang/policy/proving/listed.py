"""Conditions over lists as z3 formulas.

A case of at most so many items is written out item by item; a proof that no case can be takes each
such condition as an unknown instead, so that it covers lists of every length.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import z3

from jiebang.policy.bound import Bound, BoundLeaf, BoundOver, Right, bound_leaves
from jiebang.policy.language.tree import SCALAR_FIELD
from jiebang.policy.proving.symbols import FALSE, TRUE, Expr, Known, ListVariable, Pair

#: Lists of more items than this are not looked for.
MOST_ITEMS: Final = 8


def key_of(condition: Bound | None) -> object:
    """What tells one condition from another: all but where it stands and how it is worded."""
    match condition:
        case None:
            return None
        case BoundLeaf():
            return (
                condition.fact,
                condition.item,
                condition.formula and condition.formula.term,
                condition.operator,
                _right_key(condition.right),
                condition.days,
                condition.gap,
            )
        case BoundOver():
            return (measure_key(condition), condition.over.operator, _right_key(condition.right))
    return (condition.kind, *(key_of(one) for one in condition.parts))


def _right_key(right: Right) -> object:
    return (right.value, right.fact, right.formula and right.formula.term, right.gap)


def measure_key(over: BoundOver) -> object:
    """What a condition over a list measures, whatever that is held against."""
    return (over.over.kind, over.fact, over.over.of, key_of(over.where))


def room_for(name: str, conditions: Sequence[Bound]) -> int:
    """How many items a list needs so that every condition on it can be met, and one over."""
    overs = [
        one
        for condition in conditions
        for one in bound_leaves(condition)
        if isinstance(one, BoundOver) and one.fact == name
    ]
    counted = [
        one.right.value
        for one in overs
        if one.over.kind == "count" and isinstance(one.right.value, int)
    ]
    apart = len({key_of(one.where) for one in overs})
    return min(MOST_ITEMS, max([apart, *counted], default=1) + 1)


Where = Callable[[Any], Pair]


def over_items(
    over: BoundOver, listed: ListVariable, known: Expr, where: Where
) -> Pair | tuple[Known, Expr]:
    """A condition over the items of a list; or what it measures, and when there is no such thing."""
    there = [listed.length > n for n in range(len(listed.items))]
    states = [where(item) for item in listed.items]
    some = [z3.And(here, one.met) for here, one in zip(there, states, strict=True)]
    none = [z3.Or(z3.Not(here), one.unmet) for here, one in zip(there, states, strict=True)]
    if over.over.kind == "exists":
        return Pair(z3.And(known, z3.Or(some)), z3.And(known, z3.And(none)))
    if over.over.kind == "every":
        met = [z3.Or(z3.Not(here), one.met) for here, one in zip(there, states, strict=True)]
        unmet = [z3.And(here, one.unmet) for here, one in zip(there, states, strict=True)]
        return Pair(z3.And(known, z3.And(met)), z3.And(known, z3.Or(unmet)))
    sure = z3.And(known, *(z3.Or(one, other) for one, other in zip(some, none, strict=True)))
    if over.over.kind == "count":
        counted = z3.Sum([z3.If(one, 1, 0) for one in some])
        return Known(counted, sure), FALSE
    values = [item[over.over.of].value for item in listed.items]
    if over.over.kind == "sum":
        total = z3.Sum([z3.If(one, value, 0) for one, value in zip(some, values, strict=True)])
        return Known(total, sure), FALSE
    return Known(_extreme(over.over.kind, some, values), sure), z3.And(none)


def _extreme(kind: str, some: Sequence[Expr], values: Sequence[Expr]) -> Expr:
    found, seen = values[0], some[0]
    for one, value in zip(some[1:], values[1:], strict=True):
        better = value > found if kind == "max" else value < found
        found = z3.If(z3.And(one, z3.Or(z3.Not(seen), better)), value, found)
        seen = z3.Or(seen, one)
    return found


def total_of(listed: ListVariable, field: str) -> Expr:
    """The sum of a field over every item."""
    values = [
        z3.If(listed.length > n, item[field or SCALAR_FIELD].value, 0)
        for n, item in enumerate(listed.items)
    ]
    return z3.Sum(values)


def member(listed: ListVariable, value: Expr) -> Expr:
    """Whether a value is in a list of scalars."""
    return z3.Or(
        [
            z3.And(listed.length > n, item[SCALAR_FIELD].value == value)
            for n, item in enumerate(listed.items)
        ]
    )


def group(kind: str, pairs: Sequence[Pair]) -> Pair:
    """``all``, ``any`` or ``not`` over conditions."""
    mets, unmets = [one.met for one in pairs], [one.unmet for one in pairs]
    if kind == "not":
        return Pair(unmets[0], mets[0])
    if not pairs:
        return Pair(TRUE, FALSE) if kind == "all" else Pair(FALSE, TRUE)
    if kind == "all":
        return Pair(z3.And(mets), z3.Or(unmets))
    return Pair(z3.Or(mets), z3.And(unmets))
