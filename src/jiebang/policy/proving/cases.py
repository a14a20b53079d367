"""Cases that show something: confirmed by the explainer, made small, and written as people write them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from jiebang.money import from_fen
from jiebang.policy.binding import bind, period_of
from jiebang.policy.book import Book
from jiebang.policy.bound import BoundPolicy, bound_leaves
from jiebang.policy.deriving import NOT_IN_FORCE, Deriving, Verdict
from jiebang.policy.language.types import BOOLEANS, Scalar, Type, Value
from jiebang.policy.language.vocabulary import Clock, Computed, PolicyResult, Vocabulary
from jiebang.policy.meaning import Settled, outcome_of, rule_states, settle
from jiebang.policy.proving.symbols import OTHER
from jiebang.policy.states import Facts, State
from jiebang.yamlfile import AMBIGUOUS

_BARE: Final = re.compile(r"[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff-]*")
_WORDS: Final = {value: word for word, value in BOOLEANS.items()}
_NOT_TEXT: Final = AMBIGUOUS | {"null", "true", "false", *BOOLEANS}


@dataclass(frozen=True)
class Case:
    """The facts of a case on a day."""

    as_of: date
    facts: Facts


@dataclass(frozen=True)
class Judgement:
    """What the explainer makes of a case."""

    bound: BoundPolicy
    facts: Facts
    states: tuple[State, ...]
    settled: Settled

    def decided_by(self, rule: int | None) -> bool:
        """Whether this rule, or the default, decides."""
        return self.settled.decided and self.settled.rule == rule


@dataclass
class Judge:
    """The explainer alone: what a check asks thousands of times needs no second reader."""

    book: Book
    _bound: dict[tuple[str, object], BoundPolicy] = field(default_factory=dict)

    def bound(self, policy_id: str, day: date) -> BoundPolicy:
        """A policy on a day."""
        policy = self.book.deciding[policy_id]
        key = (policy_id, period_of(policy, day))
        if key not in self._bound:
            self._bound[key] = bind(policy, day, self.book.vocabulary)
        return self._bound[key]

    def judge(self, policy_id: str, case: Case) -> Judgement:
        """The states of the rules of a policy on a case, and what they come to."""
        facts = dict(case.facts)
        return self._judge(policy_id, Deriving(self.book, case.as_of, facts, self._verdict))

    def _judge(self, policy_id: str, derived: Deriving) -> Judgement:
        bound = self.bound(policy_id, derived.as_of)
        derived.complete(bound.facts)
        mine = {name: derived.facts[name] for name in bound.facts if name in derived.facts}
        states = rule_states(bound, mine)
        settled = settle(
            bound, states, facts=mine, ask=lambda many: [rule_states(bound, one) for one in many]
        )
        return Judgement(bound, mine, tuple(states), settled)

    def _verdict(self, policy_id: str, derived: Deriving) -> Verdict:
        if not self.book.deciding[policy_id].in_force(derived.as_of):
            return Verdict(NOT_IN_FORCE, {})
        found = self._judge(policy_id, derived)
        if not found.settled.decided:
            return Verdict("undetermined", {}, derived.bring(found.settled.missing))
        said = outcome_of(found.bound, found.settled.rule)
        return Verdict(said.outcome, found.settled.values or {})


def brought(vocabulary: Vocabulary, name: str) -> bool:
    """Whether a fact is one that a case brings, not one that is worked out."""
    return not isinstance(vocabulary.facts[name].source, PolicyResult | Computed | Clock)


def smallest(case: Case, bound: BoundPolicy, shows: Callable[[Case], bool]) -> Case:
    """The case with no more facts than it needs, at the edge of what the conditions speak of."""
    facts = dict(case.facts)
    for name in sorted(facts):
        without = {key: value for key, value in facts.items() if key != name}
        if shows(Case(case.as_of, without)):
            facts = without
    for name in sorted(facts):
        for value in _plainer(bound, name, facts[name]):
            if shows(Case(case.as_of, {**facts, name: value})):
                facts[name] = value
                break
    return Case(case.as_of, facts)


def _plainer(bound: BoundPolicy, name: str, found: Value) -> Iterator[Value]:
    """Values that tell more than the one found: what conditions name, or a shorter list."""
    if isinstance(found, tuple):
        for size in range(len(found)):
            yield found[:size]
        return
    named = [
        one.right.value
        for rule in bound.rules
        for one in bound_leaves(rule.when)
        if name in one.facts
    ]
    cells = bound.cells.get(name, ())
    flat = {one for each in named for one in (each if isinstance(each, tuple) else (each,))}
    near = [one for one in cells if not _below_zero(one) or _below_zero(found)]
    yield from (one for one in near if one in flat)
    yield from (one for one in near if one not in flat and isinstance(one, int | Decimal | date))
    if isinstance(found, str) and found.startswith(OTHER):
        yield OTHER


def _below_zero(value: Value) -> bool:
    return isinstance(value, int | Decimal) and value < 0


def given(case: Case, vocabulary: Vocabulary) -> str:
    """The facts of a case as an example writes them."""
    ordered = [name for name in vocabulary.facts if name in case.facts]
    parts = [
        f"{name}: {written(case.facts[name], vocabulary.facts[name].typed)}" for name in ordered
    ]
    return "{" + ", ".join(parts) + "}"


def written(value: Value, typed: Type) -> str:
    """A value as people write it in YAML."""
    if isinstance(value, tuple):
        return "[" + ", ".join(_item(one, typed) for one in value) + "]"
    return scalar(value, typed)


def _item(item: object, typed: Type) -> str:
    if isinstance(item, Mapping):
        parts = [f"{key}: {scalar(one, typed.field(key) or typed)}" for key, one in item.items()]
        return "{" + ", ".join(parts) + "}"
    return scalar(item, typed.one)  # type: ignore[arg-type]  # a scalar is left


def scalar(value: Scalar, typed: Type) -> str:
    """A scalar as people write it: money in its unit, 是 or 否."""
    if isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return text(value)
    if typed.scalar == "money":
        return format(from_fen(int(value), typed.unit), "f")
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def text(value: str) -> str:
    """A text in YAML, in quotes where it needs them."""
    bare = _BARE.fullmatch(value) and value.lower() not in _NOT_TEXT
    return value if bare else json.dumps(value, ensure_ascii=False)
