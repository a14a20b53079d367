"""Announcements (需求公告): rendered from what was filed, consented to, and only then published.

``edition.yaml`` says which answers an announcement shows and which wish of the owner hides each
(SH-3.3.2(1), SH-4.3b). The public copy is made here, once; a hidden value never enters it, so that no
channel the copy feeds can leak it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from jiebang.casework.desk import Desk
from jiebang.edition.definition import AnnouncementLine
from jiebang.errors import Refused
from jiebang.forms.showing.answers import Answer
from jiebang.i18n import LOCALES, _
from jiebang.model.cases import Demand

#: What the owner consents to, and the form in which the owner says what to hide.
SUBJECT = "announcement"
WISHES = "redaction-wishes"

#: Content of an announcement as plain data: ``number``, ``lines`` of key, label, text, columns, rows,
#: hidden; each text a mapping of locale name to text.
Content = dict[str, Any]


def render(*, desk: Desk, case: Demand) -> Content:
    """The announcement exactly as the public will see it, as plain data in every language.

    Raises ``Refused`` when a form it is made from, or the owner's wishes, are not there yet.
    """
    specification = desk.rules.edition.announcement
    forms = {line.form for line in specification.lines}
    wishes = case.current(WISHES)
    if wishes is None or any(case.current(form) is None for form in forms):
        raise Refused(
            [
                _(
                    "The announcement needs the analysis of the demand and the wishes of its owner first."
                )
            ]
        )
    answers = {form: _answers(desk, case, form) for form in forms}
    lines = [
        _line(line, answers[line.form], hidden=_is_hidden(line, wishes.data))
        for line in specification.lines
    ]
    return {"number": case.number, "lines": [line for line in lines if line]}


def digest(content: Content) -> str:
    """The SHA-256 that stands for one rendering."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def consent_stands(*, desk: Desk, case: Demand) -> bool:
    """Whether the owner consented to the rendering as it would be published now."""
    given = next((one for one in case.consents if one.subject == SUBJECT), None)
    if given is None:
        return False
    try:
        return digest(render(desk=desk, case=case)) == given.sha256
    except Refused:
        return False


def _answers(desk: Desk, case: Demand, form_id: str) -> dict[str, dict[str, Answer]]:
    """Question key to the answer in each language."""
    version = case.current(form_id)
    form = desk.rules.forms[form_id]
    found: dict[str, dict[str, Answer]] = {}
    if version is not None:
        for locale in LOCALES:
            shown = desk.rules.forms.answers(
                form, version.data, locale=locale, choices=desk.rules.choices()
            )
            for answer in shown:
                found.setdefault(answer.key, {})[locale] = answer
    return found


def _is_hidden(line: AnnouncementLine, wishes: Mapping[str, Any]) -> bool:
    return bool(line.hidden_by and wishes.get(line.hidden_by)) or line.field in (
        wishes.get("hide_fields") or ()
    )


def _line(
    line: AnnouncementLine, answers: Mapping[str, Mapping[str, Answer]], *, hidden: bool
) -> dict[str, Any] | None:
    by_locale = answers.get(line.field)
    if by_locale is None or not (hidden or any(a.text or a.rows for a in by_locale.values())):
        return None
    shown: dict[str, Any] = {
        "key": line.field,
        "label": {
            locale: line.label.in_locale(locale) if line.label else answer.label
            for locale, answer in by_locale.items()
        },
        "hidden": hidden,
    }
    if hidden:
        shown["text"] = {locale: line.instead.in_locale(locale) for locale in by_locale}
    else:
        shown["text"] = {locale: answer.text for locale, answer in by_locale.items()}
        shown["columns"] = {locale: list(answer.columns) for locale, answer in by_locale.items()}
        shown["rows"] = {
            locale: [list(row) for row in answer.rows] for locale, answer in by_locale.items()
        }
    return shown
