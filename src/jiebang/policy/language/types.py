"""The types of facts and parameters, and how a written value becomes a typed one."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from types import MappingProxyType
from typing import Final

from jiebang.money import FEN_PER_UNIT, to_fen

#: A typed value: money is integer fen (分), a list is a tuple, a record a mapping without nulls.
Scalar = str | bool | int | Decimal | date
Record = Mapping[str, Scalar]
Weight = tuple[str, Decimal]
Value = Scalar | tuple[Scalar, ...] | tuple[Record, ...] | tuple[Weight, ...]

SCALARS: Final = ("text", "code", "boolean", "integer", "decimal", "money", "date")
ORDERED: Final = frozenset({"integer", "decimal", "money"})
RECORDS: Final = "list of records"
LISTS: Final = tuple(f"list of {one}" for one in SCALARS if one != "boolean")
TYPES: Final = (*SCALARS, *LISTS, RECORDS)
#: A parameter may also be a set of weights: name to number.
WEIGHTS: Final = "weights"
PARAMETER_TYPES: Final = (*SCALARS, *LISTS, WEIGHTS)
BOOLEANS: Final = {"是": True, "否": False}

#: Integers stay exact in every reader of a policy, the engine and spreadsheets among them.
LARGEST: Final = 2**53 - 1
#: A decimal has at most six places, so that it scales to an integer.
DECIMAL_PLACES: Final = 6
LONGEST_LIST: Final = 1000
#: No number is of a greater order, in either direction.
_DIGITS: Final = 30


class WrongType(Exception):
    """A value does not fit the type asked for; the message in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Type:
    """One type: its scalar name, and whether it is a list of them. ``fields`` are a record's."""

    scalar: str
    many: bool = False
    unit: str = ""
    fields: tuple[tuple[str, Type], ...] = ()

    def __str__(self) -> str:
        return f"list of {self.scalar}" if self.many else self.scalar

    @property
    def one(self) -> Type:
        """The type of an item of this list."""
        return Type(self.scalar, many=False, unit=self.unit, fields=self.fields)

    def field(self, name: str) -> Type | None:
        """The type of a field of an item; a list of scalars has one, ``value``."""
        if self.scalar == "record":
            return dict(self.fields).get(name)
        return self.one if self.many and name == "value" else None


def read_type(name: str, unit: str, fields: tuple[tuple[str, Type], ...] = ()) -> Type:
    """The type of a name in ``TYPES``. Money without a unit is written in 元."""
    many = name.startswith("list of ")
    scalar = "record" if name == RECORDS else name.removeprefix("list of ")
    return Type(scalar, many=many, unit=unit or ("元" if scalar == "money" else ""), fields=fields)


def read_written(type_: Type, raw: object) -> Value:
    """A value as people write it (YAML, JSON): money in its unit, 是/否 for booleans.

    Raises ``WrongType``.
    """
    return _read(type_, raw, written=True)


def read_typed(type_: Type, raw: object) -> Value:
    """A value as the site keeps it: money in fen, real booleans. Raises ``WrongType``."""
    return typed_reader(type_)(raw)


def typed_reader(type_: Type) -> Callable[[object], Value]:
    """What reads a value of a type as the site keeps it. It raises ``WrongType``."""
    read = None if type_.many else _TYPED.get(type_.scalar)
    return read or partial(_read, type_, written=False)


def _read(type_: Type, raw: object, *, written: bool) -> Value:
    if type_.scalar == WEIGHTS:
        return _weights(raw)
    if not type_.many:
        return _scalar(type_, raw, written=written)
    if not isinstance(raw, list | tuple):
        raise WrongType("应为列表", "must be a list")
    if len(raw) > LONGEST_LIST:
        raise WrongType(f"列表超过 {LONGEST_LIST} 项", f"more than {LONGEST_LIST} items")
    if type_.scalar == "record":
        return tuple(_record(type_, one, written=written) for one in raw)
    return tuple(_scalar(type_, one, written=written) for one in raw)


def _weights(raw: object) -> tuple[Weight, ...]:
    if not isinstance(raw, Mapping) or not raw:
        raise WrongType("应为“名称: 权重”的列表", "must map names to weights")
    weights = tuple((_text(name), _decimal(weight)) for name, weight in raw.items())
    if any(weight < 0 for _, weight in weights) or not any(weight for _, weight in weights):
        raise WrongType("权重不能为负，也不能全为零", "weights are not negative, nor all zero")
    return weights


def _record(type_: Type, raw: object, *, written: bool) -> Record:
    if not isinstance(raw, Mapping):
        raise WrongType(f"每一项应为记录，写的是 {raw}", f"each item must be a record, found {raw}")
    fields = dict(type_.fields)
    record: dict[str, Scalar] = {}
    for name, value in raw.items():
        if name not in fields:
            known = "、".join(fields)
            raise WrongType(
                f"记录里没有“{name}”，可用：{known}", f'a record has no "{name}", only: {known}'
            )
        if value is not None:
            try:
                record[name] = _scalar(fields[name], value, written=written)
            except WrongType as wrong:
                raise WrongType(f"的“{name}”{wrong.zh}", f"{name}: {wrong.en}") from None
    return MappingProxyType(record)


def _scalar(type_: Type, raw: object, *, written: bool) -> Scalar:
    if written and type_.scalar == "boolean" and isinstance(raw, str) and raw in BOOLEANS:
        return BOOLEANS[raw]
    if written and type_.scalar == "money":
        return _money(raw, type_.unit)
    return _TYPED[type_.scalar](raw)


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise WrongType(f"应为文字，写的是 {raw}", f"must be text, found {raw}")
    try:
        raw.encode()
    except UnicodeEncodeError:
        raise WrongType("文字里有无效字符", "the text holds an invalid character") from None
    return unicodedata.normalize("NFC", raw)


def _boolean(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    raise WrongType(f"应为 是/否，写的是 {raw}", f"must be true or false (是/否), found {raw}")


def _date(raw: object) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    if isinstance(raw, str):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            pass
    raise WrongType(
        f"应为日期，如 2019-08-05，写的是 {raw}", f"must be a date such as 2019-08-05, found {raw}"
    )


def _integer(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise WrongType(f"应为整数，写的是 {raw}", f"must be a whole number, found {raw}")
    return _small(raw)


def _small(number: int) -> int:
    if abs(number) > LARGEST:
        raise WrongType("数字太大", "the number is too large")
    return number


def _decimal(raw: object) -> Decimal:
    number = _number(raw)
    scaled = number.scaleb(DECIMAL_PLACES)
    if scaled != scaled.to_integral_value():
        raise WrongType(f"最多 {DECIMAL_PLACES} 位小数", f"at most {DECIMAL_PLACES} decimal places")
    _small(int(scaled))
    return number


def _money(raw: object, unit: str) -> int:
    number = _number(raw)
    if unit not in FEN_PER_UNIT:
        raise WrongType("金额单位应为 元 或 万元", "the unit of money is 元 or 万元")
    try:
        return _small(to_fen(number, unit))
    except ValueError:
        raise WrongType("金额最小到分", "money is never finer than one fen") from None


def _number(raw: object) -> Decimal:
    if isinstance(raw, Decimal) and raw.is_finite() and abs(raw.adjusted()) <= _DIGITS:
        return raw
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal):
        raise WrongType(f"应为数字，写的是 {raw}", f"must be a number, found {raw}")
    try:
        number = _percent(raw) if isinstance(raw, str) and raw.endswith("%") else Decimal(str(raw))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > _DIGITS:
        raise WrongType(f"应为数字，写的是 {raw}", f"must be a number, found {raw}")
    return number


def _percent(raw: str) -> Decimal:
    return Decimal(raw.removesuffix("%")).scaleb(-2)


#: How a scalar is read as the site keeps it.
_TYPED: Final[Mapping[str, Callable[[object], Scalar]]] = {
    "text": _text,
    "code": _text,
    "boolean": _boolean,
    "integer": _integer,
    "decimal": _decimal,
    "money": _integer,
    "date": _date,
}
