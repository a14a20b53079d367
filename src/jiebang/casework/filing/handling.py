"""Handling what was filed (办理): accept or close a submission, answer the office sections of a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from jiebang.casework.desk import Actor, Desk
from jiebang.casework.filing.correcting import ended
from jiebang.casework.filing.drafts import open_draft
from jiebang.casework.filing.impartial import reasons_against_answering, reasons_against_handling
from jiebang.casework.filing.opening import questions_of
from jiebang.casework.telling import tell
from jiebang.errors import Refused
from jiebang.i18n import _
from jiebang.model.cases import Case
from jiebang.model.documents import Draft
from jiebang.model.submissions import Submission

#: The longest reason for closing.
LONGEST = 500


@dataclass(frozen=True)
class Act:
    """A way from some states to another, the permission it needs, and whether it needs a reason."""

    label: object
    from_: tuple[str, ...]
    to: str
    permission: str
    reasoned: bool = False


ACTS: Mapping[str, Act] = {
    "accept": Act(_("Accept it"), ("filed",), "accepted", "handle"),
    "close": Act(
        _("Close it"), ("filed", "returned", "accepted"), "closed", "handle", reasoned=True
    ),
    "withdraw": Act(_("Withdraw it"), ("filed", "returned"), "closed", "withdraw"),
}


def act(
    *, desk: Desk, case: Submission, name: str, reason: str, actor: Actor, at: datetime
) -> None:
    """Do one of ``ACTS``. Raises ``Refused``. Side effects: state, journal, feed (and so a letter)."""
    wanted, reason = ACTS[name], reason.strip()
    if wanted.permission == "handle":
        _require_impartial(case, actor)
    if case.state not in wanted.from_:
        raise Refused([_("Somebody has moved this submission on. Look at it as it stands now.")])
    if wanted.reasoned and not reason:
        raise Refused([_("Say why, so that whoever filed it can read the reason.")])
    if len(reason) > LONGEST:
        raise Refused(
            [
                _(
                    "The reason is longer than ${limit} characters. Shorten it.",
                    mapping={"limit": LONGEST},
                )
            ]
        )
    case.move(wanted.to, at=at)
    case.note = reason
    case.journal.write(
        at=at, actor=actor.person, act=name, **({"reason": reason} if reason else {})
    )
    tell(desk=desk, case=case, kind="state", at=at, act=name)


def _require_impartial(case: Submission, actor: Actor) -> None:
    if reasons := reasons_against_handling(case=case, actor=actor):
        raise Refused(reasons)


def office_questions(*, desk: Desk, form_id: str) -> tuple[str, ...]:
    """The questions of the office sections (办理栏) of a form, sorted; empty without any."""
    form = desk.rules.forms.forms.get(form_id)
    return tuple(sorted(questions_of(form, "office"))) if form else ()


def handles(*, desk: Desk, case: Case, form_id: str, actor: Actor) -> bool:
    """Whether a form names a role of this person to handle what is filed of it.

    A submission keeps the roles of its day; a form that names none is handled as the case is.
    """
    form = desk.rules.forms.forms.get(form_id)
    if isinstance(case, Submission) or form is None or form.filing is None:
        return True
    return not actor.roles.isdisjoint(form.filing.handled_by)


def reasons_against_office(*, desk: Desk, case: Case, form_id: str, actor: Actor) -> list[object]:
    """Why this person cannot answer the office sections of a document now; empty when they can."""
    if reasons := reasons_against_answering(case=case, form_id=form_id, actor=actor):
        return reasons
    if not office_questions(desk=desk, form_id=form_id):
        return [_("This form has no section for the office to fill in.")]
    if isinstance(case, Submission) and case.state == "closed":
        return [_("This submission is closed. Nothing can be added to it.")]
    return ended(desk=desk, case=case, form_id=form_id)


def begin_handling(*, desk: Desk, case: Case, form_id: str, actor: Actor, at: datetime) -> Draft:
    """Begin, or go on with, the draft of the office sections of a document. Raises ``Refused``."""
    if reasons := reasons_against_office(desk=desk, case=case, form_id=form_id, actor=actor):
        raise Refused(reasons)
    document = case.documents[form_id]
    return open_draft(
        desk=desk,
        actor=actor,
        organisation=document.filer_of(document.current).organisation,
        form_id=form_id,
        case=case,
        opened=office_questions(desk=desk, form_id=form_id),
        at=at,
    )
