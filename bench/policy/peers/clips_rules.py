"""clipspy: a defrule each over one deftemplate; a case is asserted, run and retracted.

Of what was tried this is the fastest: slots put by ``assert_fact`` rather than parsed from text (six
times slower), a global that gathers rather than a function in Python, ``retract`` rather than ``reset``.

clipspy 1.0.6 leaks every fact that Python asserts: ``Fact.__del__`` calls ``ReleaseFact`` with an argument
too many and swallows the ``TypeError``, and each later call walks all that was leaked (106 µs a case at
first, 260 after 12,000 cases, and so on). That is repaired here, so that it is timed at its best.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import clips  # type: ignore[import-untyped]  # no types
import clips.facts  # type: ignore[import-untyped]
from clips._clips import lib  # type: ignore[import-untyped]

from bench.policy.cases import Case, Leaf, Plain, Rule, fields
from bench.policy.peers import COMPARED, Number, flat, simple

_NONE: Final[tuple[int, ...]] = ()


def _release(fact: clips.facts.Fact) -> None:
    lib.ReleaseFact(fact._fact)  # noqa: SLF001 - what clipspy itself meant to call


clips.facts.Fact.__del__ = _release


class Engine:
    """The environment with the rules."""

    def __init__(self, rules: Sequence[Rule], _how: str) -> None:
        self._environment = clips.Environment()
        slots = " ".join(f"(slot {one.name})" for one in fields())
        self._environment.build(f"(deftemplate case {slots})")
        self._environment.build("(defglobal ?*met* = (create$))")
        for number, rule in enumerate(rules):
            self._environment.build(_rule(number, rule))
        self._environment.reset()
        self._template = self._environment.find_template("case")
        self._met = self._environment.find_global("met")

    def ready(self, case: Case) -> dict[str, Number]:
        """The slots and their values."""
        return flat(case)

    def decide(self, ready: dict[str, Number]) -> Any:
        """The rules that fired."""
        fact = self._template.assert_fact(**ready)
        self._environment.run()
        met = self._met.value
        fact.retract()
        self._met.value = _NONE
        return met

    def met(self, answer: Any) -> set[int]:
        """The same, as a set."""
        return set(answer)


def _rule(number: int, rule: Rule) -> str:
    slots, tests = [], []
    for part in rule.parts:
        if isinstance(part, Leaf):
            slots.append(_slot(part))
        else:
            slots += [f"({one.field.name} ?{one.field.name})" for one in part.leaves]
            tests.append(f"(test (or {' '.join(map(_test, part.leaves))}))")
    pattern = f"(case {' '.join(slots)})"
    return f"(defrule {rule.id} {pattern} {' '.join(tests)} => (bind ?*met* ?*met* {number}))"


def _slot(leaf: Leaf) -> str:
    name, asked = leaf.field.name, leaf.asked
    if isinstance(asked, tuple):
        return f"({name} {'|'.join(map(_literal, asked))})"
    if leaf.operator in COMPARED:
        return f"({name} ?{name}&:{_test(leaf)})"
    return f"({name} {'~' * (leaf.operator == 'is_not')}{_literal(asked)})"


def _test(leaf: Leaf) -> str:
    variable, asked = f"?{leaf.field.name}", leaf.asked
    if isinstance(asked, tuple):
        return f"(or {' '.join(f'(eq {variable} {_literal(one)})' for one in asked)})"
    operator = COMPARED.get(leaf.operator) or {"is": "eq", "is_not": "neq"}[leaf.operator]
    return f"({operator} {variable} {_literal(asked)})"


def _literal(value: Plain) -> str:
    given = simple(value)
    if isinstance(given, bool):
        return "TRUE" if given else "FALSE"
    return f'"{given}"' if isinstance(given, str) else repr(given)
