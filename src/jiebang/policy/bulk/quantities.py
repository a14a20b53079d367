"""Exact quantities in columns: whole numbers with a scale, and bounds within which they are known to lie.

A quantity of scale 2 that holds 150 stands for 1.50. No float is ever made of one. Every operation
works out the bounds of its result first, and refuses with ``Beyond`` what 128 bits might not hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Final

import polars as pl

from jiebang.policy.formula import LARGEST, PLACES
from jiebang.policy.language.types import DECIMAL_PLACES, Type

#: Below these no sum of two columns can overflow.
_NARROW: Final = 2**62
_WIDE: Final = 2**126
_LIMIT: Final = int(LARGEST)


class Beyond(Exception):
    """What columns cannot work out exactly. The rows are then read one by one."""


@dataclass(frozen=True)
class Quantity:
    """A column of whole numbers: the value times ``10 ** scale``. Null: there is no value."""

    expr: pl.Expr
    scale: int
    low: int
    high: int

    @property
    def size(self) -> int:
        """The greatest distance from zero."""
        return max(abs(self.low), abs(self.high))

    def at(self, scale: int) -> Quantity:
        """The same values at a scale that is no smaller."""
        if scale == self.scale:
            return self
        factor = 10 ** (scale - self.scale)
        low, high = self.low * factor, self.high * factor
        return made(lambda dtype: self.cast(dtype) * _lit(factor, dtype), scale, low, high, factor)

    def cast(self, dtype: pl.DataType) -> pl.Expr:
        """Its column as whole numbers of a width."""
        return self.expr.cast(dtype)


def scale_of(type_: Type) -> int:
    """How many places the facts of a type have in a column."""
    return DECIMAL_PLACES if type_.scalar == "decimal" else 0


def width(*sizes: int) -> pl.DataType:
    """Whole numbers that hold the sizes. Raises ``Beyond``."""
    largest = max(sizes)
    if largest >= _WIDE:
        raise Beyond
    return pl.Int128() if largest >= _NARROW else pl.Int64()


def made(
    build: Callable[[pl.DataType], pl.Expr], scale: int, low: int, high: int, *within: int
) -> Quantity:
    """A quantity built at the width that its bounds, and the sizes on the way, need."""
    return Quantity(build(width(abs(low), abs(high), *within)), scale, low, high)


def constant(value: int | Decimal) -> Quantity:
    """A number as a quantity: of any places, exactly."""
    number = Decimal(value)
    exponent = number.normalize().as_tuple().exponent
    scale = max(0, -exponent) if isinstance(exponent, int) else 0
    scaled = int(number.scaleb(scale))
    return made(lambda dtype: _lit(scaled, dtype), scale, scaled, scaled)


def _lit(value: int, dtype: pl.DataType) -> pl.Expr:
    return pl.lit(value, dtype=dtype)


def aligned(*many: Quantity) -> tuple[list[pl.Expr], int]:
    """The columns of quantities at one scale and of one width, and the scale."""
    scale = max(one.scale for one in many)
    same = [one.at(scale) for one in many]
    dtype = width(*(one.size for one in same))
    return [one.cast(dtype) for one in same], scale


def limited(one: Quantity) -> Quantity:
    """Without the values beyond what a formula may come to."""
    most = _LIMIT * 10**one.scale
    if one.size <= most:
        return one
    dtype = width(one.size)
    inside = one.cast(dtype).is_between(_lit(-most, dtype), _lit(most, dtype))
    low, high = max(one.low, -most), min(one.high, most)
    return Quantity(pl.when(inside).then(one.cast(dtype)), one.scale, low, high)


def add(left: Quantity, right: Quantity) -> Quantity:
    """The sum."""
    (a, b), scale = aligned(left, right)
    one, other = left.at(scale), right.at(scale)
    low, high = one.low + other.low, one.high + other.high
    dtype = width(abs(low), abs(high), one.size, other.size)
    return Quantity(a.cast(dtype) + b.cast(dtype), scale, low, high)


def negated(one: Quantity) -> Quantity:
    """The negative."""
    return Quantity(one.expr * -1, one.scale, -one.high, -one.low)


def multiply(left: Quantity, right: Quantity) -> Quantity:
    """The product, of at most twelve places, half up."""
    edges = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    whole = made(
        lambda dtype: left.cast(dtype) * right.cast(dtype),
        left.scale + right.scale,
        min(edges),
        max(edges),
        left.size,
        right.size,
    )
    return rounded(whole, PLACES, "round")


def divide(left: Quantity, right: Quantity) -> Quantity:
    """The quotient, of twelve places, half up; no value where it is divided by zero."""
    factor = 10 ** (PLACES + right.scale - left.scale)
    size = left.size * factor
    dtype = width(size + right.size, factor)
    zero = _lit(0, dtype)
    above = left.cast(dtype) * _lit(factor, dtype)
    below = pl.when(right.cast(dtype) != zero).then(right.cast(dtype))
    quotient = (above.abs() + below.abs() // 2) // below.abs()
    signed = pl.when((above < zero) != (below < zero)).then(quotient * -1).otherwise(quotient)
    return Quantity(signed, PLACES, -size - 1, size + 1)


def rounded(one: Quantity, places: int, how: str) -> Quantity:
    """Rounded to places, which may be negative: ``round`` half up, ``floor`` or ``ceil``."""
    if places >= one.scale:
        return one
    step = 10 ** (one.scale - places)
    dtype = width(one.size + step)
    column, by = one.cast(dtype), _lit(step, dtype)
    if how == "floor":
        steps = column // by
    elif how == "ceil":
        steps = ((column * -1) // by) * -1
    else:
        away = (column.abs() + _lit(step // 2, dtype)) // by
        steps = away if one.low >= 0 else pl.when(column < 0).then(away * -1).otherwise(away)
    low, high = one.low // step - 1, one.high // step + 1
    found = Quantity(steps, places, low, high)
    if places >= 0:
        return found
    up = 10**-places
    wide = width(max(abs(low), abs(high), 1) * up)
    return Quantity(found.cast(wide) * _lit(up, wide), 0, low * up, high * up)


def extreme(how: str, many: list[Quantity]) -> Quantity:
    """The least (``min``) or the greatest (``max``); no value where one of them has none."""
    columns, scale = aligned(*many)
    same = [one.at(scale) for one in many]
    known = reduce(pl.Expr.and_, (one.is_not_null() for one in columns))
    pick = pl.min_horizontal if how == "min" else pl.max_horizontal
    choose = min if how == "min" else max
    low, high = choose(one.low for one in same), choose(one.high for one in same)
    return Quantity(pl.when(known).then(pick(columns)), scale, low, high)
