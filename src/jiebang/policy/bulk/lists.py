"""Conditions over lists as columns: a row for each item, then back to a row for each case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, cast

import polars as pl

from jiebang.policy.bound import Bound, BoundLeaf, BoundOver, Right, bound_leaves
from jiebang.policy.bulk.quantities import Quantity
from jiebang.policy.bulk.sheet import ITEM, ROW, Sheet
from jiebang.policy.language.types import Type
from jiebang.policy.states import LISTED, MET

Condition = Callable[[Sheet, Bound], pl.Expr]
Compared = Callable[[Sheet, str, tuple[Quantity, Quantity], Right], pl.Expr]
UNKNOWN: Final = pl.lit(None, dtype=pl.Boolean)
#: What a list without items comes to.
_EMPTY: Final[Mapping[str, object]] = {"exists": False, "every": True, "count": 0, "sum": 0}


def over_state(sheet: Sheet, bound: BoundOver, condition: Condition, compared: Compared) -> pl.Expr:
    """The state of a condition over a list, worked out once for a sheet.

    ``condition`` reads the conditions of ``where``, ``compared`` holds a quantity between bounds
    against what is asked.
    """
    name = sheet.lists.get(id(bound))
    if name is None:
        state = UNKNOWN if bound.open else _whole_state(sheet, bound, condition, compared)
        name = sheet.lists[id(bound)] = sheet.keep(state)
    return pl.col(name)


def _whole_state(
    sheet: Sheet, bound: BoundOver, condition: Condition, compared: Compared
) -> pl.Expr:
    known = pl.col(bound.fact).is_not_null()
    state = pl.when(known).then(_state(sheet, bound, condition, compared))
    kind, operator = bound.over.kind, bound.over.operator
    if operator in LISTED and (operator == "in" or kind in _EMPTY):
        # Nothing is in an empty list, whatever is found: no fact is needed.
        nothing = pl.lit(LISTED[operator] is MET)
        return pl.when(_asked_nothing(bound.right)).then(nothing).otherwise(state)
    return state


def _asked_nothing(right: Right) -> pl.Expr:
    """Whether what is asked is an empty list."""
    return pl.col(right.fact).list.len() == 0 if right.fact else pl.lit(right.value == ())


def _state(sheet: Sheet, bound: BoundOver, condition: Condition, compared: Compared) -> pl.Expr:
    items = _items(sheet, bound)
    items.add("state", condition(items, bound.where) if bound.where else pl.lit(value=True))
    kind, of = bound.over.kind, f"{ITEM}{bound.over.of}"
    if kind in {"exists", "every"}:
        state = pl.col("state")
        among = state.any if kind == "exists" else state.all
        [name] = _back(sheet, items, bound.fact, {"low": among(ignore_nulls=False)}, _EMPTY[kind])
        return pl.col(name)
    value = pl.col(of).to_physical() if of in items.frame.columns else pl.col("state")
    low, high = _back(sheet, items, bound.fact, _measures(kind, value), _EMPTY.get(kind))
    for one in (low, high):
        sheet.types[one] = Type("integer") if kind == "count" else items.types[of]
    bounds = sheet.quantity(low), sheet.quantity(high)
    state = compared(sheet, bound.over.operator, bounds, bound.right)
    if kind in _EMPTY:
        return state
    some = {"some": _possible(pl.col("state")).any(), "sure": pl.col("state").any()}
    possible, sure = _back(sheet, items, bound.fact, some, empty=False)
    if bound.over.operator in LISTED:
        # Asked of the greatest or the least: it is none of nothing, but only if there is one.
        none_of_nothing = pl.when(pl.col(sure)).then(pl.lit(value=True))
        nothing = _asked_nothing(bound.right)
        state = pl.when(nothing).then(none_of_nothing).otherwise(state)
    return pl.when(pl.col(possible)).then(state).otherwise(pl.lit(value=False))


def _items(sheet: Sheet, bound: BoundOver) -> Sheet:
    plain = [cast("BoundLeaf", one) for one in bound_leaves(bound.where)] if bound.where else []
    facts = [name for one in plain for name in (one.fact, one.right.fact) if name]
    formulas = [one for leaf in plain for one in (leaf.formula, leaf.right.formula) if one]
    for one in formulas:
        sheet.formula(one)
    return sheet.items(bound.fact, dict.fromkeys(facts), dict.fromkeys(formulas))


def _possible(state: pl.Expr) -> pl.Expr:
    """Items that are met or may be."""
    return state.fill_null(value=True)


def _measures(kind: str, value: pl.Expr) -> dict[str, pl.Expr]:
    """The least and the greatest that a quantity over a list can be; null is without bound."""
    state = pl.col("state")
    if kind == "count":
        sure = state.sum().cast(pl.Int64)
        return {"low": sure, "high": sure + state.null_count().cast(pl.Int64)}
    possible = value.filter(_possible(state))
    whole = possible.null_count() == 0
    if kind == "sum":
        fixed, maybe = value.filter(state).sum(), value.filter(state.is_null())
        low, high = (maybe.clip(upper_bound=0).sum(), maybe.clip(lower_bound=0).sum())
        return {
            "low": pl.when(whole).then(fixed + low),
            "high": pl.when(whole).then(fixed + high),
        }
    some = state.any()
    sure, every = value.filter(state), pl.when(some & whole)
    if kind == "max":
        return {"low": sure.max(), "high": every.then(possible.max())}
    return {"low": every.then(possible.min()), "high": sure.min()}


def _back(
    sheet: Sheet, items: Sheet, fact: str, measures: dict[str, pl.Expr], empty: object
) -> list[str]:
    """Columns of the cases from those of their items; ``empty``: what no item comes to."""
    found = items.frame.group_by(ROW).agg(**measures)
    joined = sheet.frame.select(ROW, fact).join(found, on=ROW, how="left", maintain_order="left")
    without = pl.col(fact).list.len() == 0
    columns = joined.select(
        pl.when(without).then(pl.lit(empty)).otherwise(name).alias(name) for name in measures
    )
    return [sheet.keep(column) for column in columns]
