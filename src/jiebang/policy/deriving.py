"""Facts that no case brings: worked out from other facts, from other policies, from the clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from jiebang.policy.book import Book
from jiebang.policy.formula import amount, evaluate
from jiebang.policy.language.types import Type, Value
from jiebang.policy.language.vocabulary import Clock, Computed, PolicyResult

NOT_IN_FORCE = "not_in_force"


@dataclass(frozen=True)
class Verdict:
    """What another policy says, for those that rest on it. ``missing`` are facts that a case brings."""

    outcome: str
    values: Mapping[str, Value]
    missing: tuple[str, ...] = ()


@dataclass
class Deriving:
    """Completes the facts of one case on one day. ``ask`` decides another policy on the same facts."""

    book: Book
    as_of: date
    facts: dict[str, Value]
    ask: Callable[[str, Deriving], Verdict]

    def __post_init__(self) -> None:
        self.behind: dict[str, tuple[str, ...]] = {}
        self._verdicts: dict[str, Verdict] = {}

    def complete(self, names: tuple[str, ...]) -> None:
        """Work out every fact of a policy that is derived and was not brought."""
        facts = self.facts
        for name in names:
            if name not in facts:
                self._find(name)

    def _find(self, name: str) -> None:
        if name in self.behind:
            return
        fact = self.book.vocabulary.facts[name]
        match fact.source:
            case PolicyResult(policy=policy, value=value) if policy in self.book.deciding:
                self._from_policy(name, policy, value, fact.typed)
            case Computed():
                formula = self.book.vocabulary.formulas[name]
                self.complete(formula.facts)
                found = evaluate(formula.term, self.facts)
                self._keep(name, found, fact.typed, self._base(formula.facts))
            case Clock():
                self.facts[name] = self.as_of

    def _from_policy(self, name: str, policy: str, value: str, typed: Type) -> None:
        verdict = self.verdict(policy)
        if verdict.outcome == "undetermined":
            self.behind[name] = verdict.missing
        elif value:
            self._keep(name, verdict.values.get(value), typed, verdict.missing)
        else:
            self.facts[name] = verdict.outcome

    def verdict(self, policy: str) -> Verdict:
        """What another policy says on these facts; asked once."""
        if policy not in self._verdicts:
            self._verdicts[policy] = self.ask(policy, self)
        return self._verdicts[policy]

    def _keep(self, name: str, found: Value | None, typed: Type, base: tuple[str, ...]) -> None:
        value = _as(found, typed)
        if value is None:
            self.behind[name] = base
        else:
            self.facts[name] = value

    def _base(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The facts a case must bring for those that are missing."""
        missing = [name for name in names if name not in self.facts]
        return tuple(one for name in missing for one in self.behind.get(name, (name,)))

    def bring(self, missing: tuple[str, ...]) -> tuple[str, ...]:
        """The facts that a case must bring for missing ones, each once."""
        return tuple(
            dict.fromkeys(one for name in missing for one in self.behind.get(name, (name,)))
        )


def _as(found: Value | None, typed: Type) -> Value | None:
    """A worked-out value as the type of its fact; ``None`` where it does not fit."""
    if isinstance(found, Decimal) and typed.scalar in {"money", "integer"}:
        whole = amount(found, money=typed.scalar == "money")
        return int(whole) if whole == int(whole) else None
    if isinstance(found, Decimal | int) and typed.scalar == "decimal":
        return amount(Decimal(found), money=False)
    return found
