"""Which facts a case brings, and between what bounds its quantities are looked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from jiebang.policy.book import Book
from jiebang.policy.bound import Atom, BoundLeaf, bound_leaves
from jiebang.policy.language.types import LARGEST, Type
from jiebang.policy.language.vocabulary import Clock, Computed, PolicyResult


def spread(typed: Type, *, floor: int | None) -> tuple[int, int]:
    """The least and the greatest number of a variable."""
    if typed.scalar == "date":
        if floor is None:
            return 1, date.max.toordinal()
        return date(1990, 1, 1).toordinal(), date(2099, 12, 31).toordinal()
    return -LARGEST if floor is None else floor, LARGEST


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
