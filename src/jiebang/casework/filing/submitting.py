"""Filing a form by itself (提交事项): who may, until when, about what, and the submission it opens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from jiebang.casework.desk import Actor, Desk
from jiebang.casework.filing.drafts import open_draft
from jiebang.casework.filing.prefilling import Known, prefilled
from jiebang.casework.policies.rulebook import Rules
from jiebang.clock import end_of, show_time
from jiebang.errors import Refused
from jiebang.forms.language.definition import Filing, Form
from jiebang.i18n import _
from jiebang.model.cases import Demand
from jiebang.model.documents import Draft
from jiebang.model.permissions import OUTSIDE
from jiebang.model.submissions import Submission

#: Who may file besides those who hold a role: anybody who signed in.
SIGNED_IN = "signed_in"


class Standing(NamedTuple):
    """As what somebody may file: a role held for an organisation, a role of the office, or oneself."""

    role: str
    organisation: str | None


def standings(filing: Filing, actor: Actor) -> list[Standing]:
    """As what this person may file, each role of each organisation once; empty when they may not."""
    return list(dict.fromkeys(_all_standings(filing, actor)))


def _all_standings(filing: Filing, actor: Actor) -> Iterator[Standing]:
    for role in filing.by:
        if role == SIGNED_IN:
            yield Standing("", None)
            for organisation, roles in actor.memberships.items():
                yield from (Standing(one, organisation) for one in sorted(roles)[:1])
        elif role in OUTSIDE:
            for organisation, roles in actor.memberships.items():
                if role in roles:
                    yield Standing(role, organisation)
        elif role in actor.roles:
            yield Standing(role, None)


def closes_at(rules: Rules, form: Form) -> datetime | None:
    """The moment filing ends: the end of the last day of the phase the form names, if it has one."""
    named = form.filing.closes if form.filing else ""
    phase = next((one for one in rules.edition.phases if one.code == named), None)
    if phase is None or phase.until is None:
        return None
    return end_of(phase.until)


def require_in_time(*, rules: Rules, form: Form, locale: str, at: datetime) -> None:
    """Raise ``Refused`` when filing the form has ended; what was typed stays in its draft."""
    end = closes_at(rules, form)
    if end is not None and at >= end:
        last = show_time(end - timedelta(minutes=1), locale)
        raise Refused(
            [
                _(
                    "Filing ended on ${when}, Beijing time. Your answers stay in the draft. Ask the "
                    "office if you think this is a mistake.",
                    mapping={"when": last},
                )
            ]
        )


def begin_submission(
    *,
    desk: Desk,
    actor: Actor,
    form: Form,
    standing: Standing,
    known: Known,
    about: Demand | None,
    at: datetime,
) -> Draft:
    """Begin a draft of a form that is filed by itself, with what is known filled in.

    ``known`` is what the person may read; whether they may file about a demand is the caller's to say.
    """
    draft = open_draft(
        desk=desk,
        actor=actor,
        organisation=standing.organisation,
        form_id=form.id,
        data=prefilled(form=form, known=known, at=at),
        at=at,
    )
    draft.role, draft.about = standing.role, about.number if about else None
    return draft


def open_submission(
    *, desk: Desk, draft: Draft, filing: Filing, values: Mapping[str, Any], at: datetime
) -> Submission:
    """Open the submission that a draft begins, number it, and note it where its people look."""
    edition = desk.rules.edition
    submission = Submission(
        edition=edition.id,
        form_id=draft.form_id,
        owner=draft.organisation or "",
        owner_role=draft.role,
        person=draft.person,
        handled_by=filing.handled_by,
        at=at,
    )
    submission.district = values.get("district")
    demand: Demand | None = desk.edition["demands"].get(draft.about) if draft.about else None
    number = desk.numbers.next(f"{edition.number_prefix}-{filing.prefix}")
    desk.edition["submissions"][number] = submission
    if demand is not None:
        submission.about, submission.district = demand.number, demand.district
        demand.note_submission(number)
    site = desk.site
    filer = site["organisations"][submission.owner] if submission.owner else None
    (filer or site["people"][draft.person]).cases.add(submission.path)
    return submission
