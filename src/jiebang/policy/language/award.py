"""The typed tree of an award: who qualifies, how they are ranked, how many are awarded, who pays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from jiebang.policy.language.terms import FactRef, Formula
from jiebang.policy.language.tree import Operand, Parameter, Place, Policy, Source
from jiebang.policy.language.types import Value
from jiebang.wording import Wording


@dataclass(frozen=True, slots=True)
class Recipient:
    """A role that receives an award, with its share of the amount where there are several."""

    role: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class WeightedSum:
    """Σ weight × ``entry.<key>`` ÷ Σ weights, the weights being a parameter."""

    parameter: str


@dataclass(frozen=True, slots=True)
class Rank:
    """How entries are scored and put in order; ``places`` of the score count."""

    score: WeightedSum | FactRef | Formula
    descending: bool
    places: int


@dataclass(frozen=True, slots=True)
class Flag:
    """What is flagged, and said."""

    code: str
    say: Wording


@dataclass(frozen=True, slots=True)
class Quota:
    """How many are awarded: at least, at most, and at most in each group of ``per``."""

    minimum: Operand | None
    maximum: Operand | None
    per: str
    per_group: Operand | None
    short: Flag | None
    tied: Flag | None


@dataclass(frozen=True, slots=True)
class MustHold:
    """What the payers pay must add up to this."""

    outputs: tuple[str, ...]
    equals: Operand
    place: Place


@dataclass(frozen=True, slots=True)
class AwardExample:
    """Entries with the expected awards; ``None`` means it says nothing about that."""

    name: str
    as_of: date
    entries: tuple[tuple[str, Mapping[str, Value]], ...]
    awarded: tuple[str, ...]
    flags: tuple[str, ...] | None
    totals: Mapping[str, Any] | None
    place: Place


@dataclass(frozen=True, slots=True)
class Award:
    """One award. ``qualify`` and ``pay`` are policies, so that they are decided like all others.

    ``cumulative``: whether it may be won with others; ``None``: the notice does not say.
    """

    id: str
    title: Wording
    source: Source
    start: date
    until: date | None
    owner: str
    parameters: Mapping[str, Parameter]
    recipients: tuple[Recipient, ...]
    qualify: Policy | None
    rank: Rank | None
    tie_break: tuple[tuple[str, bool], ...]
    quota: Quota | None
    scope: str
    pay: Policy | None
    must_hold: MustHold | None
    cumulative: bool | None
    examples: tuple[AwardExample, ...]
    file: str

    def in_force(self, day: date) -> bool:
        """Whether the award is in force on a day; both ends count."""
        return self.start <= day and (self.until is None or day <= self.until)
