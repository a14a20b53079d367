"""What a policy means: three values, and when a verdict is settled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from itertools import product
from typing import Final, cast

from jiebang.policy.binding import Bound, BoundLeaf, BoundPolicy
from jiebang.policy.language.patterns import fits_pattern
from jiebang.policy.language.tree import Outcome, Parameter
from jiebang.policy.language.types import Scalar, Value

Facts = Mapping[str, Value]

#: More completions of the missing facts than this are not tried; the verdict then stays open.
MOST_COMPLETIONS: Final = 128


class State(Enum):
    """One of the three values."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


NEGATED: Final = {State.MET: State.UNMET, State.UNMET: State.MET, State.UNKNOWN: State.UNKNOWN}


@dataclass(frozen=True)
class Settled:
    """The verdict: ``rule`` is the index of the deciding rule, ``None`` for the default."""

    decided: bool
    rule: int | None
    applied: tuple[State, ...]
    missing: tuple[str, ...] = ()


def leaf_state(bound: BoundLeaf, facts: Facts) -> State:
    """The state of one leaf on the facts."""
    leaf = bound.leaf
    found = facts.get(leaf.fact)
    if leaf.operator == "known":
        return State.MET if (found is not None) == bound.value else State.UNMET
    asked = facts.get(bound.other) if bound.other else bound.value
    if found is None or asked is None or bound.gap:
        return State.UNKNOWN
    return State.MET if _holds(leaf.operator, found, asked, bound.days) else State.UNMET


def _holds(operator: str, found: Value, asked: Value, days: int | None) -> bool:  # noqa: PLR0911
    left, right = cast("int", found), cast("int", asked)  # ordered types, checked by the parser
    match operator:
        case "is":
            return found == asked
        case "is_not":
            return found != asked
        case "in":
            return found in cast("tuple[Scalar, ...]", asked)
        case "not_in":
            return found not in cast("tuple[Scalar, ...]", asked)
        case "at_least" | "on_or_after":
            return left >= right
        case "at_most" | "on_or_before":
            return left <= right
        case "more_than":
            return left > right
        case "less_than":
            return left < right
        case "within_days_of":
            apart = cast("date", found) - cast("date", asked)
            return abs(apart) <= timedelta(days=days or 0)
    return fits_pattern(str(asked), str(found))


def settle(
    bound: BoundPolicy,
    states: Sequence[State],
    *,
    facts: Facts,
    ask: Callable[[Sequence[Facts]], Sequence[Sequence[State]]],
) -> Settled:
    """The verdict on rule states; undetermined only while a missing fact could change it.

    ``ask`` gives the rule states on other facts; it is called for completions of the missing ones.
    """
    applied = _applied(bound, states)
    first = _candidates(bound, applied)
    if _same(bound, first):
        return Settled(decided=True, rule=first[-1], applied=applied)
    open_leaves = [leaf for n in _open_rules(bound, applied) for leaf in _unknown(bound, n, facts)]
    named = {name for leaf in open_leaves for name in leaf.facts if facts.get(name) is None}
    missing = tuple(name for name in bound.facts if name in named)
    if any(leaf.gap for leaf in open_leaves) or not all(name in bound.cells for name in missing):
        return _undetermined(applied, missing)
    return _by_completion(bound, applied, missing, facts, ask)


def _by_completion(
    bound: BoundPolicy,
    applied: tuple[State, ...],
    missing: tuple[str, ...],
    facts: Facts,
    ask: Callable[[Sequence[Facts]], Sequence[Sequence[State]]],
) -> Settled:
    size = 1
    for name in missing:
        size *= len(bound.cells[name])
    if size > MOST_COMPLETIONS:
        return _undetermined(applied, missing)
    choices = list(product(*(bound.cells[name] for name in missing)))
    answers = ask([{**facts, **dict(zip(missing, one, strict=True))} for one in choices])
    results = {
        one: _candidates(bound, _applied(bound, states))
        for one, states in zip(choices, answers, strict=True)
    }
    every = list(dict.fromkeys(rule for result in results.values() for rule in result))
    if _same(bound, every):
        return Settled(decided=True, rule=every[0], applied=applied)
    matter = [
        name
        for place, name in enumerate(missing)
        if any(
            not _same(bound, [*result, *results[(*one[:place], value, *one[place + 1 :])]])
            for one, result in results.items()
            for value in bound.cells[name]
        )
    ]
    return _undetermined(applied, tuple(matter))


def _undetermined(applied: tuple[State, ...], missing: tuple[str, ...]) -> Settled:
    return Settled(decided=False, rule=None, applied=applied, missing=missing)


def outcome_of(bound: BoundPolicy, rule: int | None) -> Outcome:
    """What the deciding rule, or the default, says."""
    return bound.policy.default if rule is None else bound.rules[rule].rule.then


def _same(bound: BoundPolicy, candidates: Sequence[int | None]) -> bool:
    """Whether it makes no difference which candidate decides.

    A denial is a denial. A grant must also be the same grant, with the same obligations.
    """
    said = [outcome_of(bound, one) for one in candidates]
    if all(one.outcome == "deny" for one in said):
        return True
    return len({(one.outcome, one.code, one.obligations) for one in said}) == 1


def _applied(bound: BoundPolicy, states: Sequence[State]) -> tuple[State, ...]:
    """The state of each rule once its exceptions are taken into account."""
    applied = list(states)
    for number in bound.order:
        over = [applied[other] for other in bound.rules[number].overridden_by]
        if State.MET in over:
            applied[number] = State.UNMET
        elif State.UNKNOWN in over and applied[number] is State.MET:
            applied[number] = State.UNKNOWN
    return tuple(applied)


def _candidates(bound: BoundPolicy, applied: Sequence[State]) -> list[int | None]:
    """The rules that may decide, in order; the last one is certain if all others are not met."""
    found: list[int | None] = []
    for number, state in enumerate(applied):
        if bound.rules[number].rule.then.outcome == "flag" or state is State.UNMET:
            continue
        found.append(number)
        if state is State.MET:
            return found
    return [*found, None]


def _open_rules(bound: BoundPolicy, applied: Sequence[State]) -> list[int]:
    """The rules whose state is open and bears on the outcome, their exceptions among them."""
    queue = [
        number
        for number in _candidates(bound, applied)
        if number is not None and applied[number] is State.UNKNOWN
    ]
    for number in queue:
        queue += [
            other
            for other in bound.rules[number].overridden_by
            if applied[other] is State.UNKNOWN and other not in queue
        ]
    return sorted(queue)


def _unknown(bound: BoundPolicy, number: int, facts: Facts) -> Iterator[BoundLeaf]:
    def walk(condition: Bound) -> Iterator[BoundLeaf]:
        if condition_state(condition, facts) is not State.UNKNOWN:
            return
        if isinstance(condition, BoundLeaf):
            yield condition
        else:
            for part in condition.parts:
                yield from walk(part)

    yield from walk(bound.rules[number].when)


def condition_state(condition: Bound, facts: Facts) -> State:
    """The state of a condition on the facts, in Kleene's logic."""
    if isinstance(condition, BoundLeaf):
        return leaf_state(condition, facts)
    return group_state(condition.kind, [condition_state(part, facts) for part in condition.parts])


def group_state(kind: str, states: Sequence[State]) -> State:
    """The state of a group from the states of its parts."""
    if kind == "not":
        return NEGATED[states[0]]
    decisive = State.UNMET if kind == "all" else State.MET
    if decisive in states:
        return decisive
    return State.UNKNOWN if State.UNKNOWN in states else NEGATED[decisive]


def rule_states(bound: BoundPolicy, facts: Facts) -> list[State]:
    """The state of each rule's condition."""
    return [condition_state(rule.when, facts) for rule in bound.rules]


def open_parameters(bound: BoundPolicy, facts: Facts, settled: Settled) -> list[Parameter]:
    """The parameters without a value that keep a verdict open."""
    names = {
        leaf.gap
        for number in _open_rules(bound, settled.applied)
        for leaf in _unknown(bound, number, facts)
        if leaf.gap
    }
    return [one for name, one in bound.policy.parameters.items() if name in names]
