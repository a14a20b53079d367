"""Which facts a case brings, and between what bounds its quantities are looked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from jiebang.policy.book import Book
from jiebang.policy.bound import Atom, BoundLeaf, bound_leaves
from jiebang.policy.language.terms import FactRef
from jiebang.policy.language.tree import Leaf, Policy, leaves
from jiebang.policy.language.types import LARGEST, Type, Value
from jiebang.policy.language.vocabulary import Clock, Computed, PolicyResult

#: Days of this span are looked for first.
_DAYS: Final = (date(1900, 1, 1), date(2199, 12, 31))


def spread(typed: Type, *, floor: int | None) -> tuple[int, int]:
    """The least and the greatest number of a variable; without a floor, all that can be written."""
    if typed.scalar == "date":
        first, last = _DAYS if floor is not None else (date.min, date.max)
        return first.toordinal(), last.toordinal()
    return -LARGEST if floor is None else floor, LARGEST


def is_odd(value: Value | None) -> bool:
    """Whether a value lies where no case is looked for: below zero, or in another century."""
    if isinstance(value, date):
        return not _DAYS[0] <= value <= _DAYS[1]
    return isinstance(value, int | Decimal) and value < 0


def floor_of(name: str, scalar: str, atoms: Sequence[Atom]) -> int:
    """The least that a quantity is taken to be: nothing below zero, if no condition speaks of it."""
    if scalar == "date":
        return 0
    about = [leaf for atom in atoms for leaf in _all_leaves(atom) if name in {leaf.fact, leaf.item}]
    return -(10**9) if any(speaks_of_less(leaf) for leaf in about) else 0


def _all_leaves(atom: Atom) -> list[BoundLeaf]:
    if isinstance(atom, BoundLeaf):
        return [atom]
    within = bound_leaves(atom.where) if atom.where else ()
    return [one for one in within if isinstance(one, BoundLeaf)]


def speaks_of_less(leaf: BoundLeaf) -> bool:
    """Whether a condition has quantities below zero in mind."""
    values = leaf.right.value if isinstance(leaf.right.value, tuple) else (leaf.right.value,)
    numbers = [one for one in values if isinstance(one, int | Decimal)]
    return any(one < 0 or (one == 0 and leaf.operator == "less_than") for one in numbers)


def bases_of(book: Book, name: str) -> Iterator[str]:
    """The facts that cases bring and that a fact rests on; the day is nobody's."""
    source = book.vocabulary.facts[name].source
    if isinstance(source, PolicyResult):
        for one in book.asks.get(source.policy, ()):
            if isinstance(book.vocabulary.facts[one].source, PolicyResult | Computed):
                continue
            yield from bases_of(book, one)
    elif isinstance(source, Computed):
        for one in book.vocabulary.formulas[name].facts:
            yield from bases_of(book, one)
    elif not isinstance(source, Clock):
        yield name


def behind(book: Book, policy: Policy) -> Iterator[Policy]:
    """A policy and all that it rests on."""
    names = {policy.id: policy}
    queue = [policy]
    for one in queue:
        for name in (*one.facts, *book.asks.get(one.id, ())):
            fact = book.vocabulary.facts.get(name)
            other = book.deciding.get(getattr(fact.source, "policy", "")) if fact else None
            if other and other.id not in names:
                names[other.id] = other
                queue.append(other)
    return iter(queue)


def asked_if_known(book: Book, policy: Policy) -> set[str]:
    """The facts of a case that may be missing, as a condition asks whether they, or theirs, are known."""
    asked = {
        leaf.subject.name
        for one in behind(book, policy)
        for rule in one.rules
        for leaf in leaves(rule.when)
        if isinstance(leaf, Leaf) and leaf.operator == "known" and isinstance(leaf.subject, FactRef)
    }
    return {base for name in asked for base in bases_of(book, name)}
