"""The three values of a condition on the facts of a case: met, unmet, unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Final, cast

from jiebang.policy.bound import Bound, BoundGroup, BoundLeaf, BoundOver, Right
from jiebang.policy.formula import evaluate
from jiebang.policy.language.patterns import fits_pattern
from jiebang.policy.language.tree import SCALAR_FIELD
from jiebang.policy.language.types import Record, Scalar, Value

Facts = Mapping[str, Value]
#: A condition on the facts; ``item`` is the record that a ``where`` is about.
Test = Callable[[Facts, Record | None], "State"]


class State(Enum):
    """One of the three values."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


MET, UNMET, UNKNOWN = State.MET, State.UNMET, State.UNKNOWN
NEGATED: Final = {MET: UNMET, UNMET: MET, UNKNOWN: UNKNOWN}
#: What these come to over an empty list. Nothing is in it, whatever is found: no fact is needed.
LISTED: Final = {"in": UNMET, "not_in": MET}

QUANTIFIED: Final = {"exists": "any", "every": "all"}

_COMPARED: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "is": lambda left, right: left == right,
    "is_not": lambda left, right: left != right,
    "at_least": lambda left, right: left >= right,
    "on_or_after": lambda left, right: left >= right,
    "at_most": lambda left, right: left <= right,
    "on_or_before": lambda left, right: left <= right,
    "more_than": lambda left, right: left > right,
    "less_than": lambda left, right: left < right,
}


def condition_state(condition: Bound, facts: Facts, item: Record | None = None) -> State:
    """The state of a condition on the facts, in Kleene's logic."""
    if isinstance(condition, BoundGroup):
        parts = [condition_state(part, facts, item) for part in condition.parts]
        return group_state(condition.kind, parts)
    if isinstance(condition, BoundOver):
        return over_state(condition, facts)
    return leaf_state(condition, facts, item)


def group_state(kind: str, states: Sequence[State]) -> State:
    """The state of a group from the states of its parts."""
    if kind == "not":
        return NEGATED[states[0]]
    decisive = UNMET if kind == "all" else MET
    if decisive in states:
        return decisive
    return UNKNOWN if UNKNOWN in states else NEGATED[decisive]


def leaf_state(bound: BoundLeaf, facts: Facts, item: Record | None = None) -> State:
    """The state of one leaf."""
    found: Value | None
    if bound.fact:
        found = facts.get(bound.fact)
    elif bound.formula:
        found = evaluate(bound.formula.term, facts)
    else:
        found = (item or {}).get(bound.item)
    if bound.gap:
        return UNKNOWN
    if bound.operator == "known":
        return MET if (found is not None) == bound.right.value else UNMET
    asked = right_value(bound.right, facts)
    if asked == () and bound.operator in LISTED:
        return LISTED[bound.operator]
    if found is None or asked is None:
        return UNKNOWN
    return MET if _holds(bound.operator, found, asked, bound.days) else UNMET


def right_value(right: Right, facts: Facts) -> Value | None:
    """What a condition is held against, on the facts; ``None`` where that is not known."""
    if right.fact:
        return facts.get(right.fact)
    if right.formula:
        return None if right.gap else evaluate(right.formula.term, facts)
    return right.value


def _holds(operator: str, found: Value, asked: Value, days: int | None) -> bool:
    if operator in _COMPARED:
        # Ordered operators meet ordered types only, as the parser has checked.
        return _COMPARED[operator](cast("int", found), cast("int", asked))
    match operator:
        case "in":
            return found in cast("tuple[Scalar, ...]", asked)
        case "not_in":
            return found not in cast("tuple[Scalar, ...]", asked)
        case "within_days_of":
            apart = cast("date", found) - cast("date", asked)
            return abs(apart.days) <= (days or 0)
    return fits_pattern(str(asked), str(found))


def leaf_test(bound: BoundLeaf) -> Test:
    """The leaf as a function: the same as ``leaf_state``, ready for many cases."""
    name, value, operator = bound.fact, bound.right.value, bound.operator
    constant = not (bound.right.fact or bound.right.formula or bound.gap)
    if not name or not constant or operator not in _COMPARED or value is None:
        return lambda facts, item: leaf_state(bound, facts, item)
    compare, asked = _COMPARED[operator], cast("int", value)

    def test(facts: Facts, _item: Record | None) -> State:
        found = facts.get(name)
        if found is None:
            return UNKNOWN
        return MET if compare(cast("int", found), asked) else UNMET

    return test


def items_of(found: Value) -> list[Record]:
    """The records of a list; a scalar is a record of one field."""
    listed = cast("tuple[Record | Scalar, ...]", found)
    return [one if isinstance(one, Mapping) else {SCALAR_FIELD: one} for one in listed]


#: Quantities that even a list without items has.
_ALWAYS: Final = frozenset({"count", "sum"})


def over_state(bound: BoundOver, facts: Facts) -> State:
    """The state of a condition over a list."""
    if bound.open:
        return UNKNOWN
    found = facts.get(bound.fact)
    asked = right_value(bound.right, facts)
    if asked == () and (bound.over.operator == "in" or bound.over.kind in _ALWAYS):
        return LISTED[bound.over.operator]
    if found is None:
        return UNKNOWN
    items = items_of(found)
    states = [condition_state(bound.where, facts, one) if bound.where else MET for one in items]
    if bound.over.kind in QUANTIFIED:
        return group_state(QUANTIFIED[bound.over.kind], states)
    return _measured(bound, items, states, asked)


def _measured(
    bound: BoundOver, items: Sequence[Record], states: Sequence[State], asked: Value | None
) -> State:
    """The state of a comparison with a quantity over a list."""
    measured = measure(bound.over.kind, bound.over.of, items, states)
    if measured is None:
        return UNMET
    if asked == ():
        # Asked of the greatest or the least: it is none of nothing, but only if there is one.
        return MET if MET in states else UNKNOWN
    if asked is None:
        return UNKNOWN
    return _between(bound.over.operator, *measured, asked)


#: The least and the greatest that a quantity over a list can be; ``None`` is without bound.
Bounds = tuple[Scalar | None, Scalar | None]


def measure(kind: str, of: str, items: Sequence[Record], states: Sequence[State]) -> Bounds | None:
    """Between what bounds a quantity over a list lies; ``None``: it has no value, there is no item."""
    sure = [one.get(of) for one, state in zip(items, states, strict=True) if state is MET]
    maybe = [one.get(of) for one, state in zip(items, states, strict=True) if state is UNKNOWN]
    if kind == "count":
        return len(sure), len(sure) + len(maybe)
    if kind == "sum":
        return _sum_bounds(sure, maybe)
    if not sure and not maybe:
        return None
    known = [cast("int", one) for one in sure if one is not None]
    every = [cast("int", one) for one in (*sure, *maybe) if one is not None]
    open_end = None in sure or None in maybe
    if not sure:
        return None, None
    if kind == "max":
        return max(known) if known else None, None if open_end else max(every)
    return None if open_end else min(every), min(known) if known else None


def _sum_bounds(sure: Sequence[Scalar | None], maybe: Sequence[Scalar | None]) -> Bounds:
    if None in sure or None in maybe:
        return None, None
    fixed = sum(Decimal(cast("int", one)) for one in sure)
    possible = [Decimal(cast("int", one)) for one in maybe]
    least = fixed + sum(one for one in possible if one < 0)
    most = fixed + sum(one for one in possible if one > 0)
    return Decimal(least), Decimal(most)


def _between(operator: str, least: Scalar | None, most: Scalar | None, asked: Value) -> State:  # noqa: PLR0911
    """The state of a comparison with a quantity between bounds."""
    low, high = cast("int | None", least), cast("int | None", most)
    if operator in {"in", "not_in"}:
        states = [_between("is", low, high, one) for one in cast("tuple[Scalar, ...]", asked)]
        among = group_state("any", states)
        return among if operator == "in" else NEGATED[among]
    right = cast("int", asked)
    match operator:
        case "is":
            if low is not None and low == high:
                return MET if low == right else UNMET
            outside = (low is not None and right < low) or (high is not None and right > high)
            return UNMET if outside else UNKNOWN
        case "is_not":
            return NEGATED[_between("is", low, high, asked)]
        case "at_least" | "on_or_after":
            if low is not None and low >= right:
                return MET
            return UNMET if high is not None and high < right else UNKNOWN
        case "more_than":
            return NEGATED[_between("at_most", low, high, asked)]
        case "less_than":
            return NEGATED[_between("at_least", low, high, asked)]
    if high is not None and high <= right:
        return MET
    return UNMET if low is not None and low > right else UNKNOWN
