"""Looking for cases of a policy in one period, and proving that there are none."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

import z3

from jiebang.policy.book import Book
from jiebang.policy.language.tree import Policy
from jiebang.policy.language.vocabulary import Clock
from jiebang.policy.proving.cases import Case, Judge, Judgement, smallest
from jiebang.policy.proving.encoding import Deciding, Encoding
from jiebang.policy.proving.limits import behind
from jiebang.policy.proving.symbols import Expr, Variable, decode

#: z3 keeps one context for all; only one thread at a time may use it.
ALONE: Final = threading.RLock()
#: Seconds that one question may take the solver, and all questions about one policy.
LIMIT: Final = 2.0
BUDGET: Final = 6.0
#: Round quantities: a count, fen, millionths; and for how many facts they are tried.
_ROUND: Final = {"integer": 100, "money": 10_000_000, "decimal": 1_000_000}
MOST_TRIED: Final = 4
_OPEN_END: Final = timedelta(days=3650)


@dataclass(frozen=True)
class Period:
    """Days on which neither a policy nor any that it rests on changes; both ends count."""

    first: date
    last: date


def periods_of(book: Book, policy: Policy) -> Iterator[Period]:
    """The periods of a policy between its first and its last day."""
    last = policy.until or policy.start + _OPEN_END
    starts = {policy.start}
    for one in behind(book, policy):
        starts |= {one.start, *(value.start for p in one.parameters.values() for value in p.values)}
        if one.until:
            starts.add(one.until + timedelta(days=1))
    within = sorted(day for day in starts if policy.start <= day <= last)
    for day, following in zip(within, [*within[1:], None], strict=True):
        yield Period(day, following - timedelta(days=1) if following else max(last, day))


@dataclass
class Budget:
    """Seconds that are left to the solver."""

    left: float = BUDGET


class _Solver:
    """A solver that stops in time."""

    def __init__(self, encoding: Encoding, clock: Budget) -> None:
        self.encoding, self._clock = encoding, clock
        self._solver = z3.Solver()
        self._added = 0

    def check(self, *conditions: Expr) -> Any:
        """A model, ``None`` where there is none, or ``z3.unknown``."""
        left = self._clock.left
        if left <= 0:
            return z3.unknown
        constraints = self.encoding.constraints
        self._solver.add(constraints[self._added :])
        self._added = len(constraints)
        self._solver.set("timeout", int(min(left, LIMIT) * 1000))
        self._solver.push()
        try:
            self._solver.add(*conditions)
            begun = time.monotonic()
            answer = self._solver.check()
            self._clock.left -= time.monotonic() - begun
            if answer == z3.sat:
                return self._solver.model()
            return None if answer == z3.unsat else z3.unknown
        finally:
            self._solver.pop()


@dataclass
class Prover:
    """One policy in one period. ``entitled`` is a policy that must grant in every case shown.

    The periods of a policy share its ``budget``.
    """

    judge: Judge
    policy: Policy
    period: Period
    budget: Budget
    entitled: str = ""
    #: Whether the solver gave up on a question.
    gave_up: bool = False

    def __post_init__(self) -> None:
        self.book = self.judge.book
        self.bound = self.judge.bound(self.policy.id, self.period.first)

    @cached_property
    def cases(self) -> Encoding:
        """The cases that can be shown."""
        return self._encoding(wide=False)

    @cached_property
    def deciding(self) -> Deciding:
        """What decides in the cases that can be shown."""
        return self.cases.deciding(self.bound)

    @cached_property
    def proofs(self) -> Encoding:
        """All cases, and rather too many."""
        return self._encoding(wide=True)

    @cached_property
    def proven(self) -> Deciding:
        """What decides in all cases."""
        return self.proofs.deciding(self.bound)

    @cached_property
    def _searching(self) -> _Solver:
        found = _Solver(self.cases, self.budget)
        if self.entitled:
            other = self.cases.deciding(self.judge.bound(self.entitled, self.period.first))
            self.cases.constraints.append(other.decides[0])
        return found

    @cached_property
    def _proving(self) -> _Solver:
        return _Solver(self.proofs, self.budget)

    def _encoding(self, *, wide: bool) -> Encoding:
        return Encoding(self.book, self.bound, self.period.first, self.period.last, wide=wide)

    def find(self, shows: Callable[[Judgement], bool], *conditions: Expr) -> Case | None:
        """The smallest case that meets the conditions and, as the explainer confirms, shows it."""
        model = None
        for extra in (*self._round, ()):
            model = self._searching.check(*conditions, *extra)
            if model is not None and model is not z3.unknown:
                break
        if model is None:
            return None
        if model is z3.unknown:
            self.gave_up = True
            return None
        case = self._case(model)

        def confirmed(one: Case) -> bool:
            return self._entitled(one) and shows(self.judge.judge(self.policy.id, one))

        return smallest(case, self.bound, confirmed) if confirmed(case) else None

    @cached_property
    def _round(self) -> list[tuple[Expr, ...]]:
        """First to be tried: that a quantity of a formula is a round number.

        Where facts are multiplied or divided, all but one are then numbers, which a solver likes, and
        the case reads well.
        """
        free = [
            one
            for name, one in self.cases.variables.items()
            if isinstance(one, Variable)
            and one.type.scalar in _ROUND
            and name not in self.bound.cells
        ]
        return [(one.raw == _ROUND[one.type.scalar],) for one in free[:MOST_TRIED]]

    def _entitled(self, case: Case) -> bool:
        return not self.entitled or self.judge.judge(self.entitled, case).decided_by(0)

    def impossible(self, *conditions: Expr) -> bool:
        """Whether it is proved that no case meets the conditions."""
        return self._proving.check(*conditions) is None

    def _case(self, model: Any) -> Case:
        encoding, facts, day = self.cases, {}, self.period.first
        for name, variable in encoding.variables.items():
            here = encoding.present.get(name)
            if here is not None and not z3.is_true(model.eval(here, model_completion=True)):
                continue
            value = decode(variable, model, encoding.texts)
            if isinstance(value, date) and _is_clock(self.book, name):
                day = value
            else:
                facts[name] = value
        return Case(day, facts)


def _is_clock(book: Book, name: str) -> bool:
    return isinstance(book.vocabulary.facts[name].source, Clock)
