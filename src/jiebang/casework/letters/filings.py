"""Letters about what was filed: returned for correction (补正通知), accepted, closed.

They name the questions and the office's reasons, never an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jiebang.casework.filing.asking import form_title, known_form
from jiebang.casework.letters.wording import worded
from jiebang.casework.policies.rulebook import Rules
from jiebang.clock import show_date
from jiebang.i18n import _
from jiebang.model.cases import Case
from jiebang.model.corrections import Correction, Mark
from jiebang.model.feed import Change
from jiebang.model.people import Person
from jiebang.model.submissions import Submission
from jiebang.outbox.mail import Letter
from jiebang.settings import Settings

#: What became of a submission, by what was done with it; its owner need not be told of a withdrawal.
_DONE = {
    "accept": _("What you filed has been accepted."),
    "close": _("What you filed has been closed."),
}
_Parts = list[tuple[object, Mapping[str, str]]]


def filing_letters(
    *, site: Any, case: Case, change: Change, settings: Settings, rules: Rules
) -> Iterator[Letter]:
    """The letters that a change to a case calls for besides those of the workflow."""
    if change.kind == "returned":
        correction = case.corrections[int(change.detail["correction"]) - 1]
        for person in _filers(site, case, correction):
            yield _returned(site, case, correction, person, rules, settings)
    elif change.kind == "state" and isinstance(case, Submission):
        for person in _owners(site, case) if change.detail["act"] in _DONE else ():
            parts: _Parts = [(_DONE[str(change.detail["act"])], {})]
            parts += [(case.note, {})] if case.note else []
            yield _about(site, case, case.form_id, person, parts, rules, settings)


def _returned(
    site: Any,
    case: Case,
    correction: Correction,
    person: Person,
    rules: Rules,
    settings: Settings,
) -> Letter:
    form = known_form(site=site, rules=rules, case=case, form_id=correction.form_id)
    labels = {one.key: one.label for one in form.questions} if form else {}
    parts: _Parts = [
        (_("Please correct these answers and file the form again. Only they are open:"), {}),
        ("\n".join(_line(mark, labels, person.locale) for mark in correction.marks), {}),
    ]
    if correction.until is not None:
        day = show_date(correction.until, person.locale)
        parts.append((_("By ${day}."), {"day": day}))
    return _about(site, case, correction.form_id, person, parts, rules, settings)


def _line(mark: Mark, labels: Mapping[str, Any], locale: str) -> str:
    label = labels[mark.question].in_locale(locale) if mark.question in labels else mark.question
    row = mark.field.partition(".")[2]
    place = f"{label} ({int(row) + 1})" if row.isdecimal() else label
    return (
        f"- {place}: {mark.reason}" if not locale.startswith("zh") else f"- {place}：{mark.reason}"
    )


def _about(
    site: Any,
    case: Case,
    form_id: str,
    person: Person,
    parts: _Parts,
    rules: Rules,
    settings: Settings,
) -> Letter:
    form = form_title(site=site, rules=rules, case=case, form_id=form_id)
    title = form.in_locale(person.locale)
    whole: _Parts = [
        (f"{case.number} {title}", {}),
        *parts,
        (f"{settings.site_url}{case.path}/", {}),
    ]
    return worded(person, f"{case.number} {title}", whole, settings)


def _filers(site: Any, case: Case, correction: Correction) -> Iterator[Person]:
    """Who is told of a correction: who owns the submission, or for whom the version was filed."""
    if isinstance(case, Submission):
        yield from _owners(site, case)
        return
    document = case.documents[correction.form_id]
    filed = document.filer_of(document[correction.version])
    if filed.organisation:
        yield from _members(site, filed.organisation)
    elif site["people"][filed.person].confirmed_at:
        yield site["people"][filed.person]


def _owners(site: Any, case: Submission) -> Iterator[Person]:
    if case.owner:
        people = _members(site, case.owner)
        yield from (one for one in people if case.owner_role in one.memberships.get(case.owner, ()))
    elif site["people"][case.person].confirmed_at:
        yield site["people"][case.person]


def _members(site: Any, organisation: str) -> Iterator[Person]:
    """Members with an address that somebody has proved to be theirs."""
    people = (site["people"][one] for one in site["organisations"][organisation].members)
    yield from (one for one in people if one.confirmed_at)
