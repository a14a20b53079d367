"""A form as a workbook (XLSX), blank or filled: a line for each question, a sheet for each table.

What is read back goes by keys, whatever became of labels and of the order of lines and columns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from jiebang.casework.paper.blanks import Blanks
from jiebang.casework.workbooks.cells import NOT_IN_CELLS, Cells, slots_of
from jiebang.documents.workbook import Column, Field, Sheet, Value, write_workbook
from jiebang.documents.workbook_reading import (
    Cell,
    ReadSheet,
    ReadWorkbook,
    Room,
    TooLong,
    Unreadable,
    read_workbook,
)
from jiebang.errors import Refused
from jiebang.forms import FieldError, Form, FormBook, Question
from jiebang.forms.attachments.limits import MB, UploadLimits
from jiebang.forms.book import Choices
from jiebang.forms.showing.masking import mask_text
from jiebang.i18n import _

#: What a workbook is, in its hidden sheet.
ONE, BATCH = "form", "batch"
#: The sheet of questions, and what the keys of sheets of tables begin with.
QUESTIONS, TABLE = "questions", "table:"
#: Keys of columns that hold no answer begin so.
OURS = "!"
KEY, ANSWER = f"{OURS}key", f"{OURS}answer"
#: Empty rows that are drawn of a table; its drop-down lists go on to the most it may have.
_DRAWN = 30
#: More options than this are not listed in a remark.
_TOLD = 40


@dataclass(frozen=True)
class Typed:
    """What a workbook holds for a form, as a person would have typed it on the page."""

    data: dict[str, Any]
    errors: tuple[FieldError, ...] = ()


def form_workbook(
    *,
    forms: FormBook,
    form: Form,
    data: Mapping[str, Any] | None,
    locale: str,
    choices: Choices,
    masked: Collection[str] = frozenset(),
) -> bytes:
    """A form to be filled in without a connection; ``data`` are answers as stored or typed.

    Of the ``masked`` questions, answers with a mask are starred out.
    """
    writer = _FormWriter(forms, form, locale, choices, masked)
    return write_workbook(writer.sheets(data or {}), about(ONE, form, locale))


def about(kind: str, form: Form, locale: str) -> dict[str, str]:
    """What a workbook says of itself."""
    return {"kind": kind, "form": form.id, "version": str(form.version), "language": locale}


def read_form(
    content: IO[bytes], *, forms: FormBook, form: Form, locale: str, choices: Choices
) -> Typed:
    """Read a workbook of a form. Raises ``Refused`` with what is wrong with it and what to do."""
    book = opened(content, ONE, form, forms.uploads)
    cells = Cells(forms, form, locale, choices)
    sheet = book.sheets.get(QUESTIONS)
    answers: dict[str, Cell] = {}
    for row in sheet.rows if sheet else ():
        key, answer = row.cells.get(KEY), row.cells.get(ANSWER)
        if isinstance(key, str) and answer is not None:
            answers[key] = answer
    data: dict[str, Any] = {}
    errors: list[FieldError] = []
    for question in questions_asked(form):
        if question.type == "table":
            found: Any = read_table(cells, question, book.sheets.get(TABLE + question.key), errors)
        else:
            found = cells.gather(question, answers, errors)
        if found is not None:
            data[question.key] = found
    return Typed(data, tuple(errors))


def opened(content: IO[bytes], kind: str, form: Form, limits: UploadLimits) -> ReadWorkbook:
    """An inspected workbook that is of this kind, of this form and of its version.

    Raises ``Refused`` with what is wrong with it and what to do.
    """
    most = limits.workbook
    columns = sum(max(1, len(slots_of(one)) + len(one.columns)) for one in form.questions)
    room = Room(most.max_rows, columns, most.max_unzipped_mb * MB)
    try:
        book = read_workbook(content, room)
    except Unreadable:
        raise Refused([_("This workbook cannot be read. Save it again as XLSX.")]) from None
    except TooLong:
        words = {"limit": most.max_rows}
        message = _(
            "The workbook has more than ${limit} rows, or more in it than such rows can need. Split "
            "it into several.",
            mapping=words,
        )
        raise Refused([message]) from None
    said = book.about
    if (said.get("kind"), said.get("form")) != (kind, form.id):
        raise Refused(
            [
                _(
                    "This is not a workbook of this form. Download the workbook here, fill it in and "
                    "choose it again."
                )
            ]
        )
    if said.get("version") != str(form.version):
        raise Refused(
            [
                _(
                    "The form has changed since this workbook was made. Download it again and move "
                    "the answers over."
                )
            ]
        )
    return book


def questions_asked(form: Form) -> Iterator[Question]:
    """The questions that a workbook asks: of the filer, and such as cells can hold."""
    for section in form.asked(None, office=False):
        yield from (one for one in section.questions if one.type not in NOT_IN_CELLS)


def read_table(
    cells: Cells, question: Question, sheet: ReadSheet | None, errors: list[FieldError]
) -> list[dict[str, Any]] | None:
    """The rows of a table, as typed; ``None`` where nothing was written."""
    rows: list[dict[str, Any]] = []
    for row in sheet.rows if sheet else ():
        wrong: list[FieldError] = []
        found = {
            column.key: value
            for column in question.columns
            if (value := cells.gather(column, row.cells, wrong)) is not None
        }
        path = f"{question.key}.{len(rows)}"
        errors += [FieldError(f"{path}.{one.field}", one.message) for one in wrong]
        if found or wrong:
            rows.append(found)
    return rows or None


def table_columns(cells: Cells, blanks: Blanks, question: Question) -> list[Column]:
    """The columns of a table's sheet."""
    return [
        cells.column(slot, blanks.column(column, blank=True), remark(cells, blanks, column))
        for column in question.columns
        for slot in slots_of(column)
    ]


def table_rows(cells: Cells, question: Question, value: Any) -> list[list[Value]]:
    """The rows of a table's sheet."""
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    return [
        [
            cell
            for column in question.columns
            for _slot, cell in cells.spread(column, row.get(column.key))
        ]
        for row in rows
    ]


def remark(cells: Cells, blanks: Blanks, question: Question) -> str:
    """What helps to answer a question: its help, limits, conditions, and what can be chosen."""
    parts = [question.help.in_locale(cells.locale)] if question.help else []
    parts.append(blanks.note(question))
    several = question.several or question.type == "several_of"
    if several:
        parts.append(cells.say(_("Several: one on each line.")))
    texts = cells.texts(question)
    if several and 0 < len(texts) <= _TOLD:
        parts.append("\n" + "\n".join(f"· {one}" for one in texts))
    if question.example:
        words = {"example": question.example.in_locale(cells.locale)}
        parts.append(cells.say(_("For example: ${example}", mapping=words)))
    return " ".join(part for part in parts if part).strip()


class _FormWriter:
    def __init__(
        self,
        forms: FormBook,
        form: Form,
        locale: str,
        choices: Choices,
        masked: Collection[str],
    ) -> None:
        self._form, self._locale, self._masked = form, locale, masked
        self._cells = Cells(forms, form, locale, choices)
        self._blanks = Blanks(forms, form, locale, choices)

    def sheets(self, data: Mapping[str, Any]) -> list[Sheet]:
        """The sheet of questions, and one for each table."""
        say = self._cells.say
        columns = [
            Column(KEY, KEY, hidden=True),
            Column(f"{OURS}section", say(_("Section")), width=18),
            Column(f"{OURS}label", say(_("Question")), width=34),
            Column(f"{OURS}required", say(_("Required")), width=10),
            Column(ANSWER, say(_("Answer")), width=56),
            Column(f"{OURS}remark", say(_("Remark")), width=60),
        ]
        rows = [
            row
            for section in self._form.asked(None, office=False)
            for question in section.questions
            for row in self._lines(section.title.in_locale(self._locale), question, data)
        ]
        tables = [
            self._table(one, data.get(one.key))
            for one in questions_asked(self._form)
            if one.type == "table"
        ]
        title = self._form.title.in_locale(self._locale)
        return [Sheet(QUESTIONS, title, columns, rows), *tables]

    def _lines(
        self, section: str, question: Question, data: Mapping[str, Any]
    ) -> Iterator[list[Value | Field]]:
        if question.type == "computed":
            return
        label, say = self._cells.label(question), self._cells.say
        needed = self._needed(question)
        note = remark(self._cells, self._blanks, question)
        slots = slots_of(question)
        if not slots:
            yield ["", section, label, needed, None, self._elsewhere(question, note)]
        unit = self._blanks.unit(question)
        for slot in slots:
            told = label
            if slot.part:
                told = f"{label} · {say(_PART_WORDS[slot.part])}"
            elif unit and unit not in label:
                told = say(_("${label} (${unit})", mapping={"label": label, "unit": unit}))
            value = data.get(question.key)
            if question.key in self._masked and question.mask and isinstance(value, str):
                value = mask_text(value, question.mask)
            field = self._cells.field(slot, value, label, "")
            yield [slot.key, section, told, needed, field, note]

    def _needed(self, question: Question) -> str:
        if question.required_when or (question.required and question.shown_when):
            return self._cells.say(_("Under conditions"))
        if question.required:
            return self._cells.say(_("Required"))
        return self._cells.say(_("Recommended")) if question.recommended else ""

    def _elsewhere(self, question: Question, note: str) -> str:
        say = self._cells.say
        if question.type == "table":
            words = {"sheet": self._cells.label(question)}
            where = say(_("Fill in the sheet “${sheet}”.", mapping=words))
        elif question.type == "files":
            where = say(
                _("Attach the files on the page of the form; a workbook cannot carry them.")
            )
        else:
            where = say(_("Sign on the page of the form, or on paper."))
        return f"{where} {note}".strip()

    def _table(self, question: Question, value: Any) -> Sheet:
        columns = table_columns(self._cells, self._blanks, question)
        rows = table_rows(self._cells, question, value)
        if question.key in self._masked:
            masks = [column.mask for column in question.columns for _slot in slots_of(column)]
            rows = [
                [
                    mask_text(cell, mask) if mask and isinstance(cell, str) else cell
                    for cell, mask in zip(row, masks, strict=True)
                ]
                for row in rows
            ]
        most = question.max or _DRAWN
        return Sheet(
            TABLE + question.key,
            self._cells.label(question),
            columns,
            rows,
            room=max(0, min(most, _DRAWN) - len(rows)),
            reach=most,
        )


_PART_WORDS = {
    "from": _("first year"),
    "to": _("last year"),
    "rating": _("rating"),
    "reason": _("reason"),
}
