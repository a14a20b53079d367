"""A workbook of many forms (批量表): a row for each, read row by row, and given back with what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import IO, Any

from jiebang.casework.paper.blanks import Blanks
from jiebang.casework.workbooks.cells import Cells, slots_of
from jiebang.casework.workbooks.forms import (
    BATCH,
    OURS,
    QUESTIONS,
    TABLE,
    Typed,
    about,
    opened,
    questions_asked,
    read_table,
    remark,
    table_columns,
)
from jiebang.documents.workbook import Column, Sheet, Value, write_workbook
from jiebang.documents.workbook_reading import Cell, Formula, ReadSheet, ReadWorkbook, Row
from jiebang.errors import Refused
from jiebang.forms import FieldError, Form, FormBook, Question
from jiebang.forms.book import Choices
from jiebang.i18n import _

#: The column in which a row of a table names the row that it belongs to, and that of what is wrong.
OF_ROW, WRONG = f"{OURS}row", f"{OURS}wrong"
#: Empty rows that are drawn of the template.
_DRAWN = 100


@dataclass(frozen=True)
class BatchRow:
    """A row as it came: its number as people see it, its cells, and the rows of its tables by key."""

    number: int
    cells: Mapping[str, Cell]
    tables: Mapping[str, Sequence[Mapping[str, Cell]]] = field(default_factory=dict)

    def as_text(self) -> str:
        """The row as JSON, to be kept."""
        return json.dumps(
            {
                "cells": _plain(self.cells),
                "tables": {key: [_plain(one) for one in rows] for key, rows in self.tables.items()},
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_text(cls, number: int, text: str) -> BatchRow:
        """A row that was kept."""
        found = json.loads(text)
        tables = {key: [_cells(one) for one in rows] for key, rows in found["tables"].items()}
        return cls(number, _cells(found["cells"]), tables)


@dataclass(frozen=True)
class Marked:
    """A row that is given back, with what is wrong at its fields."""

    row: BatchRow
    problems: Sequence[FieldError]


class Batch:
    """Workbooks of many of one form, in one language."""

    def __init__(self, forms: FormBook, form: Form, locale: str, choices: Choices) -> None:
        self.forms, self.form, self.locale = forms, form, locale
        self._cells = Cells(forms, form, locale, choices)
        self._blanks = Blanks(forms, form, locale, choices)
        asked = list(questions_asked(form))
        self._plain = [one for one in asked if one.type != "table"]
        self._tables = [one for one in asked if one.type == "table"]

    def template(self) -> bytes:
        """The empty workbook, with instructions."""
        rows = self.forms.uploads.workbook.max_rows
        main = Sheet(QUESTIONS, self._title, self._columns(), room=_DRAWN, reach=rows)
        tables = [
            Sheet(
                TABLE + one.key, self._cells.label(one), self._table(one), room=_DRAWN, reach=rows
            )
            for one in self._tables
        ]
        return self._write([main, *tables, self._notes()])

    def marked(self, rows: Sequence[Marked]) -> bytes:
        """The workbook of bad rows: their cells as they came, bad ones marked, and a column of reasons.

        Corrected, it can be brought in again as it is.
        """
        columns = [Column(WRONG, self._say(_("What to correct")), width=60), *self._columns()]
        keys = [one.key for one in columns[1:]]
        filled = [
            [self._reasons(one), *(_value(one.row.cells.get(key)) for key in keys)] for one in rows
        ]
        wrong = {
            (index, key)
            for index, one in enumerate(rows)
            for problem in one.problems
            for key in keys
            if problem.field in {key, key.partition(".")[0]}
        }
        wrong |= {(index, WRONG) for index in range(len(rows))}
        most = self.forms.uploads.workbook.max_rows
        main = Sheet(QUESTIONS, self._title, columns, filled, reach=most, wrong=frozenset(wrong))
        tables = [self._marked_table(one, rows) for one in self._tables]
        return self._write([main, *tables, self._notes()])

    def read(self, content: IO[bytes]) -> list[BatchRow]:
        """The filled rows. Raises ``Refused`` with what is wrong with the workbook and what to do."""
        book = opened(content, BATCH, self.form, self.forms.uploads)
        main = book.sheets.get(QUESTIONS)
        self._require_columns(main)
        rows = {row.number: row for row in (main.rows if main else ()) if _answers(row.cells)}
        if not rows:
            raise Refused(
                [_("No row is filled in. Write below the headings, a row for each form.")]
            )
        tables: dict[int, dict[str, list[Mapping[str, Cell]]]] = {}
        for question in self._tables:
            for line in self._lines(book, question):
                number = line.cells.get(OF_ROW)
                if number not in rows:
                    words = {"sheet": self._cells.label(question), "line": line.number}
                    message = _(
                        "Row ${line} of the sheet “${sheet}” does not say which row of the first "
                        "sheet it belongs to. Write that row's number into its first column.",
                        mapping=words,
                    )
                    raise Refused([message])
                held = tables.setdefault(int(str(number)), {})
                held.setdefault(question.key, []).append(_answers(line.cells))
        return [
            BatchRow(number, _answers(row.cells), tables.get(number, {}))
            for number, row in rows.items()
        ]

    def typed(self, row: BatchRow) -> Typed:
        """What a row answers, as a person would have typed it on the page."""
        data: dict[str, Any] = {}
        errors: list[FieldError] = []
        for question in self._plain:
            found = self._cells.gather(question, row.cells, errors)
            if found is not None:
                data[question.key] = found
        for question in self._tables:
            lines = [Row(0, one) for one in row.tables.get(question.key, ())]
            rows = read_table(self._cells, question, ReadSheet((), lines), errors)
            if rows is not None:
                data[question.key] = rows
        return Typed(data, tuple(errors))

    @property
    def _title(self) -> str:
        return self.form.title.in_locale(self.locale)

    def _columns(self) -> list[Column]:
        columns = []
        for question in self._plain:
            heading = self._heading(question)
            note = remark(self._cells, self._blanks, question)
            for slot in slots_of(question):
                told = f"{heading} · {slot.part}" if slot.part else heading
                columns.append(self._cells.column(slot, told, note))
        return columns

    def _heading(self, question: Question) -> str:
        heading = self._blanks.column(question, blank=True)
        # What depends on another answer is not required of every row; its remark says when it is.
        return heading.removeprefix("*") if question.shown_when else heading

    def _table(self, question: Question) -> list[Column]:
        heading = self._say(_("Row of the first sheet"))
        columns = table_columns(self._cells, self._blanks, question)
        return [Column(OF_ROW, heading, kind="integer"), *columns]

    def _marked_table(self, question: Question, rows: Sequence[Marked]) -> Sheet:
        columns = self._table(question)
        filled: list[list[Value]] = []
        wrong: set[tuple[int, str]] = set()
        for number, one in enumerate(rows, 3):
            told = {problem.field for problem in one.problems}
            for index, line in enumerate(one.row.tables.get(question.key, ())):
                place = f"{question.key}.{index}."
                wrong |= {
                    (len(filled), column.key) for column in columns if place + column.key in told
                }
                # Rows are numbered anew: the good ones are not in this workbook.
                filled.append([number, *(_value(line.get(column.key)) for column in columns[1:])])
        name = self._cells.label(question)
        reach = self.forms.uploads.workbook.max_rows
        return Sheet(
            TABLE + question.key, name, columns, filled, reach=reach, wrong=frozenset(wrong)
        )

    def _notes(self) -> Sheet:
        say = self._say
        columns = [
            Column(f"{OURS}heading", say(_("Column")), width=30),
            Column(f"{OURS}remark", say(_("How to fill it in")), width=90),
        ]
        told: list[list[Value]] = [
            [say(_("How it works")), say(one)]
            for one in (
                _("Write a row for each form, below the headings. Columns marked * are required."),
                _("Do not write formulas; leave the headings. Columns may be moved or hidden."),
                _("This sheet and columns that you add are not read."),
            )
        ]
        told += [
            [self._heading(one), remark(self._cells, self._blanks, one)]
            for one in (*self._plain, *(each for table in self._tables for each in table.columns))
        ]
        return Sheet(f"{OURS}notes", say(_("Notes")), columns, told, keyed=False)

    def _reasons(self, marked: Marked) -> str:
        named = ((self.name(one.field), one.message) for one in marked.problems)
        return "\n".join(f"{name}：{message}" if name else message for name, message in named)

    def name(self, path: str) -> str:
        """What a field is called: of a table, the table, the row and the column."""
        key, *rest = path.split(".")
        question = self.form.by_key.get(key)
        if question is None:
            return ""
        label = self._cells.label(question)
        if question.type != "table" or len(rest) < 2:
            return label
        column = next((one for one in question.columns if one.key == rest[1]), None)
        words = {"label": label, "number": int(rest[0]) + 1}
        place = self._say(_("${label}, row ${number}", mapping=words))
        return f"{place} · {self._cells.label(column)}" if column else place

    def _lines(self, book: ReadWorkbook, question: Question) -> Iterator[Row]:
        sheet = book.sheets.get(TABLE + question.key)
        for line in sheet.rows if sheet else ():
            if _answers(line.cells):
                number = line.cells.get(OF_ROW)
                text = str(number).strip() if isinstance(number, str | int) else ""
                at = int(text) if text.isdecimal() and len(text) < 8 else None
                yield replace(line, cells={**line.cells, OF_ROW: at})

    def _require_columns(self, sheet: ReadSheet | None) -> None:
        there = set(sheet.keys) if sheet else set()
        lost = [
            self._cells.label(one)
            for one in self._plain
            if any(slot.key not in there for slot in slots_of(one))
        ]
        if lost:
            words = {"columns": self._say(_("list separator", default=", ")).join(lost)}
            message = _(
                "These columns are missing: ${columns}. Download the workbook again and move the rows "
                "over.",
                mapping=words,
            )
            raise Refused([message])

    def _write(self, sheets: list[Sheet]) -> bytes:
        return write_workbook(sheets, about(BATCH, self.form, self.locale))

    def _say(self, message: object) -> str:
        return self._cells.say(message)


def _answers(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    return {key: value for key, value in cells.items() if not key.startswith(OURS)}


def _value(cell: Cell) -> Value:
    """A cell as it came. A formula is given back as text, so that nobody's spreadsheet works it out."""
    if isinstance(cell, Formula):
        return cell.text
    return str(cell).upper() if isinstance(cell, bool) else cell


def _plain(cells: Mapping[str, Cell]) -> dict[str, Any]:
    """Cells as JSON: what is no text is a pair of what it is and its text."""
    plain: dict[str, Any] = {}
    for key, cell in cells.items():
        if isinstance(cell, Formula):
            plain[key] = ["formula", cell.text]
        elif isinstance(cell, date):
            plain[key] = ["date", cell.isoformat()]
        elif isinstance(cell, Decimal):
            plain[key] = ["decimal", str(cell)]
        else:
            plain[key] = cell
    return plain


def _cells(plain: Mapping[str, Any]) -> dict[str, Cell]:
    made: Mapping[str, Callable[[str], Cell]] = {
        "formula": Formula,
        "date": date.fromisoformat,
        "decimal": Decimal,
    }
    return {
        key: made[value[0]](value[1]) if isinstance(value, list) else value
        for key, value in plain.items()
    }
