"""How a draft ends: filed, with a receipt that stays its filer's, or thrown away.

Neither asks whether the person may still file: what was filed was filed, and nobody is left with a
draft that is of no use.
"""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from jiebang.casework.filing.asking import form_of_draft
from jiebang.casework.filing.drafts import discard_draft
from jiebang.i18n import _
from jiebang.model.cases import Demand
from jiebang.model.documents import Draft
from jiebang.web.forms.words import NEXT, STATES


@view_config(
    context=Draft,
    name="receipt",
    request_method="GET",
    permission="edit_draft",
    renderer="jiebang.web.applicant:templates/receipt.pt",
)
def receipt(context: Draft, request: Request) -> dict[str, Any]:
    """The receipt (回执): number, time, digest; what happens next, for who may see the case."""
    if not context.receipt:
        raise HTTPSeeOther(request.resource_path(context))
    form = form_of_draft(desk=request.desk, draft=context)
    case = request.desk.case(context.receipt.number)
    seen = case is not None and bool(request.has_permission("view_case", case))
    return {
        "title": form.title if form else context.form_id,
        "receipt": context.receipt,
        "case": case if seen else None,
        "stage": request.rules.workflow.stage(case.stage)
        if seen and isinstance(case, Demand)
        else None,
        "states": STATES,
        "next": NEXT,
    }


@view_config(context=Draft, name="discard", request_method="POST", permission="edit_draft")
def discard(context: Draft, request: Request) -> HTTPSeeOther:
    """Throw the draft away."""
    if not context.receipt:
        discard_draft(desk=request.desk, draft=context)
        request.tell(_("The draft has been deleted."))
    return HTTPSeeOther("/my")
