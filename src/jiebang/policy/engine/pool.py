"""The engine as the rest of the policy room asks it: policies made ready, cases answered."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from jiebang.errors import JiebangError
from jiebang.policy.binding import bind, period_of
from jiebang.policy.book import Book
from jiebang.policy.bound import BoundPolicy
from jiebang.policy.engine.compile import Case, Program, compile_policy
from jiebang.policy.engine.supervisor import Worker, WorkerLost
from jiebang.policy.explain import Explainer
from jiebang.policy.language.types import Value
from jiebang.policy.states import State

_log = logging.getLogger(__name__)

#: Policies kept ready, over all versions; the least used leave first.
MOST_READY: Final = 256
_Key = tuple[str, str, tuple[date | None, ...]]
_Facts = Mapping[str, Value]


class EngineUnavailable(JiebangError):
    """The engine failed twice in a row; nothing was decided. Trying again later may help."""


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
class Question:
    """A case that the engine is working on."""

    engine: Engine
    ready: Ready
    case: Case
    sent: bool

    def states(self) -> list[State]:
        """The states of the rules. Raises ``EngineUnavailable``."""
        return self.engine.answer(self)


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
                _, old = self._ready.popitem(last=False)
                self._drop(old.name)
            return made

    def ask(self, ready: Ready, cases: Sequence[_Facts]) -> list[list[State]]:
        """The states of the rules on several cases. Raises ``EngineUnavailable``."""
        encoded = [ready.program.encode(one) for one in cases]
        with self._lock:
            fired = self._twice(ready, encoded)
        return [_read(ready, case, names) for case, names in zip(encoded, fired, strict=True)]

    @contextmanager
    def asking(self, ready: Ready, facts: _Facts) -> Iterator[Question]:
        """A case sent to the engine, to be answered while the caller does something else."""
        case = ready.program.encode(facts)
        with self._lock:
            question = Question(self, ready, case, self._try_to_send(ready, case))
            try:
                yield question
            finally:
                # An answer nobody took would be taken for the answer to the next question.
                if question.sent:
                    self._stop()

    def answer(self, question: Question) -> list[State]:
        """The answer to a question that was sent; asked again in a new process if it was lost."""
        fired: list[list[str]] | None = None
        worker = self._worker
        if question.sent and worker:
            try:
                fired = worker.receive()
                question.sent = False
            except WorkerLost as lost:
                self._lost(lost)
        if fired is None:
            question.sent = False
            fired = self._again(question.ready, [question.case])
        return _read(question.ready, question.case, fired[0])

    def close(self) -> None:
        """End the engine process. Asking afterwards starts another."""
        with self._lock:
            self._stop()

    def _try_to_send(self, ready: Ready, case: Case) -> bool:
        try:
            self._working(ready).send(_request(ready, [case]))
        except WorkerLost as lost:
            self._lost(lost)
            return False
        return True

    def _twice(self, ready: Ready, cases: Sequence[Case]) -> list[list[str]]:
        try:
            answer: list[list[str]] = self._working(ready).ask(_request(ready, cases))
        except WorkerLost as lost:
            self._lost(lost)
            return self._again(ready, cases)
        return answer

    def _again(self, ready: Ready, cases: Sequence[Case]) -> list[list[str]]:
        try:
            answer: list[list[str]] = self._working(ready).ask(_request(ready, cases))
        except WorkerLost as second:
            self._stop()
            raise EngineUnavailable(str(second)) from second
        return answer

    def _working(self, ready: Ready) -> Worker:
        """The engine process, with the policy registered."""
        if self._worker is None:
            self._worker = Worker(limit=self._limit)
        worker = self._worker
        if ready.name not in worker.registered:
            program = ready.program
            worker.ask({"register": ready.name, "met": program.met, "unmet": program.unmet})
            worker.registered[ready.name] = None
        return worker

    def _drop(self, name: str) -> None:
        worker = self._worker
        if worker and name in worker.registered:
            del worker.registered[name]
            try:
                worker.ask({"drop": name})
            except WorkerLost:
                self._stop()

    def _lost(self, lost: WorkerLost) -> None:
        _log.warning("engine process lost (%s); starting another", lost)
        self._stop()

    def _stop(self) -> None:
        if self._worker:
            self._worker.stop()
            self._worker = None


def _request(ready: Ready, cases: Sequence[Case]) -> dict[str, Any]:
    return {"ask": ready.name, "cases": [(one.fact, one.whole) for one in cases]}


def _read(ready: Ready, case: Case, fired: Sequence[str]) -> list[State]:
    try:
        return ready.program.read(case, fired)
    except (KeyError, ValueError) as error:
        raise EngineUnavailable(str(error)) from error
