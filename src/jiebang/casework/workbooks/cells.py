"""Answers in the cells of a workbook: how each type stands in one, and how it is read back.

A question takes one cell, or one for each of its parts. What is read is what a person would have typed
on the page, for the form to judge: labels become codes, and what is not understood stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from jiebang.documents.workbook import DIGITS, Column, Field, Kind, Value
from jiebang.documents.workbook_reading import Cell, Formula
from jiebang.forms import Form, FormBook, Question
from jiebang.forms.book import Choices
from jiebang.forms.judging.outcome import FieldError
from jiebang.forms.kinds import divisions
from jiebang.i18n import LOCALES, _
from jiebang.money import from_fen

#: Types that no cell can hold, and those that nobody fills in.
NOT_IN_CELLS = frozenset({"files", "signature", "computed"})
#: Types that have sheets of their own.
_PARTS: Mapping[str, Sequence[str]] = {
    "year_range": ("from", "to"),
    "rating": ("rating", "reason"),
}
_KINDS: Mapping[str, Kind] = {
    "integer": "integer",
    "year": "integer",
    "year_range": "integer",
    "decimal": "decimal",
    "money": "money",
    "date": "date",
}
_CODED = frozenset({"division", "industry"})
#: Choices of one cell stand on lines of their own, or between these.
_BETWEEN = re.compile("[;；\n]")
_WIDTHS = {"longtext": 60, "text": 30, "credit_code": 22, "email": 26, "url": 30, "table": 30}


@dataclass(frozen=True)
class Slot:
    """A cell of a question, or of a part of it: what programs call it, and the question."""

    key: str
    question: Question
    part: str = ""

    @property
    def type(self) -> str:
        """The type of what stands in the cell."""
        named = {"from": "year", "to": "year", "rating": "one_of", "reason": "longtext"}
        return named.get(self.part, self.question.type)


def slots_of(question: Question) -> tuple[Slot, ...]:
    """The cells of a question; none for a table, or for what no cell can hold."""
    if question.type in NOT_IN_CELLS or question.type == "table":
        return ()
    parts = _PARTS.get(question.type)
    if parts is None:
        return (Slot(question.key, question),)
    return tuple(Slot(f"{question.key}.{part}", question, part) for part in parts)


@dataclass
class Cells:
    """The cells of a form in one language."""

    forms: FormBook
    form: Form
    locale: str
    choices: Choices
    _known: dict[int, _Words] = field(default_factory=dict)

    def column(self, slot: Slot, heading: str, note: str) -> Column:
        """The column of a question in a sheet with a row for each."""
        return Column(
            key=slot.key,
            heading=heading,
            kind=_kind(slot),
            options=self.options(slot),
            note=note,
            width=_WIDTHS.get(slot.type, 18),
        )

    def field(self, slot: Slot, value: Any, title: str, note: str) -> Field:
        """The cell of a question in a sheet with a row for every question."""
        return Field(self.written(slot, value), _kind(slot), self.options(slot), title, note)

    def options(self, slot: Slot) -> tuple[str, ...]:
        """The texts of the drop-down list; none where several may be chosen, or far too many are."""
        if slot.type == "yes_no":
            return (self.say(_("Yes")), self.say(_("No")))
        if slot.type == "consent":
            return (self.say(_("Yes")),)
        if slot.question.several or slot.type in {"several_of", "division"}:
            return ()
        return tuple(self._words(slot.question).texts.values())

    def texts(self, question: Question) -> tuple[str, ...]:
        """What can be chosen, as people read it."""
        return tuple(self._words(question).texts.values())

    def say(self, message: object) -> str:
        """A message in the language of the workbook."""
        return self.forms.translate(message, self.locale)

    def label(self, question: Question) -> str:
        """What a question is called in the language of the workbook."""
        return question.label.in_locale(self.locale)

    # Writing

    def spread(self, question: Question, value: Any) -> Iterator[tuple[Slot, Value]]:
        """The cells of an answer, as stored or as typed."""
        for slot in slots_of(question):
            yield slot, self.written(slot, value)

    def written(self, slot: Slot, value: Any) -> Value:
        """What stands in a cell for an answer to its question."""
        if slot.part:
            value = value.get(slot.part) if isinstance(value, dict) else None
        if value is None or value in ("", []):
            return None
        if isinstance(value, list):
            return "\n".join(self._told(slot, one) for one in value)
        if isinstance(value, bool):
            return self.say(_("Yes") if value else _("No"))
        if isinstance(value, int):
            return from_fen(value, slot.question.unit) if slot.type == "money" else value
        text = str(value)
        if slot.type == "decimal":
            return _number(text)
        return _day(text) if slot.type == "date" else self._told(slot, text)

    def _told(self, slot: Slot, code: Any) -> str:
        text = str(code)
        if slot.type == "division":
            return f"{text} {divisions.name_of(text)}".rstrip()
        return self._words(slot.question).texts.get(text, text)

    # Reading

    def gather(
        self, question: Question, cells: Mapping[str, Cell], errors: list[FieldError]
    ) -> Any:
        """The answer that cells hold, as typed; ``None`` for none. Adds to ``errors``."""
        found: dict[str, Any] = {}
        for slot in slots_of(question):
            if (cell := cells.get(slot.key)) is not None:
                try:
                    found[slot.part] = self._read(slot, cell)
                except _Unfit as unfit:
                    errors.append(FieldError(slot.key, self.say(unfit.message)))
        if not found:
            return None
        # An answer of one cell is not of parts.
        return found.get("", found)

    def _read(self, slot: Slot, cell: Cell) -> Any:
        words = {"label": self.label(slot.question)}
        if isinstance(cell, Formula):
            raise _Unfit(
                _(
                    "“${label}” holds a formula (${formula}). Write the value itself.",
                    mapping={**words, "formula": cell.text[:60]},
                )
            )
        if isinstance(cell, bool):
            yes = slot.type in {"yes_no", "consent"}
            return cell if yes else str(cell).upper()
        if isinstance(cell, int | Decimal):
            if slot.type not in _KINDS and abs(cell) >= 10**DIGITS:
                raise _Unfit(
                    _(
                        "“${label}” was kept as a number by the spreadsheet, which loses all digits "
                        "after the 15th. Format the cell as text and write it again.",
                        mapping=words,
                    )
                )
            cell = f"{Decimal(cell):f}"
        text = cell.isoformat() if isinstance(cell, date) else str(cell)
        return self._chosen(slot, text)

    def _chosen(self, slot: Slot, text: str) -> Any:
        if slot.type in {"yes_no", "consent"}:
            return self._yes_or_no(slot, text)
        codes = self._words(slot.question).codes
        several = slot.question.several or slot.type == "several_of"
        found = list(_separate(text, codes)) if several else [codes.get(_plain(text), text.strip())]
        if slot.type in {"one_of", "several_of"}:
            known = set(codes.values())
            for one in found:
                if one not in known:
                    raise self._no_choice(slot, one)
        # Codes with their names are understood by the question itself.
        if slot.type in _CODED or not (several or codes):
            return text
        return found if several else found[0]

    def _no_choice(self, slot: Slot, text: str) -> _Unfit:
        words = {"label": self.label(slot.question), "text": text[:60]}
        return _Unfit(
            _(
                "“${label}”: “${text}” is not among the choices. Choose from the list, or write a "
                "choice as it stands there.",
                mapping=words,
            )
        )

    def _yes_or_no(self, slot: Slot, text: str) -> Any:
        plain = _plain(text)
        for value, message, word in ((True, _("Yes"), "yes"), (False, _("No"), "no")):
            if plain in {word, *(_plain(self.forms.translate(message, one)) for one in LOCALES)}:
                # A box that is not ticked is no answer.
                return value or (None if slot.type == "consent" else value)
        return text

    def _words(self, question: Question) -> _Words:
        if id(question) not in self._known:
            self._known[id(question)] = self._find_words(question)
        return self._known[id(question)]

    def _find_words(self, question: Question) -> _Words:
        offered = self.forms.options(question, self.choices) if question.type != "division" else ()
        labels = [one.label.in_locale(self.locale) for one in offered]
        texts: dict[str, str] = {}
        for one, label in zip(offered, labels, strict=True):
            if question.type == "industry":
                texts[one.code] = f"{one.code} {label}"
            else:
                texts[one.code] = label if labels.count(label) == 1 else f"{label} ({one.code})"
        codes: dict[str, str] = {}
        for code, text in texts.items():
            codes.setdefault(_plain(text), code)
        for one in offered:
            for text in (one.code, *(one.label.in_locale(each) for each in LOCALES)):
                codes.setdefault(_plain(text), one.code)
        return _Words(texts, codes)


@dataclass(frozen=True)
class _Words:
    """Code to the text that shows it, and whatever people may write to its code."""

    texts: Mapping[str, str]
    codes: Mapping[str, str]


class _Unfit(Exception):
    """A cell that holds no answer; ``message`` says why and what to do."""

    def __init__(self, message: object) -> None:
        super().__init__(message)
        self.message = message


def _kind(slot: Slot) -> Kind:
    return _KINDS.get(slot.type, "text")


def _plain(text: str) -> str:
    """A text without what keyboards make of it: full-width signs, capitals, blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _separate(text: str, codes: Mapping[str, str]) -> Iterator[str]:
    """The choices in a cell. A line that is a choice is one, whatever signs stand in it."""
    for line in text.split("\n"):
        whole = codes.get(_plain(line))
        for piece in [whole] if whole else _BETWEEN.split(line):
            if piece.strip():
                yield codes.get(_plain(piece), piece.strip())


def _number(text: str) -> Decimal | str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if number.is_finite() else text


def _day(text: str) -> date | str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    # Spreadsheets know no days before 1 March 1900 for certain.
    return day if day >= date(1900, 3, 1) else text
