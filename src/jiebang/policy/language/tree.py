"""The typed tree of a policy. Frozen; every reader of a policy starts from this and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any
from typing import Literal as OneOf

from jiebang.policy.language.terms import FactRef, Formula, ParamRef
from jiebang.policy.language.types import Type, Value
from jiebang.wording import Wording

Basis = OneOf["text", "interpretation", "unverified"]
Force = OneOf["must", "may", "prefer", "default"]
Verdict = OneOf["grant", "deny", "flag", "none", "value"]
Place = tuple[int, int]

#: The name of the fact that stands for another policy's outcome begins with this.
POLICY_FACT = "policy:"
#: The obligation that carries a number of days.
DEADLINE = "deadline"
#: The one field of an item in a list of scalars.
SCALAR_FIELD = "value"


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the file, typed like what it is held against."""

    value: Value


@dataclass(frozen=True, slots=True)
class ItemRef:
    """A field of the item that a ``where`` is about."""

    name: str


@dataclass(frozen=True, slots=True)
class VarRef:
    """The value that ``as`` names, one after another."""

    name: str


Operand = Literal | ParamRef | FactRef | VarRef | Formula
Subject = FactRef | ItemRef | Formula


@dataclass(frozen=True, slots=True)
class Leaf:
    """``subject operator right``. ``days`` belongs to ``within_days_of`` alone."""

    subject: Subject
    operator: str
    right: Operand
    days: Operand | None
    unmet: Wording | None
    clause: str
    place: Place


@dataclass(frozen=True, slots=True)
class Group:
    """``all``, ``any`` or ``not`` over conditions; its own ``unmet`` speaks for all of them."""

    kind: OneOf["all", "any", "not"]
    parts: tuple[Condition, ...]
    unmet: Wording | None
    clause: str
    place: Place


@dataclass(frozen=True, slots=True)
class Over:
    """A condition over a list fact.

    ``exists`` and ``every`` stand alone; ``count``, ``sum``, ``max`` and ``min`` (the last three of the
    field ``of``) are held against ``right`` by ``operator``. ``where`` holds of one item at a time.
    """

    kind: OneOf["exists", "every", "count", "sum", "max", "min"]
    fact: str
    of: str
    where: Condition | None
    operator: str
    right: Operand | None
    unmet: Wording | None
    clause: str
    place: Place


@dataclass(frozen=True, slots=True)
class Each:
    """``every`` or ``exists`` over the values of a parameter: ``has`` with ``as`` bound to each."""

    kind: OneOf["every", "exists"]
    parameter: str
    var: str
    has: Condition
    unmet: Wording | None
    clause: str
    place: Place


Condition = Leaf | Group | Over | Each


@dataclass(frozen=True, slots=True)
class Obligation:
    """A duty that comes with an outcome: ``log_access``, or ``deadline: 5 working days``.

    ``amount`` is the number of days where the file names a parameter; ``detail`` is then the unit.
    """

    name: str
    detail: str = ""
    amount: ParamRef | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule says when it is met; ``values`` are numbers, texts or formulas by name."""

    outcome: Verdict
    code: str
    say: Wording
    obligations: tuple[Obligation, ...] = ()
    values: Mapping[str, Literal | ParamRef | Formula] = field(
        default_factory=lambda: MappingProxyType({})
    )


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, or one row of a table. ``overrides`` names rules it is an exception to."""

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
    place: Place = (1, 1)


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
class Output:
    """A declared value of a policy: its type, unit and label."""

    type: Type
    label: Wording


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
    values: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A case with its expected decision: documentation that is run."""

    name: str
    as_of: date
    given: Mapping[str, Value]
    expect: Expectation
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """How the rows of a table, each a rule of the policy, come to one outcome.

    ``hit``: unique, any, first, priority or collect; ``collect``: list, sum, max, min or count.
    """

    hit: str
    collect: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy. ``table`` is set where its rules are the rows of one."""

    id: str
    title: Wording
    source: Source
    start: date
    until: date | None
    owner: str
    parameters: Mapping[str, Parameter]
    outputs: Mapping[str, Output]
    default: Outcome
    rules: tuple[Rule, ...]
    table: Table | None
    examples: tuple[Example, ...]
    file: str

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it reads itself, in reading order, derived ones and ``policy:…`` included."""
        read = [name for rule in self.rules for name in facts_of(rule.when)]
        for said in (*(rule.then for rule in self.rules), self.default):
            read += [
                n for one in said.values.values() if isinstance(one, Formula) for n in one.facts
            ]
        return tuple(dict.fromkeys(read))

    def in_force(self, day: date) -> bool:
        """Whether the policy is in force on a day; both ends count."""
        return self.start <= day and (self.until is None or day <= self.until)


def leaves(condition: Condition) -> Iterator[Leaf | Over]:
    """Every leaf and list condition under a condition, in reading order, ``where`` included."""
    match condition:
        case Leaf():
            yield condition
        case Group():
            for part in condition.parts:
                yield from leaves(part)
        case Over():
            yield condition
            if condition.where:
                yield from leaves(condition.where)
        case Each():
            yield from leaves(condition.has)


def facts_of(condition: Condition) -> Iterator[str]:
    """The facts a condition reads, in reading order, with repeats."""
    for leaf in leaves(condition):
        operands = (leaf.right,) if isinstance(leaf, Over) else (leaf.subject, leaf.right)
        if isinstance(leaf, Over):
            yield leaf.fact
        for one in operands:
            if isinstance(one, FactRef):
                yield one.name
            elif isinstance(one, Formula):
                yield from one.facts


def parameters_of(condition: Condition) -> Iterator[str]:
    """The parameters a condition reads, with repeats."""
    if isinstance(condition, Each):
        yield condition.parameter
        yield from parameters_of(condition.has)
        return
    if isinstance(condition, Group):
        for part in condition.parts:
            yield from parameters_of(part)
        return
    if isinstance(condition, Over) and condition.where:
        yield from parameters_of(condition.where)
    days = condition.days if isinstance(condition, Leaf) else None
    subject = condition.subject if isinstance(condition, Leaf) else None
    for one in (subject, condition.right, days):
        if isinstance(one, ParamRef):
            yield one.name
        elif isinstance(one, Formula):
            yield from one.parameters
