"""Acting on a case: each view calls one verb and goes back to the case."""

from __future__ import annotations

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config, view_defaults

from jiebang import clock
from jiebang.casework.accounts.vouching import vouch_for_code
from jiebang.casework.demands import claiming, publishing
from jiebang.casework.demands.advancing import advance, proceed, transitions_open_to
from jiebang.casework.policies.publishing import move_to_book
from jiebang.i18n import _
from jiebang.model.cases import Demand
from jiebang.web.posted import posted_text

#: Transitions that a verb of their own makes: the view that calls it, or ``None`` when it is called
#: from somewhere else than the case page. Every other transition is a plain ``move``.
ACTS = {
    "refile": None,
    "consent": None,
    "revoke-consent": None,
    "publish": None,
    "schedule": "schedule",
    "unschedule": "unschedule",
}

#: What such a verb brings along itself, as the reasons of the workflow name it.
BROUGHT = {"schedule": "batch:assigned"}


@view_config(context=Demand, name="move", request_method="POST", permission="view_case")
def move(context: Demand, request: Request) -> HTTPSeeOther:
    """Make a transition the workflow opens to this person. Raises ``Refused`` with every reason."""
    asked = posted_text(request, "transition")
    open_now = transitions_open_to(desk=request.desk, case=context, actor=request.actor)
    if asked in ACTS or asked not in {one.id for one in open_now}:
        raise HTTPNotFound
    advance(desk=request.desk, case=context, transition=asked, actor=request.actor, at=clock.now())
    return HTTPSeeOther(request.resource_path(context))


@view_defaults(context=Demand, request_method="POST", permission="work")
class OfficerActs:
    """What a case officer does with a case besides moving it."""

    def __init__(self, context: Demand, request: Request) -> None:
        self.case, self.request = context, request
        self.to_verb = {
            "desk": request.desk,
            "case": context,
            "actor": request.actor,
            "at": clock.now(),
        }

    @view_config(name="decide")
    def decide(self) -> HTTPSeeOther:
        """Have the case decided again, after a fault of the engine."""
        proceed(desk=self.request.desk, case=self.case, at=self.to_verb["at"])
        return HTTPSeeOther(self.request.resource_path(self.case))

    @view_config(name="claim")
    def claim(self) -> HTTPSeeOther:
        """Take the case on (领办)."""
        claiming.claim(**self.to_verb)
        self.request.tell(_("The case is yours now."))
        return HTTPSeeOther(self.request.resource_path(self.case))

    @view_config(name="release")
    def release(self) -> HTTPSeeOther:
        """Give the case back."""
        claiming.release(**self.to_verb)
        return HTTPSeeOther(self.request.resource_path(self.case))

    @view_config(name="assign")
    def assign(self) -> HTTPSeeOther:
        """Let a service agency analyse the demand."""
        claiming.assign_agency(agency=posted_text(self.request, "agency"), **self.to_verb)
        return HTTPSeeOther(self.request.resource_path(self.case))

    @view_config(name="dismiss")
    def dismiss(self) -> HTTPSeeOther:
        """Take a service agency off the case."""
        claiming.dismiss_agency(agency=posted_text(self.request, "agency"), **self.to_verb)
        return HTTPSeeOther(self.request.resource_path(self.case))

    @view_config(name="schedule")
    def schedule(self) -> HTTPSeeOther:
        """Put the demand into the batch being filled."""
        batch = publishing.schedule(**self.to_verb)
        self.request.tell(
            _("The demand is in batch ${number} now.", mapping={"number": batch.__name__})
        )
        return HTTPSeeOther(self.request.resource_path(self.case))

    @view_config(name="unschedule")
    def unschedule(self) -> HTTPSeeOther:
        """Take the demand out of its batch."""
        publishing.unschedule(**self.to_verb)
        return HTTPSeeOther(self.request.resource_path(self.case))

    @view_config(name="move-to-book")
    def move_to_book(self) -> HTTPSeeOther:
        """Have the case decided by another published version of the rules, with a reason."""
        given = self.request.POST
        move_to_book(
            version=given.get("version", ""), reason=given.get("reason", ""), **self.to_verb
        )
        self.request.tell(_("The case is decided by the other version of the rules from now on."))
        return HTTPSeeOther(self.request.resource_path(self.case))

    @view_config(name="override-code")
    def override_code(self) -> HTTPSeeOther:
        """Accept a credit code whose check digit fails, with a reason."""
        vouch_for_code(reason=posted_text(self.request, "reason"), **self.to_verb)
        return HTTPSeeOther(self.request.resource_path(self.case))
