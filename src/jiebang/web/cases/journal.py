"""The journal of a case: who did what and when; a broken link of the chain is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from jiebang.model.cases import Case


@view_config(
    context=Case,
    name="journal",
    permission="view_journal",
    renderer="jiebang.web.cases:templates/journal.pt",
)
def journal(context: Case, request: Request) -> dict[str, Any]:
    """Every entry, the oldest first."""
    return {
        "case": context,
        "entries": list(context.journal.after(0)),
        "broken": set(context.journal.broken_links()),
        "people": request.site["people"],
        "moment": datetime.fromisoformat,
    }
