"""Filing (提交): a draft becomes a version that never changes, and the case moves as policy says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from jiebang.casework.advancing import advance, proceed
from jiebang.casework.books import book_wording
from jiebang.casework.desk import Actor, Desk
from jiebang.casework.telling import tell
from jiebang.errors import JiebangError
from jiebang.forms.check import FieldError, Result
from jiebang.i18n import _
from jiebang.model.cases import Demand
from jiebang.model.documents import Attachment, Document, Draft, Filed, Receipt, Version
from jiebang.policy.language.vocabulary import Judged

PRE_REGISTRATION = "pre-registration"


class Invalid(JiebangError):
    """The form cannot be filed as it stands; ``result`` holds every error, field by field."""

    def __init__(self, result: Result) -> None:
        super().__init__(result)
        self.result = result


def check_draft(*, desk: Desk, draft: Draft, locale: str) -> Result:
    """Validate a draft as filing it would."""
    forms = desk.rules.forms
    result = forms.validate(
        forms[draft.form_id], draft.data, locale=locale, choices=desk.rules.choices()
    )
    stated = result.values.get("uscc")
    if draft.form_id == PRE_REGISTRATION and draft.organisation and stated:
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


def file_draft(*, desk: Desk, draft: Draft, actor: Actor, locale: str, at: datetime) -> Receipt:
    """File a draft and answer the receipt (回执). A draft filed before gives the same receipt.

    A pre-registration (预报名表, SH-3.3.1(1)) opens a case, or files again on a refused one. Any other
    form is filed on the draft's case; a judgement's answers become facts. Raises ``Invalid``;
    ``Refused`` when the stage does not allow it. Side effects: case, journal, feed, decisions, tasks.
    """
    if draft.receipt:
        return draft.receipt
    result = check_draft(desk=desk, draft=draft, locale=locale)
    if result.errors:
        raise Invalid(result)
    if draft.case:
        case: Demand = desk.edition["demands"][draft.case]
        again = draft.form_id == PRE_REGISTRATION
    else:
        case, again = _open_case(desk, draft, at), False
    version = file_on_case(
        desk=desk,
        case=case,
        form_id=draft.form_id,
        data=result.values,
        attachments=draft.attachments,
        filed=Filed(at=at, person=actor.person, organisation=draft.organisation),
    )
    if draft.form_id == PRE_REGISTRATION:
        _note_for_lists(case, version.data)
    _note_judgements(desk, case, result, version, actor)
    if again:
        advance(desk=desk, case=case, transition="refile", actor=actor, at=at)
    else:
        proceed(desk=desk, case=case, at=at)
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
    case: Demand,
    form_id: str,
    data: Mapping[str, Any],
    attachments: Mapping[str, Attachment],
    filed: Filed,
) -> Version:
    """Add a version of a form to a case, with its journal and feed entries."""
    if form_id not in case.documents:
        case.documents[form_id] = Document(form_id)
    version = case.documents[form_id].file(
        form_version=desk.rules.forms.version, data=data, attachments=attachments, filed=filed
    )
    case.journal.write(
        at=filed.at,
        actor=filed.person,
        act="file",
        form=form_id,
        version=version.number,
        sha256=version.sha256,
    )
    tell(desk=desk, case=case, kind="filed", at=filed.at, form=form_id, version=version.number)
    return version


def _open_case(desk: Desk, draft: Draft, at: datetime) -> Demand:
    edition = desk.rules.edition
    case = Demand(
        owner=str(draft.organisation), edition=edition.id, stage=desk.rules.workflow.initial, at=at
    )
    number = desk.numbers.next(edition.number_prefix)
    desk.edition["demands"][number] = case
    path = f"/editions/{edition.id}/demands/{number}"
    desk.site["organisations"][draft.organisation].cases.add(path)
    return case


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


def _note_for_lists(case: Demand, data: Mapping[str, Any]) -> None:
    case.title = data["need_title"]
    case.district = data.get("district")
    session = data.get("session_pref")
    case.session = int(session) if session else None
