"""The values of outcomes in columns, and their typed form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from functools import reduce
from typing import Any, Final

import polars as pl

from jiebang.policy.bound import BoundPolicy, Right
from jiebang.policy.bulk.formulas import stated
from jiebang.policy.bulk.quantities import Beyond, Quantity, constant
from jiebang.policy.bulk.sheet import Sheet
from jiebang.policy.language.types import DECIMAL_PLACES, Value
from jiebang.policy.meaning import COLLECTED, collects

_EXACT: Final = Context(prec=40)
_DTYPES: Final[Mapping[str, pl.DataType]] = {
    "number": pl.Int128(),
    "text": pl.String(),
    "date": pl.Date(),
    "boolean": pl.Boolean(),
    "codes": pl.List(pl.String()),
    "other": pl.String(),
}


@dataclass(frozen=True)
class Kind:
    """What a value is: a ``number`` at a scale, ``money`` in fen among them, or another type.

    ``other`` is what rules give different types, or a list: it is told as text.
    """

    name: str
    scale: int = 0
    money: bool = False

    @property
    def dtype(self) -> pl.DataType:
        """Its column."""
        return _DTYPES[self.name]

    def held(self, value: Value | None) -> Any:
        """A typed value as it stands in the column."""
        if value is None:
            return None
        if self.name == "other":
            return repr(value)
        if self.name != "number":
            return list(value) if isinstance(value, tuple) else value
        return int(Decimal(str(value)).scaleb(self.scale, _EXACT))

    def typed(self, held: Any) -> Value:
        """What stands in the column as a typed value."""
        if self.name == "codes":
            return tuple(held)
        if self.name != "number" or not self.scale:
            found: Value = held
            return found
        return Decimal(held).scaleb(-self.scale, _EXACT)


def kinds_of(bound: BoundPolicy) -> dict[str, Kind]:
    """What each value of a policy is."""
    if collects(bound) and bound.policy.table and bound.policy.table.collect in COLLECTED:
        name = COLLECTED[bound.policy.table.collect]
        return {name: Kind("codes" if name == "codes" else "number")}
    if not collects(bound):
        rights: dict[str, list[Right]] = {}
        for said in (*(one.values for one in bound.rules), bound.default_values):
            for name, right in said.items():
                rights.setdefault(name, []).append(right)
        return {name: _kind(name, bound, listed) for name, listed in rights.items()}
    summed = dict.fromkeys(name for one in bound.rules for name in one.values)
    return {name: _kind(name, bound, _collectable(name, bound)) for name in summed}


def _collectable(name: str, bound: BoundPolicy) -> list[Right]:
    """What a table collects under a name: numbers; where there is none, the default, but in a sum."""
    rights = [rule.values[name] for rule in bound.rules if name in rule.values]
    found = [one for one in rights if _one(bound, one).name == "number"]
    default = bound.default_values.get(name)
    summed = bound.policy.table is not None and bound.policy.table.collect == "sum"
    return found if default is None or summed else [*found, default]


def _kind(name: str, bound: BoundPolicy, rights: Iterable[Right]) -> Kind:
    kinds = {_one(bound, right) for right in rights if not right.gap}
    if any(one.name != "number" for one in kinds):
        return next(iter(kinds)) if len(kinds) == 1 else Kind("other")
    declared = bound.policy.outputs.get(name)
    money = declared.type.scalar == "money" if declared else all(one.money for one in kinds)
    return Kind("number", max((one.scale for one in kinds), default=0), money)


def _one(bound: BoundPolicy, right: Right) -> Kind:
    if right.formula:
        money = right.formula.type.scalar == "money"
        return Kind("number", 0 if money else DECIMAL_PLACES, money)
    named = [bound.policy.parameters[one].type.scalar for one in right.params]
    match right.value:
        case bool():
            return Kind("boolean")
        case int():
            return Kind("number", money="money" in named)
        case Decimal():
            return Kind("number", DECIMAL_PLACES)
        case str():
            return Kind("text")
        case date():
            return Kind("date")
    return Kind("other")


def value(sheet: Sheet, kind: Kind, right: Right) -> pl.Expr:
    """One value of an outcome on every case: null where it is not known. Raises ``Beyond``."""
    if kind.name == "other":
        raise Beyond
    if right.gap:
        return pl.lit(None, dtype=kind.dtype)
    if right.formula is None:
        if kind.name != "number":
            return pl.lit(right.value, dtype=kind.dtype)
        return _column(constant(Decimal(str(right.value))), kind)
    money = right.formula.type.scalar == "money"
    return _column(stated(sheet.formula(right.formula), money=money), kind)


def _column(found: Quantity, kind: Kind) -> pl.Expr:
    return found.at(max(kind.scale, found.scale)).cast(kind.dtype)


def values(
    sheet: Sheet, kinds: Mapping[str, Kind], rights: Mapping[str, Right]
) -> tuple[dict[str, pl.Expr], pl.Expr]:
    """The values of an outcome, and whether each of them is known."""
    found = {name: value(sheet, kinds[name], right) for name, right in rights.items()}
    known = (one.is_not_null() for one in found.values())
    return found, reduce(pl.Expr.and_, known, pl.lit(value=True))


def collected(
    sheet: Sheet, bound: BoundPolicy, kinds: Mapping[str, Kind], met: list[pl.Expr]
) -> dict[str, pl.Expr]:
    """What a table that collects comes to: null in each column where it comes to nothing.

    ``met``: whether each row is met; none of them is null.
    """
    how = bound.policy.table.collect if bound.policy.table else ""
    if how == "count":
        count = pl.sum_horizontal(met) if met else pl.lit(0)
        return {COLLECTED[how]: count.cast(pl.Int128)}
    if how == "list":
        codes = [rule.rule.then.code for rule in bound.rules]
        return {COLLECTED[how]: listed(list(zip(codes, met, strict=True)))}
    told = [_rows_values(sheet, bound, kinds, rule.values) for rule in bound.rules]
    whole = reduce(
        pl.Expr.and_,
        (known | ~one for one, (_, known) in zip(met, told, strict=True)),
        pl.lit(value=True),
    )
    default, _ = values(sheet, kinds, {} if how == "sum" else _known(bound.default_values, kinds))
    found = {}
    for name, kind in kinds.items():
        given = [
            pl.when(one).then(columns[name])
            for one, (columns, _) in zip(met, told, strict=True)
            if name in columns
        ]
        found[name] = _total(how, kind, given, default.get(name))
        whole &= found[name].is_not_null()
    return {name: pl.when(whole).then(one) for name, one in found.items()}


def _rows_values(
    sheet: Sheet, bound: BoundPolicy, kinds: Mapping[str, Kind], rights: Mapping[str, Right]
) -> tuple[dict[str, pl.Expr], pl.Expr]:
    """The numbers of a row that collects, and whether each of its values is known."""
    own = {name: _one(bound, right) for name, right in rights.items()}
    numbers = {name: one for name, one in rights.items() if own[name].name == "number"}
    found, known = values(sheet, kinds, numbers)
    gap = any(one.gap for one in rights.values())
    return found, known & pl.lit(not gap)


def _known(rights: Mapping[str, Right], kinds: Mapping[str, Kind]) -> dict[str, Right]:
    return {name: one for name, one in rights.items() if name in kinds}


def _total(how: str, kind: Kind, given: Sequence[pl.Expr], default: pl.Expr | None) -> pl.Expr:
    if how == "sum":
        zero = pl.lit(0, dtype=kind.dtype)
        return reduce(pl.Expr.add, (one.fill_null(zero) for one in given), zero)
    pick = pl.max_horizontal if how == "max" else pl.min_horizontal
    found = [*([pick(given)] if given else []), *([] if default is None else [default])]
    return pl.coalesce(found) if found else pl.lit(None, dtype=kind.dtype)


def listed(codes: list[tuple[str, pl.Expr]]) -> pl.Expr:
    """The codes whose condition is met, in order."""
    if not codes:
        return pl.lit([], dtype=pl.List(pl.String))
    return pl.concat_list(pl.when(met).then(pl.lit(code)) for code, met in codes).list.drop_nulls()
