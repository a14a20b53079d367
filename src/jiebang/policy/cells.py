"""The cells into which the conditions of a policy cut a fact: one value of each stands for all in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final, cast

from jiebang.policy.bound import Atom, BoundOver
from jiebang.policy.language.tree import POLICY_FACT
from jiebang.policy.language.types import DECIMAL_PLACES, LARGEST, Scalar
from jiebang.policy.language.vocabulary import Vocabulary

#: Operators whose cases a single missing fact splits into finitely many cells, not counting these.
_NO_CELLS: Final = frozenset({"matches", "within_days_of"})
#: What another policy can say. One that says nothing yet leaves the fact missing.
OUTCOMES: Final = ("grant", "deny", "none", "value", "not_in_force")


def cells_of(leaves: Sequence[Atom], vocabulary: Vocabulary, name: str) -> tuple[Scalar, ...]:
    """One value from each cell that the conditions on a fact cut; empty if they cannot be told."""
    if name.startswith(POLICY_FACT):
        return OUTCOMES
    fact = vocabulary.facts[name]
    if fact.typed.many or not leaves:
        return ()
    named = _named(leaves)
    if named is None:
        return ()
    kind = fact.typed.scalar
    if kind == "boolean":
        return (True, False)
    if fact.options:
        # A case can bring no code but these, whatever a condition names.
        others = [code for code in fact.options if code not in named]
        return (*(one for one in named if one in fact.options), *others[:1])
    if kind in {"text", "code"}:
        return (*named, "\N{REPLACEMENT CHARACTER}")
    around: dict[Scalar, None] = {}
    for value in named:
        around |= dict.fromkeys(_neighbours(value, kind))
    return tuple(around)


def _named(leaves: Sequence[Atom]) -> dict[Scalar, None] | None:
    """The values that conditions hold a fact against; ``None`` where they are more than values."""
    named: dict[Scalar, None] = {}
    for one in leaves:
        if isinstance(one, BoundOver) or one.formula or one.right.formula or one.right.fact:
            return None
        if one.gap or one.operator in _NO_CELLS:
            return None
        if one.operator != "known" and one.right.value is not None:
            asked = one.right.value
            listed = asked if isinstance(asked, tuple) else (asked,)
            named |= dict.fromkeys(cast("tuple[Scalar, ...]", listed))
    return named


def _neighbours(value: Scalar, kind: str) -> Iterator[Scalar]:
    """The value, and those next to it that a fact of the kind can have."""
    if isinstance(value, date):
        last = date.max.toordinal()
        for day in (value.toordinal() - 1, value.toordinal(), value.toordinal() + 1):
            if 1 <= day <= last:
                yield date.fromordinal(day)
        return
    scale = DECIMAL_PLACES if kind == "decimal" else 0
    scaled = Decimal(cast("int", value)).scaleb(scale)
    least, most = (
        int(scaled.to_integral_value(ROUND_FLOOR)),
        int(scaled.to_integral_value(ROUND_CEILING)),
    )
    steps = (least, most) if least < most else (least - 1, least, least + 1)
    for step in steps:
        if abs(step) <= LARGEST:
            yield Decimal(step).scaleb(-scale) if scale else step
