"""工作台: the queue of cases, with every filter in the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from pyramid.request import Request
from pyramid.view import view_config

from jiebang import clock
from jiebang.i18n import _
from jiebang.model.site import Site
from jiebang.search.fulltext import Fulltext
from jiebang.search.queries import Filters, Found, find_cases

PAGE = 25
#: Whose cases: everybody's, mine, nobody's.
WHOSE = {"": _("All cases"), "mine": _("My cases"), "none": _("Not taken on yet")}
#: Days at the same stage, for the filter by age.
AGES = (3, 7, 14, 30)
#: What the address may say.
ASKED = ("stage", "district", "session", "age", "whose", "text", "order", "down", "page")
#: The columns, by what they sort on.
COLUMNS = {
    "number": _("Number"),
    "title": _("Demand"),
    "stage": _("Stage"),
    "district": _("District"),
    "officer": _("Case officer"),
    "stage_since": _("Waiting"),
}


def asked_for(request: Request) -> dict[str, str]:
    """The filters and the order in the address."""
    return {key: request.GET.get(key, "").strip()[:100] for key in ASKED}


def cases_asked_for(request: Request, *, page: int, size: int) -> Found:
    """A page of the cases that the address asks for, of those that this person may see."""
    asked, identity = asked_for(request), request.identity
    districts = None if "case_officer" in identity.roles else identity.person.districts
    return find_cases(
        request.site,
        edition=request.rules.edition.id,
        filters=_filters(asked, identity.person.id, request.registry.fulltext),
        order=_order(asked),
        descending=asked["down"] == "1",
        page=page,
        size=size,
        districts=districts,
    )


@view_config(
    context=Site,
    name="queue",
    permission="work_queue",
    renderer="jiebang.web.officer:templates/queue.pt",
)
def queue(context: Site, request: Request) -> dict[str, Any]:
    """Cases of the edition by stage, district, session, age and officer; a district officer's own."""
    asked, rules = asked_for(request), request.rules
    found = cases_asked_for(request, page=_number(asked["page"]) or 1, size=PAGE)
    return {
        "found": found,
        "rows": [(case, rules.workflow.stage(case.stage)) for case in found.cases],
        "people": context["people"],
        "organisations": context["organisations"],
        "stages": [(one, found.stage_counts.get(one.id, 0)) for one in rules.workflow.stages],
        "districts": rules.districts,
        "sessions": rules.edition.session_options(),
        "whose": WHOSE,
        "ages": AGES,
        "columns": COLUMNS,
        "asked": asked,
        "order": _order(asked),
        "page": _number(asked["page"]) or 1,
        "pages": -(-found.total // PAGE),
        "link": lambda **change: "?" + _query({**asked, **change}),
        "export": "/queue.xlsx?" + _query({**asked, "page": ""}),
        "days": lambda moment: (clock.now() - moment).days,
    }


def _filters(asked: Mapping[str, str], person: str, fulltext: Fulltext) -> Filters:
    officer = {"mine": person, "none": ""}.get(asked["whose"])
    return Filters(
        stage=asked["stage"] or None,
        district=asked["district"] or None,
        session=_number(asked["session"]),
        officer=officer,
        min_age_days=_number(asked["age"]),
        matching=fulltext.find(asked["text"]) if asked["text"] else None,
    )


def _order(asked: Mapping[str, str]) -> str:
    return asked["order"] if asked["order"] in COLUMNS else "stage_since"


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 7 else None


def _query(asked: Mapping[str, object]) -> str:
    return urlencode({key: value for key, value in asked.items() if value not in ("", None)})
