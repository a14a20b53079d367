"""When rules cannot be read or do not answer: what happened, what was kept, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from pyramid.request import Request
from pyramid.view import exception_view_config

from jiebang.casework.policies.books import MissingVersion
from jiebang.casework.policies.rulebook import UnknownEdition
from jiebang.i18n import _
from jiebang.model.cases import Demand
from jiebang.model.documents import Draft
from jiebang.model.imports import Import
from jiebang.model.policies import Books
from jiebang.model.submissions import Submission
from jiebang.policy import EngineUnavailable
from jiebang.web.pages import kept_fields
from jiebang.web.problems import not_found

log = structlog.get_logger("jiebang.problems")

#: The permission with which somebody knows that a thing is there.
_SEEN_WITH: Mapping[type, str] = {
    Demand: "view_case",
    Submission: "view_case",
    Draft: "edit_draft",
    Import: "own_import",
    Books: "view_rules",
}
#: What has to be done, by what is wrong.
_PROBLEMS = {
    MissingVersion: (
        _("A version of the rules cannot be read"),
        _(
            "This site does not keep this version any more, or it was changed since. Nothing was decided."
        ),
        _(
            "Tell the office: it must be restored from a backup, or another version be published and "
            "the case moved to it. The version:"
        ),
    ),
    UnknownEdition: (
        _("The rules of this edition cannot be read"),
        _("Their files are missing or broken. Nothing was decided."),
        _("Tell the office: the files must be put back where the site has its rules. The edition:"),
    ),
    EngineUnavailable: (
        _("The rules gave no answer"),
        _("The rule engine did not answer in time. Nothing was decided or changed."),
        _("Try again in a minute. If it happens again, tell the service line this number:"),
    ),
}


@exception_view_config(MissingVersion, renderer="jiebang.web:templates/problem.pt")
@exception_view_config(UnknownEdition, renderer="jiebang.web:templates/problem.pt")
@exception_view_config(EngineUnavailable, renderer="jiebang.web:templates/problem.pt")
def unreadable(context: Exception, request: Request) -> dict[str, Any]:
    """Rules that cannot be had: it is a fault of ours, and mending it takes the office."""
    asked = _SEEN_WITH.get(type(request.context))
    if asked and not request.has_permission(asked, request.context):
        # What is not this visitor's to see does not tell by its faults that it is there.
        return not_found(request)
    # A case whose version is missing is, for whoever decides it, one without an answer.
    found = context.__cause__ if isinstance(context.__cause__, MissingVersion) else context
    log.error("unreadable rules", exc_info=context)
    request.response.status_int = 503
    title, explanation, remedy = next(
        words for kind, words in _PROBLEMS.items() if isinstance(found, kind)
    )
    number = request.environ.get("jiebang.request_id", "")
    return {
        "title": title,
        "explanation": explanation,
        "remedy": remedy,
        "number": number if isinstance(found, EngineUnavailable) else str(found.args[0]),
        "kept": kept_fields(request),
        "target": request.path_qs,
    }
