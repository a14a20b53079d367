"""The rules in force: versions, and what is wrong with files that were edited since."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from jiebang import clock
from jiebang.casework.desk import Desk
from jiebang.casework.policies.books import MissingVersion, book_in_force
from jiebang.model.site import Site
from jiebang.policy import Book


@view_config(
    context=Site,
    name="status",
    permission="view_rules",
    renderer="jiebang.web.policy:templates/status.pt",
)
def status(context: Site, request: Request) -> dict[str, Any]:
    """Every edition with its book, its policies and its findings."""
    rulebook = request.registry.rulebook
    # The edition of the front page first.
    shown = sorted(rulebook, key=lambda edition: edition != request.rules.edition.id)
    desks = [replace(request.desk, rules=rulebook[edition]) for edition in shown]
    return {
        "editions": [(desk.rules, _in_force(desk)) for desk in desks],
        "findings": rulebook.findings,
    }


def _in_force(desk: Desk) -> Book | None:
    """The book in force today; ``None`` where it cannot be read."""
    try:
        return book_in_force(desk, clock.today())
    except MissingVersion:
        return None
