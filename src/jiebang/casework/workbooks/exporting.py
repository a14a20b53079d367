"""Lists as workbooks (导出): the same columns, order and rows as on the page, and nothing more."""

from __future__ import annotations

from collections.abc import Sequence

from jiebang.documents.workbook import Column, Sheet, Value, write_workbook


def list_workbook(name: str, columns: Sequence[Column], rows: Sequence[Sequence[Value]]) -> bytes:
    """A list for people: no row of keys, no hidden sheet. ``name`` is that of the tab."""
    return write_workbook([Sheet("list", name, columns, rows, keyed=False)], {})
