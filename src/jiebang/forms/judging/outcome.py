"""What judging answers takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from jiebang.forms.language.definition import Form, Section
from jiebang.forms.language.question import Question
from jiebang.i18n import Translate


@dataclass(frozen=True)
class FieldError:
    """What is wrong at ``field``: a path such as ``indicators.0.name``, or empty for the form."""

    field: str
    message: str


@dataclass(frozen=True)
class Result:
    """``values`` are what can be stored; ``warnings`` never block, an officer may override them."""

    values: dict[str, Any]
    errors: tuple[FieldError, ...]
    warnings: tuple[FieldError, ...]
    facts: dict[str, Any]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors


@dataclass(frozen=True)
class Asking:
    """How answers are judged.

    Errors are those of ``section`` (``None``: all). Sections of the office have to be answered with
    ``office`` alone. With ``opened``, only those questions, and what they bring in, can be wrong; the
    other answers stand as they are. ``strict`` takes answers only as they are stored, and no others.
    """

    locale: str
    translate: Translate
    today: date
    section: str | None = None
    office: bool = False
    opened: frozenset[str] | None = None
    strict: bool = False

    def told(self, field: str, message: object) -> FieldError:
        """An error or warning in the language of the reader."""
        return FieldError(field, self.translate(message))

    def label(self, question: Question) -> str:
        """What a question is called in the language of the reader."""
        return question.label.in_locale(self.locale)

    def asks(self, section: Section) -> bool:
        """Whether its questions have to be answered."""
        return section.filled_by == "filer" or self.office


@dataclass(frozen=True)
class Read:
    """The answers of a form as they were understood.

    ``shown`` are the questions they call for; ``wrong`` says what was not understood, by key and path.
    ``closed`` was not understood either, but nobody may change it now: it stands as it was filed.
    """

    form: Form
    values: dict[str, Any]
    shown: frozenset[str]
    wrong: dict[str, dict[str, str]]
    closed: dict[str, Any]
