"""What earlier forms may fill in: only answers that the person may read where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request

from jiebang.casework.filing.prefilling import Earlier
from jiebang.casework.filing.reading import reading_of
from jiebang.model.cases import Case, Demand
from jiebang.model.submissions import Submission


def earlier_answers(request: Request, demand: Demand | None, owner: str | None) -> Earlier:
    """The answers of forms filed on a demand, or about it for the same owner, as the person reads them.

    Without an ``owner``, those are of what the person filed for no organisation. Without a demand
    there are none. Masked answers are left out: stars are no answer.
    """

    def look(form_id: str) -> Mapping[str, Any] | None:
        case = _holder(request, demand, form_id, owner) if demand else None
        version = case.current(form_id) if case else None
        if case is None or version is None:
            return None
        reading = reading_of(
            desk=request.desk, case=case, form_id=form_id, version=version, actor=request.actor
        )
        return {key: one for key, one in reading.data.items() if key not in reading.masked}

    return look


def _holder(request: Request, demand: Demand, form_id: str, owner: str | None) -> Case | None:
    """The case that holds the form: the demand, else the newest submission about it of that owner."""
    if form_id in demand.documents:
        return demand if request.has_permission("view_case", demand) else None
    person = request.actor.person
    submissions = request.desk.edition["submissions"]
    mine: list[Submission] = [
        one
        for number in demand.submissions or ()
        if (one := submissions[number]).form_id == form_id
        and (one.owner == owner if owner else not one.owner and one.person == person)
        and request.has_permission("view_case", one)
    ]
    return max(mine, key=lambda one: one.opened_at, default=None)
