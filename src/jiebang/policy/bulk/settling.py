"""Cases whose verdict columns alone do not settle, read by the functions of the explainer.

Whether a missing fact could change a verdict depends, but for the cases below, on the states of the
conditions and on which facts are missing, not on the other facts. So one case is settled of each pattern
of these, and the answer holds for every case of the pattern.

Not so where a condition is unknown that holds a missing fact which is completed against other facts, as
``policy: other`` in the ``where`` of a list: such a case is settled by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

import polars as pl

from jiebang.policy.bound import Atom, BoundLeaf, BoundPolicy, bound_leaves
from jiebang.policy.bulk.amounts import Kind
from jiebang.policy.bulk.conditions import condition
from jiebang.policy.bulk.sheet import ROW, Sheet
from jiebang.policy.language.types import Value
from jiebang.policy.meaning import Settled, collects, rule_states, settle
from jiebang.policy.states import MET, Facts

#: The index of the deciding rule; the default stands after the last. Null: nothing is decided.
RULE: Final = "rule"
CONFLICT: Final = "conflict"
FLAGS: Final = "flags"
#: Four states a digit: so many fit into a whole number.
_DIGITS: Final = 30
_ALONE: Final = "alone"
#: Patterns that are kept; more are as rare as single cases.
_MOST_KEPT: Final = 100_000
_NO_VALUES: Final[Mapping[str, Any]] = MappingProxyType({})
#: What was settled of each pattern, kept from one sheet to the next.
Memo = dict[tuple[int, ...], dict[str, Any]]


def schema_of(kinds: Mapping[str, Kind]) -> dict[str, pl.DataType]:
    """The columns of verdicts. Each value has one, named ``value <name>``."""
    fixed = {
        ROW: pl.UInt32(),
        RULE: pl.Int32(),
        CONFLICT: pl.Boolean(),
        FLAGS: pl.List(pl.String()),
    }
    return {**fixed, **{f"value {name}": kind.dtype for name, kind in kinds.items()}}


def by_row(
    sheet: Sheet, bound: BoundPolicy, kinds: Mapping[str, Kind], rows: pl.Series
) -> pl.DataFrame:
    """The verdict on each case in some rows, one by one."""
    sheet.tally["verdicts by row"] += len(rows)
    records = [
        {ROW: row, **_record(bound, kinds, facts)}
        for row, facts in zip(rows.to_list(), sheet.facts(bound.facts, rows), strict=True)
    ]
    return pl.DataFrame(records, schema=schema_of(kinds))


def by_pattern(
    sheet: Sheet,
    bound: BoundPolicy,
    kinds: Mapping[str, Kind],
    open_: pl.DataFrame,
    memo: Memo,
) -> pl.DataFrame:
    """The verdict on cases, ``open_`` having their rows and the states of the rules as columns.

    Values stand only where a table collects; those of rules are for the caller to work out.
    """
    bare = bound if collects(bound) else _without_values(bound)
    keyed = open_.select(ROW, *_keys(sheet, bound, open_))
    alone = keyed.filter(_ALONE)[ROW]
    if len(alone):
        rest = open_.filter(~keyed[_ALONE])
        both = by_row(sheet, bound, kinds, alone), by_pattern(sheet, bound, kinds, rest, memo)
        return pl.concat(both)
    keyed = keyed.drop(_ALONE)
    names = keyed.columns[1:]
    patterns = keyed.group_by(names, maintain_order=True).agg(pl.col(ROW).first())
    keys = patterns.select(names).rows()
    if len(memo) > _MOST_KEPT:
        memo.clear()
    new = pl.Series([key not in memo for key in keys], dtype=pl.Boolean)
    rows = patterns[ROW].filter(new)
    fresh = (key for key, isnew in zip(keys, new, strict=True) if isnew)
    for key, facts in zip(fresh, sheet.facts(bound.facts, rows), strict=True):
        memo[key] = _record(bare, kinds, facts)
    sheet.tally["verdicts by pattern"] += keyed.height
    sheet.tally["patterns"] += len(rows)
    schema = schema_of(kinds)
    told = [{**dict(zip(names, key, strict=True)), **memo[key]} for key in keys]
    columns = {**dict.fromkeys(names, pl.Int64()), **schema}
    answers = pl.DataFrame([{ROW: 0, **one} for one in told], schema=columns).drop(ROW)
    return keyed.join(answers, on=names, how="left", maintain_order="left").select(list(schema))


def _without_values(bound: BoundPolicy) -> BoundPolicy:
    rules = tuple(replace(rule, values=_NO_VALUES) for rule in bound.rules)
    return replace(bound, rules=rules, default_values=_NO_VALUES)


def _record(bound: BoundPolicy, kinds: Mapping[str, Kind], facts: Facts) -> dict[str, Any]:
    settled = settle(
        bound,
        rule_states(bound, facts),
        facts=facts,
        ask=lambda many: [rule_states(bound, one) for one in many],
    )
    rule = len(bound.rules) if settled.rule is None else settled.rule
    values: Mapping[str, Value] = (settled.values or {}) if settled.decided else {}
    return {
        RULE: rule if settled.decided else None,
        CONFLICT: settled.conflict,
        FLAGS: _flags(bound, settled),
        **{f"value {name}": kind.held(values.get(name)) for name, kind in kinds.items()},
    }


def _flags(bound: BoundPolicy, settled: Settled) -> list[str]:
    said = [
        rule.rule.then.code
        for rule, state in zip(bound.rules, settled.applied, strict=True)
        if state is MET and rule.rule.then.outcome == "flag"
    ]
    return list(dict.fromkeys(said))


def _keys(sheet: Sheet, bound: BoundPolicy, open_: pl.DataFrame) -> list[pl.Series]:
    """The pattern of each case, packed into a few whole numbers."""
    asks_known = any(
        isinstance(one, BoundLeaf) and one.operator == "known"
        for rule in bound.rules
        for one in bound_leaves(rule.when)
    )
    digits: list[pl.Expr] = []
    readers: dict[str, list[pl.Expr]] = {}
    alone = pl.lit(value=False)
    for number, rule in enumerate(bound.rules):
        state = pl.col(f"state {number}")
        digits.append(_digit(state))
        # What completes a case leaves a settled rule as it is, unless one asks what is known.
        bears = pl.lit(value=True) if asks_known else state.is_null()
        for leaf in bound_leaves(rule.when):
            digits.append(pl.when(bears).then(_digit(condition(sheet, leaf))).otherwise(3))
            if _mixes(bound, leaf):
                alone |= state.is_null() & condition(sheet, leaf).is_null()
            for name in leaf.facts:
                readers.setdefault(name, []).append(bears)
    for name, bearing in readers.items():
        digits.append((pl.col(name).is_null() & pl.any_horizontal(bearing)).cast(pl.Int64))
    packed = [_packed(digits[at : at + _DIGITS]) for at in range(0, len(digits), _DIGITS)]
    # Conditions may have put columns into the sheet: it is read last, and no more of it than they read.
    wanted = {name for one in (alone, *packed) for name in one.meta.root_names()}
    read = [name for name in sheet.frame.columns if name in wanted]
    rows = sheet.frame.select(ROW, *read)[open_[ROW]].hstack(open_.drop(ROW))
    keys = (one.alias(f"key {n}") for n, one in enumerate(packed))
    return rows.select(alone.alias(_ALONE), *keys).get_columns()


def _mixes(bound: BoundPolicy, leaf: Atom) -> bool:
    """Whether a condition holds a fact that may be completed against others."""
    plain = isinstance(leaf, BoundLeaf) and not (
        leaf.formula or leaf.right.fact or leaf.right.formula
    )
    return not plain and any(name in bound.cells for name in leaf.facts)


def _digit(state: pl.Expr) -> pl.Expr:
    return state.cast(pl.Int64).fill_null(2)


def _packed(digits: Sequence[pl.Expr]) -> pl.Expr:
    return pl.sum_horizontal(one.cast(pl.Int64) * 4**at for at, one in enumerate(digits))
