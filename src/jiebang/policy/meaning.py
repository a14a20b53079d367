"""What a policy means: which rule decides, and when a verdict is settled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Final, NamedTuple, cast

from jiebang.policy.bound import Atom, Bound, BoundGroup, BoundOver, BoundPolicy, Right
from jiebang.policy.formula import amount, evaluate
from jiebang.policy.language.terms import Formula, SumOf, terms
from jiebang.policy.language.tree import Outcome, Parameter
from jiebang.policy.language.types import Value
from jiebang.policy.states import MET, UNKNOWN, UNMET, Facts, State, condition_state

#: More completions of the missing facts than this are not tried; the verdict then stays open.
MOST_COMPLETIONS: Final = 128
#: The name of what ``collect: list`` and ``collect: count`` come to.
COLLECTED: Final = {"list": "codes", "count": "count"}

Ask = Callable[[Sequence[Facts]], Sequence[Sequence[State]]]
Values = Mapping[str, Value]


class Settled(NamedTuple):
    """The verdict: ``rule`` is the index of the deciding rule, ``None`` for the default.

    ``conflict``: rows of a table that contradict each other are met. ``values``: what the verdict
    comes to, money in fen. ``no_value``: a formula has none, as in a division by zero.
    """

    decided: bool
    rule: int | None
    applied: tuple[State, ...]
    missing: tuple[str, ...] = ()
    conflict: bool = False
    values: Values | None = None
    no_value: bool = False


def rule_states(bound: BoundPolicy, facts: Facts) -> list[State]:
    """The state of each rule's condition."""
    return [condition_state(rule.when, facts) for rule in bound.rules]


def settle(bound: BoundPolicy, states: Sequence[State], *, facts: Facts, ask: Ask) -> Settled:
    """The verdict on rule states; undetermined only while a missing fact could change it.

    ``ask`` gives the rule states on other facts; it is called for completions of the missing ones.
    """
    applied = _applied(bound, states)
    if _conflict(bound, applied, facts):
        return Settled(decided=False, rule=None, applied=applied, conflict=True)
    first = _answer(bound, applied, facts)
    if first.one(bound) or (collects(bound) and UNKNOWN not in applied):
        return _with_values(bound, first.rules[-1] if first.rules else None, applied, facts)
    open_leaves = [leaf for n in _open_rules(bound, applied) for leaf in _unknown(bound, n, facts)]
    named = {name for leaf in open_leaves for name in _missing_of(leaf, facts)}
    missing = tuple(name for name in bound.facts if name in named)
    fixed = any(leaf.gap or not _missing_of(leaf, facts) for leaf in open_leaves)
    if fixed or not all(name in bound.cells for name in missing):
        no_value = not missing and not any(leaf.gap for leaf in open_leaves)
        return Settled(
            decided=False, rule=None, applied=applied, missing=missing, no_value=no_value
        )
    return _by_completion(bound, applied, missing, facts, ask)


def _by_completion(
    bound: BoundPolicy,
    applied: tuple[State, ...],
    missing: tuple[str, ...],
    facts: Facts,
    ask: Ask,
) -> Settled:
    size = 1
    for name in missing:
        size *= len(bound.cells[name])
    if size > MOST_COMPLETIONS:
        return _undetermined(applied, missing)
    choices = list(product(*(bound.cells[name] for name in missing)))
    cases = [{**facts, **dict(zip(missing, one, strict=True))} for one in choices]
    results = {
        one: _answer(bound, _applied(bound, states), case)
        for one, case, states in zip(choices, cases, ask(cases), strict=True)
    }
    every = _merged(results.values())
    if every.one(bound) and collects(bound):
        values: Values = dict(cast("tuple[tuple[str, Value], ...]", every.collected[0]))
        return Settled(decided=True, rule=None, applied=applied, values=values)
    if every.one(bound):
        return _with_values(bound, every.rules[0], applied, facts)
    matter = [
        name
        for place, name in enumerate(missing)
        if any(
            not _merged([result, results[(*one[:place], value, *one[place + 1 :])]]).one(bound)
            for one, result in results.items()
            for value in bound.cells[name]
        )
    ]
    return _undetermined(applied, tuple(matter))


@dataclass(frozen=True)
class _Answer:
    """What may decide: candidate rules in order, or, where a table collects, what it collects."""

    rules: tuple[int | None, ...]
    collected: tuple[object, ...] = ()

    def one(self, bound: BoundPolicy) -> bool:
        """Whether it makes no difference which candidate decides.

        A denial is a denial. Anything else must say the same, with the same obligations and values.
        """
        if not self.rules:
            return len(self.collected) == 1 and self.collected[0] is not None
        if len(self.rules) == 1:
            return True
        said = [outcome_of(bound, one) for one in self.rules]
        if all(one.outcome == "deny" and not one.values for one in said):
            return True
        first = said[0]
        return all(
            one is first
            or (one.outcome, one.code, one.obligations, one.values)
            == (first.outcome, first.code, first.obligations, first.values)
            for one in said[1:]
        )


def _merged(answers: Iterable[_Answer]) -> _Answer:
    listed = list(answers)
    rules = dict.fromkeys(rule for one in listed for rule in one.rules)
    return _Answer(tuple(rules), tuple(dict.fromkeys(x for one in listed for x in one.collected)))


def _answer(bound: BoundPolicy, applied: Sequence[State], facts: Facts) -> _Answer:
    if not collects(bound):
        return _Answer(tuple(_candidates(bound, applied)))
    if UNKNOWN in applied:
        return _Answer((), (None,))
    values = _collected(bound, applied, facts)
    return _Answer((), (None if values is None else tuple(sorted(values.items())),))


def collects(bound: BoundPolicy) -> bool:
    """Whether the policy is a table that collects."""
    return bound.policy.table is not None and bound.policy.table.hit == "collect"


def _with_values(
    bound: BoundPolicy, rule: int | None, applied: tuple[State, ...], facts: Facts
) -> Settled:
    """A verdict with what it comes to; without a value for each it is not decided."""
    if collects(bound):
        values = _collected(bound, applied, facts)
    else:
        rights = bound.default_values if rule is None else bound.rules[rule].values
        values = _amounts(rights, facts)
    if values is not None:
        return Settled(decided=True, rule=rule, applied=applied, values=values)
    used = [*bound.default_values.values()]
    for number, state in enumerate(applied):
        if number == rule or (collects(bound) and state is not UNMET):
            used += bound.rules[number].values.values()
    named = {name for one in used if one.formula for name in _missing_in(one.formula, facts)}
    missing = tuple(name for name in bound.facts if name in named)
    gap = any(one.gap for one in used)
    return Settled(
        decided=False, rule=rule, applied=applied, missing=missing, no_value=not missing and not gap
    )


def _amounts(rights: Mapping[str, Right], facts: Facts) -> Values | None:
    """Each value of an outcome; ``None`` if one is not known."""
    values: dict[str, Value] = {}
    for name, right in rights.items():
        value = value_of(right, facts)
        if value is None:
            return None
        values[name] = value
    return values


def value_of(right: Right, facts: Facts) -> Value | None:
    """One value of an outcome: whole fen for money; ``None`` where it is not known."""
    if right.gap:
        return None
    if right.formula is None:
        return right.value
    found = evaluate(right.formula.term, facts)
    if found is None:
        return None
    return amount(found, money=right.formula.type.scalar == "money")


def _collected(bound: BoundPolicy, applied: Sequence[State], facts: Facts) -> Values | None:
    """What a table that collects comes to over the rows that are met."""
    table = bound.policy.table
    if table is None:
        return None
    rows = [bound.rules[number] for number, state in enumerate(applied) if state is MET]
    if table.collect == "list":
        return {COLLECTED["list"]: tuple(row.rule.then.code for row in rows)}
    if table.collect == "count":
        return {COLLECTED["count"]: len(rows)}
    found = [_amounts(row.values, facts) for row in rows]
    if any(one is None for one in found):
        return None
    columns = dict.fromkeys(name for rule in bound.rules for name in rule.values)
    totals: dict[str, Value] = {}
    for name in columns:
        given = [one[name] for one in found if one is not None and name in one]
        numbers = [one for one in given if isinstance(one, int | Decimal)]
        if table.collect == "sum":
            totals[name] = sum(numbers)
        elif numbers:
            totals[name] = max(numbers) if table.collect == "max" else min(numbers)
        else:
            default = bound.default_values.get(name)
            value = value_of(default, facts) if default else None
            if value is None:
                return None
            totals[name] = value
    return totals


def _undetermined(applied: tuple[State, ...], missing: tuple[str, ...]) -> Settled:
    return Settled(decided=False, rule=None, applied=applied, missing=missing)


def outcome_of(bound: BoundPolicy, rule: int | None) -> Outcome:
    """What the deciding rule, or the default, says."""
    return bound.policy.default if rule is None else bound.rules[rule].rule.then


def _conflict(bound: BoundPolicy, applied: Sequence[State], facts: Facts) -> bool:
    """Whether rows are met that must not be met together."""
    table = bound.policy.table
    if table is None or table.hit not in {"unique", "any"}:
        return False
    met = [number for number, state in enumerate(applied) if state is MET]
    if table.hit == "unique":
        return len(met) > 1
    said = [
        (one.outcome, one.code, one.obligations, _amounts(bound.rules[number].values, facts))
        for number in met
        for one in (outcome_of(bound, number),)
    ]
    return any(one != said[0] for one in said[1:])


def _applied(bound: BoundPolicy, states: Sequence[State]) -> tuple[State, ...]:
    """The state of each rule once its exceptions are taken into account."""
    applied = list(states)
    for number in bound.overridable:
        over = [applied[other] for other in bound.rules[number].overridden_by]
        if MET in over:
            applied[number] = UNMET
        elif UNKNOWN in over and applied[number] is MET:
            applied[number] = UNKNOWN
    return tuple(applied)


def _candidates(bound: BoundPolicy, applied: Sequence[State]) -> list[int | None]:
    """The rules that may decide, in order; the last one is certain if all others are not met."""
    found: list[int | None] = []
    for number in bound.deciding:
        state = applied[number]
        if state is not UNMET:
            found.append(number)
        if state is MET:
            return found
    return [*found, None]


def _open_rules(bound: BoundPolicy, applied: Sequence[State]) -> list[int]:
    """The rules whose state is open and bears on the outcome, their exceptions among them."""
    candidates = range(len(applied)) if collects(bound) else _candidates(bound, applied)
    queue = [number for number in candidates if number is not None and applied[number] is UNKNOWN]
    for number in queue:
        queue += [
            other
            for other in bound.rules[number].overridden_by
            if applied[other] is UNKNOWN and other not in queue
        ]
    return sorted(queue)


def _unknown(bound: BoundPolicy, number: int, facts: Facts) -> Iterator[Atom]:
    def walk(condition: Bound) -> Iterator[Atom]:
        if condition_state(condition, facts) is not UNKNOWN:
            return
        if isinstance(condition, BoundGroup):
            for part in condition.parts:
                yield from walk(part)
        else:
            yield condition

    yield from walk(bound.rules[number].when)


def lacking(bound: BoundPolicy, number: int, facts: Facts) -> tuple[str, ...]:
    """The facts without which it is open whether a rule, or an exception to it, is met."""
    rules = (number, *bound.rules[number].overridden_by)
    named = {
        name
        for one in rules
        for leaf in _unknown(bound, one, facts)
        for name in _missing_of(leaf, facts)
    }
    return tuple(name for name in bound.facts if name in named)


def _missing_of(leaf: Atom, facts: Facts) -> list[str]:
    """The facts an unknown condition lacks; a list that is there but has gaps is one of them."""
    absent = [name for name in leaf.facts if facts.get(name) is None]
    if absent:
        return absent
    if isinstance(leaf, BoundOver):
        return [leaf.fact]
    formulas = [one for one in (leaf.formula, leaf.right.formula) if one]
    return [name for one in formulas for name in _missing_in(one, facts)]


def _missing_in(formula: Formula, facts: Facts) -> list[str]:
    """The facts a formula lacks; a list with records that lack the field is one of them."""
    absent = [name for name in formula.facts if facts.get(name) is None]
    broken = [
        one.fact
        for one in terms(formula.term)
        if isinstance(one, SumOf) and facts.get(one.fact) and evaluate(one, facts) is None
    ]
    return [*absent, *broken]


def open_parameters(bound: BoundPolicy, facts: Facts, settled: Settled) -> list[Parameter]:
    """The parameters without a value that keep a verdict open."""
    names = {
        leaf.gap
        for number in _open_rules(bound, settled.applied)
        for leaf in _unknown(bound, number, facts)
        if leaf.gap
    }
    if settled.rule is not None:
        names |= {one.gap for one in bound.rules[settled.rule].values.values() if one.gap}
    if settled.rule is None and not names:
        names |= {one.gap for one in bound.default_values.values() if one.gap}
    return [one for name, one in bound.policy.parameters.items() if name in names]
