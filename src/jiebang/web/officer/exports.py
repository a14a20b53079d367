"""The office's lists as workbooks: what the page shows, of all its pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from jiebang import clock
from jiebang.casework.workbooks.exporting import list_workbook
from jiebang.documents.workbook import Column, Value
from jiebang.i18n import _
from jiebang.model.cases import Demand
from jiebang.model.site import Site
from jiebang.model.submissions import Submission
from jiebang.web.files import send_workbook
from jiebang.web.forms.words import STATES
from jiebang.web.officer import queue, submissions
from jiebang.web.pages import Show

#: More than any edition has; what may be read of them is asked case by case.
_ALL = 1_000_000
_WIDTHS = {"title": 50, "owner": 36, "form": 30, "number": 18}
#: A moment stands as how many days ago it was, as on the page.
_DAYS = frozenset({"stage_since", "waiting"})


@view_config(context=Site, name="queue.xlsx", request_method="GET", permission="work_queue")
def export_queue(context: Site, request: Request) -> Response:
    """The queue, with the filters and the order of its page."""
    found = queue.cases_asked_for(request, page=1, size=_ALL)
    show, rules = Show(request), request.rules
    districts = {one.code: show(one.label) for one in rules.districts}
    people, organisations = context["people"], context["organisations"]
    told: Mapping[str, Callable[[Demand], Value]] = {
        "number": lambda case: case.number,
        "title": lambda case: case.title,
        "owner": lambda case: str(organisations[case.owner].name),
        "stage": lambda case: show(rules.workflow.stage(case.stage).label),
        "district": lambda case: districts.get(case.district or "", ""),
        "officer": lambda case: str(getattr(people.get(case.officer or ""), "name", "")),
        "stage_since": lambda case: (clock.now() - case.stage_since).days,
    }
    # On the page the owner stands below the title.
    columns = {**queue.COLUMNS, "owner": _("Demander")}
    return _send(request, "queue", _("Work queue"), columns, told, found.cases)


@view_config(
    context=Site, name="submissions.xlsx", request_method="GET", permission="submission_queue"
)
def export_submissions(context: Site, request: Request) -> Response:
    """The list of submissions, with the filters of its page."""
    found = submissions.submissions_asked_for(request, page=1, size=_ALL)
    show, forms = Show(request), request.rules.forms
    told: Mapping[str, Callable[[Submission], Value]] = {
        "number": lambda case: case.number,
        "form": lambda case: show(forms[case.form_id].title),
        "owner": lambda case: submissions.owner_name(context, case),
        "about": lambda case: case.about or "",
        "state": lambda case: show(STATES[case.state]),
        "waiting": lambda case: (clock.now() - case.state_since).days,
    }
    seen = [one for one in found.cases if request.has_permission("view_case", one)]
    return _send(request, "submissions", _("Submissions"), submissions.COLUMNS, told, seen)


def _send(
    request: Request,
    name: str,
    title: object,
    headings: Mapping[str, object],
    told: Mapping[str, Callable[[Any], Value]],
    cases: Sequence[Any],
) -> Response:
    show = Show(request)
    days = show(_("days"))
    columns = [
        Column(
            key,
            f"{show(headings[key])} ({days})" if key in _DAYS else show(headings[key]),
            kind="integer" if key in _DAYS else "text",
            width=_WIDTHS.get(key, 16),
        )
        for key in told
    ]
    rows = [[told[column.key](case) for column in columns] for case in cases]
    return send_workbook(list_workbook(show(title), columns, rows), name)
