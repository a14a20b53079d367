"""Workbooks: whatever is written comes back, and no text in them is a formula."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from jiebang.documents.workbook import Column, Field, Sheet, neutral, plain, write_workbook
from jiebang.documents.workbook_reading import Formula, ReadWorkbook, Room, read_workbook

ROOM = Room(rows=50, columns=8, unpacked=10**7)
KINDS = [Column("a", "甲", "text"), Column("n", "乙", "decimal"), Column("d", "丙", "date")]
#: All that a workbook can hold; blanks alone are no answer, and a line ends with one sign.
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\ufffe\uffff", exclude_categories=["Cc"])
    | st.sampled_from("=+-@'\t\n_x0041"),
    min_size=1,
    max_size=40,
).filter(str.strip)
NUMBERS = st.decimals(-(10**20), 10**20, places=4).map(Decimal.normalize)


def again(content: bytes, room: Room = ROOM) -> ReadWorkbook:
    return read_workbook(io.BytesIO(content), room)


def sheet(rows: list[list[Any]], **more: Any) -> Sheet:
    return Sheet("one", "第一张", KINDS, rows, **more)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_neutral_text_is_no_formula_and_comes_back(text: str) -> None:
    assert plain(neutral(text)) == text
    assert not neutral(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(TEXTS, NUMBERS, st.dates(min_value=date(1900, 3, 1))), min_size=1))
def test_rows_come_back_as_they_were(rows: list[tuple[str, Decimal, date]]) -> None:
    read = again(write_workbook([sheet([list(row) for row in rows])], {"form": "=x"}))
    assert read.about == {"form": "=x"}
    found = [row.cells for row in read.sheets["one"].rows]
    for (text, number, day), cells in zip(rows, found, strict=True):
        assert cells["a"] == text
        # A spreadsheet keeps fifteen digits; a longer number is text, with all of them.
        assert Decimal(str(cells["n"])) == number
        assert cells["d"] == day


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@a", "\tx", "'=x", "'", "=cmd|' /C calc'!A0"]
)
def test_no_cell_is_a_formula_for_a_spreadsheet_or_a_csv_reader(text: str) -> None:
    content = write_workbook(
        [
            sheet([[text, None, None], [Field(text, options=(text,)), None, None]]),
            Sheet("two", text, [Column(text, text, options=(text, "乙"), note=text)], [[text]]),
        ],
        {"about": text},
    )
    for tab in load_workbook(io.BytesIO(content)).worksheets:
        cells = [cell for row in tab.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} <= {"s"}
        if not tab.title.startswith("_"):
            shown = [cell.value for cell in cells if cell.row != 2]
            line = io.StringIO()
            csv.writer(line).writerow(shown)
            assert not any(one.startswith(("=", "+", "-", "@", "\t")) for one in shown)
    assert again(content).sheets["one"].rows[0].cells["a"] == text


def test_a_formula_is_told_and_never_worked_out() -> None:
    book = load_workbook(io.BytesIO(write_workbook([sheet([["x", Decimal(1), None]])], {"k": "v"})))
    book.worksheets[0]["B3"] = "=SUM(1,2)"
    held = io.BytesIO()
    book.save(held)
    assert again(held.getvalue()).sheets["one"].rows[0].cells["n"] == Formula("=SUM(1,2)")


def test_columns_and_rows_may_be_moved_and_added() -> None:
    content = write_workbook(
        [sheet([["一", Decimal(1), None], ["二", Decimal(2), None]])], {"k": "v"}
    )
    book = load_workbook(io.BytesIO(content))
    tab = book.worksheets[0]
    tab.insert_cols(1)
    tab.insert_rows(4, 10)
    tab["A3"], tab["A1"] = "我的备注", "备注"
    held = io.BytesIO()
    book.save(held)
    rows = again(held.getvalue()).sheets["one"].rows
    assert [(row.number, row.cells["a"], row.cells["n"]) for row in rows] == [
        (3, "一", 1),
        (14, "二", 2),
    ]


def test_what_no_xml_can_hold_is_shown_as_unknown() -> None:
    content = write_workbook([sheet([["a\x00b\x1f", None, None]])], {})
    assert load_workbook(io.BytesIO(content)).worksheets[0]["A3"].value == "a\ufffdb\ufffd"


def test_lists_hidden_and_marks() -> None:
    columns = [
        Column("k", "键", hidden=True),
        Column("o", "选项", options=("甲", "乙"), note="提示"),
    ]
    rows = [["x", "甲"], ["y", "乙"]]
    marked = Sheet("s", "表/[1]", columns, rows, reach=100, wrong=frozenset({(1, "o")}))
    book = load_workbook(io.BytesIO(write_workbook([marked, marked], {"k": "v"})))
    tab = book.worksheets[0]
    assert [one.title for one in book.worksheets][:2] == ["表1", "表1 2"]
    assert tab.row_dimensions[2].hidden
    assert tab.column_dimensions["A"].hidden
    [listed] = [one for one in tab.data_validations.dataValidation if one.type == "list"]
    assert (str(listed.sqref), listed.formula1) == ("B3:B102", "'_lists'!$A$1:$A$2")
    assert listed.prompt == "提示"
    assert tab["B4"].fill.start_color.rgb == "00F9D6D5"
    assert tab["B3"].fill.fill_type is None
    assert {one.sheet_state for one in book.worksheets[2:]} == {"veryHidden"}


def test_on_paper_each_page_has_the_headings() -> None:
    book = load_workbook(io.BytesIO(write_workbook([sheet([["甲", Decimal(1), None]])], {})))
    assert book["第一张"].print_title_rows == "$1:$1"
