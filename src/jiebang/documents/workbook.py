"""Workbooks (XLSX) out: plain sheets to bytes, safe to open and easy to fill in.

What programs need to read a sheet back stands beside what people see: the keys of the columns in a
hidden row, and what the workbook is in a hidden sheet. Columns may so be moved, and headings reworded.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What a cell may hold. Everything else is text.
Value = str | int | Decimal | date | None
Kind = Literal["text", "integer", "decimal", "money", "date"]

#: Hidden sheets: what the workbook is, and the lists behind the drop-downs.
ABOUT, LISTS = "_jiebang", "_lists"
#: The row of keys; headings stand above it, and what people fill in below.
HEADINGS, KEYS = 1, 2
#: The most characters that a cell of the format holds.
LONGEST = 32_767
#: The most significant digits that spreadsheets keep of a number; a longer one is written as text.
DIGITS = 15
#: The most lines of a cell that a row opens for.
_TALLEST = 15
#: A row in which nobody has written is this high, in points; so is each line of one.
_LINE_HEIGHT = 18

#: What a spreadsheet would take for a formula, at the beginning of a text (and of a CSV made of it).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MARK = "'"
#: ECMA-376 22.9.2.19: a sign that XML cannot hold is written so; the same as plain text is escaped.
_ESCAPED = re.compile("_x[0-9A-Fa-f]{4}_")
#: What XML 1.0 cannot hold at all.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMATS: Mapping[Kind, str] = {
    "text": "@",
    "integer": "0",
    "decimal": "General",
    "money": "#,##0.00####",
    "date": "yyyy-mm-dd",
}
_LINE = Side(style="thin", color="B8C4CE")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD = PatternFill("solid", start_color="E8EEF4")
_WRONG = PatternFill("solid", start_color="F9D6D5")


@dataclass(frozen=True)
class Column:
    """A column: its key for programs, its heading for people, and what may stand in it.

    ``options`` are the texts of a drop-down list; ``note`` is small print shown when a cell is chosen.
    ``width`` is in characters. A ``hidden`` column is for programs.
    """

    key: str
    heading: str
    kind: Kind = "text"
    options: tuple[str, ...] = ()
    note: str = ""
    width: int = 18
    hidden: bool = False


@dataclass(frozen=True)
class Field:
    """A cell to fill in that is of another kind than its column: its value, and what may stand in it."""

    value: Value
    kind: Kind = "text"
    options: tuple[str, ...] = ()
    title: str = ""
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """A sheet: columns, and rows of values in their order.

    ``room`` more rows are drawn to be filled in, and lists drop down in ``reach`` rows at least.
    ``wrong`` names cells to mark, by row (from 0) and key. ``key`` is the name for programs, ``name``
    the tab's. Without ``keyed`` it is for people only, and nothing in it is hidden.
    """

    key: str
    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value | Field]] = ()
    room: int = 0
    reach: int = 0
    wrong: frozenset[tuple[int, str]] = frozenset()
    keyed: bool = True


def write_workbook(sheets: Sequence[Sheet], about: Mapping[str, str]) -> bytes:
    """The workbook. ``about`` says what it is, for programs, such as the form and its version.

    No text in it is a formula, and none would be one in a CSV file made of it: see ``neutral``.
    """
    writer = _Writer()
    for sheet in sheets:
        writer.add(sheet)
    return writer.end(about)


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe goes before what might be one.

    It also goes before a text that begins with an apostrophe, so that ``plain`` gives back any text.
    """
    return _MARK + text if text.startswith((*_FORMULA, _MARK)) else text


def plain(text: str) -> str:
    """The text that ``neutral`` was given."""
    return text.removeprefix(_MARK)


def unescaped(text: str) -> str:
    """A text as it was before the format's escapes: ``_x000D_`` is a carriage return."""
    return _ESCAPED.sub(lambda found: chr(int(found[0][2:6], 16)), text)


class _Writer:
    def __init__(self) -> None:
        self._book = Workbook(write_only=True)
        self._lists: dict[tuple[str, ...], int] = {}
        self._tabs: dict[str, str] = {}
        for kind, number_format in _FORMATS.items():
            for wrong in (False, True):
                style = NamedStyle(_style(kind, wrong=wrong), number_format=number_format)
                style.alignment = Alignment(wrap_text=True, vertical="top")
                style.border = _BOX
                if wrong:
                    style.fill = _WRONG
                self._book.add_named_style(style)
        head = NamedStyle("heading", font=Font(bold=True), fill=_HEAD, border=_BOX)
        head.alignment = Alignment(wrap_text=True, vertical="center")
        self._book.add_named_style(head)

    def add(self, sheet: Sheet) -> None:
        """Write a sheet."""
        name = _tab_name(sheet.name, {one.lower() for one in (*self._tabs.values(), ABOUT, LISTS)})
        self._tabs[sheet.key] = name
        tab = self._book.create_sheet(name)
        first = (KEYS if sheet.keyed else HEADINGS) + 1
        tab.freeze_panes = f"A{first}"
        tab.page_setup.orientation, tab.page_setup.paperSize = "landscape", 9
        tab.page_setup.fitToHeight, tab.sheet_properties.pageSetUpPr.fitToPage = 0, True
        tab.print_title_rows = f"{HEADINGS}:{HEADINGS}"
        self._columns(tab, sheet, first)
        tab.append([self._cell(tab, one.heading, "heading") for one in sheet.columns])
        if sheet.keyed:
            tab.row_dimensions[KEYS].hidden = True
            tab.append(self._told(tab, *(one.key for one in sheet.columns)))
        for index, row in enumerate(sheet.rows):
            self._row(tab, sheet, first, index, row)
        for _number in range(sheet.room):
            tab.append([self._cell(tab, None, _style(one.kind)) for one in sheet.columns])

    def end(self, about: Mapping[str, str]) -> bytes:
        """Write what is hidden, and answer the bytes."""
        if about:
            kept = self._book.create_sheet(ABOUT)
            kept.sheet_state = "veryHidden"
            for name, text in about.items():
                kept.append(self._told(kept, name, text))
            for key, tab_name in self._tabs.items():
                kept.append(self._told(kept, f"sheet:{key}", tab_name))
        if self._lists:
            self._write_lists(self._book.create_sheet(LISTS))
        held = io.BytesIO()
        self._book.save(held)
        return held.getvalue()

    def _told(self, tab: Any, *texts: str) -> list[Any]:
        return [self._cell(tab, text, _style("text")) for text in texts]

    def _columns(self, tab: Any, sheet: Sheet, first: int) -> None:
        last = first - 1 + max(1, len(sheet.rows) + sheet.room, sheet.reach)
        for number, column in enumerate(sheet.columns, 1):
            letter = get_column_letter(number)
            dimension = tab.column_dimensions[letter]
            dimension.width, dimension.hidden = column.width, column.hidden
            # What is typed below the last row drawn is of the column's kind too.
            dimension.number_format = _FORMATS[column.kind]
            self._validate(
                tab, f"{letter}{first}:{letter}{last}", column.options, column.heading, column.note
            )

    def _row(
        self, tab: Any, sheet: Sheet, first: int, index: int, row: Sequence[Value | Field]
    ) -> None:
        cells = []
        for number, (column, entry) in enumerate(zip(sheet.columns, row, strict=True), 1):
            wrong = (index, column.key) in sheet.wrong
            if isinstance(entry, Field):
                at = f"{get_column_letter(number)}{first + index}"
                self._validate(tab, at, entry.options, entry.title, entry.note)
                cells.append(self._cell(tab, entry.value, _style(entry.kind, wrong=wrong)))
                continue
            cells.append(self._cell(tab, entry, _style(column.kind, wrong=wrong)))
        pairs = zip(sheet.columns, cells, strict=True)
        lines = max(_lines(cell.value, one.width) for one, cell in pairs if not one.hidden)
        if lines > 1:
            tab.row_dimensions[first + index].height = _LINE_HEIGHT * min(lines, _TALLEST)
        tab.append(cells)

    def _cell(self, tab: Any, value: Value, style: str) -> Any:
        cell = WriteOnlyCell(tab, value=None)
        cell.style = style
        if isinstance(value, Decimal | int) and _digits(value) > DIGITS:
            value = f"{Decimal(value):f}"
        if isinstance(value, str):
            # A number of text, such as a credit code, must stay text when somebody types it.
            text = _UNWRITABLE.sub("\ufffd", neutral(value)[:LONGEST])
            cell.value = _ESCAPED.sub(lambda found: f"_x005F{found[0]}", text)
            # Said outright: the library takes a text beginning with “=” for a formula.
            cell.data_type = "s"
        elif value is not None:
            number_format = cell.number_format
            cell.value = value
            cell.number_format = number_format
        return cell

    def _validate(
        self, tab: Any, cells: str, options: tuple[str, ...], title: str, note: str
    ) -> None:
        if options:
            # Lists stand beside each other, the first in the first column.
            column = self._lists.setdefault(options, len(self._lists) + 1)
            letter = get_column_letter(column)
            formula = f"'{LISTS}'!${letter}$1:${letter}${len(options)}"
            validation = DataValidation(type="list", formula1=formula, allow_blank=True)
        elif note:
            validation = DataValidation(allow_blank=True)
        else:
            return
        if note:
            # The format allows 32 characters for the title and 255 for the text.
            validation.promptTitle, validation.prompt = title[:32], note[:255]
            validation.showInputMessage = True
        validation.add(cells)
        tab.data_validations.append(validation)

    def _write_lists(self, tab: Any) -> None:
        tab.sheet_state = "veryHidden"
        lists = list(self._lists)
        for row in range(max(map(len, lists))):
            texts = [one[row] if row < len(one) else None for one in lists]
            tab.append([self._cell(tab, text, _style("text")) for text in texts])


def _style(kind: Kind, *, wrong: bool = False) -> str:
    return f"{kind} wrong" if wrong else kind


def _digits(value: Decimal | int) -> int:
    return len(Decimal(value).normalize().as_tuple().digits)


def _lines(value: object, width: int) -> int:
    """About how many lines a text takes; signs of Chinese are twice as wide as letters."""
    if not isinstance(value, str):
        return 1
    wide = (sum(1 + (sign > "\u2e80") for sign in line) for line in value.split("\n"))
    return sum(max(1, -(-one // width)) for one in wide)


def _tab_name(name: str, used: set[str]) -> str:
    # Excel allows 31 characters and none of these; two sheets must differ in more than case.
    base = "".join(one for one in name if one not in r"[]:*?/\'").strip()[:31] or "Sheet"
    found, number = base, 2
    while found.lower() in used:
        tail = f" {number}"
        found, number = base[: 31 - len(tail)] + tail, number + 1
    return found
