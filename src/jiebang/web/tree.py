"""The object tree as the root of traversal, opened once and evolved before the first request."""

from __future__ import annotations

from typing import Any

from pyramid.config import Configurator
from pyramid.events import ContextFound, subscriber
from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid_zodbconn import get_connection

from jiebang.model.evolve import evolve_database
from jiebang.model.numbers import Numbers
from jiebang.model.site import ROOT_KEY


def site_of(request: Request) -> Any:
    """The site, read in the request's own transaction."""
    return get_connection(request).root()[ROOT_KEY]


#: Views that read the rest of the path: what stands below any other view does not exist.
LONG_PATHS = frozenset(
    {
        "section",
        "file",
        "fill",
        "forms",
        "document",
        "reveal",
        "seal",
        "return",
        "correct",
        "decision",
        "judge",
        "office",
        "rule",
    }
)


@subscriber(ContextFound)
def refuse_long_paths(event: Any) -> None:
    """Answer 404 below a view that reads no further, instead of the view itself."""
    request = event.request
    if request.matched_route is None and request.subpath and request.view_name not in LONG_PATHS:
        raise HTTPNotFound


def includeme(config: Configurator) -> None:
    """Open and evolve the database, and make the site the root."""
    # A FileStorage opens its files and makes no folder for them.
    config.registry.settings["jiebang"].var.mkdir(parents=True, exist_ok=True)
    config.include("pyramid_zodbconn")
    # pyramid_zodbconn offers no public way to the database itself.
    database = config.registry.database = config.registry._zodb_databases[""]  # noqa: SLF001
    evolve_database(database)
    config.registry.numbers = Numbers(database)
    config.set_root_factory(site_of)
    config.add_request_method(site_of, "site", reify=True)
