"""Drafts (草稿): what somebody is typing, saved as they type."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jiebang.casework.desk import Actor, Desk
from jiebang.casework.filing.asking import keep_form
from jiebang.casework.filing.opening import base_of, opened_questions
from jiebang.errors import Stale
from jiebang.forms.attachments.inspecting import Accepted
from jiebang.model.cases import Case
from jiebang.model.documents import Attachment, Draft, Version

#: What a page posts for a question that nothing was answered to.
_BLANK: tuple[Any, ...] = ("", None, [], {})


def open_draft(
    *,
    desk: Desk,
    actor: Actor,
    organisation: str | None,
    form_id: str,
    case: Case | None = None,
    data: Mapping[str, Any] | None = None,
    opened: tuple[str, ...] | None = None,
    at: datetime,
) -> Draft:
    """Begin a draft, or go on with the one this person already has for the same on the same case.

    A draft on a case starts from the newest filed version, a new one from ``data``. ``opened`` are the
    questions it may change; ``None``: all that the filer answers.
    """
    person = desk.site["people"][actor.person]
    if case is not None:
        for draft_id in person.drafts:
            found: Draft | None = desk.site["drafts"].get(draft_id)
            if (
                found
                and (found.form_id, found.case, found.opened) == (form_id, case.number, opened)
                and not found.receipt
            ):
                return found
    draft = Draft(
        edition=desk.rules.edition.id,
        form_id=form_id,
        person=actor.person,
        organisation=organisation,
        at=at,
    )
    draft.asked = keep_form(desk=desk, form=desk.rules.forms[form_id])
    draft.data = dict(data or {})
    if case is not None:
        draft.case, draft.opened = case.number, opened
        current = case.current(form_id)
        if current:
            draft.data = current.data
            draft.base_version = current.number
            draft.attachments.update(current.answered_files)
    draft_id = secrets.token_hex(8)
    desk.site["drafts"][draft_id] = draft
    person.drafts.add(draft_id)
    return draft


def save_draft(
    *, desk: Desk, draft: Draft, typed: Mapping[str, Any], revision: int, at: datetime
) -> None:
    """Save what was typed into the questions that the draft may change; nothing else of it is kept.

    Raises ``Stale`` when the draft was saved elsewhere since ``revision``.
    """
    opened = opened_questions(desk=desk, draft=draft)
    data = {**draft.data, **{key: value for key, value in typed.items() if key in opened}}
    if data == draft.data:
        return
    if revision != draft.revision:
        raise Stale(draft)
    draft.asked = keep_form(desk=desk, form=desk.rules.forms[draft.form_id])
    draft.save(data=data, at=at)


def catch_up(*, desk: Desk, draft: Draft, locale: str, at: datetime) -> Version | None:
    """Bring a draft up to the newest version filed since it was begun; that version, if there is one.

    Answers that the draft left as it found them become those of the newest version; what was changed
    in it stays.
    """
    case, newest = desk.case(draft.case) if draft.case else None, base_of(desk=desk, draft=draft)
    if case is None or newest is None or newest.number == draft.base_version:
        return None
    forms, form = desk.rules.forms, desk.rules.forms[draft.form_id]
    document = case.documents[draft.form_id]
    found = document[draft.base_version].data if draft.base_version else {}
    # As it is stored: what was sent again as typed is no change.
    typed = forms.validate(form, draft.data, locale=locale, choices=desk.rules.choices()).values
    now = {**{key: one for key, one in draft.data.items() if one not in _BLANK}, **typed}
    left = {
        key
        for key in {*draft.data, *newest.data}
        if found.get(key) in (draft.data.get(key), now.get(key))
    }
    data = {key: value for key, value in draft.data.items() if key not in left}
    data |= {key: value for key, value in newest.data.items() if key in left}
    draft.attachments.update(newest.answered_files)
    draft.base_version = newest.number
    draft.save(data=data, at=at)
    return newest


def attachment_of(accepted: Accepted) -> Attachment:
    """An inspected file as an attachment, its bytes stored."""
    attachment = Attachment(
        attachment_id=secrets.token_hex(8),
        name=accepted.name,
        media_type=accepted.media_type,
        size=accepted.size,
        sha256=accepted.sha256,
    )
    attachment.store(accepted.content)
    return attachment


def attach_file(*, draft: Draft, accepted: Accepted, at: datetime) -> Attachment:
    """Keep an inspected file with the draft and answer the attachment."""
    attachment = attachment_of(accepted)
    draft.attachments[attachment.id] = attachment
    draft.saved_at = at
    return attachment


def detach_file(*, draft: Draft, attachment_id: str) -> None:
    """Take a file off the draft; nothing happens when it is not there."""
    draft.attachments.pop(attachment_id, None)


def discard_draft(*, desk: Desk, draft: Draft) -> None:
    """Throw a draft away. What was filed from it stays."""
    desk.site["people"][draft.person].drafts.remove(draft.__name__)
    del desk.site["drafts"][draft.__name__]
