"""From a bound policy to durable-rules definitions, within the subset that is safe.

Each way to meet a rule is one definition, and so is each way to miss it. A rule of which every operand is
known is asked for the ways to meet it alone: if none fires it is missed. Of a rule that lacks an operand
both are asked, the ways to miss it behind a gate of its own; if neither fires it is unknown. Negation is
pushed to the leaves, ``in`` and ``not_in`` become equalities, and there are at most 48 definitions in a
ruleset.

Every test holds an attribute against a literal. The engine walks the attributes that a fact has, so that
a test of one that is missing is never even tried, ``$neq`` among them: none needs a guard.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple, cast

from jiebang.policy.bound import Atom, Bound, BoundGroup, BoundLeaf, BoundPolicy, bound_leaves
from jiebang.policy.language.types import DECIMAL_PLACES, Value
from jiebang.policy.states import MET, UNKNOWN, UNMET, Facts, State, condition_state

MOST_DEFINITIONS: Final = 47
MOST_WAYS: Final = 200
MOST_LISTED: Final = 4
#: Longer texts enter the engine as their digest; it knows equality only.
LONGEST_TEXT: Final = 200
#: Fires on every case: without it the engine would find nothing to answer, and say so in its own way.
SENTINEL: Final = "s"
#: Selections of rules that are kept ready.
MOST_PARTS: Final = 64
#: Values of an attribute that are kept as they are written, and how long they may be.
MOST_KEPT: Final = 64
LONGEST_KEPT: Final = 64
_ALWAYS: Final = "kind"
#: One fact at a time, retracted before the next: they may all bear one name.
_HEAD: Final = f'{{"id":"0","sid":"0","{_ALWAYS}":1'

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


class Case(NamedTuple):
    """A case as the engine takes it.

    ``question`` is the fact and the rulesets to ask, ``rulesets`` how many those are; ``silent`` is the
    state of each rule asked of which no definition fires, in the order of the rules.
    """

    question: str
    rulesets: int
    silent: Mapping[int, State]


@dataclass(frozen=True)
class Program:
    """A policy of one period as the engine knows it.

    ``rulesets`` are the engine's, as JSON. Their definitions are numbers; ``fires`` says what each means.
    ``written`` keeps for each attribute how the last few of its values are written. ``spread`` tells in
    which rulesets the ways are to meet, and to miss, each rule.
    """

    bound: BoundPolicy
    rulesets: tuple[str, ...]
    fires: Mapping[str, tuple[int, State]]
    attributes: Mapping[str, str]
    written: Mapping[str, dict[Value | None, str]]
    atoms: tuple[tuple[str, Atom], ...]
    spread: Mapping[State, Sequence[tuple[int, ...]]]
    _parts: dict[frozenset[str], Part] = field(default_factory=dict)

    def encode(self, facts: Facts) -> Case:
        """A case to be asked of every rule."""
        return self.part(frozenset()).encode(facts)

    def part(self, names: frozenset[str]) -> Part:
        """The rules that read any of the facts named; all rules where none is."""
        known = self._parts.get(names)
        if known is None:
            if len(self._parts) >= MOST_PARTS:
                self._parts.clear()
            known = self._parts[names] = _part(self, names)
        return known

    def read(self, case: Case, fired: Sequence[str], states: Sequence[State]) -> list[State]:
        """``states``, with those of the rules asked as the definitions that fired have it.

        Raises ``ValueError`` and ``LookupError`` for what the engine cannot have been asked.
        """
        if fired.count(SENTINEL) != case.rulesets:
            raise ValueError("a sentinel did not fire")
        silent = case.silent
        if len(silent) == len(states):
            found = list(silent.values())
        else:
            found = [silent.get(number, state) for number, state in enumerate(states)]
        told: dict[int, State] = {}
        for name in fired:
            if name != SENTINEL:
                number, state = self.fires[name]
                if told.setdefault(number, state) is not state:
                    raise ValueError(f"rule {number} is both met and unmet")
                if number in silent:
                    found[number] = state
        return found


@dataclass(frozen=True)
class Part:
    """Some rules of a program, with the facts that they read.

    ``readers`` names for each attribute the rules that read it.
    """

    program: Program
    rules: tuple[int, ...]
    attributes: tuple[tuple[str, str], ...]
    atoms: tuple[tuple[str, Atom], ...]
    readers: Mapping[str, tuple[int, ...]]
    plan: str
    rulesets: int
    _names: tuple[str, ...]
    _written: tuple[dict[Value | None, str], ...]
    _whole: Mapping[int, State]

    def encode(self, facts: Facts) -> Case:
        """A flat fact, typed, scaled, without nulls, as JSON, and the rulesets to ask about it."""
        values = [*map(facts.get, self._names)]
        kept = [*map(dict.get, self._written, values)]
        absent: list[str] = []
        written = [one for one in kept if one]
        if len(written) < len(kept):
            written = self._write(values, absent)
        for attribute, leaf in self.atoms:
            state = condition_state(leaf, facts)
            if state is UNKNOWN:
                absent.append(attribute)
            else:
                written.append(f',"{attribute}":{int(state is MET)}')
        fact = _HEAD + "".join(written)
        if not absent:
            return Case(f"{fact}\t{self.plan}", self.rulesets, self._whole)
        return self._gated(fact, {rule for one in absent for rule in self.readers[one]})

    def _write(self, values: Sequence[Value | None], absent: list[str]) -> list[str]:
        """Each attribute as it is written, kept for the next time; those without a value are absent."""
        written = []
        for (_, attribute), kept, value in zip(self.attributes, self._written, values, strict=True):
            if value is None:
                absent.append(attribute)
                continue
            known = kept.get(value)
            if known is None:
                write = _WRITTEN.get(type(value)) or _written
                known = f',"{attribute}":{write(value)}'
                if len(kept) >= MOST_KEPT:
                    kept.clear()
                if len(known) <= LONGEST_KEPT:
                    kept[value] = known
            written.append(known)
        return written

    def _gated(self, fact: str, unsure: set[int]) -> Case:
        """A case of which some rules lack an operand: of those it is also asked whether they are missed."""
        gates: dict[int, list[str]] = {}
        for rule in sorted(unsure):
            for ruleset in self.program.spread[UNMET][rule]:
                gates.setdefault(ruleset, []).append(f',"{_gate(rule)}":1')
        asked = [f"{fact}\t{self.plan}", *(f"{one} {''.join(gate)}" for one, gate in gates.items())]
        silent = {rule: UNKNOWN if rule in unsure else UNMET for rule in self.rules}
        return Case("\t".join(asked), self.rulesets + len(gates), silent)


def compile_policy(bound: BoundPolicy) -> Program:
    """Compile a bound policy. Raises ``TooManyWays``."""
    leaves = dict.fromkeys(leaf for rule in bound.rules for leaf in bound_leaves(rule.when))
    native = {name: f"f{number}" for number, name in enumerate(bound.facts)}
    atoms = {leaf: f"a{n}" for n, leaf in enumerate(one for one in leaves if not _plain(one))}
    used = {leaf.fact for leaf in leaves if leaf not in atoms}
    fires: dict[str, tuple[int, State]] = {}
    rulesets: list[str] = []
    spread: dict[State, Sequence[tuple[int, ...]]] = {}
    for state in (MET, UNMET):
        definitions: dict[str, Any] = {}
        places: list[dict[int, None]] = [{} for _ in bound.rules]
        for number, rule in enumerate(bound.rules):
            for way in _ways(rule.when, state is MET, native, atoms, rule.rule.id):
                gate: Way = () if state is MET else ((_gate(number), "is", 1),)
                places[number][len(rulesets) + len(definitions) // MOST_DEFINITIONS] = None
                name = str(len(fires))
                definitions[name], fires[name] = _definition((*gate, *way)), (number, state)
        rulesets += _rulesets(definitions)
        spread[state] = [tuple(one) for one in places]
    attributes = {name: attribute for name, attribute in native.items() if name in used}
    listed = tuple((name, leaf) for leaf, name in atoms.items())
    written: dict[str, dict[Value | None, str]] = {one: {} for one in attributes.values()}
    return Program(bound, tuple(rulesets), fires, attributes, written, listed, spread)


def _rulesets(definitions: Mapping[str, Any]) -> Iterator[str]:
    names = list(definitions)
    for start in range(0, len(names), MOST_DEFINITIONS):
        few = {name: definitions[name] for name in names[start : start + MOST_DEFINITIONS]}
        yield json.dumps({**few, SENTINEL: _definition(())}, ensure_ascii=False)


def _part(program: Program, names: frozenset[str]) -> Part:
    leaves = [list(bound_leaves(rule.when)) for rule in program.bound.rules]
    rules = tuple(
        number
        for number, one in enumerate(leaves)
        if not names or any(name in names for leaf in one for name in leaf.facts)
    )
    atoms = {leaf: attribute for attribute, leaf in program.atoms}
    readers: dict[str, dict[int, None]] = {}
    for rule in rules:
        for leaf in leaves[rule]:
            attribute = atoms.get(leaf) or program.attributes[leaf.facts[0]]
            readers.setdefault(attribute, {})[rule] = None
    plan = dict.fromkeys(one for rule in rules for one in program.spread[MET][rule])
    attributes = tuple(one for one in program.attributes.items() if one[1] in readers)
    return Part(
        program,
        rules,
        attributes,
        tuple(one for one in program.atoms if one[0] in readers),
        {attribute: tuple(found) for attribute, found in readers.items()},
        " ".join(map(str, plan)),
        len(plan),
        tuple(name for name, _ in attributes),
        tuple(program.written[attribute] for _, attribute in attributes),
        dict.fromkeys(rules, UNMET),
    )


def _gate(rule: int) -> str:
    return f"g{rule}"


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
    tests = [{name: value} if op == "is" else {op: {name: value}} for name, op, value in way]
    whole = {"$and": tests} if len(tests) > 1 else tests[0] if tests else {_ALWAYS: 1}
    return {"all": [{"m": whole}]}


def _encode(value: Value) -> int | str:
    encoded: int | str = json.loads(_written(value))
    return encoded


def _written(value: Value) -> str:
    """A value as JSON that the engine reads: a whole number or marked text."""
    return next(write for kind, write in _WRITTEN.items() if isinstance(value, kind))(value)


def _text(value: str) -> str:
    # A mark in front keeps any text apart from the empty string and from numbers.
    if len(value) > LONGEST_TEXT:
        return f'"#{hashlib.sha256(value.encode()).hexdigest()}"'
    return _quoted("=" + value)


_quoted: Final = json.JSONEncoder(ensure_ascii=False).encode
_WRITTEN: Final[Mapping[type, Callable[[Any], str]]] = {
    bool: {False: "0", True: "1"}.__getitem__,
    int: int.__repr__,
    Decimal: lambda value: str(int(value.scaleb(DECIMAL_PLACES))),
    date: lambda value: str(value.toordinal()),
    str: _text,
}
