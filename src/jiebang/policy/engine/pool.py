"""The engine as the rest of the policy room asks it: policies made ready, cases answered."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final

from jiebang.errors import JiebangError
from jiebang.policy.binding import bind, period_of
from jiebang.policy.book import Book
from jiebang.policy.bound import BoundPolicy
from jiebang.policy.engine.compile import Case, Part, Program, compile_policy
from jiebang.policy.engine.supervisor import Worker, WorkerLost
from jiebang.policy.explain import Explainer
from jiebang.policy.states import UNKNOWN, Facts, State

_log = logging.getLogger(__name__)

#: Policies kept ready, over all versions; the least used leave first.
MOST_READY: Final = 256
#: Policies that the engine process holds at once; another is registered again when it is asked.
MOST_REGISTERED: Final = 64
#: How often one question may lose an engine process: by its own doing, and by a kill from outside.
MOST_LOST: Final = 2
MOST_KILLED: Final = 20
_Key = tuple[str, str, tuple[date | None, ...]]


class EngineUnavailable(JiebangError):
    """The engine failed again and again; nothing was decided. Trying again later may help."""


@dataclass(frozen=True)
class Ready:
    """A policy of one version and period, compiled for both readers."""

    name: str
    program: Program
    explainer: Explainer

    @property
    def bound(self) -> BoundPolicy:
        """The policy with the parameters of the period."""
        return self.program.bound


@dataclass
class Questions:
    """Cases that the engine is working on."""

    engine: Engine
    ready: Ready
    cases: Sequence[Case]
    sent: bool = False
    lost: int = 0
    killed: int = 0

    def lose(self, lost: WorkerLost) -> None:
        """Count a process lost over the question that is to be answered next.

        Raises ``EngineUnavailable`` when it has cost enough of them.
        """
        self.sent = False
        self.lost, self.killed = self.lost + (not lost.killed), self.killed + lost.killed
        if self.lost >= MOST_LOST or self.killed >= MOST_KILLED:
            raise EngineUnavailable(str(lost)) from lost

    def states(self) -> list[list[State]]:
        """The states of the rules on each. Raises ``EngineUnavailable``."""
        fired = self.engine.answers(self)
        nothing = [UNKNOWN] * len(self.ready.bound.rules)
        return _read(self.ready, self.cases, fired, nothing)


class Engine:
    """One engine process, shared by threads; its owner closes it."""

    def __init__(self, *, limit: float) -> None:
        self._limit = limit
        self._lock = threading.RLock()
        self._worker: Worker | None = None
        self._ready: OrderedDict[_Key, Ready] = OrderedDict()
        self._made = 0

    @property
    def worker_pid(self) -> int | None:
        """The id of the engine process, if there is one."""
        worker = self._worker
        return worker.pid if worker else None

    def ready(self, book: Book, policy_id: str, as_of: date) -> Ready:
        """A policy made ready for a day."""
        policy = book.deciding[policy_id]
        key = (book.version, policy_id, period_of(policy, as_of))
        with self._lock:
            known = self._ready.get(key)
            if known:
                self._ready.move_to_end(key)
                return known
        program = compile_policy(bind(policy, as_of, book.vocabulary))
        explainer = Explainer(program.bound, book.vocabulary)
        with self._lock:
            self._made += 1
            made = self._ready.setdefault(key, Ready(f"p{self._made}", program, explainer))
            while len(self._ready) > MOST_READY:
                self._ready.popitem(last=False)
            return made

    def completed(
        self, ready: Ready, part: Part, states: Sequence[State], cases: Sequence[Facts]
    ) -> list[list[State]]:
        """The states of the rules on completions of a case, on which they are ``states``.

        Only the rules of the part are asked. Raises ``EngineUnavailable``.
        """
        encoded = [part.encode(one) for one in cases]
        with self._lock:
            fired = self.answers(Questions(self, ready, encoded))
        return _read(ready, encoded, fired, states)

    @contextmanager
    def asking(self, ready: Ready, cases: Sequence[Facts]) -> Iterator[Questions]:
        """Cases sent to the engine, to be answered while the caller does something else."""
        encoded = [ready.program.encode(one) for one in cases]
        with self._lock:
            questions = Questions(self, ready, encoded)
            try:
                self._send(questions, encoded)
            except WorkerLost as lost:
                self._lost(questions, lost)
            try:
                yield questions
            finally:
                # An answer nobody took would be taken for the answer to the next question.
                if questions.sent:
                    self._stop()

    def answers(self, questions: Questions) -> list[list[str]]:
        """What fires on each case; those that were lost are asked again in a new process."""
        found: list[list[str]] = []
        while len(found) < len(questions.cases):
            try:
                if not questions.sent:
                    self._send(questions, questions.cases[len(found) :])
                worker = self._working(questions.ready)
                while len(found) < len(questions.cases):
                    found.append(worker.receive())
                    questions.lost = questions.killed = 0
            except WorkerLost as lost:
                self._lost(questions, lost)
        questions.sent = False
        return found

    def close(self) -> None:
        """End the engine process. Asking afterwards starts another."""
        with self._lock:
            self._stop()

    def _send(self, questions: Questions, cases: Sequence[Case]) -> None:
        ready = questions.ready
        self._working(ready).send([f"A\t{ready.name}\t{one.question}" for one in cases])
        questions.sent = True

    def _working(self, ready: Ready) -> Worker:
        """The engine process, with the policy registered."""
        if self._worker is None:
            self._worker = Worker(limit=self._limit)
        worker = self._worker
        held = worker.registered
        if ready.name in held:
            # The last in the order is the last used.
            held[ready.name] = held.pop(ready.name)
            return worker
        while len(held) >= MOST_REGISTERED:
            oldest = next(iter(held))
            del held[oldest]
            worker.ask("D", oldest)
        for ruleset in ready.program.rulesets:
            worker.ask("R", ready.name, ruleset)
        held[ready.name] = None
        return worker

    def _lost(self, questions: Questions, lost: WorkerLost) -> None:
        _log.warning("engine process lost (%s)", lost)
        self._stop()
        questions.lose(lost)

    def _stop(self) -> None:
        if self._worker:
            self._worker.stop()
            self._worker = None


def _read(
    ready: Ready, cases: Sequence[Case], fired: Sequence[Sequence[str]], states: Sequence[State]
) -> list[list[State]]:
    try:
        return [
            ready.program.read(case, names, states)
            for case, names in zip(cases, fired, strict=True)
        ]
    except (LookupError, ValueError) as error:
        raise EngineUnavailable(str(error)) from error
