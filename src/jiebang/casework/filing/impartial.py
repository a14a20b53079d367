"""Impartiality (回避): nobody decides for the office about what they filed themselves."""

from __future__ import annotations

from jiebang.casework.desk import Actor
from jiebang.i18n import _
from jiebang.model.cases import Case


def reasons_against_handling(*, case: Case, actor: Actor) -> list[object]:
    """Why this person may not act for the office on a case; empty unless they filed it."""
    if case.person != actor.person:
        return []
    return [_("You filed this yourself. Somebody else of the office has to handle it.")]
