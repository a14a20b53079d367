"""Deciding: every decision is computed by the engine and by the explainer, and they must agree."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from jiebang.errors import JiebangError
from jiebang.policy.binding import bind, period_of
from jiebang.policy.book import Book
from jiebang.policy.decision import Decision
from jiebang.policy.engine.compile import Program, compile_policy
from jiebang.policy.engine.supervisor import Worker, WorkerLost
from jiebang.policy.explain import Explainer, evaluate, not_in_force
from jiebang.policy.facts import admit_facts
from jiebang.policy.language.types import Value
from jiebang.policy.meaning import Facts, State, rule_states, settle
from jiebang.yamlfile import Finding

_log = logging.getLogger(__name__)

#: Compiled policies kept, over all versions; the least used leave first.
MOST_PROGRAMS: Final = 256
_Key = tuple[str, str, tuple[date | None, ...]]


class EngineUnavailable(JiebangError):
    """The engine failed twice in a row; nothing was decided. Trying again later may help."""


class Decider:
    """Decides by policy books. Thread-safe; the engine process is started at the first question.

    ``limit`` is how many seconds one question may take the engine.
    """

    def __init__(self, *, limit: float = 0.4) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._programs: OrderedDict[_Key, tuple[str, Program]] = OrderedDict()
        self._made = 0

    @property
    def worker_pid(self) -> int | None:
        """The id of the engine process, if there is one."""
        worker = self._worker
        return worker.pid if worker else None

    def decide(
        self, book: Book, policy_id: str, facts: Mapping[str, object], as_of: date
    ) -> Decision:
        """Decide one case on a day. ``facts`` are as the site keeps them: money in fen.

        Raises ``KeyError`` for an unknown policy, ``BadFacts``, and ``EngineUnavailable``.
        """
        policy = book.policies[policy_id]
        admitted = admit_facts(book.vocabulary, facts)
        if not policy.in_force(as_of):
            return not_in_force(
                policy.id,
                title_zh=policy.title.zh,
                title_en=policy.title.in_locale("en"),
                book=book.version,
                as_of=as_of,
            )
        name, program = self._program(book, policy_id, as_of)
        bound = program.bound
        mine: dict[str, Value] = {key: admitted[key] for key in bound.facts if key in admitted}

        nodes = [evaluate(rule.when, mine) for rule in bound.rules]
        states = [node.state for node in nodes]
        explained = settle(
            bound, states, facts=mine, ask=lambda many: [rule_states(bound, one) for one in many]
        )
        explainer = Explainer(bound, book.vocabulary, mine, nodes)
        decision = explainer.decision(explained, book=book.version, as_of=as_of)

        [answered] = self._ask(name, program, [mine])
        computed = settle(
            bound, answered, facts=mine, ask=lambda many: self._ask(name, program, many)
        )
        if answered != states or computed != explained:
            _log.error(
                "engine and explainer disagree on %s (%s): %s / %s",
                policy.id,
                book.version,
                computed,
                explained,
            )
            return explainer.disagreement(decision)
        return decision

    def preflight(self, book: Book) -> list[Finding]:
        """Register every policy and answer every example in a process of its own.

        What kills or outlasts that process, or gets an example wrong, is a finding.
        """
        findings: list[Finding] = []
        trial = Decider(limit=self._limit)
        try:
            for policy in book.policies.values():
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
        with self._lock:
            self._stop()

    def _program(self, book: Book, policy_id: str, as_of: date) -> tuple[str, Program]:
        policy = book.policies[policy_id]
        key = (book.version, policy_id, period_of(policy, as_of))
        with self._lock:
            known = self._programs.get(key)
            if known:
                self._programs.move_to_end(key)
                return known
        program = compile_policy(bind(policy, as_of, book.vocabulary))
        with self._lock:
            self._made += 1
            made = self._programs.setdefault(key, (f"p{self._made}", program))
            while len(self._programs) > MOST_PROGRAMS:
                _, (old, _) = self._programs.popitem(last=False)
                self._drop(old)
            return made

    def _drop(self, name: str) -> None:
        worker = self._worker
        if worker and name in worker.registered:
            del worker.registered[name]
            try:
                worker.ask({"drop": name})
            except WorkerLost:
                self._stop()

    def _ask(self, name: str, program: Program, cases: Sequence[Facts]) -> list[list[State]]:
        encoded = [program.encode(case) for case in cases]
        with self._lock:
            try:
                fired = self._once(name, program, encoded)
            except WorkerLost as first:
                _log.warning("engine process lost (%s); starting another", first)
                self._stop()
                try:
                    fired = self._once(name, program, encoded)
                except WorkerLost as second:
                    self._stop()
                    raise EngineUnavailable(str(second)) from second
        try:
            return [program.read(one) for one in fired]
        except ValueError as error:
            raise EngineUnavailable(str(error)) from error

    def _once(
        self, name: str, program: Program, encoded: list[dict[str, object]]
    ) -> list[list[str]]:
        if self._worker is None:
            self._worker = Worker(limit=self._limit)
        worker = self._worker
        if name not in worker.registered:
            worker.ask({"register": name, "rulesets": program.rulesets})
            worker.registered[name] = None
        fired: list[list[str]] = worker.ask({"ask": name, "cases": encoded})
        return fired

    def _stop(self) -> None:
        if self._worker:
            self._worker.stop()
            self._worker = None
