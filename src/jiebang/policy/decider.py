"""Deciding: every decision is computed by the engine and by the explainer, and they must agree."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final, TypeVar

from jiebang.policy.book import Book
from jiebang.policy.decision import Decision
from jiebang.policy.deriving import NOT_IN_FORCE, Deriving, Verdict
from jiebang.policy.engine.compile import Part
from jiebang.policy.engine.pool import Engine, EngineUnavailable, Ready
from jiebang.policy.explain import DISAGREEMENT, Reading, not_in_force
from jiebang.policy.facts import admit_facts
from jiebang.policy.language.types import Value
from jiebang.policy.meaning import Settled, collects, outcome_of, settle
from jiebang.policy.states import Facts, State, condition_state
from jiebang.yamlfile import Finding

__all__ = ["Answer", "Decider", "EngineUnavailable"]

_log = logging.getLogger(__name__)

#: Cases sent to the engine at once; each has a time limit of its own.
BATCH: Final = 64

_Told = TypeVar("_Told")


@dataclass(frozen=True)
class Answer:
    """A decision without its explanation. ``values`` are typed: money in fen."""

    outcome: str
    code: str
    rule: str
    flags: tuple[str, ...]
    values: Mapping[str, Value]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class _Weighed:
    """A case as both readers settled it."""

    ready: Ready
    reading: Reading
    settled: Settled
    agreed: bool
    facts: Deriving


class Decider:
    """Decides by policy books. Thread-safe; the engine process is started at the first question.

    ``limit`` is how many seconds one question may take the engine.
    """

    def __init__(self, *, limit: float = 0.4) -> None:
        self._limit = limit
        self._engine = Engine(limit=limit)

    @property
    def worker_pid(self) -> int | None:
        """The id of the engine process, if there is one."""
        return self._engine.worker_pid

    def decide(
        self, book: Book, policy_id: str, facts: Mapping[str, object], as_of: date
    ) -> Decision:
        """Decide one case on a day. ``facts`` are as the site keeps them: money in fen.

        Raises ``KeyError`` for an unknown policy, ``BadFacts``, and ``EngineUnavailable``.
        """
        [decision] = self.decide_many(book, policy_id, [facts], as_of)
        return decision

    def decide_many(
        self, book: Book, policy_id: str, cases: Sequence[Mapping[str, object]], as_of: date
    ) -> Iterator[Decision]:
        """Decide many cases on a day, each in full. Raises as ``decide``."""
        policy = book.deciding[policy_id]
        unruled = partial(not_in_force, policy, book=book.version, as_of=as_of)
        return self._tell_many(book, policy_id, cases, as_of, _full, unruled)

    def outcomes(
        self, book: Book, policy_id: str, cases: Sequence[Mapping[str, object]], as_of: date
    ) -> Iterator[Answer]:
        """Decide many cases on a day, by both readers, without explaining. Raises as ``decide``."""
        unruled = partial(Answer, NOT_IN_FORCE, "NOT_IN_FORCE", "", (), {}, ())
        return self._tell_many(book, policy_id, cases, as_of, _answer, unruled)

    def preflight(self, book: Book) -> list[Finding]:
        """Register every policy and answer every example in a process of its own.

        What kills or outlasts that process is a finding.
        """
        findings: list[Finding] = []
        trial = Decider(limit=self._limit)
        try:
            for policy in book.deciding.values():
                days = {policy.start, *(example.as_of for example in policy.examples)}
                cases: list[tuple[date, Mapping[str, object]]] = [(day, {}) for day in sorted(days)]
                cases += [(one.as_of, one.given) for one in policy.examples]
                try:
                    for day, given in cases:
                        trial.decide(book, policy.id, given, day)
                except EngineUnavailable as error:
                    zh, en = f"规则引擎无法处理：{error}", f"the engine cannot run it: {error}"
                    findings.append(Finding(policy.file, 1, 1, "preflight", zh, en))
        finally:
            trial.close()
        return findings

    def close(self) -> None:
        """End the engine process. Deciding afterwards starts another."""
        self._engine.close()

    def _tell_many(
        self,
        book: Book,
        policy_id: str,
        cases: Sequence[Mapping[str, object]],
        as_of: date,
        tell: Callable[[_Weighed], _Told],
        unruled: Callable[[], _Told],
    ) -> Iterator[_Told]:
        """What is told of each case; ``unruled`` on a day on which the policy is not in force.

        A batch is told of while the engine works on the next.
        """
        in_force = book.deciding[policy_id].in_force(as_of)
        weighed: list[_Weighed] = []
        for start in range(0, len(cases), BATCH):
            admitted = [admit_facts(book.vocabulary, one) for one in cases[start : start + BATCH]]
            if not in_force:
                yield from (unruled() for _ in admitted)
                continue
            derived = [Deriving(book, as_of, one, self._verdict) for one in admitted]
            told: list[_Told] = []
            weighed = self._weigh(policy_id, derived, partial(told.extend, map(tell, weighed)))
            yield from told
        yield from map(tell, weighed)

    def _weigh(
        self, policy_id: str, derived: Sequence[Deriving], meanwhile: Callable[[], object]
    ) -> list[_Weighed]:
        """Cases of one book on one day as both readers settle them."""
        ready = self._engine.ready(derived[0].book, policy_id, derived[0].as_of)
        for one in derived:
            one.complete(ready.bound.facts)
        cases = [one.facts for one in derived]
        with self._engine.asking(ready, cases) as questions:
            # The engine works in its own process while the explainer reads the cases here.
            readings = [ready.explainer.read(one) for one in cases]
            meanwhile()
            answered = questions.states()
        return [
            self._settle(ready, reading, states, one)
            for one, reading, states in zip(derived, readings, answered, strict=True)
        ]

    def _settle(
        self, ready: Ready, reading: Reading, answered: Sequence[State], derived: Deriving
    ) -> _Weighed:
        bound, states = ready.bound, reading.states
        said: tuple[object, object] = (answered, states)
        agreed = answered == states

        def ask(cases: Sequence[Facts]) -> Sequence[Sequence[State]]:
            """The states on completions, which differ in what was missing: by both readers too."""
            nonlocal said, agreed
            part = ready.program.part(frozenset(cases[0].keys() - reading.facts.keys()))
            explained = [_states(part, states, one) for one in cases]
            if agreed:
                said = (self._engine.completed(ready, part, answered, cases), explained)
                agreed = said[0] == explained
            return explained

        settled = settle(bound, states, facts=reading.facts, ask=ask)
        if not agreed:
            _log.error(
                "engine and explainer disagree on %s (%s): %s / %s",
                bound.policy.id,
                derived.book.version,
                *said,
            )
        return _Weighed(ready, reading, settled, agreed, derived)

    def _verdict(self, policy_id: str, derived: Deriving) -> Verdict:
        """What another policy says on the facts of a case."""
        policy = derived.book.deciding[policy_id]
        if not policy.in_force(derived.as_of):
            return Verdict(NOT_IN_FORCE, {})
        [weighed] = self._weigh(policy_id, [derived], tuple)
        settled = weighed.settled
        if not weighed.agreed or not settled.decided:
            return Verdict("undetermined", {}, derived.bring(settled.missing))
        return Verdict(outcome_of(weighed.ready.bound, settled.rule).outcome, settled.values or {})


def _states(part: Part, states: Sequence[State], facts: Facts) -> list[State]:
    """The states of the rules on a completion: only those of the part can be other than they were."""
    found = list(states)
    for number in part.rules:
        found[number] = condition_state(part.program.bound.rules[number].when, facts)
    return found


def _full(weighed: _Weighed) -> Decision:
    explainer, derived = weighed.ready.explainer, weighed.facts
    decision = explainer.decision(
        weighed.reading,
        weighed.settled,
        book=derived.book.version,
        as_of=derived.as_of,
        behind=derived.behind,
    )
    return decision if weighed.agreed else explainer.by_hand(decision, DISAGREEMENT)


def _answer(weighed: _Weighed) -> Answer:
    bound, settled = weighed.ready.bound, weighed.settled
    applied = zip(bound.rules, settled.applied, strict=True)
    flags = dict.fromkeys(
        one.rule.then.code
        for one, state in applied
        if state.value == "met" and one.rule.then.outcome == "flag"
    )
    if not weighed.agreed or not settled.decided:
        code = DISAGREEMENT if not weighed.agreed else "TABLE_CONFLICT" * settled.conflict
        missing = weighed.facts.bring(settled.missing)
        return Answer("undetermined", code, "", tuple(flags), {}, missing)
    said = outcome_of(bound, settled.rule)
    rule = "" if settled.rule is None else bound.rules[settled.rule].rule.id
    code = "COLLECTED" if collects(bound) else said.code
    return Answer(said.outcome, code, rule, tuple(flags), settled.values or {}, ())
