"""Facts as z3 variables: how a value becomes a number, and a number a value again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import z3

from jiebang.policy.language.tree import SCALAR_FIELD
from jiebang.policy.language.types import DECIMAL_PLACES, Scalar, Type, Value

# The part that solves polynomials over the reals looks at no time limit: it can take for ever.
z3.set_param("smt.arith.nl.nra", False)  # noqa: FBT003 - z3 names its switches so

#: A z3 expression. The library has no type information.
Expr = Any
TRUE: Final = z3.BoolVal(val=True)
FALSE: Final = z3.BoolVal(val=False)
#: A text that no file names.
OTHER: Final = "其他"
#: The first of the numbers of texts that no file names.
_OTHERS: Final = 1_000_000
_SCALE: Final = 10**DECIMAL_PLACES


@dataclass(frozen=True)
class Known:
    """An expression, and when it has a value at all."""

    value: Expr
    known: Expr


@dataclass(frozen=True)
class Pair:
    """When a condition is met, and when it is unmet; where neither holds it is unknown."""

    met: Expr
    unmet: Expr


@dataclass(frozen=True)
class Variable:
    """A scalar of a case. ``raw`` is what the solver chooses: text by number, decimals scaled."""

    type: Type
    raw: Expr

    @property
    def value(self) -> Expr:
        """What conditions compare."""
        return z3.ToReal(self.raw) / _SCALE if self.type.scalar == "decimal" else self.raw


@dataclass(frozen=True)
class ListVariable:
    """A list of a case, of at most as many items as there are variables for them."""

    type: Type
    length: Expr
    items: tuple[Mapping[str, Variable], ...]


class Texts:
    """A number for every text, so that equal texts are equal numbers."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._texts: list[str] = []

    def number(self, text: str) -> int:
        """The number of a text that a file names."""
        if text not in self._numbers:
            self._numbers[text] = len(self._texts)
            self._texts.append(text)
        return self._numbers[text]

    other: Final = _OTHERS

    def named(self, number: int) -> bool:
        """Whether a file names the text of a number."""
        return number < len(self._texts)

    def text(self, number: int) -> str:
        """The text of a number; for others, one that no file names."""
        if self.named(number):
            return self._texts[number]
        word = OTHER if number == _OTHERS else f"{OTHER}{number}"
        while word in self._numbers:
            word += "1"
        return word


def raw_variable(name: str, typed: Type) -> Variable:
    """A variable of a scalar type."""
    raw = z3.Bool(name) if typed.scalar == "boolean" else z3.Int(name)
    return Variable(typed, raw)


def list_variable(name: str, typed: Type, size: int) -> ListVariable:
    """A list with room for ``size`` items."""
    fields = dict(typed.fields) or {SCALAR_FIELD: typed.one}
    items = tuple(
        MappingProxyType(
            {key: raw_variable(f"{name}[{n}].{key}", one) for key, one in fields.items()}
        )
        for n in range(size)
    )
    return ListVariable(typed, z3.Int(f"{name}[]"), items)


def constant(value: Scalar, texts: Texts) -> Expr:
    """A value as conditions compare it."""
    if isinstance(value, bool):
        return z3.BoolVal(value)
    if isinstance(value, str):
        return z3.IntVal(texts.number(value))
    if isinstance(value, date):
        return z3.IntVal(value.toordinal())
    if isinstance(value, Decimal):
        return z3.RealVal(format(value, "f"))
    return z3.IntVal(value)


def raw_constant(value: Scalar, typed: Type, texts: Texts) -> Expr:
    """A value as the solver chooses it."""
    if typed.scalar == "decimal":
        return z3.IntVal(int(Decimal(value) * _SCALE))  # type: ignore[arg-type]  # a number
    return constant(value, texts)


def decode(variable: Variable | ListVariable, model: Any, texts: Texts) -> Value:
    """The value of a variable in a model."""
    if isinstance(variable, ListVariable):
        length = model.eval(variable.length, model_completion=True).as_long()
        records = [
            {key: _scalar(one, model, texts) for key, one in item.items()}
            for item in variable.items[:length]
        ]
        if variable.type.scalar == "record":
            return tuple(MappingProxyType(one) for one in records)
        return tuple(one[SCALAR_FIELD] for one in records)
    return _scalar(variable, model, texts)


def _scalar(variable: Variable, model: Any, texts: Texts) -> Scalar:
    found = model.eval(variable.raw, model_completion=True)
    match variable.type.scalar:
        case "boolean":
            return bool(z3.is_true(found))
        case "date":
            return date.fromordinal(found.as_long())
        case "decimal":
            return Decimal(found.as_long()).scaleb(-DECIMAL_PLACES).normalize() + 0
        case "integer" | "money":
            return int(found.as_long())
    return texts.text(found.as_long())
