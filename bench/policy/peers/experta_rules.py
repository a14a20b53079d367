"""experta: a rule each on a ``KnowledgeEngine``; one fact is declared and run for each case.

``reset`` before each case: declaring and retracting on one engine was slower.
"""

from __future__ import annotations

import collections
import collections.abc
from collections.abc import Sequence
from functools import reduce
from operator import ge, gt, le, lt, or_
from typing import Any, Final

# experta needs frozendict 1.2, which looks for these where Python kept them before 3.10. They are put
# back in this process alone, which does nothing but hold this peer.
for _name in ("Callable", "Iterable", "Mapping", "MutableMapping", "Sequence"):
    setattr(collections, _name, getattr(collections.abc, _name))

import experta  # type: ignore[import-untyped]  # noqa: E402 - after the names that it looks for

from bench.policy.cases import Case, Leaf, Rule  # noqa: E402 - the same
from bench.policy.peers import COMPARED, flat, simple, ways  # noqa: E402 - the same

_COMPARED: Final = {">=": ge, "<=": le, ">": gt, "<": lt}


class _Fact(experta.Fact):
    """A case."""


class Engine:
    """The knowledge engine with the rules."""

    def __init__(self, rules: Sequence[Rule], _how: str) -> None:
        methods = {f"rule_{number}": _rule(number, one) for number, one in enumerate(rules)}
        self._engine = type("Engine", (experta.KnowledgeEngine,), methods)()

    def ready(self, case: Case) -> Any:
        """The values; the fact itself remembers where it was declared and is made for each run."""
        return flat(case)

    def decide(self, ready: Any) -> set[int]:
        """The rules that fired."""
        engine = self._engine
        engine.fired = set()
        engine.reset()
        engine.declare(_Fact(**ready))
        engine.run()
        fired: set[int] = engine.fired
        return fired

    def met(self, answer: set[int]) -> set[int]:
        """The same."""
        return answer


def _rule(number: int, rule: Rule) -> Any:
    def fire(self: Any) -> None:
        self.fired.add(number)

    fire.__name__ = f"rule_{number}"
    patterns = [_Fact(**{one.field.name: _cell(one) for one in way}) for way in ways(rule)]
    whole = patterns[0] if len(patterns) == 1 else experta.OR(*patterns)
    return experta.Rule(whole)(fire)


def _cell(leaf: Leaf) -> Any:
    if isinstance(leaf.asked, tuple):
        return reduce(or_, [experta.L(one) for one in leaf.asked])
    asked = simple(leaf.asked)
    if leaf.operator in COMPARED:
        holds = _COMPARED[COMPARED[leaf.operator]]
        return experta.P(lambda found: holds(found, asked))
    return experta.L(asked) if leaf.operator == "is" else ~experta.L(asked)
