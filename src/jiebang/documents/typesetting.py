"""Typst: a layout and plain data to PDF bytes. The same data give the same bytes."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import typst

from jiebang.documents.layouts import BadLayout, refuse_packages, said_by_typst
from jiebang.documents.sheet import Sheet

#: The fonts that layouts name, below the folder of fonts: body, titles, headings. For signs that none
#: of them has, typst brings some of its own (Latin, Greek, Cyrillic, mathematics).
FONTS = (
    Path("noto-serif-sc/400Regular"),
    Path("noto-serif-sc/700Bold"),
    Path("noto-sans-sc/500Medium"),
)
#: How many files typst remembers what it worked out for.
_KEPT = 10
#: The width of a date, of the room at both sides of a cell, and of a line of a table, in full-width
#: characters.
_DATE, _SIDES, _LINE = 8, 1.5, 40


class FontsMissing(Exception):
    """The fonts of official documents are not where the settings say; the message names the first."""


def sheet_pdf(sheet: Sheet, layout: Path, fonts: Path) -> bytes:
    """Set a sheet by a layout, whose folder or the one above holds all that it imports.

    A PDF/UA-1 file, unless it holds a character that no font has. Raises ``FontsMissing`` and
    ``BadLayout``.
    """
    return typeset(layout, _root(layout), _shown(sheet), fonts)


def try_layout(sheet: Sheet, layout: Path) -> None:
    """Set a sheet by a layout without fonts, to see that it can be. Raises ``BadLayout``."""
    root = _root(layout)
    refuse_packages(layout, root)
    compiler = typst.Compiler(root=root, font_paths=_no_fonts(), ignore_system_fonts=True)
    try:
        _compile(compiler, layout, json.dumps(_shown(sheet), ensure_ascii=False), None)
    except typst.TypstError as error:
        raise said_by_typst(error, layout, root) from error
    except (OSError, RuntimeError) as error:
        raise BadLayout(layout, str(error)) from error


def _root(layout: Path) -> Path:
    """The folder that a layout reads from: its own stands beside the form, shared ones one below."""
    return layout.parent.parent if layout.parent.name == "print" else layout.parent


def typeset(layout: Path, root: Path, data: Mapping[str, Any], fonts: Path) -> bytes:
    """Set data by a layout. ``root`` is the only folder that the layout may read from.

    Raises ``FontsMissing`` and ``BadLayout``.
    """
    # A compiler is cheap and of use to one thread at a time; the fonts are neither.
    refuse_packages(layout, root)
    compiler = typst.Compiler(root=root, font_paths=_fonts(fonts), ignore_system_fonts=True)
    shown = json.dumps(data, ensure_ascii=False)
    try:
        return _compile(compiler, layout, shown, "ua-1")
    except typst.TypstError:
        # PDF/UA forbids a character that no font has. It then shows as an empty box, and the file,
        # tagged all the same, does not claim the standard.
        try:
            return _compile(compiler, layout, shown, None)
        except typst.TypstError as error:
            raise said_by_typst(error, layout, root) from error
    except (OSError, RuntimeError) as error:
        raise BadLayout(layout, str(error)) from error
    finally:
        _forget(compiler)


def _compile(
    compiler: typst.Compiler, layout: Path, shown: str, standard: Literal["ua-1"] | None
) -> bytes:
    pdf = compiler.compile(
        input=layout, format="pdf", sys_inputs={"data": shown}, pdf_standards=standard
    )
    assert isinstance(pdf, bytes)  # noqa: S101
    return pdf


def _forget(compiler: typst.Compiler) -> None:
    """Let go of what typst keeps for the next files: some ten megabytes of each, never used again."""
    for _file in range(_KEPT + 1):
        compiler.compile(input=b"", format="pdf")


@lru_cache(maxsize=4)
def _fonts(folder: Path) -> typst.Fonts:
    folders = [folder / font for font in FONTS]
    for one in folders:
        if not any(one.glob("*.ttf")):
            raise FontsMissing(f"no font in {one}: run `make setup`, or set jiebang.fonts")
    return typst.Fonts(include_system_fonts=False, font_paths=folders)


@lru_cache(maxsize=1)
def _no_fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False)


def _shown(sheet: Sheet) -> dict[str, Any]:
    shown = asdict(sheet)
    shown["chinese"] = sheet.chinese
    shown["day"] = [sheet.day.year, sheet.day.month, sheet.day.day] if sheet.day else None
    for section in shown["sections"]:
        for entry in section["entries"]:
            if entry["kind"] == "grid":
                entry["widths"] = column_widths(entry["columns"], (*entry["rows"], entry["blank"]))
    return shown


def column_widths(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """Each column's share of the width, in full-width characters with the room at the sides of a cell.

    Cells as long as a date get what they take. Where a line is too short for all, heads wrap, and then
    the longest cells. A row may be empty.
    """
    columns = list(zip(*(row for row in rows if row), strict=True)) or [()] * len(head)
    wanted = _wanted(head, columns, wrapped=1)
    if sum(wanted) > _LINE:
        wanted = _wanted(head, columns, wrapped=2)
    room, left = float(_LINE), sorted(wanted)
    while len(left) > 1 and left[0] * len(left) <= room:
        room -= left.pop(0)
    return [min(one, max(room, _SIDES) / len(left)) for one in wanted]


def _wanted(head: Sequence[str], columns: Sequence[Sequence[str]], *, wrapped: int) -> list[float]:
    """What each column takes, its head on so many lines."""
    longest = (
        max(4, width(one) / wrapped, *(width(cell) for cell in column))
        for one, column in zip(head, columns, strict=True)
    )
    return [_SIDES + (one if one <= _DATE else math.sqrt(one * _DATE)) for one in longest]


def width(text: str) -> float:
    """How wide a text is set, in full-width characters, a quarter between Chinese and Latin letters."""
    signs = [(unicodedata.east_asian_width(one) in "WF", one.isalnum()) for one in text]
    gaps = sum(
        before != after and letter and other for (before, letter), (after, other) in pairwise(signs)
    )
    return sum(1 if full else 0.5 for full, _letter in signs) + gaps / 4
