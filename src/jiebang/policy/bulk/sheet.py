"""The facts of many cases in columns, with what has been worked out of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Context, Decimal
from types import MappingProxyType
from typing import Any, Final, cast

import polars as pl

from jiebang.policy.bulk.formulas import worked_out
from jiebang.policy.bulk.quantities import Beyond, Quantity, limited, scale_of
from jiebang.policy.formula import PLACES, evaluate
from jiebang.policy.language.terms import Formula
from jiebang.policy.language.types import DECIMAL_PLACES, Type, Value

#: Wide enough for twelve places of what a formula may come to.
_EXACT: Final = Context(prec=40)
#: The number of a case; every sheet has it.
ROW: Final = "#"
#: The columns of an item's fields begin with this.
ITEM: Final = "item "
_DTYPES: Final[Mapping[str, pl.DataType]] = {
    "text": pl.String(),
    "code": pl.String(),
    "boolean": pl.Boolean(),
    "integer": pl.Int64(),
    "money": pl.Int64(),
    "decimal": pl.Int64(),
    "date": pl.Date(),
}


def dtype_of(type_: Type) -> pl.DataType:
    """The column of a type: money in fen, decimals in millionths, lists as lists."""
    if type_.scalar == "record":
        fields = {name: dtype_of(one) for name, one in type_.fields}
        return pl.List(pl.Struct(fields))
    return pl.List(_DTYPES[type_.scalar]) if type_.many else _DTYPES[type_.scalar]


def encoded(type_: Type, value: Any) -> Any:
    """A typed value as it stands in its column."""
    if value is None:
        return None
    if type_.scalar == "record":
        fields = type_.fields
        return [{name: encoded(one, item.get(name)) for name, one in fields} for item in value]
    if type_.many:
        return [encoded(type_.one, one) for one in value]
    if type_.scalar == "decimal":
        return int(Decimal(value).scaleb(DECIMAL_PLACES))
    return value


def decoded(type_: Type, held: Any) -> Any:
    """What stands in a column as a typed value; ``None`` where it is missing."""
    if held is None:
        return None
    if type_.scalar == "record":
        return tuple(
            MappingProxyType(
                {n: decoded(one, item[n]) for n, one in type_.fields if item[n] is not None}
            )
            for item in held
        )
    if type_.many:
        return tuple(decoded(type_.one, one) for one in held)
    return Decimal(held).scaleb(-DECIMAL_PLACES) if type_.scalar == "decimal" else held


class Sheet:
    """Typed columns by the names of facts. A fact without a column is missing from every case.

    ``tally`` counts how rows were read where columns alone did not do.
    """

    def __init__(self, frame: pl.DataFrame, types: Mapping[str, Type]) -> None:
        self.frame = frame
        self.types = dict(types)
        self.tally: Counter[str] = Counter()
        self._quantities: dict[str, Quantity] = {}
        self._formulas: dict[Formula, str] = {}
        self._kept = 0
        #: Conditions over lists that stand in columns, by identity.
        self.lists: dict[int, str] = {}

    def need(self, name: str, type_: Type) -> None:
        """Make sure that there is a column for a fact, if only of nulls."""
        self.types[name] = type_
        if name not in self.frame.columns:
            self.add(name, pl.lit(None, dtype=dtype_of(type_)))

    def add(self, name: str, column: pl.Expr | pl.Series) -> None:
        """Put a column in, or replace it."""
        self.frame = self.frame.with_columns(column.alias(name))
        self._quantities.pop(name, None)

    def keep(self, column: pl.Expr | pl.Series) -> str:
        """Put a column in under a name of its own."""
        name = f"~{self._kept}"
        self._kept += 1
        self.add(name, column)
        return name

    def quantity(self, name: str) -> Quantity:
        """A column of numbers or days, with its bounds."""
        if name not in self._quantities:
            self._quantities[name] = self._measured(name, scale_of(self.types[name]))
        return self._quantities[name]

    def _measured(self, name: str, scale: int) -> Quantity:
        numbers = self.frame[name].to_physical()
        least, most = cast("int | None", numbers.min()), cast("int | None", numbers.max())
        return Quantity(pl.col(name).to_physical(), scale, least or 0, most or 0)

    def formula(self, formula: Formula) -> Quantity:
        """What a formula comes to, worked out once."""
        name = self._formulas.get(formula)
        if name is None:
            try:
                found = worked_out(formula.term, self.quantity, self._sum)
                name, scale = self.keep(found.expr), found.scale
            except Beyond:
                name, scale = self.keep(self._by_row(formula)), PLACES
            self._formulas[formula] = name
            self._quantities[name] = self._measured(name, scale)
        return self._quantities[name]

    def _by_row(self, formula: Formula) -> pl.Series:
        self.tally["formulas by row"] += self.frame.height
        found = [evaluate(formula.term, facts) for facts in self.facts(formula.facts)]
        scaled = [None if one is None else int(one.scaleb(PLACES, _EXACT)) for one in found]
        return pl.Series(scaled, dtype=pl.Int128)

    def _sum(self, fact: str, field: str) -> Quantity:
        name = f"sum {fact}.{field}"
        if name not in self.frame.columns:
            column, type_ = pl.col(fact), self.types[fact]
            if type_.scalar == "record":
                column = column.list.eval(pl.element().struct.field(field))
            whole = column.list.len() == column.list.drop_nulls().list.len()
            self.add(name, pl.when(whole).then(column.list.sum()))
            self.types[name] = type_.field(field) or type_
        return limited(self.quantity(name))

    def facts(
        self, names: Sequence[str], rows: pl.Series | None = None
    ) -> Iterator[dict[str, Value]]:
        """The typed facts of each case, or of the cases in some rows; without those missing."""
        picked = (self.frame if rows is None else self.frame[rows]).select(ROW, *names)
        types = [self.types[name] for name in names]
        for held in picked.iter_rows():
            told = zip(names, types, held[1:], strict=True)
            yield {name: decoded(one, value) for name, one, value in told if value is not None}

    def items(self, fact: str, carried: Iterable[str], formulas: Iterable[Formula]) -> Sheet:
        """A row for each item of a list, with the facts and formulas that its conditions read."""
        numbers = {one: self._formulas[one] for one in formulas}
        beside = dict.fromkeys((*carried, *numbers.values()))
        listed = self.types[fact]
        frame = self.frame.select(ROW, *beside, pl.col(fact).alias(ITEM))
        frame = frame.filter(pl.col(ITEM).list.len() > 0).explode(ITEM)
        if listed.scalar == "record":
            fields = [
                pl.col(ITEM).struct.field(name).alias(f"{ITEM}{name}") for name, _ in listed.fields
            ]
            frame = frame.with_columns(fields).drop(ITEM)
            types = {f"{ITEM}{name}": one for name, one in listed.fields}
        else:
            frame = frame.rename({ITEM: f"{ITEM}value"})
            types = {f"{ITEM}value": listed.one}
        inner = Sheet(frame, {**{name: self.types[name] for name in carried}, **types})
        inner._kept, inner._formulas = self._kept, numbers
        inner._quantities = {name: self._quantities[name] for name in numbers.values()}
        inner.tally = self.tally
        return inner

    def texts(self, name: str, told: Callable[[str], bool]) -> pl.Expr:
        """A condition on a text, asked once of each text that there is."""
        texts = self.frame[name].drop_nulls().unique()
        fitting = [one for one in texts.to_list() if told(one)]
        held = pl.col(name).is_in(fitting) if fitting else pl.lit(value=False)
        return pl.when(pl.col(name).is_not_null()).then(held)
