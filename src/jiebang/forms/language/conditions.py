"""What one answer may ask of another: conditions on questions, and checks across the form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from jiebang.wording import Wording
from jiebang.yamlfile import said

Basis = Literal["text", "interpretation", "unverified"]
Comparison = Literal["at_least", "at_most", "more_than", "less_than", "equal", "different"]
KEY = r"^[a-z][a-z0-9_]*$"
ID = r"^[a-z][a-z0-9-]*$"


class Strict(BaseModel):
    """Unknown keys are findings; a definition never changes after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(Strict):
    """The answer to ``field`` is a value, is one of several, or is there at all (``filled``)."""

    field: str
    is_: str | bool | None = Field(default=None, alias="is")
    in_: tuple[str, ...] = Field(default=(), alias="in")
    filled: bool | None = None

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if [self.is_ is not None, bool(self.in_), self.filled is not None].count(True) != 1:
            raise said(
                "条件要写 is、in、filled 其中之一", "a condition has one of “is”, “in”, “filled”"
            )
        return self

    @property
    def wanted(self) -> tuple[str | bool, ...]:
        """Every answer that makes the condition hold; none where ``filled`` is asked."""
        return self.in_ if self.is_ is None else (self.is_,)

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether the answers meet the condition; a question without an answer meets no ``is``."""
        found = values.get(self.field)
        if self.filled is not None:
            return (found is not None) == self.filled
        if isinstance(found, Mapping):
            # Of a rating the grade is asked.
            found = found.get("rating")
        if isinstance(found, list):
            return any(one in self.wanted for one in found)
        return any(found is one or (isinstance(one, str) and found == one) for one in self.wanted)


def _several(value: object) -> object:
    return (value,) if isinstance(value, Mapping) else value


#: One condition or a list of them; all must hold.
Conditions = Annotated[tuple[Condition, ...], BeforeValidator(_several)]


def all_hold(conditions: tuple[Condition, ...], values: Mapping[str, Any]) -> bool:
    """Whether every condition is met; none at all always is."""
    return all(one.holds(values) for one in conditions)


class Operand(Strict):
    """One side of a check: exactly one of these.

    ``field`` an answer (with ``part``, what a fact could take from it); ``sum`` the sum of a column,
    written ``table.column``; ``count`` the rows of a table or the choices made; ``clock`` today's date
    or this year; ``number`` and ``value`` what they say.
    """

    field: str = ""
    part: str = "value"
    sum: str = ""
    count: str = ""
    clock: Literal["today", "year"] | None = None
    number: int | None = None
    value: str = ""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = (self.field, self.sum, self.count, self.clock, self.value, self.number is not None)
        if sum(map(bool, given)) != 1:
            raise said(
                "要写 field、sum、count、clock、number、value 其中之一",
                "write exactly one of field, sum, count, clock, number, value",
            )
        return self


class Check(Strict):
    """A check across answers: ``that`` ``is`` ``than``, or at least one of ``any_of`` is answered.

    With neither, its message stands whenever the conditions of ``when`` hold. The error stands at the
    question ``at``. With ``rows`` (a table), ``at`` and ``any_of`` name columns of one row, and so may
    ``field``. A check whose answers are not all there says nothing. ``warns`` never blocks.
    """

    id: str = Field(pattern=ID)
    at: str
    rows: str = ""
    when: Conditions = ()
    that: Operand | None = None
    is_: Comparison | None = Field(default=None, alias="is")
    than: Operand | None = None
    any_of: tuple[str, ...] = ()
    message: Wording
    warns: bool = False
    source: str = ""
    clause: str = ""
    basis: Basis = "text"

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        compares = [self.that is not None, self.is_ is not None, self.than is not None]
        if all(compares) and not self.any_of:
            return self
        if not any(compares) and (self.any_of or self.when):
            return self
        raise said(
            "校验要写 that、is、than 三项，或者 any_of，或者只写 when",
            "a check has that, is and than, or any_of, or only when",
        )


class Computed(Strict):
    """How an answer follows from others: exactly one of these.

    ``sum`` of number or money answers, or of one column written ``table.column``; ``count`` of the rows
    of a table; ``difference`` of the first answer and the second; ``weighted`` the mean of a column
    weighted by another, written ``table.value`` and ``table.weight``, weights summing to 100.
    """

    sum: tuple[str, ...] = ()
    count: str = ""
    difference: tuple[str, ...] = ()
    weighted: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = (self.sum, self.count, self.difference, self.weighted)
        if sum(map(bool, given)) != 1:
            raise said(
                "computed 要写 sum、count、difference、weighted 其中之一",
                "computed has exactly one of sum, count, difference, weighted",
            )
        if any(pair and len(pair) != 2 for pair in (self.difference, self.weighted)):
            raise said("difference、weighted 要写两项", "difference and weighted name exactly two")
        return self
