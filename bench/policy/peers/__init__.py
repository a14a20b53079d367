"""The peers: each says the same rules in its own form. A module each, for each loads a library.

Every peer is given a case in the form that it reads fastest, made before the clock runs: money in fen,
dates as day numbers, decimals as floats, which are exact here (quarters). Ours reads the facts as the
site keeps them, checks each against the vocabulary, and encodes them within the time measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from importlib import import_module
from itertools import product
from typing import Any, Final, Protocol

from bench.policy.cases import AnyOf, Case, Leaf, Plain, Rule

#: Each peer by name: its module under ``bench.policy.peers``, and how it is run.
PEERS: Final = {
    "zen-engine": ("gorules", "loader"),
    "zen-engine, with its trace": ("gorules", "trace"),
    "zen-engine, create_decision": ("gorules", "basic"),
    "clipspy": ("clips_rules", ""),
    "panzi-json-logic": ("panzi", ""),
    "experta": ("experta_rules", ""),
}
Number = bool | str | int | float


class Peer(Protocol):
    """Another engine that holds the rules."""

    def ready(self, case: Case) -> Any:
        """A case in the form that the engine takes. Not timed."""

    def decide(self, ready: Any) -> Any:
        """The engine's own answer. Timed."""

    def met(self, answer: Any) -> set[int]:
        """The numbers of the rules that are met, read from the engine's answer. Not timed."""


def make(name: str, rules: Sequence[Rule]) -> Peer:
    """A peer that holds the rules."""
    module, how = PEERS[name]
    peer: Peer = import_module(f"bench.policy.peers.{module}").Engine(rules, how)
    return peer


def simple(value: Plain) -> Number:
    """A value as a peer takes it."""
    if isinstance(value, Decimal):
        return float(value)
    return value.toordinal() if isinstance(value, date) else value


def flat(case: Case) -> dict[str, Number]:
    """A case as a peer takes it."""
    return {name: simple(value) for name, value in case.items()}


#: The comparisons that most languages write alike.
COMPARED: Final = {
    "at_least": ">=",
    "on_or_after": ">=",
    "at_most": "<=",
    "on_or_before": "<=",
    "more_than": ">",
    "less_than": "<",
}


def ways(rule: Rule) -> list[tuple[Leaf, ...]]:
    """The ways to meet a rule, each a list of conditions: for engines whose patterns have no *or*."""
    return list(
        product(*(part.leaves if isinstance(part, AnyOf) else (part,) for part in rule.parts))
    )
