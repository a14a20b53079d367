"""From a bound policy to durable-rules definitions, within the subset that is safe.

Per rule two sets of definitions, *met* and *unmet*; neither firing means unknown. Where nothing is
missing, a rule that is not met is unmet, and only the first set is asked. Negation is pushed to the
leaves, ``in`` and ``not_in`` become equalities, every operand is guarded by ``$ex``, and each way to meet
or miss a rule is one definition, at most 48 of them in a ruleset.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast

from jiebang.policy.bound import Atom, Bound, BoundGroup, BoundLeaf, BoundPolicy, bound_leaves
from jiebang.policy.language.types import DECIMAL_PLACES, Value
from jiebang.policy.states import MET, UNKNOWN, UNMET, Facts, State, condition_state

MOST_DEFINITIONS: Final = 47
MOST_WAYS: Final = 200
MOST_LISTED: Final = 4
#: Longer texts enter the engine as their digest; it knows equality only.
LONGEST_TEXT: Final = 200
#: Fires on every case: without it the engine would find nothing to answer, and say so in its own way.
SENTINEL: Final = "sentinel"

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
class Case:
    """A case as the engine takes it: a flat fact, and whether every condition on it is known."""

    fact: str
    whole: bool


@dataclass(frozen=True)
class Program:
    """A policy of one period as the engine knows it.

    ``met`` and ``unmet`` are the rulesets of each kind; ``fires`` says what each definition means.
    """

    bound: BoundPolicy
    met: tuple[Mapping[str, Any], ...]
    unmet: tuple[Mapping[str, Any], ...]
    fires: Mapping[str, tuple[int, State]]
    attributes: Mapping[str, str]
    atoms: tuple[tuple[str, Atom], ...]

    def encode(self, facts: Facts) -> Case:
        """The flat fact for a case: typed, scaled, without nulls, as JSON."""
        case: dict[str, Any] = {"kind": 1}
        for name, attribute in self.attributes.items():
            value = facts.get(name)
            if value is not None:
                case[attribute] = _encode(value)
        for attribute, leaf in self.atoms:
            state = condition_state(leaf, facts)
            if state is not UNKNOWN:
                case[attribute] = 1 if state is MET else 0
        whole = len(case) == 1 + len(self.attributes) + len(self.atoms)
        return Case(json.dumps(case, ensure_ascii=False, separators=(",", ":")), whole)

    def read(self, case: Case, fired: Sequence[str]) -> list[State]:
        """The states of the rules from the definitions that fired. Raises ``ValueError``."""
        otherwise = UNMET if case.whole else UNKNOWN
        states = [UNKNOWN] * len(self.bound.rules)
        sentinels = 0
        for name in fired:
            if name == SENTINEL:
                sentinels += 1
                continue
            number, state = self.fires[name]
            if states[number] not in {UNKNOWN, state}:
                raise ValueError(f"rule {number} is both met and unmet")
            states[number] = state
        if sentinels != len(self.met) + (0 if case.whole else len(self.unmet)):
            raise ValueError("a sentinel did not fire")
        return [otherwise if state is UNKNOWN else state for state in states]


def compile_policy(bound: BoundPolicy) -> Program:
    """Compile a bound policy. Raises ``TooManyWays``."""
    leaves = dict.fromkeys(leaf for rule in bound.rules for leaf in bound_leaves(rule.when))
    native = {name: f"f{number}" for number, name in enumerate(bound.facts)}
    atoms = {leaf: f"a{n}" for n, leaf in enumerate(one for one in leaves if not _plain(one))}
    used = {leaf.fact for leaf in leaves if leaf not in atoms}
    fires: dict[str, tuple[int, State]] = {}
    rulesets: dict[State, tuple[Mapping[str, Any], ...]] = {}
    for state in (MET, UNMET):
        definitions: dict[str, Any] = {}
        for number, rule in enumerate(bound.rules):
            ways = _ways(rule.when, state is MET, native, atoms, rule.rule.id)
            for index, way in enumerate(ways):
                name = f"{number}-{state.value}-{index}"
                definitions[name], fires[name] = _definition(way), (number, state)
        rulesets[state] = _rulesets(definitions)
    attributes = {name: attribute for name, attribute in native.items() if name in used}
    listed = tuple((name, leaf) for leaf, name in atoms.items())
    return Program(bound, rulesets[MET], rulesets[UNMET], fires, attributes, listed)


def _rulesets(definitions: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    names = list(definitions)
    return tuple(
        {
            **{name: definitions[name] for name in names[start : start + MOST_DEFINITIONS]},
            SENTINEL: {"all": [{"m": {"kind": 1}}]},
        }
        for start in range(0, max(len(names), 1), MOST_DEFINITIONS)
    )


def _plain(bound: Atom) -> bool:
    """Whether the engine itself compares; what it cannot is computed before, as a fact."""
    if not isinstance(bound, BoundLeaf) or not bound.fact or bound.gap:
        return False
    if bound.right.fact or bound.right.formula or not _alike(bound):
        return False
    if bound.operator in _LISTING:
        value = bound.right.value
        return not isinstance(value, tuple) or len(value) <= MOST_LISTED
    return bound.operator in _NATIVE


def _alike(bound: BoundLeaf) -> bool:
    """Whether both sides scale alike: a decimal parameter may stand against a whole number."""
    value = bound.right.value
    listed = value if isinstance(value, tuple) else (value,)
    return all(isinstance(one, Decimal) == (bound.type.scalar == "decimal") for one in listed)


def _ways(
    condition: Bound,
    positive: bool,  # noqa: FBT001  # met or unmet
    native: Mapping[str, str],
    atoms: Mapping[Atom, str],
    rule: str,
) -> list[Way]:
    if not isinstance(condition, BoundGroup):
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
    bound: Atom,
    positive: bool,  # noqa: FBT001
    native: Mapping[str, str],
    atoms: Mapping[Atom, str],
) -> list[Way]:
    if bound in atoms or not isinstance(bound, BoundLeaf):
        return [((atoms[bound], "is", int(positive)),)]
    operator, name, value = bound.operator, native[bound.fact], bound.right.value
    if operator in _LISTING:
        listed = [
            _encode(cast("Value", one))
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
