"""The shape of a policy on a day: what every reader reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal as OneOf

from jiebang.policy.language.terms import Formula
from jiebang.policy.language.tree import Dated, Leaf, Over, Policy, Rule
from jiebang.policy.language.types import Scalar, Type, Value
from jiebang.wording import Wording


@dataclass(frozen=True, slots=True)
class Right:
    """What a condition is held against on a day: a value, another fact, or a formula.

    ``gap`` names a parameter that the notice leaves open; the condition is then unknown.
    ``params`` are the parameters that were put in.
    """

    value: Value | None = None
    fact: str = ""
    formula: Formula | None = None
    gap: str = ""
    params: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BoundLeaf:
    """A leaf on a day. One of ``fact``, ``item`` and ``formula`` is its subject."""

    leaf: Leaf
    operator: str
    fact: str
    item: str
    formula: Formula | None
    right: Right
    days: int | None
    gap: str
    type: Type

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it reads."""
        read = [self.fact] if self.fact else []
        for formula in (self.formula, self.right.formula):
            read += formula.facts if formula else ()
        return (*read, self.right.fact) if self.right.fact else tuple(read)


@dataclass(frozen=True, slots=True)
class BoundGroup:
    """``all``, ``any`` or ``not`` over bound conditions."""

    kind: OneOf["all", "any", "not"]
    parts: tuple[Bound, ...]
    unmet: Wording | None
    clause: str


@dataclass(frozen=True, slots=True)
class BoundOver:
    """A condition over a list fact, on a day.

    ``open`` names a parameter that the notice leaves open and that the whole condition hangs on.
    """

    over: Over
    fact: str
    where: Bound | None
    right: Right
    type: Type
    open: str = ""

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it reads, the list first."""
        read = [self.fact]
        if self.where:
            read += [name for one in bound_leaves(self.where) for name in one.facts]
        if self.right.fact:
            read.append(self.right.fact)
        if self.right.formula:
            read += self.right.formula.facts
        return tuple(dict.fromkeys(read))

    @property
    def gap(self) -> str:
        """A parameter without a value that it rests on."""
        inner = (one.gap for one in bound_leaves(self.where)) if self.where else ()
        return self.open or self.right.gap or next((one for one in inner if one), "")


Atom = BoundLeaf | BoundOver
Bound = BoundLeaf | BoundGroup | BoundOver


@dataclass(frozen=True)
class BoundRule:
    """A rule on a day, with the indexes of the rules that override it and its values."""

    rule: Rule
    when: Bound
    overridden_by: tuple[int, ...]
    values: Mapping[str, Right]


@dataclass(frozen=True)
class BoundPolicy:
    """A policy with the parameters of one period. ``period`` tells periods of a policy apart."""

    policy: Policy
    period: tuple[date | None, ...]
    values: Mapping[str, Dated | None]
    rules: tuple[BoundRule, ...]
    default_values: Mapping[str, Right]
    order: tuple[int, ...]
    facts: tuple[str, ...]
    #: The values of each fact between which no condition can tell a difference.
    cells: Mapping[str, tuple[Scalar, ...]]

    @cached_property
    def overridable(self) -> tuple[int, ...]:
        """The rules that have exceptions, each after those that override it."""
        return tuple(number for number in self.order if self.rules[number].overridden_by)

    @cached_property
    def deciding(self) -> tuple[int, ...]:
        """The rules that may decide, in order: those that do not merely flag."""
        rules = enumerate(self.rules)
        return tuple(number for number, one in rules if one.rule.then.outcome != "flag")


def bound_leaves(condition: Bound) -> Iterator[Atom]:
    """Every leaf and list condition under a condition, in reading order; not what is in ``where``."""
    if isinstance(condition, BoundGroup):
        for part in condition.parts:
            yield from bound_leaves(part)
    else:
        yield condition
