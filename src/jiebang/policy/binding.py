"""A policy on a day: its parameters put in, its rules in the order in which they override."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, cast
from typing import Literal as OneOf

from jiebang.policy.language.tree import (
    Condition,
    Dated,
    FactRef,
    Leaf,
    Literal,
    Operand,
    ParamRef,
    Policy,
    Rule,
)
from jiebang.policy.language.types import DECIMAL_PLACES, Scalar, Value
from jiebang.policy.language.vocabulary import Vocabulary
from jiebang.wording import Wording

#: Operators whose cases a single missing fact splits into finitely many.
_NO_CELLS: Final = frozenset({"matches", "within_days_of"})


class Circular(Exception):
    """Rules override each other in a circle; the message names them."""


@dataclass(frozen=True, slots=True)
class BoundLeaf:
    """A leaf on a day: parameters are values. ``gap`` names one that the notice leaves open."""

    leaf: Leaf
    value: Value | None
    other: str
    days: int | None
    gap: str

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it reads."""
        return (self.leaf.fact, self.other) if self.other else (self.leaf.fact,)


@dataclass(frozen=True, slots=True)
class BoundGroup:
    """``all``, ``any`` or ``not`` over bound conditions."""

    kind: OneOf["all", "any", "not"]
    parts: tuple[Bound, ...]
    unmet: Wording | None
    clause: str


Bound = BoundLeaf | BoundGroup


@dataclass(frozen=True)
class BoundRule:
    """A rule on a day, with the indexes of the rules that override it."""

    rule: Rule
    when: Bound
    overridden_by: tuple[int, ...]


@dataclass(frozen=True)
class BoundPolicy:
    """A policy with the parameters of one period. ``period`` tells periods of a policy apart."""

    policy: Policy
    period: tuple[date | None, ...]
    values: Mapping[str, Dated | None]
    rules: tuple[BoundRule, ...]
    order: tuple[int, ...]
    facts: tuple[str, ...]
    #: The values of each fact between which no condition can tell a difference.
    cells: Mapping[str, tuple[Scalar, ...]]


def period_of(policy: Policy, day: date) -> tuple[date | None, ...]:
    """What distinguishes the parameters in force on a day from those of another."""
    dated = [parameter.on(day) for parameter in policy.parameters.values()]
    return tuple(one.start if one else None for one in dated)


def override_order(rules: Sequence[Rule]) -> tuple[int, ...]:
    """Rule indexes such that each comes after those overriding it. Raises ``Circular``."""
    index = {rule.id: number for number, rule in enumerate(rules)}
    overriders: dict[int, list[int]] = {number: [] for number in range(len(rules))}
    for number, rule in enumerate(rules):
        for other in rule.overrides:
            if other in index:
                overriders[index[other]].append(number)
    order: list[int] = []
    while len(order) < len(rules):
        ready = [n for n, over in overriders.items() if n not in order and set(over) <= set(order)]
        if not ready:
            raise Circular("、".join(rules[n].id for n in overriders if n not in order))
        order += ready
    return tuple(order)


def bind(policy: Policy, day: date, vocabulary: Vocabulary) -> BoundPolicy:
    """Put the parameters of a day into a policy."""
    values = {name: parameter.on(day) for name, parameter in policy.parameters.items()}
    rules = tuple(
        BoundRule(
            rule,
            _bind(rule.when, values),
            tuple(n for n, other in enumerate(policy.rules) if rule.id in other.overrides),
        )
        for rule in policy.rules
    )
    every = [leaf for rule in rules for leaf in bound_leaves(rule.when)]
    facts = tuple(dict.fromkeys(name for leaf in every for name in leaf.facts))
    cells = {}
    for name in facts:
        split = _cells([leaf for leaf in every if name in leaf.facts], vocabulary, name)
        if split:
            cells[name] = split
    return BoundPolicy(
        policy, period_of(policy, day), values, rules, override_order(policy.rules), facts, cells
    )


def bound_leaves(condition: Bound) -> Iterator[BoundLeaf]:
    """Every leaf under a condition, in reading order."""
    if isinstance(condition, BoundLeaf):
        yield condition
    else:
        for part in condition.parts:
            yield from bound_leaves(part)


def _bind(condition: Condition, values: Mapping[str, Dated | None]) -> Bound:
    if not isinstance(condition, Leaf):
        parts = tuple(_bind(part, values) for part in condition.parts)
        return BoundGroup(condition.kind, parts, condition.unmet, condition.clause)
    value, gap = _value(condition.right, values)
    days, days_gap = _value(condition.days, values) if condition.days else (None, "")
    other = condition.right.name if isinstance(condition.right, FactRef) else ""
    return BoundLeaf(condition, value, other, cast("int | None", days), gap or days_gap)


def _value(operand: Operand, values: Mapping[str, Dated | None]) -> tuple[Value | None, str]:
    if isinstance(operand, Literal):
        return operand.value, ""
    if isinstance(operand, ParamRef):
        dated = values[operand.name]
        given = dated.value if dated else None
        return given, "" if given is not None else operand.name
    return None, ""


def _cells(leaves: Sequence[BoundLeaf], vocabulary: Vocabulary, name: str) -> tuple[Scalar, ...]:
    fact = vocabulary.facts[name]
    if any(one.other or one.gap or one.leaf.operator in _NO_CELLS for one in leaves):
        return ()
    named: dict[Scalar, None] = {}
    for one in leaves:
        if one.leaf.operator != "known" and one.value is not None:
            named |= dict.fromkeys(one.value if isinstance(one.value, tuple) else (one.value,))
    kind = fact.typed.scalar
    if kind == "boolean":
        return (True, False)
    if kind in {"text", "code"}:
        others = [code for code in fact.options if code not in named]
        extra = others[:1] if fact.options else ["\N{REPLACEMENT CHARACTER}"]
        return (*named, *extra)
    around: dict[Scalar, None] = {}
    for one_value in named:
        around |= dict.fromkeys(_neighbours(one_value))
    return tuple(around)


def _neighbours(value: Scalar) -> tuple[Scalar, ...]:
    if isinstance(value, Decimal):
        step = Decimal(1).scaleb(-DECIMAL_PLACES)
        return (value - step, value, value + step)
    if isinstance(value, date):
        days = [date.min.toordinal(), value.toordinal() - 1]
        before, after = max(days), min(value.toordinal() + 1, date.max.toordinal())
        return (date.fromordinal(before), value, date.fromordinal(after))
    if isinstance(value, int):
        return (value - 1, value, value + 1)
    return (value,)
