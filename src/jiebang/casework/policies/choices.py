"""The lists of options that forms take from an edition, by the names that form files use."""

from __future__ import annotations

from collections.abc import Iterator

from jiebang.edition.definition import Edition
from jiebang.forms import FormBook, Option
from jiebang.forms.book import Choices

#: The sessions (专场) of an edition.
SESSIONS = "edition.sessions"


def choices_of(edition: Edition, forms: FormBook) -> Choices:
    """Everything an ``options_from`` may name."""
    return {
        SESSIONS: edition.session_options(),
        "announcement.hideable": list(_hideable(edition, forms)),
    }


def _hideable(edition: Edition, forms: FormBook) -> Iterator[Option]:
    """The lines of the announcement whose answers their owner may hide one by one."""
    shown = {(line.form, line.field) for line in edition.announcement.lines}
    # A form that is not there is found where forms and rules are compared.
    for form_id in sorted({form for form, _field in shown if form in forms}):
        for question in forms[form_id].questions:
            if question.hideable and (form_id, question.key) in shown:
                yield Option(code=question.key, label=question.label)
