"""From a bound policy to durable-rules definitions, within the subset that is safe.

Per rule two sets of definitions, *met* and *unmet*; neither firing means unknown. Negation is pushed
to the leaves, ``in`` and ``not_in`` become equalities, every operand is guarded by ``$ex``, and each way
to meet or miss a rule is one definition, at most 48 of them in a ruleset.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from jiebang.policy.binding import Bound, BoundLeaf, BoundPolicy, bound_leaves
from jiebang.policy.language.types import DECIMAL_PLACES, Value
from jiebang.policy.meaning import Facts, State, leaf_state

MOST_DEFINITIONS: Final = 47
MOST_WAYS: Final = 200
MOST_LISTED: Final = 4
#: Longer texts enter the engine as their digest; it knows equality only.
LONGEST_TEXT: Final = 200

Test = tuple[str, str, Any]
Way = tuple[Test, ...]

_NATIVE: Final = {
    "at_least": "$gte",
    "on_or_after": "$gte",
    "at_most": "$lte",
    "on_or_before": "$lte",
    "more_than": "$gt",
    "less_than": "$lt",
}
_NEGATED: Final = {"$gte": "$lt", "$lt": "$gte", "$lte": "$gt", "$gt": "$lte"}
_LISTING: Final = frozenset({"is", "is_not", "in", "not_in"})


class TooManyWays(Exception):
    """A rule that can be met or missed in more ways than the engine should be given."""

    def __init__(self, rule: str, ways: int) -> None:
        super().__init__(f"{rule}: {ways}")
        self.rule, self.ways = rule, ways


@dataclass(frozen=True)
class Program:
    """A policy of one period as the engine knows it."""

    bound: BoundPolicy
    rulesets: tuple[Mapping[str, Any], ...]
    attributes: Mapping[str, str]
    atoms: tuple[tuple[str, BoundLeaf], ...]

    def encode(self, facts: Facts) -> dict[str, Any]:
        """The flat fact for a case: typed, scaled, without nulls."""
        case: dict[str, Any] = {"kind": 1}
        for name, attribute in self.attributes.items():
            value = facts.get(name)
            if value is not None:
                case[attribute] = _encode(value)
        for attribute, leaf in self.atoms:
            state = leaf_state(leaf, facts)
            if state is not State.UNKNOWN:
                case[attribute] = int(state is State.MET)
        return case

    def read(self, fired: list[str]) -> list[State]:
        """The states of the rules from the definitions that fired. Raises ``ValueError``."""
        states = [State.UNKNOWN] * len(self.bound.rules)
        if not any(name.startswith("sentinel") for name in fired):
            raise ValueError("the sentinel did not fire")
        for name in fired:
            if name.startswith("sentinel"):
                continue
            number, word, _way = name.split("-")
            state = State(word)
            if states[int(number)] not in {State.UNKNOWN, state}:
                raise ValueError(f"rule {number} is both met and unmet")
            states[int(number)] = state
        return states


def compile_policy(bound: BoundPolicy) -> Program:
    """Compile a bound policy. Raises ``TooManyWays``."""
    leaves = [leaf for rule in bound.rules for leaf in bound_leaves(rule.when)]
    native = {name: f"f{n}" for n, name in enumerate(bound.facts)}
    atoms = {
        leaf: f"a{n}" for n, leaf in enumerate(dict.fromkeys(x for x in leaves if not _plain(x)))
    }
    used = {leaf.leaf.fact for leaf in leaves if _plain(leaf)}
    definitions: dict[str, Any] = {}
    for number, rule in enumerate(bound.rules):
        for state, positive in ((State.MET, True), (State.UNMET, False)):
            ways = _ways(rule.when, positive, native, atoms, rule.rule.id)
            for index, way in enumerate(ways):
                definitions[f"{number}-{state.value}-{index}"] = _definition(way)
    names = list(definitions)
    rulesets = tuple(
        {
            **{name: definitions[name] for name in names[start : start + MOST_DEFINITIONS]},
            "sentinel": {"all": [{"m": {"kind": 1}}]},
        }
        for start in range(0, max(len(names), 1), MOST_DEFINITIONS)
    )
    attributes = {name: attribute for name, attribute in native.items() if name in used}
    return Program(bound, rulesets, attributes, tuple((name, leaf) for leaf, name in atoms.items()))


def _plain(bound: BoundLeaf) -> bool:
    """Whether the engine itself compares; what it cannot is computed before, as a fact."""
    if bound.other or bound.gap:
        return False
    if bound.leaf.operator in _LISTING:
        return not isinstance(bound.value, tuple) or len(bound.value) <= MOST_LISTED
    return bound.leaf.operator in _NATIVE


def _ways(
    condition: Bound,
    positive: bool,  # noqa: FBT001  # met or unmet
    native: Mapping[str, str],
    atoms: Mapping[BoundLeaf, str],
    rule: str,
) -> list[Way]:
    if isinstance(condition, BoundLeaf):
        return _leaf_ways(condition, positive, native, atoms)
    if condition.kind == "not":
        return _ways(condition.parts[0], not positive, native, atoms, rule)
    parts = [_ways(part, positive, native, atoms, rule) for part in condition.parts]
    if (condition.kind == "any") == positive:
        found = [way for part in parts for way in part]
    else:
        found = [()]
        for part in parts:
            found = [tuple(dict.fromkeys((*one, *other))) for one in found for other in part]
            if len(found) > MOST_WAYS:
                break
    if len(found) > MOST_WAYS:
        raise TooManyWays(rule, len(found))
    return list(dict.fromkeys(found))


def _leaf_ways(
    bound: BoundLeaf,
    positive: bool,  # noqa: FBT001
    native: Mapping[str, str],
    atoms: Mapping[BoundLeaf, str],
) -> list[Way]:
    if bound in atoms:
        return [((atoms[bound], "is", int(positive)),)]
    operator, name, value = bound.leaf.operator, native[bound.leaf.fact], bound.value
    if operator in _LISTING:
        listed = [
            _encode(one)
            for one in (value if isinstance(value, tuple) else (value,))
            if one is not None
        ]
        if positive == (operator in {"is", "in"}):
            return [((name, "is", one),) for one in listed]
        return [tuple((name, "$neq", one) for one in listed)]
    compared = _NATIVE[operator]
    asked = _encode(value) if value is not None else None
    return [((name, compared if positive else _NEGATED[compared], asked),)]


def _definition(way: Way) -> dict[str, Any]:
    guards = [{"$ex": {name: 1}} for name in dict.fromkeys(name for name, _, _ in way)]
    tests = [{name: value} if op == "is" else {op: {name: value}} for name, op, value in way]
    return {"all": [{"m": {"$and": [{"kind": 1}, *guards, *tests]}}]}


def _encode(value: Value) -> int | str:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value
    if isinstance(value, Decimal):
        return int(value.scaleb(DECIMAL_PLACES))
    if isinstance(value, date):
        return value.toordinal()
    text = str(value)
    # A mark in front keeps any text apart from the empty string and from numbers.
    if len(text) > LONGEST_TEXT:
        return "#" + hashlib.sha256(text.encode()).hexdigest()
    return "=" + text
