"""The typed tree of a policy. Frozen; every reader of a policy walks this and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal as OneOf

from jiebang.policy.language.types import Type, Value
from jiebang.wording import Wording

Basis = OneOf["text", "interpretation", "unverified"]
Force = OneOf["must", "may", "prefer", "default"]
Verdict = OneOf["grant", "deny", "flag"]
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the file, typed like the fact it is held against."""

    value: Value


@dataclass(frozen=True, slots=True)
class ParamRef:
    """The value of a parameter on the day of the decision."""

    name: str


@dataclass(frozen=True, slots=True)
class FactRef:
    """The value of another fact."""

    name: str


Operand = Literal | ParamRef | FactRef


@dataclass(frozen=True, slots=True)
class Leaf:
    """``fact operator right``. ``days`` belongs to ``within_days_of`` alone."""

    fact: str
    operator: str
    right: Operand
    days: Operand | None
    unmet: Wording | None
    clause: str
    place: Place

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it reads."""
        right = (self.right.name,) if isinstance(self.right, FactRef) else ()
        return (self.fact, *right)


@dataclass(frozen=True, slots=True)
class Group:
    """``all``, ``any`` or ``not`` over conditions; its own ``unmet`` speaks for all of them."""

    kind: OneOf["all", "any", "not"]
    parts: tuple[Condition, ...]
    unmet: Wording | None
    clause: str
    place: Place


Condition = Leaf | Group


@dataclass(frozen=True, slots=True)
class Obligation:
    """A duty that comes with an outcome: ``log_access``, or ``deadline: 5 working days``."""

    name: str
    detail: str = ""

    def as_data(self) -> str | dict[str, str]:
        """As it stands in the file."""
        return {self.name: self.detail} if self.detail else self.name


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule says when it is met."""

    outcome: Verdict
    code: str
    say: Wording
    obligations: tuple[Obligation, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: when it is met, its outcome; ``overrides`` names rules it is an exception to."""

    id: str
    title: Wording | None
    when: Condition
    then: Outcome
    overrides: tuple[str, ...]
    basis: Basis
    force: Force
    clause: str
    quote: str
    place: Place


@dataclass(frozen=True, slots=True)
class Dated:
    """A value in force from a day; ``None`` where the notice gives none."""

    start: date
    value: Value | None
    clause: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named value that a notice may change, dated and cited; ``values`` in order of time."""

    name: str
    title: Wording | None
    type: Type
    basis: Basis
    values: tuple[Dated, ...]
    place: Place

    def on(self, day: date) -> Dated | None:
        """What is in force on a day, or ``None`` before the first value."""
        return next((one for one in reversed(self.values) if one.start <= day), None)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a policy stands: document number, clause, and the words themselves."""

    document: str
    clause: str
    quote: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """What an example expects; ``None`` means it says nothing about that."""

    outcome: str
    code: str | None
    flags: tuple[str, ...] | None
    unmet: tuple[str, ...] | None
    missing: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Example:
    """A case with its expected decision: documentation that is run."""

    name: str
    as_of: date
    given: Mapping[str, Value]
    expect: Expectation
    place: Place


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy file."""

    id: str
    title: Wording
    source: Source
    start: date
    until: date | None
    owner: str
    parameters: Mapping[str, Parameter]
    default: Outcome
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...]
    file: str

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it reads, in reading order."""
        read = (name for rule in self.rules for leaf in leaves(rule.when) for name in leaf.facts)
        return tuple(dict.fromkeys(read))

    def in_force(self, day: date) -> bool:
        """Whether the policy is in force on a day; both ends count."""
        return self.start <= day and (self.until is None or day <= self.until)


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every leaf under a condition, in reading order."""
    if isinstance(condition, Leaf):
        yield condition
    else:
        for part in condition.parts:
            yield from leaves(part)
