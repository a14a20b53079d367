"""What formulas are made of, and the names of facts and parameters that conditions share with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from jiebang.policy.language.types import Type


@dataclass(frozen=True, slots=True)
class ParamRef:
    """The value of a parameter on the day of the decision."""

    name: str


@dataclass(frozen=True, slots=True)
class FactRef:
    """The value of a fact of the case."""

    name: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a formula. Money is in fen; a bare zero is of either kind."""

    value: Decimal
    money: bool


@dataclass(frozen=True, slots=True)
class SumOf:
    """``sum(list.field)``: the field summed over every record of a list."""

    fact: str
    field: str
    money: bool


@dataclass(frozen=True, slots=True)
class NameOf:
    """A fact or a parameter in a formula."""

    ref: FactRef | ParamRef
    money: bool


@dataclass(frozen=True, slots=True)
class Call:
    """``+ - * / min max round floor ceil neg`` over terms; ``places`` belongs to the roundings."""

    function: str
    terms: tuple[Term, ...]
    money: bool
    places: int = 0


Term = Number | SumOf | NameOf | Call


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as written, its term, and the type of its value."""

    text: str
    term: Term
    type: Type

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it reads."""
        return tuple(
            dict.fromkeys(
                one.fact if isinstance(one, SumOf) else one.ref.name
                for one in terms(self.term)
                if isinstance(one, SumOf)
                or (isinstance(one, NameOf) and isinstance(one.ref, FactRef))
            )
        )

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters it reads."""
        return tuple(
            dict.fromkeys(
                one.ref.name
                for one in terms(self.term)
                if isinstance(one, NameOf) and isinstance(one.ref, ParamRef)
            )
        )


def terms(term: Term) -> Iterator[Term]:
    """A term and every term under it."""
    yield term
    if isinstance(term, Call):
        for part in term.terms:
            yield from terms(part)
