"""Which forms a person may fill on a case now: the workflow says when, the permission table who."""

from __future__ import annotations

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from jiebang import clock
from jiebang.casework.drafts import open_draft
from jiebang.model.cases import Demand
from jiebang.workflow.shape import Filing


def filings_open_to(request: Request, case: Demand) -> list[Filing]:
    """The forms this person may file on the case at its stage."""
    return [
        filing
        for filing in request.rules.workflow.filings
        if case.stage in filing.stages and request.has_permission(filing.permission, case)
    ]


def require_filing(request: Request, case: Demand, form_id: str) -> Filing:
    """The filing of that form. Raises ``HTTPNotFound`` when it is not open to this person now."""
    for filing in filings_open_to(request, case):
        if filing.form == form_id:
            return filing
    raise HTTPNotFound


@view_config(context=Demand, name="fill", request_method="POST", permission="view_case")
def fill(context: Demand, request: Request) -> HTTPSeeOther:
    """Begin or go on with a form on a case: ``fill/<form>``."""
    filing = require_filing(request, context, "/".join(request.subpath))
    involved = {context.owner, *(grant.organisation for grant in context.grants)}
    organisation = next((one for one in request.actor.memberships if one in involved), None)
    draft = open_draft(
        desk=request.desk,
        actor=request.actor,
        organisation=organisation,
        form_id=filing.form,
        case=context,
        data=request.rules.drafted(filing, context),
        at=clock.now(),
    )
    return HTTPSeeOther(request.resource_path(draft))
