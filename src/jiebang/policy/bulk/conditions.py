"""Conditions as columns: true is met, false unmet, null unknown (Kleene's logic, as polars has it)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Final, cast

import polars as pl

from jiebang.policy.bound import Bound, BoundGroup, BoundLeaf, BoundOver, Right
from jiebang.policy.bulk.lists import UNKNOWN, over_state
from jiebang.policy.bulk.quantities import Quantity, aligned, constant
from jiebang.policy.bulk.sheet import ITEM, Sheet
from jiebang.policy.language.patterns import fits_pattern
from jiebang.policy.language.types import Scalar, Value

#: Types that stand in columns of whole numbers; days count from 1970.
_NUMBERS: Final = frozenset({"integer", "decimal", "money", "date"})
_EPOCH: Final = date(1970, 1, 1).toordinal()
_PLAIN: Final[Mapping[str, Callable[[pl.Expr, pl.Expr], pl.Expr]]] = {
    "is": pl.Expr.__eq__,
    "is_not": pl.Expr.__ne__,
    "at_least": pl.Expr.__ge__,
    "on_or_after": pl.Expr.__ge__,
    "at_most": pl.Expr.__le__,
    "on_or_before": pl.Expr.__le__,
    "more_than": pl.Expr.__gt__,
    "less_than": pl.Expr.__lt__,
}
#: The least and the greatest that a quantity can be.
Bounds = tuple[Quantity, Quantity]


def condition(sheet: Sheet, bound: Bound) -> pl.Expr:
    """The state of a condition on every case of a sheet."""
    if isinstance(bound, BoundGroup):
        return grouped(bound.kind, [condition(sheet, part) for part in bound.parts])
    if isinstance(bound, BoundOver):
        return over_state(sheet, bound, condition, compared)
    return _leaf(sheet, bound)


def grouped(kind: str, parts: list[pl.Expr]) -> pl.Expr:
    """The state of a group from the states of its parts."""
    if kind == "not":
        return ~parts[0]
    if kind == "all":
        return reduce(pl.Expr.and_, parts, pl.lit(value=True))
    return reduce(pl.Expr.or_, parts, pl.lit(value=False))


def _leaf(sheet: Sheet, bound: BoundLeaf) -> pl.Expr:
    if bound.gap:
        return UNKNOWN
    name = bound.fact or f"{ITEM}{bound.item}"
    if bound.operator == "known":
        return pl.col(name).is_not_null() == pl.lit(bound.right.value, dtype=pl.Boolean)
    if bound.operator == "matches":
        pattern = str(bound.right.value)
        return sheet.texts(name, lambda text: fits_pattern(pattern, text))
    if bound.type.scalar in _NUMBERS:
        found = sheet.formula(bound.formula) if bound.formula else sheet.quantity(name)
        if bound.operator == "within_days_of":
            (one, other), _ = aligned(found, asked_quantity(sheet, bound.right))
            return (one - other).abs() <= (bound.days or 0)
        return compared(sheet, bound.operator, (found, found), bound.right)
    return _equal(pl.col(name), bound.operator, bound.right)


def _equal(found: pl.Expr, operator: str, right: Right) -> pl.Expr:
    """Texts and booleans, which are the same or not."""
    if operator in {"is", "is_not"}:
        asked = pl.col(right.fact) if right.fact else pl.lit(right.value)
        return found == asked if operator == "is" else found != asked
    if right.fact:
        listed = pl.col(right.fact).list
        # Nothing is in an empty list, whatever is found: no fact is needed.
        decided = found.is_not_null() | (listed.len() == 0)
        among: pl.Expr = pl.when(decided).then(listed.contains(found))
    else:
        words = cast("tuple[Scalar, ...]", right.value)
        among = found.is_in(list(words)) if words else pl.lit(value=False)
    return among if operator == "in" else ~among


def asked_quantity(sheet: Sheet, right: Right) -> Quantity:
    """The number or day that a condition is held against."""
    if right.formula:
        return sheet.formula(right.formula)
    return sheet.quantity(right.fact) if right.fact else number(cast("Value", right.value))


def number(value: Value) -> Quantity:
    """A literal number, amount or day."""
    if isinstance(value, date):
        return constant(value.toordinal() - _EPOCH)
    return constant(cast("int | Decimal", value))


def compared(sheet: Sheet, operator: str, bounds: Bounds, right: Right) -> pl.Expr:
    """A comparison with a quantity between bounds, which for a plain quantity are the same.

    A bound that is null is no bound: the comparison may then be unknown.
    """
    if right.gap:
        return UNKNOWN
    if operator not in {"in", "not_in"}:
        return _held(operator, bounds, asked_quantity(sheet, right))
    if right.fact:
        among = _in_list(sheet, bounds, right.fact)
    else:
        listed = cast("tuple[Scalar, ...]", right.value)
        among = grouped("any", [_held("is", bounds, number(one)) for one in listed])
    return among if operator == "in" else ~among


def _held(operator: str, bounds: Bounds, asked: Quantity) -> pl.Expr:
    low, high = bounds
    if low is high:
        (one, right), _ = aligned(low, asked)
        return _PLAIN[operator](one, right)
    (least, most, right), _ = aligned(low, high, asked)
    match operator:
        case "is" | "is_not":
            state = _sure((least == most) & (least == right), (right < least), (right > most))
            return state if operator == "is" else ~state
        case "at_least" | "on_or_after":
            return _sure(least >= right, most < right)
        case "less_than":
            return _sure(most < right, least >= right)
        case "more_than":
            return _sure(least > right, most <= right)
    return _sure(most <= right, least > right)


def _sure(met: pl.Expr, *unmet: pl.Expr) -> pl.Expr:
    """Met, unmet, or neither for sure. What compares with null is not sure."""
    not_unmet = pl.when(pl.any_horizontal(unmet)).then(pl.lit(value=False))
    return pl.when(met).then(pl.lit(value=True)).otherwise(not_unmet)


def _in_list(sheet: Sheet, bounds: Bounds, fact: str) -> pl.Expr:
    """Whether a quantity is among the numbers or days of a list fact."""
    low, high = bounds
    row, listed = pl.col("row"), pl.col("one").list
    frame = sheet.frame.select(
        low.expr.alias("low"), high.expr.alias("high"), pl.col(fact).alias("one")
    ).with_row_index("row")
    items = Sheet(frame.filter(listed.len() > 0).explode("one"), {"one": sheet.types[fact].one})
    inner = [replace(one, expr=pl.col(name)) for name, one in (("low", low), ("high", high))]
    same = (inner[0], inner[0]) if low is high else (inner[0], inner[1])
    states = items.frame.select(row, state=_held("is", same, items.quantity("one")))
    found = states.group_by("row").agg(pl.col("state").any(ignore_nulls=False))
    joined = frame.join(found, on="row", how="left", maintain_order="left")
    told = joined.select(
        pl.when(listed.len() > 0).then("state").when(listed.len() == 0).then(pl.lit(value=False))
    )
    return pl.col(sheet.keep(told.to_series()))
