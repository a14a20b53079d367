"""Impartiality (回避): nobody decides for the office about what they filed themselves."""

from __future__ import annotations

from jiebang.casework.desk import Actor
from jiebang.i18n import _
from jiebang.model.cases import Case

_FILED_IT = _(
    "You filed this yourself, so you cannot handle it. Another member of the office must do it: ask "
    "a colleague with the same role to open it."
)


def reasons_against_handling(*, case: Case, actor: Actor) -> list[object]:
    """Why this person may not act for the office on a case; empty unless they filed it."""
    return [_FILED_IT] if case.person == actor.person else []


def reasons_against_answering(*, case: Case, form_id: str, actor: Actor) -> list[object]:
    """Why this person may not answer the office sections of a document; empty unless it is theirs.

    It is theirs if they began it, or act for the organisation that it was filed for. Later versions
    do not tell: the office files some of them.
    """
    begun = case.documents[form_id][1].filed
    own = begun.person == actor.person or begun.organisation in actor.memberships
    return [_FILED_IT] if own or case.person == actor.person else []
