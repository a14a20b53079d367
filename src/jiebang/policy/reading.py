"""Reading a case: every condition of a policy as one function, written as Python and compiled once.

Walking a tree costs several times what its comparisons do. What is written holds nothing but numbers of
ours and three words: no text of a policy is ever in it. States are bits in it, so that the states of
the parts of a group, put together, are an index of what they come to.

What the conditions on one fact come to depends on the value alone: it is kept for the last few values and
shared by the decisions in which they are found, so a trace must not be changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from jiebang.policy.bound import Bound, BoundGroup, BoundLeaf, BoundPolicy
from jiebang.policy.language.types import Value
from jiebang.policy.states import MET, UNKNOWN, UNMET, Facts, State, group_state
from jiebang.policy.tracing import Step, Trace, Tracer

#: The states of the rules on a case, and what each is told of in the trace of a decision.
Read = Callable[[Facts], tuple[list[State], list[Trace]]]
#: Values of a fact for which what its conditions come to is kept.
MOST_KEPT: Final = 64
_BIT: Final = {MET: 1, UNMET: 2, UNKNOWN: 4}
_STATES: Final = {bit: state for state, bit in _BIT.items()}
_KINDS: Final = {"all": "ALL", "any": "ANY", "not": "NOT"}


def _table(kind: str) -> tuple[int, ...]:
    """The state of a group by the bits of the states that are found among its parts."""
    found = ([state for state, bit in _BIT.items() if bit & bits] for bits in range(8))
    return tuple(
        _BIT[group_state(kind, states)] if states or kind != "not" else 0 for states in found
    )


_TABLES: Final[Mapping[str, Any]] = {
    **{name: _table(kind) for kind, name in _KINDS.items()},
    "STATES": tuple(_STATES.get(bit) for bit in range(5)),
    "WORDS": tuple(_STATES[bit].value if bit in _STATES else "" for bit in range(5)),
}


def make_reader(bound: BoundPolicy, tracer: Tracer, entries: Sequence[Mapping[str, Any]]) -> Read:
    """What reads a case. Each rule gets a copy of its entry, with ``state``, ``applied`` and ``when``.

    ``applied`` is the state itself: what exceptions make of it is not read here.
    """
    writer = _Writer(tracer)
    numbers = [writer.part(one.when, one.rule.clause, one.rule.basis) for one in bound.rules]
    return writer.compiled(numbers, entries)


class _Writer:
    """Writes the function. Part ``n`` has the bit of its state in ``bn``, its trace in ``tn``."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._count = 0
        self._lines: list[str] = []
        self._names: dict[str, Any] = dict(_TABLES)
        self._alone: dict[str, list[tuple[int, Step]]] = {}
        self._decimals: set[str] = set()

    def part(self, condition: Bound, clause: str, basis: str) -> int:
        """Write a condition; the number it goes by."""
        if isinstance(condition, BoundGroup):
            return self._group(condition, clause, basis)
        step = self._tracer.step(condition, clause, basis)
        number = self._next()
        if isinstance(condition, BoundLeaf) and alone(condition):
            self._alone.setdefault(condition.fact, []).append((number, step))
            if condition.type.scalar == "decimal":
                self._decimals.add(condition.fact)
        else:
            self._names[f"step{number}"] = _in_bits(step)
            self._lines.append(f"b{number}, t{number} = step{number}(facts)")
        return number

    def compiled(self, numbers: Sequence[int], entries: Sequence[Mapping[str, Any]]) -> Read:
        """The function, once every condition is written."""
        found = [line for fact in self._alone for line in self._of_fact(fact)]
        told = []
        for rule, (number, entry) in enumerate(zip(numbers, entries, strict=True)):
            self._names[f"entry{rule}"] = _copies(entry)
            told += [f"e{rule} = entry{rule}[b{number}]()", f'e{rule}["when"] = t{number}']
        states = ", ".join(f"STATES[b{number}]" for number in numbers)
        listed = ", ".join(f"e{rule}" for rule in range(len(numbers)))
        body = [*found, *self._lines, *told, f"return [{states}], [{listed}]"]
        source = "\n ".join(["def read(facts):", "find = facts.get", *body])
        exec(compile(source, "<policy>", "exec"), self._names)  # noqa: S102  # numbers of ours only
        read: Read = self._names["read"]
        return read

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _group(self, group: BoundGroup, clause: str, basis: str) -> int:
        cited = self._tracer.cited(group.clause, clause)
        parts = [self.part(part, cited, basis) for part in group.parts]
        number, kind = self._next(), _KINDS[group.kind]
        bits = "|".join(f"b{part}" for part in parts) or "0"
        traces = ", ".join(f"t{part}" for part in parts)
        self._lines += [
            f"b{number} = {kind}[{bits}]",
            f't{number} = {{"kind": "{kind.lower()}", "state": WORDS[b{number}], "parts": [{traces}]}}',
        ]
        return number

    def _of_fact(self, fact: str) -> list[str]:
        """All conditions on one fact alone, found by its value."""
        parts = self._alone[fact]
        own = parts[0][0]
        kept: dict[Any, tuple[Any, ...]] = {}
        # 1.0 and 1.00 are equal, but are not written alike.
        key = f"str(v{own})" if fact in self._decimals else f"v{own}"
        self._names[f"fact{own}"] = fact
        self._names[f"kept{own}"] = kept.get
        self._names[f"work{own}"] = _working(fact, [step for _, step in parts], kept)
        targets = ", ".join(f"b{number}, t{number}" for number, _ in parts)
        return [
            f"v{own} = find(fact{own})",
            f"{targets} = kept{own}({key}) or work{own}(v{own})",
        ]


def _copies(entry: Mapping[str, Any]) -> Mapping[int, Callable[[], Trace]]:
    """Makes the entry of a rule, by the bit of its state.

    A copy of what is the same each time is made several times faster than a new one.
    """
    return {
        bit: {**entry, "state": state.value, "applied": state.value}.copy
        for bit, state in _STATES.items()
    }


def alone(bound: BoundLeaf) -> bool:
    """Whether a leaf depends on one short value alone."""
    held = bound.right.fact or bound.right.formula
    return bool(bound.fact) and not held and not bound.type.many and bound.type.scalar != "text"


def _in_bits(step: Step) -> Callable[[Facts], tuple[int, Trace]]:
    def run(facts: Facts) -> tuple[int, Trace]:
        state, trace = step(facts)
        return _BIT[state], trace

    return run


def _working(
    fact: str, steps: Sequence[Step], kept: dict[Any, tuple[Any, ...]]
) -> Callable[[Value | None], tuple[Any, ...]]:
    """Works out what the conditions on a fact come to for a value, and keeps it."""
    written = [_in_bits(step) for step in steps]

    def work(value: Value | None) -> tuple[Any, ...]:
        facts = {} if value is None else {fact: value}
        found = tuple(one for step in written for one in step(facts))
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[str(value) if isinstance(value, Decimal) else value] = found
        return found

    return work
