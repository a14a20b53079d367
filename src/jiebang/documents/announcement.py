"""The announcement of a demand (需求公告, SH-3.3.2) as a PDF in 公文 layout (GB/T 9704-2012)."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Literal

import typst

from jiebang.clock import show_date

#: Text at most this wide (in full-width characters) stands in the table of facts, not in a section.
_BRIEF = 100
#: The fonts the layout names, below the folder of fonts: body, titles, headings.
FONTS = (
    Path("noto-serif-sc/400Regular"),
    Path("noto-serif-sc/700Bold"),
    Path("noto-sans-sc/500Medium"),
)


class FontsMissing(Exception):
    """The fonts of official documents are not where the settings say; the message names the first."""


@dataclass(frozen=True)
class Line:
    """A line of the announcement: a label and a text, or a table of ``rows`` under ``columns``."""

    label: str
    text: str = ""
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class AnnouncementData:
    """All that the page shows, in one language, as the public may see it.

    ``facts`` is the heading over the brief lines, ``notes`` come after all lines (how to enter, the
    deadline, the basis). Nothing that is not shown may be in here.
    """

    title: str
    batch: str
    subject: str
    facts: str
    lines: Sequence[Line]
    notes: Sequence[Line]
    issuers: Sequence[str]
    issued_on: date


def announcement_pdf(*, data: AnnouncementData, locale: str, fonts: Path) -> bytes:
    """Set an announcement. The same data gives the same bytes.

    ``locale`` (``zh_CN`` or ``en``) chooses typography and the way dates are written; ``fonts`` is the
    folder that holds ``FONTS``. Metadata carry the title, the language and the day of issue only.
    Raises ``FontsMissing``.
    """
    folders = [fonts / font for font in FONTS]
    for folder in folders:
        if not any(folder.glob("*.ttf")):
            raise FontsMissing(f"no font in {folder}: run `make setup`, or set jiebang.fonts")
    shown = json.dumps(_shown(data, locale), ensure_ascii=False)
    with as_file(files("jiebang.documents") / "templates" / "announcement.typ") as template:
        try:
            return _typeset(template, folders, shown, "ua-1")
        except typst.TypstError:
            # PDF/UA forbids a character that no font has. It then shows as an empty box, and the
            # file, tagged all the same, does not claim the standard.
            return _typeset(template, folders, shown, None)


def _typeset(
    template: Path, folders: Sequence[Path], shown: str, standard: Literal["ua-1"] | None
) -> bytes:
    return typst.compile(
        template,
        root=template.parent,
        font_paths=list(folders),
        ignore_system_fonts=True,
        sys_inputs={"data": shown},
        format="pdf",
        pdf_standards=standard,
    )


def _shown(data: AnnouncementData, locale: str) -> dict[str, Any]:
    brief = [line for line in data.lines if _is_brief(line)]
    return {
        "chinese": locale.startswith("zh"),
        "title": data.title,
        "batch": data.batch,
        "subject": data.subject,
        "facts": data.facts,
        "brief": [asdict(line) for line in brief],
        "sections": [
            {**asdict(line), "widths": _widths(line)}
            for line in (*data.lines, *data.notes)
            if line not in brief
        ],
        "issuers": list(data.issuers),
        "day": [data.issued_on.year, data.issued_on.month, data.issued_on.day],
        "date": show_date(data.issued_on, locale),
    }


def _is_brief(line: Line) -> bool:
    return not line.rows and "\n" not in line.text and _width(line.text) <= _BRIEF


def _widths(line: Line) -> list[float]:
    """Each column's share of the width: the root of its longest cell, so that long ones wrap."""
    return [
        math.sqrt(max(1, *(_width(row[index]) for row in (line.columns, *line.rows))))
        for index in range(len(line.columns))
    ]


def _width(text: str) -> float:
    """How wide a text is, in full-width characters."""
    return sum(1 if unicodedata.east_asian_width(one) in "WF" else 0.5 for one in text)
