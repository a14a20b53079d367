"""Batches of announcements: what waits in each, and publishing one."""

from __future__ import annotations

from functools import partial
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from jiebang import clock
from jiebang.casework.demands.publishing import publish
from jiebang.casework.paper.printing import print_announcement
from jiebang.i18n import _
from jiebang.model.site import Site
from jiebang.web.posted import posted_text


@view_config(
    context=Site,
    name="batches",
    request_method="GET",
    permission="publish",
    renderer="jiebang.web.officer:templates/batches.pt",
)
def batches(context: Site, request: Request) -> dict[str, Any]:
    """Every batch, the newest first, with the demands that wait in it or went out with it."""
    edition = request.desk.edition
    numbered = sorted(edition["announcements"].values(), key=lambda one: -int(one.__name__))
    return {"batches": numbered, "demands": edition["demands"]}


@view_config(context=Site, name="publish", request_method="POST", permission="publish")
def publish_batch(context: Site, request: Request) -> HTTPSeeOther:
    """Publish a batch (发布第N批). Raises ``Refused`` naming every demand that is shut."""
    batch = request.desk.edition["announcements"].get(posted_text(request, "batch"))
    if batch is None:
        raise HTTPNotFound

    printer = partial(
        print_announcement,
        edition=request.rules.edition,
        fonts=request.registry.settings["jiebang"].fonts,
    )
    publish(desk=request.desk, batch=batch, printer=printer, actor=request.actor, at=clock.now())
    request.tell(_("Batch ${number} is published.", mapping={"number": batch.__name__}))
    return HTTPSeeOther("/batches")
