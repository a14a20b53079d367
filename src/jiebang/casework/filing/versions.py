"""Filing (提交): a draft becomes a version that never changes, and the case moves on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from jiebang.casework.demands.advancing import advance, proceed
from jiebang.casework.desk import Actor, Desk
from jiebang.casework.filing.asking import keep_form
from jiebang.casework.filing.correcting import close_correction, require_answerable
from jiebang.casework.filing.opening import base_of, is_of_office, opened_questions, whole_data
from jiebang.casework.filing.prefilling import remember_party
from jiebang.casework.filing.submitting import open_submission, require_in_time
from jiebang.casework.policies.books import book_wording
from jiebang.casework.telling import tell
from jiebang.errors import JiebangError
from jiebang.forms.judging.check import FieldError, Result
from jiebang.forms.language.definition import Form
from jiebang.i18n import _
from jiebang.model.cases import Case, Demand
from jiebang.model.documents import Attachment, Document, Draft, Filed, Receipt, Seal, Version
from jiebang.model.submissions import Submission
from jiebang.policy.language.vocabulary import Judged
from jiebang.workflow.shape import Opening


class Invalid(JiebangError):
    """The form cannot be filed as it stands; ``result`` holds every error, field by field."""

    def __init__(self, result: Result) -> None:
        super().__init__(result)
        self.result = result


def check_draft(*, desk: Desk, draft: Draft, locale: str) -> Result:
    """Validate a draft as filing it would.

    An error at a question that the draft may not change counts only when the version being changed
    did not have it: nobody is held up by what they cannot mend.
    """
    forms, form = desk.rules.forms, desk.rules.forms[draft.form_id]

    opened, base = opened_questions(desk=desk, draft=draft), base_of(desk=desk, draft=draft)

    def validate(data: Mapping[str, Any], only: frozenset[str] | None = None) -> Result:
        return forms.validate(
            form,
            data,
            locale=locale,
            choices=desk.rules.choices(),
            office=is_of_office(form, draft),
            opened=only,
        )

    data = whole_data(desk=desk, draft=draft)
    result = validate(data)
    closed = [one for one in result.errors if _question(one) not in opened]
    if closed:
        had = validate(base.data).errors if base else closed
        errors = tuple(one for one in result.errors if one not in closed or one not in had)
        result = replace(result, errors=errors)
    if base:
        # What the draft may not change stands as it was filed, even if it reads no more.
        wrong = {_question(one) for one in closed}
        shut = _standing(form, draft, base, wrong)
        result = replace(result, values={**shut, **validate(data, opened).values})
    stated = result.values.get("uscc")
    if draft.form_id == desk.rules.opening_form.id and draft.organisation and stated:
        own = desk.site["organisations"][draft.organisation].identifier
        # One files for one's own organisation, since eligibility reads the registered party.
        if own and stated != own.number:
            message = _(
                "Your organisation registered with the code ${own}. Use that code here, or sign up "
                "the other organisation.",
                mapping={"own": own.number},
            )
            error = FieldError("uscc", forms.translate(message, locale))
            return replace(result, errors=(*result.errors, error))
    return result


def _standing(form: Form, draft: Draft, base: Version, wrong: Collection[str]) -> dict[str, Any]:
    """The closed answers that today's form cannot tell: what is ``wrong``, or is asked no more."""
    return {
        key: one
        for key, one in base.data.items()
        if key in wrong or (draft.opened is not None and key not in form.by_key)
    }


def _question(error: FieldError) -> str:
    return error.field.partition(".")[0]


def file_draft(*, desk: Desk, draft: Draft, actor: Actor, locale: str, at: datetime) -> Receipt:
    """File a draft and answer the receipt (回执). A draft filed before gives the same receipt.

    A pre-registration (预报名表, SH-3.3.1(1)) opens a demand, or files again on a refused one; another
    form without a case opens a submission. On a case the draft adds a version, which answers the
    correction that waits for it; a judgement's answers become facts. Raises ``Invalid``; ``Refused``
    when time, stage or a correction does not allow it. Side effects: case, journal, feed, decisions,
    tasks.
    """
    if draft.receipt:
        return draft.receipt
    form = desk.rules.forms[draft.form_id]
    case = desk.case(draft.case) if draft.case else None
    if case is None:
        require_in_time(rules=desk.rules, form=form, locale=locale, at=at)
    else:
        require_answerable(desk=desk, case=case, draft=draft)
    result = check_draft(desk=desk, draft=draft, locale=locale)
    if result.errors:
        raise Invalid(result)
    opens = case is None
    case = case or _open_case(desk, draft, form, result, at)
    version = file_on_case(
        desk=desk,
        case=case,
        form_id=draft.form_id,
        data=result.values,
        attachments=_named(form, result.values, draft, case.current(draft.form_id)),
        filed=Filed(at=at, person=actor.person, organisation=draft.organisation),
    )
    if draft.organisation in actor.memberships:
        organisation = desk.site["organisations"][draft.organisation]
        remember_party(form=form, values=result.values, organisation=organisation)
    close_correction(desk=desk, case=case, draft=draft, version=version, at=at)
    if isinstance(case, Submission) and not case.about:
        # Whoever corrects the district hands it to the officers of that one.
        case.district = version.data.get("district")
    if isinstance(case, Demand):
        _move_demand(desk, case, draft, result, version, actor, again=not opens)
    draft.receipt = Receipt(
        number=case.number,
        form_id=draft.form_id,
        version=version.number,
        at=at,
        sha256=version.sha256,
    )
    desk.site["people"][draft.person].drafts.remove(draft.__name__)
    return draft.receipt


def file_on_case(
    *,
    desk: Desk,
    case: Case,
    form_id: str,
    data: Mapping[str, Any],
    attachments: Mapping[str, Attachment],
    filed: Filed,
    seal: Seal | None = None,
    like: Version | None = None,
) -> Version:
    """Add a version of a form to a case, with its journal and feed entries.

    It is of the form as ``like`` was asked, without one as it is today.
    """
    if form_id not in case.documents:
        case.documents[form_id] = Document(form_id)
    version = case.documents[form_id].file(
        form_version=like.form_version if like else desk.rules.forms.version,
        data=data,
        attachments=attachments,
        filed=filed,
        asked=like.asked if like else keep_form(desk=desk, form=desk.rules.forms[form_id]),
        seal=seal,
    )
    case.journal.write(
        at=filed.at,
        actor=filed.person,
        act="file-sealed" if seal else "file",
        form=form_id,
        version=version.number,
        sha256=version.sha256,
        **({"sealed_copy_of": seal.version} if seal else {}),
    )
    tell(desk=desk, case=case, kind="filed", at=filed.at, form=form_id, version=version.number)
    return version


def _named(
    form: Form, values: Mapping[str, Any], draft: Draft, current: Version | None
) -> dict[str, Attachment]:
    """The files that answers name, from the draft or from the version whose answers stand."""
    held = {**(current.attachments if current else {}), **draft.attachments}
    named = {
        one
        for question in form.questions
        if question.type == "files"
        for one in values.get(question.key) or ()
    }
    return {key: one for key, one in held.items() if key in named}


def _open_case(desk: Desk, draft: Draft, form: Form, result: Result, at: datetime) -> Case:
    if form.id != desk.rules.opening_form.id and form.filing is not None:
        return open_submission(
            desk=desk, draft=draft, filing=form.filing, values=result.values, at=at
        )
    edition = desk.rules.edition
    case = Demand(
        owner=str(draft.organisation), edition=edition.id, stage=desk.rules.workflow.initial, at=at
    )
    desk.edition["demands"][desk.numbers.next(edition.number_prefix)] = case
    desk.site["organisations"][draft.organisation].cases.add(case.path)
    return case


def _move_demand(
    desk: Desk,
    case: Demand,
    draft: Draft,
    result: Result,
    version: Version,
    actor: Actor,
    *,
    again: bool,
) -> None:
    opening = desk.rules.workflow.opening
    opened = draft.form_id == opening.form
    if opened:
        _note_for_lists(case, version.data, opening)
    _note_judgements(desk, case, result, version, actor)
    refile = desk.rules.workflow.transition(opening.again) if opening.again else None
    if again and opened and refile and case.stage in refile.from_:
        advance(desk=desk, case=case, transition=refile.id, actor=actor, at=version.filed.at)
    else:
        proceed(desk=desk, case=case, at=version.filed.at)


def _note_judgements(
    desk: Desk, case: Demand, result: Result, version: Version, actor: Actor
) -> None:
    """Keep the answers that only a judgement can give (购买能力认定 and its like, SH-3.1(1))."""
    known = book_wording(desk=desk, case=case).vocabulary.facts
    for name, value in result.facts.items():
        fact = known.get(name)
        if fact is not None and isinstance(fact.source, Judged):
            case.judgements[name] = {
                "answer": value,
                "version": version.number,
                "by": actor.person,
            }


def _note_for_lists(case: Demand, data: Mapping[str, Any], opening: Opening) -> None:
    case.title = data[opening.title]
    case.district = data.get(opening.district) if opening.district else None
    session = data.get(opening.session) if opening.session else None
    case.session = int(session) if session else None
