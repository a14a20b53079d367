"""The rules in force: versions, and what is wrong with files that were edited since."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from jiebang.model.site import Site


@view_config(
    context=Site,
    name="status",
    permission="view_rules",
    renderer="jiebang.web.policy:templates/status.pt",
)
def status(context: Site, request: Request) -> dict[str, Any]:
    """Every edition with its book, its policies and its findings."""
    rulebook = request.registry.rulebook
    return {
        "editions": [rulebook[edition] for edition in rulebook],
        "findings": rulebook.findings,
    }
