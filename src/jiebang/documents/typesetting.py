"""Typst: a layout and plain data to PDF bytes. The same data give the same bytes."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import typst

from jiebang.documents.sheet import Sheet

#: The fonts that layouts name, below the folder of fonts: body, titles, headings. For signs that none
#: of them has, typst brings some of its own (Latin, Greek, Cyrillic, mathematics).
FONTS = (
    Path("noto-serif-sc/400Regular"),
    Path("noto-serif-sc/700Bold"),
    Path("noto-sans-sc/500Medium"),
)


class FontsMissing(Exception):
    """The fonts of official documents are not where the settings say; the message names the first."""


class BadLayout(Exception):
    """A layout is missing, or cannot be set; the message names the file and what typst says."""


def sheet_pdf(sheet: Sheet, layout: Path, fonts: Path) -> bytes:
    """Set a sheet by a layout, whose folder or the one above holds all that it imports.

    A PDF/UA-1 file, unless it holds a character that no font has. Raises ``FontsMissing`` and
    ``BadLayout``.
    """
    # A layout of a form's own stands beside the form, what it imports in the folder below.
    root = layout.parent.parent if layout.parent.name == "print" else layout.parent
    return typeset(layout, root, _shown(sheet), fonts)


def typeset(layout: Path, root: Path, data: Mapping[str, Any], fonts: Path) -> bytes:
    """Set data by a layout. ``root`` is the only folder that the layout may read from.

    Raises ``FontsMissing`` and ``BadLayout``.
    """
    # A compiler is cheap and of use to one thread at a time; the fonts are neither.
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
            raise BadLayout(f"{layout}: {error.diagnostic or error.message}") from error
    except (OSError, RuntimeError) as error:
        raise BadLayout(f"{layout}: {error}") from error


def _compile(
    compiler: typst.Compiler, layout: Path, shown: str, standard: Literal["ua-1"] | None
) -> bytes:
    pdf = compiler.compile(
        input=layout, format="pdf", sys_inputs={"data": shown}, pdf_standards=standard
    )
    assert isinstance(pdf, bytes)  # noqa: S101
    return pdf


@lru_cache(maxsize=4)
def _fonts(folder: Path) -> typst.Fonts:
    folders = [folder / font for font in FONTS]
    for one in folders:
        if not any(one.glob("*.ttf")):
            raise FontsMissing(f"no font in {one}: run `make setup`, or set jiebang.fonts")
    return typst.Fonts(include_system_fonts=False, font_paths=folders)


def _shown(sheet: Sheet) -> dict[str, Any]:
    shown = asdict(sheet)
    shown["chinese"] = sheet.chinese
    shown["day"] = [sheet.day.year, sheet.day.month, sheet.day.day] if sheet.day else None
    for section in shown["sections"]:
        for entry in section["entries"]:
            if entry["kind"] == "grid":
                entry["widths"] = column_widths((entry["columns"], *entry["rows"], entry["blank"]))
    return shown


def column_widths(rows: Sequence[Sequence[str]]) -> list[float]:
    """Each column's share of the width: the root of its longest cell, so that long ones wrap.

    ``rows`` has the head and the rows; a row may be empty.
    """
    return [
        math.sqrt(max(4, *(width(cell) for cell in column)))
        for column in zip(*(row for row in rows if row), strict=True)
    ]


def width(text: str) -> float:
    """How wide a text is, in full-width characters."""
    return sum(1 if unicodedata.east_asian_width(one) in "WF" else 0.5 for one in text)
