"""Filling in workbooks the way people do: by the headings they read, with another program's hand."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook

from jiebang.identifiers import complete_code

#: Where the keys stand, for programs, and the first row that is filled in.
KEYS, FIRST = 2, 3
#: The text of a file that is brought in is read from here.
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def company(number: int, **changed: Any) -> dict[str, Any]:
    """A pre-registration as a district officer would write it down, by the keys of its questions."""
    return {
        "org_name": f"示例单位{number}",
        "country": "中国境内",
        "uscc": complete_code(f"91310112MA1{number:06d}"),
        "district": "闵行区",
        "contact": "联系岗",
        "mobile": 13800000000,
        "email": f"desk{number}@example.com",
        "need_title": f"示例需求{number}",
        "need_brief": "现状与希望达到的指标。",
        "tech_field": "先进制造与自动化",
        "agency_route": "由国家技术转移东部中心提供基础服务",
        "reward_mode": "否",
        **changed,
    }


def write_rows(template: bytes, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """A batch workbook with rows written into it."""
    book = load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[KEYS]}
    for number, row in enumerate(rows, FIRST):
        for key, value in row.items():
            sheet.cell(number, columns[key], value)
    return saved(book)


def write_answers(workbook: bytes, answers: Mapping[str, Any]) -> bytes:
    """The workbook of one form with answers written into it, by the keys of its questions."""
    book = load_workbook(io.BytesIO(workbook))
    sheet = book.worksheets[0]
    keys = {row[0].value: row[0].row for row in sheet.iter_rows(min_row=FIRST)}
    column = next(cell.column for cell in sheet[KEYS] if cell.value == "!answer")
    for key, value in answers.items():
        sheet.cell(keys[key], column, value)
    return saved(book)


def table(workbook: bytes) -> list[list[Any]]:
    """What people see of the first sheet, row by row."""
    sheet = load_workbook(io.BytesIO(workbook)).worksheets[0]
    rows = [
        [cell.value for cell in row]
        for row in sheet.iter_rows()
        if not sheet.row_dimensions[row[0].row].hidden
    ]
    return [row for row in rows if any(value is not None for value in row)]


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()
