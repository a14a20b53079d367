"""Return for correction (退回补正): every defect marked once, only those questions open, then answered.

What was asked for is never extended: a second return is a correction of its own, and whoever makes it
sees what was marked before (一次性告知).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from jiebang.casework.desk import Actor, Desk
from jiebang.casework.filing.drafts import open_draft
from jiebang.casework.filing.impartial import reasons_against_handling
from jiebang.casework.filing.opening import is_of_office, questions_of
from jiebang.casework.telling import tell
from jiebang.clock import SHANGHAI
from jiebang.errors import Refused
from jiebang.i18n import _
from jiebang.model.cases import CORRECTING, Case, Demand, Task
from jiebang.model.corrections import Correction, Mark
from jiebang.model.documents import Draft, Version
from jiebang.model.submissions import Submission

#: The longest reason for one mark.
LONGEST = 500


class Wrong(NamedTuple):
    """What is wrong with a mark, and at which place of the form, or at the ``until`` of all."""

    text: object
    at: str = ""


def ended(*, desk: Desk, case: Case, form_id: str) -> list[object]:
    """Why a document can be corrected no more; empty while its case, or the filing of it, goes on."""
    if form_id not in desk.rules.forms:
        return [_("This form is no longer in use. What was filed can be read, but not changed.")]
    if isinstance(case, Demand) and not _goes_on(desk, case, form_id):
        return [
            _(
                "This case has come to its end (${stage}). What was filed can no longer be corrected.",
                mapping={"stage": desk.rules.workflow.stage(case.stage).label},
            )
        ]
    if isinstance(case, Submission) and case.state == "closed":
        return [_("This submission is closed. What was filed can no longer be corrected.")]
    return []


def _goes_on(desk: Desk, case: Demand, form_id: str) -> bool:
    """Whether anything leaves the stage of a demand, or the form may still be filed at it."""
    workflow = desk.rules.workflow
    filed_here = any(one.form == form_id and case.stage in one.stages for one in workflow.filings)
    return filed_here or bool(workflow.leaving(case.stage))


def reasons_against_return(*, desk: Desk, case: Case, form_id: str) -> list[object]:
    """Why a document cannot be returned for correction now; empty when it can."""
    reasons = ended(desk=desk, case=case, form_id=form_id)
    if not reasons and case.open_correction(form_id) is not None:
        reasons.append(
            _(
                "This document has been returned already and waits for its filer. What was asked for "
                "cannot be extended; mark what is still wrong once the correction has been filed."
            )
        )
    return reasons


def return_for_correction(
    *,
    desk: Desk,
    case: Case,
    form_id: str,
    version: int,
    marks: Sequence[Mark],
    until: date | None,
    actor: Actor,
    at: datetime,
) -> Correction:
    """Return the newest version of a document with every mark at once. Raises ``Refused``.

    ``version`` is the one that was looked at. Side effects: correction, journal, feed (which tells the
    filer by letter), and the task or state that waits for the filer.
    """
    reasons = reasons_against_return(desk=desk, case=case, form_id=form_id)
    reasons += reasons_against_handling(case=case, actor=actor)
    current = case.current(form_id)
    if current is None or current.number != version:
        reasons.append(_("A newer version has been filed since. Look at that one."))
    reasons += _wrong_marks(desk, form_id, marks)
    if until is not None and until < at.astimezone(SHANGHAI).date():
        text = _("The day by which to correct lies in the past. Choose a later one.")
        reasons.append(Wrong(text, "until"))
    if reasons:
        raise Refused(reasons)
    correction = Correction(
        form_id=form_id, version=version, marks=tuple(marks), at=at, by=actor.person, until=until
    )
    case.corrections = (*case.corrections, correction)
    case.journal.write(
        at=at,
        actor=actor.person,
        act="return",
        form=form_id,
        version=version,
        correction=len(case.corrections),
        fields=[mark.field for mark in marks],
        until=until.isoformat() if until else None,
    )
    if isinstance(case, Submission):
        case.move("returned", at=at)
    elif isinstance(case, Demand):
        task = Task(kind=f"{CORRECTING}{form_id}", role=_role(case, current), opened_at=at)
        case.tasks = (*case.tasks, task)
    tell(desk=desk, case=case, kind="returned", at=at, correction=len(case.corrections))
    return correction


def _wrong_marks(desk: Desk, form_id: str, marks: Sequence[Mark]) -> list[object]:
    form = desk.rules.forms[form_id]
    known = questions_of(form, "filer")
    labels = {question.key: question.label for question in form.questions}
    wrong: list[object] = []
    if not marks:
        wrong.append(_("Mark at least one question and say what is wrong with it."))
    for mark in marks:
        if mark.question not in known:
            wrong.append(_("A question that was marked is not one the filer answers."))
            continue
        words = {"label": labels[mark.question], "limit": LONGEST}
        if not mark.reason.strip():
            text = _(
                "Say what is wrong with “${label}”, so that it can be corrected.", mapping=words
            )
            wrong.append(Wrong(text, mark.field))
        elif len(mark.reason) > LONGEST:
            text = _(
                "The reason at “${label}” is longer than ${limit} characters. Shorten it.",
                mapping=words,
            )
            wrong.append(Wrong(text, mark.field))
    return wrong


def _role(case: Case, version: Version | None) -> str:
    """The role whose move a correction is: the owner's, or that of an access given to others."""
    filer = version.filed.organisation if version else None
    granted = {one.organisation: one.role for one in getattr(case, "grants", ())}
    return granted.get(filer, case.owner_role)


def may_correct(*, case: Case, correction: Correction, actor: Actor) -> bool:
    """Whether this person answers a correction: they own the submission, or filed the version.

    A version filed for an organisation is corrected by whoever acts for it.
    """
    if isinstance(case, Submission):
        return actor.owns(case)
    document = case.documents[correction.form_id]
    filed = document.filer_of(document[correction.version])
    if filed.organisation:
        return filed.organisation in actor.memberships
    return bool(filed.person == actor.person)


def begin_correction(
    *, desk: Desk, case: Case, correction: Correction, actor: Actor, at: datetime
) -> Draft:
    """Begin, or go on with, the draft that answers a correction: only the marked questions are open."""
    document = case.documents[correction.form_id]
    filed = document.filer_of(document[correction.version])
    return open_draft(
        desk=desk,
        actor=actor,
        organisation=filed.organisation,
        form_id=correction.form_id,
        case=case,
        opened=opened_by(correction),
        at=at,
    )


def opened_by(correction: Correction) -> tuple[str, ...]:
    """The questions that a correction opens, each once, in the order of the marks."""
    return tuple(dict.fromkeys(mark.question for mark in correction.marks))


def answers_correction(*, case: Case | None, draft: Draft) -> Correction | None:
    """The open correction that a draft answers, if it was begun for one that still waits."""
    found = case.open_correction(draft.form_id) if case else None
    return found if found and draft.opened == opened_by(found) else None


def require_answerable(*, desk: Desk, case: Case, draft: Draft) -> None:
    """Raise ``Refused`` when a correction stands between a draft and filing it."""
    if reasons := ended(desk=desk, case=case, form_id=draft.form_id):
        raise Refused(reasons)
    if draft.opened is None:
        if case.open_correction(draft.form_id) is not None:
            raise Refused(
                [
                    _(
                        "This form was returned for correction after the draft was begun. Answer the "
                        "correction from the page of the case; your draft is kept."
                    )
                ]
            )
    elif (
        not is_of_office(desk.rules.forms[draft.form_id], draft)
        and answers_correction(case=case, draft=draft) is None
    ):
        raise Refused(
            [_("This correction has been filed already. See the newest version on the case page.")]
        )


def close_correction(
    *, desk: Desk, case: Case, draft: Draft, version: Version, at: datetime
) -> None:
    """Note that a version answers the correction its draft was begun for; nothing for other drafts."""
    answered = answers_correction(case=case, draft=draft)
    if answered is None:
        return
    case.answer_correction(draft.form_id, version.number)
    late = answered.until is not None and at.astimezone(SHANGHAI).date() > answered.until
    case.journal.write(
        at=at,
        actor=version.filed.person,
        act="correct",
        form=draft.form_id,
        version=version.number,
        late=late,
    )
    if isinstance(case, Submission):
        case.move("filed", at=at)
    elif isinstance(case, Demand):
        case.tasks = tuple(
            task.done(at=at, by=version.filed.person)
            if task.kind == f"{CORRECTING}{draft.form_id}"
            else task
            for task in case.tasks
        )
    tell(desk=desk, case=case, kind="corrected", at=at, version=version.number)
