"""Which forms a person may fill on a case now: the workflow says when, the permission table who."""

from __future__ import annotations

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from jiebang import clock
from jiebang.casework.filing.correcting import answers_correction, may_correct
from jiebang.casework.filing.drafts import open_draft
from jiebang.casework.filing.handling import begin_handling, handles, reasons_against_office
from jiebang.casework.filing.opening import is_of_office
from jiebang.casework.filing.prefilling import Known, prefilled
from jiebang.casework.filing.submitting import Standing, standings
from jiebang.model.announcements import Announcement
from jiebang.model.cases import Case, Demand
from jiebang.model.documents import Draft
from jiebang.web.prefill import earlier_answers
from jiebang.workflow.shape import Filing


def filings_open_to(request: Request, case: Demand) -> list[Filing]:
    """The forms this person may file on the case at its stage; not one that waits for a correction."""
    return [
        filing
        for filing in request.rules.workflow.filings
        if case.stage in filing.stages
        and request.has_permission(filing.permission, case)
        and case.open_correction(filing.form) is None
    ]


def documents_for_office(request: Request, case: Demand) -> list[str]:
    """The ids of the forms filed on the case whose office sections this person can answer now."""
    if not request.has_permission("handle", case):
        return []
    asked = {"desk": request.desk, "case": case, "actor": request.actor}
    return [
        one
        for one in case.documents
        if handles(form_id=one, **asked) and not reasons_against_office(form_id=one, **asked)
    ]


def require_filing(request: Request, case: Demand, form_id: str) -> Filing:
    """The filing of that form. Raises ``HTTPNotFound`` when it is not open to this person now."""
    for filing in filings_open_to(request, case):
        if filing.form == form_id:
            return filing
    raise HTTPNotFound


def require_right_to_file(request: Request, draft: Draft) -> None:
    """Whether the person may still file a draft of theirs. Raises ``HTTPNotFound`` when not."""
    case = request.desk.case(draft.case) if draft.case else None
    if case is None:
        allowed = _may_open(request, draft)
    elif draft.opened is not None:
        allowed = _may_change(request, case, draft)
    elif isinstance(case, Demand):
        # A correction that was begun by the office since is told as such, by the verb.
        allowed = case.open_correction(draft.form_id) is not None or bool(
            require_filing(request, case, draft.form_id)
        )
    else:
        allowed = False
    if not allowed:
        raise HTTPNotFound


def may_see(request: Request, draft: Draft) -> bool:
    """Whether the person may still see the case whose answers a draft shows, and act for the office.

    A draft outlives the right to the case on which it was begun.
    """
    case = request.desk.case(draft.case) if draft.case else None
    if case is None:
        return True
    office = is_of_office(request.rules.forms[draft.form_id], draft)
    needed = ("view_case", "handle") if office else ("view_case",)
    return all(request.has_permission(one, case) for one in needed)


def require_sight(request: Request, draft: Draft) -> None:
    """Raise ``HTTPNotFound`` where the person ``may_see`` a draft of theirs no longer."""
    if not may_see(request, draft):
        raise HTTPNotFound


def demand_to_file_about(request: Request, number: str, standing: Standing) -> Demand | None:
    """The demand of that number, if one may file about it: one's own, or one that one can see."""
    demand: Demand | None = request.desk.edition["demands"].get(number)
    if demand is None:
        return None
    if standing.role == demand.owner_role:
        return demand if standing.organisation == demand.owner else None
    seen = request.has_permission("view_case", demand) or announced_as(request, demand)
    return demand if seen else None


def announced_as(request: Request, demand: Demand) -> Announcement | None:
    """The announcement of a demand, once it was published."""
    batch = request.desk.edition["announcements"].get(str(demand.batch))
    found: Announcement | None = batch.get(demand.number) if batch is not None else None
    return found


def _may_open(request: Request, draft: Draft) -> bool:
    """Whether the person may still open what a draft begins, and about the demand it is about."""
    standing = Standing(draft.role, draft.organisation)
    if standing not in _standings(request, draft):
        return False
    form = request.rules.forms[draft.form_id]
    if form.filing is None or form.filing.about != "demand":
        return True
    return demand_to_file_about(request, draft.about or "", standing) is not None


def _standings(request: Request, draft: Draft) -> list[Standing]:
    if draft.form_id == request.rules.opening_form.id:
        memberships = request.actor.memberships.items()
        return [Standing(draft.role, key) for key, roles in memberships if "demander" in roles]
    form = request.rules.forms[draft.form_id]
    return standings(form.filing, request.actor) if form.filing else []


def _may_change(request: Request, case: Case, draft: Draft) -> bool:
    if not request.has_permission("view_case", case):
        return False
    if is_of_office(request.rules.forms[draft.form_id], draft):
        return bool(request.has_permission("handle", case)) and handles(
            desk=request.desk, case=case, form_id=draft.form_id, actor=request.actor
        )
    correction = answers_correction(case=case, draft=draft)
    # One answered already is told as such, by the verb.
    return correction is None or may_correct(case=case, correction=correction, actor=request.actor)


@view_config(context=Demand, name="office", request_method="POST", permission="handle")
def answer_for_office(context: Demand, request: Request) -> HTTPSeeOther:
    """Begin or go on with the office sections (办理栏): ``office/<form>``. Raises ``Refused``."""
    form_id = "/".join(request.subpath)
    if form_id not in context.documents or not handles(
        desk=request.desk, case=context, form_id=form_id, actor=request.actor
    ):
        raise HTTPNotFound
    draft = begin_handling(
        desk=request.desk, case=context, form_id=form_id, actor=request.actor, at=clock.now()
    )
    return HTTPSeeOther(request.resource_path(draft))


@view_config(context=Demand, name="fill", request_method="POST", permission="view_case")
def fill(context: Demand, request: Request) -> HTTPSeeOther:
    """Begin or go on with a form on a case: ``fill/<form>``."""
    filing = require_filing(request, context, "/".join(request.subpath))
    involved = {context.owner, *(grant.organisation for grant in context.grants)}
    organisation = next((one for one in request.actor.memberships if one in involved), None)
    at = clock.now()
    known = Known(
        person=request.identity.person,
        organisation=request.site["organisations"][organisation] if organisation else None,
        number=context.number,
        title=context.title,
        earlier=earlier_answers(request, context, organisation),
    )
    draft = open_draft(
        desk=request.desk,
        actor=request.actor,
        organisation=organisation,
        form_id=filing.form,
        case=context,
        data=prefilled(form=request.rules.forms[filing.form], known=known, at=at),
        at=at,
    )
    return HTTPSeeOther(request.resource_path(draft))
