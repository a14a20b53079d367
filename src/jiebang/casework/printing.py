"""Official documents (公文) out of public copies: what is printed is what the public copy holds."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from jiebang.casework.announcing import Content
from jiebang.clock import SHANGHAI
from jiebang.documents.announcement import AnnouncementData, Line, announcement_pdf
from jiebang.edition.definition import Edition


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
