"""The notice in public: front page, 赛事介绍, 专场, 组织机构, 联系与投诉, and every clause by its id."""

from __future__ import annotations

from itertools import islice
from typing import Any

from pyramid.request import Request
from pyramid.view import view_config, view_defaults

from jiebang.model.site import Site
from jiebang.web.public.announcements import newest

#: Announcements on the front page.
NEWEST = 5


@view_defaults(context=Site, request_method="GET", permission="view_public")
class NoticePages:
    """Pages rendered from the edition; each statement names its clause."""

    def __init__(self, context: Site, request: Request) -> None:
        self.site, self.request, self.rules = context, request, request.rules

    @view_config(renderer="jiebang.web.public:templates/home.pt")
    def home(self) -> dict[str, Any]:
        """What the challenge is, what is open now, and how each kind of visitor takes part."""
        published = list(newest(self.request))
        edition = self.rules.edition
        return {
            "edition": edition,
            "newest": list(islice(published, NEWEST)),
            "published": len(published),
        }

    @view_config(name="about", renderer="jiebang.web.public:templates/about.pt")
    def about(self) -> dict[str, Any]:
        """赛事介绍: documents, purposes, process, phases, services, support and requirements."""
        return {"edition": self.rules.edition, "clauses": self.rules.clauses}

    @view_config(name="sessions", renderer="jiebang.web.public:templates/sessions.pt")
    def sessions(self) -> dict[str, Any]:
        """专场 and the events of the whole edition; doubtful names carry a mark and a note."""
        return {"edition": self.rules.edition}

    @view_config(name="organisers", renderer="jiebang.web.public:templates/organisers.pt")
    def organisers(self) -> dict[str, Any]:
        """组织机构: who fills which role, their duties, the districts."""
        return {"edition": self.rules.edition}

    @view_config(name="contact", renderer="jiebang.web.public:templates/contact.pt")
    def contact(self) -> dict[str, Any]:
        """联系与投诉: whom to call, and who receives complaints."""
        return {"edition": self.rules.edition, "clauses": self.rules.clauses}

    @view_config(name="clauses", renderer="jiebang.web.public:templates/clauses.pt")
    def clauses(self) -> dict[str, Any]:
        """Every clause of the notices, so that a reference leads somewhere."""
        return {"clauses": self.rules.clauses}
