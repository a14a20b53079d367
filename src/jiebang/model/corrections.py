"""Corrections (补正): what the office asks the filer to mend, said once and never extended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Mark:
    """One defect: at a question (``need_title``) or a row of a table (``indicators.0``), and why."""

    field: str
    reason: str

    @property
    def question(self) -> str:
        """The key of the question, without the row."""
        return self.field.partition(".")[0]


@dataclass(frozen=True)
class Correction:
    """A return for correction (退回补正) of one version, with every mark made at once.

    ``until`` is the day by which the officer wants it, if one was named; ``answered_by`` the number of
    the version that corrected it, ``None`` while it is open.
    """

    form_id: str
    version: int
    marks: tuple[Mark, ...]
    at: datetime
    by: str
    until: date | None = None
    answered_by: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still waits for the filer."""
        return self.answered_by is None

    @property
    def reasons(self) -> Mapping[str, str]:
        """Marked place to the reason."""
        return {mark.field: mark.reason for mark in self.marks}
