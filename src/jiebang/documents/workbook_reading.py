"""Workbooks (XLSX) in: the rows that somebody filled in, by the keys of ``workbook``.

Only what was asked for is looked at: named sheets, known columns, a bounded number of rows. A file of
more XML than such rows can need is not even opened. Formulas are never worked out, nor is the answer
believed that a file claims for them.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from jiebang.documents.workbook import ABOUT, DIGITS, KEYS, Value, plain, unescaped

#: The last row that the format knows.
_LAST_ROW = 1_048_576
#: Columns beside the known ones that somebody may have put in for themselves.
_MORE_COLUMNS = 32
#: Tags and attributes that a cell takes, with its share of the texts kept elsewhere in the file.
_MARKS_OF_CELL = 20
#: Those of everything that a workbook has besides cells: styles, themes, lists.
_MARKS_BESIDES = 400_000
_CHUNK = 64 * 1024
#: The most lines in which a workbook says what it is: a line for each sheet, and few more.
_TOLD = 500


class Unreadable(Exception):
    """The file is no workbook that a program could read."""


class TooLong(Exception):
    """A sheet has more filled rows than were allowed, or the file more of anything than they need."""


@dataclass(frozen=True)
class Formula:
    """A cell that holds a formula instead of an answer."""

    text: str


Cell = Value | bool | Formula


@dataclass(frozen=True)
class Row:
    """A filled row: its number as people see it, and its cells by key; empty ones are left out."""

    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class ReadSheet:
    """A sheet as it came: the keys of its columns, and its filled rows."""

    keys: Sequence[str]
    rows: Sequence[Row]


@dataclass(frozen=True)
class ReadWorkbook:
    """``about`` is what the workbook says it is; sheets by their keys. A lost sheet is not in here."""

    about: Mapping[str, str]
    sheets: Mapping[str, ReadSheet]


@dataclass(frozen=True)
class Room:
    """How much is read: filled rows of a sheet, columns that are known, bytes of XML unpacked."""

    rows: int
    columns: int
    unpacked: int


def read_workbook(content: IO[bytes], room: Room) -> ReadWorkbook:
    """Read a workbook that ``write_workbook`` made and people filled in.

    ``content`` was inspected as an archive before. Raises ``Unreadable``, and ``TooLong`` where there is
    more of it than there is ``room``. What memory it takes depends on the room, not on the file.
    """
    try:
        _weigh(content, room)
        content.seek(0)
        book = load_workbook(content, read_only=True, data_only=False, keep_links=False)
    except _BROKEN as error:
        raise Unreadable from error
    try:
        return _read(book, room)
    except _BROKEN as error:
        raise Unreadable from error
    finally:
        book.close()


#: What the library raises on files that lie about themselves.
_BROKEN = (
    InvalidFileException,
    zipfile.BadZipFile,
    # What each of the XML parsers raises is one of these.
    SyntaxError,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    OSError,
    zlib.error,
    NotImplementedError,
)


def _weigh(content: IO[bytes], room: Room) -> None:
    """Count tags and attributes, a piece at a time: the library keeps a whole row in memory, and all
    shared texts, and a row may claim any number of cells.
    """
    marks = unpacked = 0
    most = _MARKS_BESIDES + room.rows * room.columns * _MARKS_OF_CELL
    content.seek(0)
    with zipfile.ZipFile(content) as archive:
        for member in archive.infolist():
            with archive.open(member) as opened:
                while chunk := opened.read(_CHUNK):
                    unpacked += len(chunk)
                    marks += chunk.count(b"<") + chunk.count(b"=")
                    if marks > most or unpacked > room.unpacked:
                        raise TooLong


def _read(book: Any, room: Room) -> ReadWorkbook:
    about: dict[str, str] = {}
    if ABOUT in book.sheetnames:
        for row in islice(_rows(book[ABOUT], 2), _TOLD):
            name, text = (*row, None, None)[:2]
            if name is not None and name.value is not None:
                about[_text(name.value)] = "" if text is None else _text(text.value)
    sheets = {
        name.removeprefix("sheet:"): _read_sheet(book[tab], room)
        for name, tab in about.items()
        if name.startswith("sheet:") and tab in book.sheetnames
    }
    said = {name: text for name, text in about.items() if not name.startswith("sheet:")}
    return ReadWorkbook(said, sheets)


def _read_sheet(tab: Any, room: Room) -> ReadSheet:
    keys: list[str] = []
    rows: list[Row] = []
    for number, cells in enumerate(_rows(tab, room.columns + _MORE_COLUMNS), 1):
        if number > _LAST_ROW:
            raise Unreadable
        if number == KEYS:
            keys = ["" if one.value is None else _text(one.value) for one in cells]
        elif number > KEYS:
            found = {
                key: value
                for key, cell in zip(keys, cells, strict=False)
                if key and (value := _value(cell)) is not None
            }
            if found:
                rows.append(Row(number, found))
            if len(rows) > room.rows:
                raise TooLong
    return ReadSheet([key for key in keys if key], rows)


def _rows(tab: Any, widest: int) -> Iterator[Sequence[Any]]:
    # A file may claim a million columns in rows that are empty: only real cells count.
    tab.reset_dimensions()
    return iter(tab.iter_rows(max_col=widest))


def _value(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return None
    if cell.data_type == "f":
        return Formula(str(getattr(value, "text", value)))
    if isinstance(value, datetime):
        # A day with a time of its own is text: nobody asked for the time.
        return value.date() if (value.hour, value.minute, value.second) == (0, 0, 0) else str(value)
    if isinstance(value, bool | int | date):
        return value
    if isinstance(value, float):
        # As many digits as spreadsheets keep: what a person typed, not its nearest binary number.
        exact = Decimal(f"{value:.{DIGITS}g}")
        return int(exact) if exact == exact.to_integral_value() else exact
    text = _text(value)
    return text if text.strip() else None


def _text(value: object) -> str:
    return plain(unescaped(str(value)))
