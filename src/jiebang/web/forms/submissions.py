"""One submission (提交事项): its page, and what its people do with it."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config, view_defaults

from jiebang import clock
from jiebang.casework.filing.asking import form_title
from jiebang.casework.filing.handling import (
    ACTS,
    LONGEST,
    act,
    begin_handling,
    reasons_against_office,
)
from jiebang.casework.filing.impartial import reasons_against_handling
from jiebang.casework.filing.submitting import closes_at
from jiebang.errors import Refused
from jiebang.model.cases import Demand
from jiebang.model.submissions import Submission
from jiebang.web.cases.corrections import waiting_corrections
from jiebang.web.forms.words import NEXT, NEXT_OF_OFFICE, STATES
from jiebang.web.posted import posted_text


@view_defaults(context=Submission, permission="view_case")
class SubmissionPages:
    """The page of a submission and its acts."""

    def __init__(self, context: Submission, request: Request) -> None:
        self.case, self.request = context, request

    @view_config(request_method="GET", renderer="jiebang.web.forms:templates/submission.pt")
    def show(self) -> dict[str, Any]:
        """Where it stands, what may be done next, its versions."""
        return self._page("", ())

    @view_config(
        name="act", request_method="POST", renderer="jiebang.web.forms:templates/submission.pt"
    )
    def act(self) -> Any:
        """Accept, close or withdraw: ``act`` and, where it needs one, ``reason``."""
        name = posted_text(self.request, "act")
        if name not in ACTS or not self.request.has_permission(ACTS[name].permission, self.case):
            raise HTTPNotFound
        reason = posted_text(self.request, "reason").replace("\r\n", "\n")
        try:
            act(
                desk=self.request.desk,
                case=self.case,
                name=name,
                reason=reason,
                actor=self.request.actor,
                at=clock.now(),
            )
        except Refused as refused:
            self.request.response.status_int = 422
            return self._page(reason, refused.reasons)
        return HTTPSeeOther(self.request.resource_path(self.case))

    @view_config(name="handle", request_method="POST", permission="handle")
    def handle(self) -> HTTPSeeOther:
        """Begin or go on with the office sections (办理栏). Raises ``Refused``."""
        draft = begin_handling(
            desk=self.request.desk,
            case=self.case,
            form_id=self.case.form_id,
            actor=self.request.actor,
            at=clock.now(),
        )
        return HTTPSeeOther(self.request.resource_path(draft))

    def _page(self, reason: str, errors: tuple[object, ...]) -> dict[str, Any]:
        case, request = self.case, self.request
        demand: Demand | None = request.desk.edition["demands"].get(case.about or "")
        form = request.rules.forms.forms.get(case.form_id)
        impartial = not reasons_against_handling(case=case, actor=request.actor)
        acts = {
            name: one
            for name, one in ACTS.items()
            if case.state in one.from_
            and request.has_permission(one.permission, case)
            and (impartial or one.permission != "handle")
        }
        return {
            "case": case,
            "title": form_title(
                site=request.site, rules=request.rules, case=case, form_id=case.form_id
            ),
            "owner": request.site["organisations"][case.owner].name
            if case.owner
            else request.site["people"][case.person].name,
            "about": demand if demand and request.has_permission("view_case", demand) else None,
            "states": STATES,
            "next": NEXT_OF_OFFICE if request.has_permission("handle", case) else NEXT,
            "corrections": list(waiting_corrections(request, case)),
            "acts": acts,
            "office": request.has_permission("handle", case)
            and not reasons_against_office(
                desk=request.desk, case=case, form_id=case.form_id, actor=request.actor
            ),
            "versions": list(case.filed)[::-1],
            "deadline": closes_at(request.rules, form) if form else None,
            "reason": reason,
            "errors": errors,
            "longest": LONGEST,
        }
