"""The verdict of a policy on every case of a sheet, as ``jiebang.policy.meaning`` has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from itertools import combinations
from typing import Any

import polars as pl

from jiebang.policy.bound import BoundPolicy, Right
from jiebang.policy.bulk.amounts import Kind, collected, kinds_of, listed, values
from jiebang.policy.bulk.conditions import condition
from jiebang.policy.bulk.quantities import Beyond
from jiebang.policy.bulk.settling import (
    CONFLICT,
    FLAGS,
    RULE,
    Memo,
    by_pattern,
    by_row,
    schema_of,
)
from jiebang.policy.bulk.sheet import ROW, Sheet
from jiebang.policy.meaning import COLLECTED, collects, outcome_of


def judged(sheet: Sheet, bound: BoundPolicy, memo: Memo) -> pl.DataFrame:
    """The deciding rule, the flags and the values of each case; columns as ``schema_of`` tells."""
    kinds = kinds_of(bound)
    try:
        states = _states(sheet, bound)
        find = _collecting if collects(bound) else _deciding
        found = find(sheet, bound, kinds, states, memo)
    except Beyond:
        return by_row(sheet, bound, kinds, sheet.frame[ROW])
    return _fitted(found, kinds)


def _fitted(found: pl.DataFrame, kinds: Mapping[str, Kind]) -> pl.DataFrame:
    return found.select(pl.col(name).cast(dtype) for name, dtype in schema_of(kinds).items())


def _states(sheet: Sheet, bound: BoundPolicy) -> pl.DataFrame:
    """``state n``: of each rule's condition; ``applied n``: once exceptions are taken into account."""
    conditions = [condition(sheet, rule.when) for rule in bound.rules]
    found = sheet.frame.select(
        ROW, *(one.alias(f"state {number}") for number, one in enumerate(conditions))
    )
    for number in bound.order:
        over = [_applied(other) for other in bound.rules[number].overridden_by]
        exception = reduce(pl.Expr.or_, over, pl.lit(value=False))
        state = pl.col(f"state {number}") & ~exception
        found = found.with_columns(state.alias(f"applied {number}"))
    return found


def _applied(number: int) -> pl.Expr:
    return pl.col(f"applied {number}")


def _met(number: int) -> pl.Expr:
    return _applied(number).fill_null(value=False)


def _deciding(
    sheet: Sheet, bound: BoundPolicy, kinds: Mapping[str, Kind], states: pl.DataFrame, memo: Memo
) -> pl.DataFrame:
    """Where the first rule that is met, or the default, decides."""
    default = len(bound.rules)
    decisive = [n for n, one in enumerate(bound.rules) if one.rule.then.outcome != "flag"]
    first = pl.lit(default, dtype=pl.Int32)
    for number in reversed(decisive):
        first = pl.when(_applied(number)).then(pl.lit(number, dtype=pl.Int32)).otherwise(first)
    found = states.with_columns(
        first.alias("first"), _conflict(sheet, bound, kinds).alias(CONFLICT), _flagged(bound)
    )
    before = [_applied(n).is_null() & (pl.col("first") > n) for n in decisive]
    is_open = ~pl.col(CONFLICT) & reduce(pl.Expr.or_, before, pl.lit(value=False))
    found = found.with_columns(is_open.alias("open"))
    settled = by_pattern(sheet, bound, kinds, found.filter("open"), memo).select(ROW, RULE)
    found = found.join(settled, on=ROW, how="left", maintain_order="left").with_columns(
        pl.when(CONFLICT).then(None).when("open").then(RULE).otherwise("first").alias(RULE)
    )
    return _valued(sheet, bound, kinds, found)


def _valued(
    sheet: Sheet, bound: BoundPolicy, kinds: Mapping[str, Kind], found: pl.DataFrame
) -> pl.DataFrame:
    """With the values of the deciding rule; without one of them nothing is decided."""
    whole = pl.lit(value=True)
    told: dict[str, list[tuple[pl.Expr, pl.Expr]]] = {name: [] for name in kinds}
    for number, rights in enumerate([*(one.values for one in bound.rules), bound.default_values]):
        if not rights:
            continue
        decides = pl.col(RULE) == number
        columns, known = values(sheet, kinds, rights)
        whole &= ~decides | known
        for name, one in columns.items():
            told[name].append((decides, one))
    beside = [name for name in found.columns if name != ROW]
    # The formulas of the values have joined the sheet by now.
    both = sheet.frame.hstack(found.select(beside))
    both = both.with_columns(pl.when(whole).then(RULE).alias(RULE))
    columns = {name: pl.lit(None, dtype=kinds[name].dtype) for name in kinds}
    for name, choices in told.items():
        for decides, one in choices:
            columns[name] = pl.when(decides).then(one).otherwise(columns[name])
    return both.with_columns(one.alias(f"value {name}") for name, one in columns.items())


def _collecting(
    sheet: Sheet, bound: BoundPolicy, kinds: Mapping[str, Kind], states: pl.DataFrame, memo: Memo
) -> pl.DataFrame:
    """Where a table collects from all rows that are met."""
    rows = range(len(bound.rules))
    unknown = reduce(pl.Expr.or_, (_applied(n).is_null() for n in rows), pl.lit(value=False))
    found = states.with_columns(_flagged(bound), unknown.alias("open"))
    columns = collected(sheet, bound, kinds, [_met(number) for number in rows])
    values_ = (pl.col(f"value {name}").is_not_null() for name in columns)
    told = reduce(pl.Expr.and_, values_, pl.lit(value=True))
    both = sheet.frame.hstack(found.drop(ROW)).with_columns(
        pl.lit(value=False).alias(CONFLICT),
        *(one.alias(f"value {name}") for name, one in columns.items()),
    )
    rule = pl.when(told).then(pl.lit(len(bound.rules), dtype=pl.Int32))
    known = both.filter(~pl.col("open")).with_columns(rule.alias(RULE))
    left = found.filter("open")
    if _patterned(bound):
        settled = by_pattern(sheet, bound, kinds, left, memo)
    else:
        settled = by_row(sheet, bound, kinds, left[ROW])
    return pl.concat([_fitted(known, kinds), settled]).sort(ROW)


def _patterned(bound: BoundPolicy) -> bool:
    """Whether what is collected depends on the rows that are met alone."""
    said = (*(rule.values for rule in bound.rules), bound.default_values)
    counted = bound.policy.table is not None and bound.policy.table.collect in COLLECTED
    return counted or not any(right.formula for one in said for right in one.values())


def _flagged(bound: BoundPolicy) -> pl.Expr:
    codes = [
        (rule.rule.then.code, _met(number))
        for number, rule in enumerate(bound.rules)
        if rule.rule.then.outcome == "flag"
    ]
    flags = listed(codes)
    if len({code for code, _ in codes}) < len(codes):
        flags = flags.list.unique(maintain_order=True)
    return flags.alias(FLAGS)


def _conflict(sheet: Sheet, bound: BoundPolicy, kinds: Mapping[str, Kind]) -> pl.Expr:
    """Whether rows are met that must not be met together."""
    hit = bound.policy.table.hit if bound.policy.table else ""
    if hit == "unique":
        return pl.sum_horizontal(_met(n) for n in range(len(bound.rules))) > 1
    if hit != "any":
        return pl.lit(value=False)
    groups: dict[Any, dict[Any, list[int]]] = {}
    for number, rule in enumerate(bound.rules):
        said = outcome_of(bound, number)
        same = groups.setdefault((said.outcome, said.code, said.obligations), {})
        same.setdefault(tuple(sorted(rule.values.items())), []).append(number)
    several = [_any_met(n for one in same.values() for n in one) for same in groups.values()]
    conflict = pl.sum_horizontal(several) > 1
    for same in groups.values():
        for (one, first), (other, second) in combinations(same.items(), 2):
            differ = _differ(sheet, kinds, dict(one), dict(other))
            conflict |= _any_met(first) & _any_met(second) & differ
    return conflict


def _any_met(numbers: Iterator[int] | list[int]) -> pl.Expr:
    return pl.any_horizontal(_met(number) for number in numbers)


def _differ(
    sheet: Sheet, kinds: Mapping[str, Kind], one: Mapping[str, Right], other: Mapping[str, Right]
) -> pl.Expr:
    """Whether two rows come to different values; what is not known is the same as itself."""
    ours, known = values(sheet, kinds, one)
    theirs, sure = values(sheet, kinds, other)
    both = known & sure
    if ours.keys() != theirs.keys():
        state = known | sure
    else:
        apart = (ours[name] != theirs[name] for name in ours)
        state = (known != sure) | (both & pl.any_horizontal(apart))
    name = sheet.keep(state.fill_null(value=False))
    return pl.lit(sheet.frame[name])
