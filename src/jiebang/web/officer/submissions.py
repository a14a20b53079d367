"""The list of submissions (提交事项) for those who handle them, with every filter in the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from pyramid.request import Request
from pyramid.view import view_config

from jiebang import clock
from jiebang.casework.policies.rulebook import Rules
from jiebang.i18n import _
from jiebang.model.permissions import STAFF
from jiebang.model.site import Site
from jiebang.model.submissions import STATES
from jiebang.search.submissions import FoundSubmissions, Handled, find_submissions
from jiebang.web.forms.words import STATES as STATE_WORDS

PAGE = 25
#: What the address may say.
ASKED = ("form", "state", "text", "page")
#: The columns of the list, in their order, as an export has them too.
COLUMNS = {
    "number": _("Number"),
    "form": _("Form"),
    "owner": _("Filed by"),
    "about": _("About the demand"),
    "state": _("State"),
    "waiting": _("Waiting"),
}


def asked_for(request: Request) -> dict[str, str]:
    """The filters in the address."""
    return {key: request.GET.get(key, "").strip()[:100] for key in ASKED}


def handled_by(request: Request) -> list[Handled]:
    """What this person may handle, form by form; auditors look at everything."""
    roles = request.identity.roles & set(STAFF)
    districts = frozenset(request.identity.person.districts)
    found = []
    for form in _filed(request.rules):
        named = roles.intersection(form.filing.handled_by if form.filing else ())
        if "auditor" in roles or named - {"district_officer"}:
            found.append(Handled(form.id))
        elif named:
            found.append(Handled(form.id, districts))
    return found


def submissions_asked_for(request: Request, *, page: int, size: int) -> FoundSubmissions:
    """A page of what the address asks for, of what this person may handle."""
    asked = asked_for(request)
    return find_submissions(
        request.site,
        edition=request.rules.edition.id,
        handled=handled_by(request),
        form=asked["form"],
        state=asked["state"],
        text=asked["text"],
        page=page,
        size=size,
    )


@view_config(
    context=Site,
    name="submissions",
    permission="submission_queue",
    renderer="jiebang.web.officer:templates/submissions.pt",
)
def submissions(context: Site, request: Request) -> dict[str, Any]:
    """Submissions by form, state and text, those that have waited longest first."""
    asked, page = asked_for(request), _number(request.GET.get("page", "")) or 1
    found = submissions_asked_for(request, page=page, size=PAGE)
    handled = {one.form for one in handled_by(request)}
    return {
        "found": found,
        # The catalog follows the feed; who may see a submission is asked of the submission.
        "rows": [one for one in found.cases if request.has_permission("view_case", one)],
        "forms": request.rules.forms,
        "handled": [one for one in _filed(request.rules) if one.id in handled],
        "owner_of": lambda case: owner_name(context, case),
        "states": {one: (STATE_WORDS[one], found.state_counts.get(one, 0)) for one in STATES},
        "columns": COLUMNS,
        "asked": asked,
        "page": page,
        "pages": -(-found.total // PAGE),
        "link": lambda **change: "?" + _query({**asked, **change}),
        "export": "/submissions.xlsx?" + _query({**asked, "page": ""}),
        "days": lambda moment: (clock.now() - moment).days,
    }


def owner_name(site: Site, case: Any) -> str:
    """The organisation a submission was filed for, else the person who filed it."""
    owner = site["organisations"][case.owner] if case.owner else site["people"][case.person]
    return str(owner.name)


def _filed(rules: Rules) -> list[Any]:
    return sorted((one for one in rules.forms.forms.values() if one.filing), key=lambda one: one.id)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 7 else None


def _query(asked: Mapping[str, object]) -> str:
    return urlencode({key: value for key, value in asked.items() if value not in ("", None)})
