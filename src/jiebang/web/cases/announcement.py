"""The owner's view of the announcement: exactly as the public will see it, and the consent to it."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config, view_defaults

from jiebang import clock
from jiebang.casework.demands.announcing import consent_stands, digest, render
from jiebang.casework.demands.consenting import give_consent, take_consent_back
from jiebang.errors import Stale
from jiebang.i18n import _
from jiebang.model.cases import Demand
from jiebang.web.posted import posted_text


@view_defaults(context=Demand, permission="view_case")
class AnnouncementPages:
    """Preview (公告预览) and consent."""

    def __init__(self, context: Demand, request: Request) -> None:
        self.case, self.request = context, request

    @view_config(
        name="announcement", request_method="GET", renderer="jiebang.web.cases:templates/preview.pt"
    )
    def preview(self) -> dict[str, Any]:
        """The rendering, its digest, and whether consent to it stands."""
        content = render(desk=self.request.desk, case=self.case)
        return {
            "case": self.case,
            "content": content,
            "sha256": digest(content),
            "consented": consent_stands(desk=self.request.desk, case=self.case),
            "may_consent": self.request.has_permission("consent", self.case)
            and self.case.stage in self.request.rules.workflow.transition("consent").from_,
        }

    @view_config(name="consent", request_method="POST", permission="consent")
    def consent(self) -> HTTPSeeOther:
        """Consent to the rendering that was shown, and to no other."""
        try:
            give_consent(
                desk=self.request.desk,
                case=self.case,
                seen=posted_text(self.request, "sha256"),
                actor=self.request.actor,
                at=clock.now(),
            )
        except Stale:
            self.request.tell(
                _("The announcement changed after you opened it. Read it again before you consent.")
            )
            return HTTPSeeOther(f"{self.request.resource_path(self.case)}announcement")
        return HTTPSeeOther(self.request.resource_path(self.case))

    @view_config(name="withdraw-consent", request_method="POST", permission="consent")
    def withdraw_consent(self) -> HTTPSeeOther:
        """Take the consent back."""
        take_consent_back(
            desk=self.request.desk, case=self.case, actor=self.request.actor, at=clock.now()
        )
        return HTTPSeeOther(self.request.resource_path(self.case))
