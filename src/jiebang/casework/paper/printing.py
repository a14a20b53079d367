"""On paper: official documents (公文) out of public copies, and forms, blank or filled."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from jiebang.casework.demands.announcing import Content
from jiebang.casework.paper.layouts import layout_of
from jiebang.casework.paper.sheets import Around, Paper
from jiebang.clock import SHANGHAI
from jiebang.documents.announcement import AnnouncementData, Line, announcement_pdf
from jiebang.documents.typesetting import sheet_pdf
from jiebang.documents.word import sheet_docx
from jiebang.edition.definition import Edition
from jiebang.forms import Form, FormBook
from jiebang.forms.book import Choices

__all__ = ["MEDIA_TYPES", "Around", "print_announcement", "print_form"]

Output = Literal["pdf", "docx"]
MEDIA_TYPES: Mapping[Output, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def print_form(
    *,
    forms: FormBook,
    form: Form,
    layouts: Path,
    fonts: Path,
    output: Output,
    data: Mapping[str, Any] | None,
    locale: str,
    choices: Choices | None = None,
    around: Around | None = None,
    masked: Collection[str] = (),
    withheld: Collection[str] = (),
) -> bytes:
    """A form on paper, in one language. The same arguments give the same bytes.

    ``data`` are answers as stored or typed; ``None`` prints the form to be filled in by hand.
    ``layouts`` is the folder of form files, ``fonts`` that of ``typesetting.FONTS``. ``masked`` and
    ``withheld`` are keys of questions (``casework.reading``): the answers show in part, or not at all,
    nor does what follows from them. Raises ``FontsMissing`` and ``BadLayout``.
    """
    paper = Paper(
        forms=forms,
        form=form,
        data=data,
        locale=locale,
        choices=choices or {},
        around=around or Around(),
        masked=masked,
        withheld=withheld,
    )
    if output == "docx":
        return sheet_docx(paper.sheet(), layout=form.print)
    return sheet_pdf(paper.sheet(), layout_of(layouts, form), fonts)


def print_announcement(
    *, edition: Edition, fonts: Path, content: Content, batch: int, at: datetime, locale: str
) -> bytes:
    """The PDF of one demand of a batch (需求公告第N批) as published at a moment, in one language."""
    form = edition.announcement
    lines = [
        Line(
            label=line["label"][locale],
            text=line["text"][locale],
            columns=tuple(line.get("columns", {}).get(locale, ())),
            rows=tuple(tuple(row) for row in line.get("rows", {}).get(locale, ())),
        )
        for line in content["lines"]
    ]
    subject = next(one["text"][locale] for one in content["lines"] if one["key"] == form.subject)
    data = AnnouncementData(
        title=form.title.in_locale(locale),
        batch=form.batch.in_locale(locale).format(number=batch),
        subject=subject,
        facts=form.content_label.in_locale(locale),
        lines=[Line(form.number_label.in_locale(locale), content["number"]), *lines],
        notes=[
            Line(form.how_to_enter.in_locale(locale), form.how_to_enter_text.in_locale(locale)),
            Line(form.deadline.in_locale(locale), form.undecided.in_locale(locale)),
            Line(form.basis_label.in_locale(locale), form.basis_text.in_locale(locale)),
        ],
        issuers=[one.in_locale(locale) for one in form.issuers],
        issued_on=at.astimezone(SHANGHAI).date(),
    )
    return announcement_pdf(data=data, locale=locale, fonts=fonts)
