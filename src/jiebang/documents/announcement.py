"""The announcement of a demand (需求公告, SH-3.3.2) as a PDF in 公文 layout (GB/T 9704-2012)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from jiebang.clock import show_date
from jiebang.documents.typesetting import column_widths, typeset, width

#: Text at most this wide (in full-width characters) stands in the table of facts, not in a section.
_BRIEF = 100


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
    folder that holds ``typesetting.FONTS``. Metadata carry the title, the language and the day of
    issue only. Raises ``FontsMissing``.
    """
    with as_file(files("jiebang.documents") / "templates" / "announcement.typ") as template:
        return typeset(template, template.parent, _shown(data, locale), fonts)


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
            {**asdict(line), "widths": column_widths(line.columns, line.rows)}
            for line in (*data.lines, *data.notes)
            if line not in brief
        ],
        "issuers": list(data.issuers),
        "day": [data.issued_on.year, data.issued_on.month, data.issued_on.day],
        "date": show_date(data.issued_on, locale),
    }


def _is_brief(line: Line) -> bool:
    return not line.rows and "\n" not in line.text and width(line.text) <= _BRIEF
