"""What a person may still see of their own drafts: a draft outlives the right to its case."""

from __future__ import annotations

from dataclasses import replace

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from jiebang.casework.desk import Desk
from jiebang.casework.filing.asking import form_of_draft
from jiebang.casework.filing.opening import is_of_office
from jiebang.casework.policies.rulebook import UnknownEdition
from jiebang.model.documents import Draft


def desk_of_draft(request: Request, draft: Draft) -> Desk | None:
    """The desk of the edition of a draft; ``None`` while the rules of that edition cannot be read."""
    if draft.edition == request.rules.edition.id:
        own: Desk = request.desk
        return own
    try:
        return replace(request.desk, rules=request.registry.rulebook[draft.edition])
    except UnknownEdition:
        return None


def may_see(request: Request, draft: Draft) -> bool:
    """Whether the person may still see the case whose answers a draft shows, and act for the office."""
    desk = desk_of_draft(request, draft)
    if desk is None:
        return False
    case = desk.case(draft.case) if draft.case else None
    if case is None:
        return True
    form = form_of_draft(desk=desk, draft=draft)
    office = form is not None and is_of_office(form, draft)
    needed = ("view_case", "handle") if office else ("view_case",)
    return all(request.has_permission(one, case) for one in needed)


def require_sight(request: Request, draft: Draft) -> None:
    """Raise ``HTTPNotFound`` where the person ``may_see`` a draft of theirs no longer."""
    if not may_see(request, draft):
        raise HTTPNotFound
