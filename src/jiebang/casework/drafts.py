"""Drafts (草稿): what somebody is typing, saved as they type."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jiebang.casework.desk import Actor, Desk
from jiebang.errors import Stale
from jiebang.forms.uploads import Accepted
from jiebang.model.cases import Demand
from jiebang.model.documents import Attachment, Draft


def open_draft(
    *,
    desk: Desk,
    actor: Actor,
    organisation: str | None,
    form_id: str,
    case: Demand | None = None,
    data: Mapping[str, Any] | None = None,
    at: datetime,
) -> Draft:
    """Begin a draft, or go on with the one this person already has for the same form and case.

    A draft on a case starts from the newest filed version, a new one from ``data``.
    """
    person = desk.site["people"][actor.person]
    if case is not None:
        for draft_id in person.drafts:
            found: Draft | None = desk.site["drafts"].get(draft_id)
            if (
                found
                and found.form_id == form_id
                and found.case == case.number
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
    draft.data = dict(data or {})
    if case is not None:
        draft.case = case.number
        current = case.current(form_id)
        if current:
            draft.data = current.data
            draft.base_version = current.number
            draft.attachments.update(current.attachments)
    draft_id = secrets.token_hex(8)
    desk.site["drafts"][draft_id] = draft
    person.drafts.add(draft_id)
    return draft


def save_draft(*, draft: Draft, data: Mapping[str, Any], revision: int, at: datetime) -> None:
    """Save what was typed. Raises ``Stale`` when the draft was saved elsewhere since ``revision``."""
    if revision != draft.revision and dict(data) != draft.data:
        raise Stale(draft)
    if dict(data) != draft.data:
        draft.save(data=data, at=at)


def attach_file(*, draft: Draft, accepted: Accepted, at: datetime) -> Attachment:
    """Keep an inspected file with the draft and answer the attachment."""
    attachment = Attachment(
        attachment_id=secrets.token_hex(8),
        name=accepted.name,
        media_type=accepted.media_type,
        size=accepted.size,
        sha256=accepted.sha256,
    )
    attachment.store(accepted.content)
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
