"""A process that holds one engine with the rules: ``python -m bench.policy.side <name> <rules> <folder>``.

Each engine has a process of its own, so that none pays for the memory of another.
"""

from __future__ import annotations

import gc
import os
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from bench.policy.book import AS_OF, POLICY, fact_name, write_book
from bench.policy.cases import Case, Rule, draw_cases, draw_rules, fields
from bench.policy.peers import make
from bench.speaking import answer_commands
from jiebang.policy import Decider, EngineUnavailable
from jiebang.web.garbage import collect_rarely

OURS: Final = "ours"
#: Distinct cases that are timed, in turn.
CASES: Final = 1000
#: How often a case has facts missing while memory is watched.
_SOME: Final = 20


class Side:
    """An engine with cases ready to be timed."""

    def __init__(self) -> None:
        self._ready: dict[float, list[Any]] = {}
        self._spent: dict[str, list[float]] = {}

    def answers(self, count: int, missing: float = 0.0) -> list[Any]:
        """What the engine says of so many cases."""
        return [self._told(self._make_ready(one)) for one in draw_cases(count, missing=missing)]

    def time(self, seconds: float, missing: float = 0.0) -> float:
        """Microseconds a case, over some seconds, one case after the other."""
        decide, done = self._decide(), 0
        used, begun = self._used(), time.perf_counter()
        for one in cycle(self._drawn(missing)):
            decide(one)
            done += 1
            taken = time.perf_counter() - begun
            if taken >= seconds:
                break
        if not missing:
            self._spend("one", (self._used() - used) / done)
        return taken / done * 1e6

    def cpu(self, how: str = "one") -> float:
        """Microseconds of processors a case, in the middle of all the times that it was timed so."""
        return statistics.median(self._spent[how])

    def _spend(self, how: str, seconds: float) -> None:
        self._spent.setdefault(how, []).append(seconds * 1e6)

    def _used(self) -> float:
        """Seconds of processors that all of its processes have used."""
        return time.process_time()

    def _drawn(self, missing: float) -> list[Any]:
        if missing not in self._ready:
            drawn = draw_cases(CASES, missing=missing)
            self._ready[missing] = [self._make_ready(one) for one in drawn]
        return self._ready[missing]

    def _decide(self) -> Callable[[Any], Any]:
        raise NotImplementedError

    def _make_ready(self, case: Case) -> Any:
        raise NotImplementedError

    def _told(self, ready: Any) -> Any:
        raise NotImplementedError


class Ours(Side):
    """Our engine: every decision is computed twice, explained in full, and turned into JSON data."""

    def __init__(self, rules: Sequence[Rule], folder: Path) -> None:
        super().__init__()
        self._book = write_book(folder, rules)
        self._decider = Decider()
        self._names = {one.name: fact_name(one) for one in fields()}

    def time_many(self, seconds: float) -> float:
        """Microseconds a case, over some seconds, all cases at once: the same decisions in full."""
        cases, done = self._drawn(0.0), 0
        used, begun = self._used(), time.perf_counter()
        while (taken := time.perf_counter() - begun) < seconds:
            for decision in self._decider.decide_many(self._book, POLICY, cases, AS_OF):
                decision.as_dict()
            done += len(cases)
        self._spend("many", (self._used() - used) / done)
        return taken / done * 1e6

    def memory(self, warm: int, count: int) -> dict[str, list[float]]:
        """MB of the web process and of the engine process, after ``warm`` decisions and at the end.

        No case comes twice; facts are missing in some.
        """
        taken: dict[str, list[float]] = {"web": [], "engine": []}
        decide, done = self._decide(), 0
        for goal in (warm, count):
            for seed in range(done // CASES, goal // CASES):
                for case in draw_cases(CASES - CASES // _SOME, seed=seed):
                    decide(self._make_ready(case))
                for case in draw_cases(CASES // _SOME, seed=seed, missing=0.1):
                    decide(self._make_ready(case))
            done = goal
            gc.collect()
            engine = self._decider.worker_pid
            assert engine is not None
            taken["web"].append(_megabytes("self"))
            taken["engine"].append(_megabytes(str(engine)))
            taken.setdefault("pid", []).append(engine)
        return taken

    def _used(self) -> float:
        engine = self._decider.worker_pid
        if engine is None:
            return super()._used()
        fields = Path(f"/proc/{engine}/stat").read_text("utf-8").rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12])
        return super()._used() + ticks / os.sysconf("SC_CLK_TCK")

    def _decide(self) -> Callable[[Any], Any]:
        decide, book = self._decider.decide, self._book
        return lambda facts: decide(book, POLICY, facts, AS_OF).as_dict()

    def _make_ready(self, case: Case) -> dict[str, Any]:
        return {self._names[name]: value for name, value in case.items()}

    def _told(self, ready: Any) -> dict[str, Any] | None:
        try:
            decision = self._decide()(ready)
        except EngineUnavailable:
            return None
        decisive = [one["rule"] for one in decision["reasons"] if one["outcome"] != "flag"]
        return {
            "states": [one["state"] for one in decision["trace"]],
            "outcome": decision["outcome"],
            "rule": decisive[0] if decisive else None,
            "flags": decision["flags"],
            "explained": sum(len(one["when"]["parts"]) for one in decision["trace"]),
        }


class Theirs(Side):
    """A peer: it answers, and where it is told to, traces."""

    def __init__(self, name: str, rules: Sequence[Rule]) -> None:
        super().__init__()
        self._peer = make(name, rules)

    def _decide(self) -> Callable[[Any], Any]:
        return self._peer.decide

    def _make_ready(self, case: Case) -> Any:
        return self._peer.ready(case)

    def _told(self, ready: Any) -> list[int]:
        return sorted(self._peer.met(self._peer.decide(ready)))


def _megabytes(process: str) -> float:
    """The memory of a process that is in use: VmRSS."""
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


if __name__ == "__main__":
    # As the site does at its start; the peers are given the same.
    collect_rarely()
    _name, _rules = sys.argv[1], draw_rules(int(sys.argv[2]))
    answer_commands(Ours(_rules, Path(sys.argv[3])) if _name == OURS else Theirs(_name, _rules))
