"""Whose case it is (领办): officers claim cases, and give agencies access with a cause."""

from __future__ import annotations

from datetime import datetime

from jiebang.casework.desk import Actor, Desk
from jiebang.casework.telling import tell
from jiebang.errors import Refused
from jiebang.i18n import _
from jiebang.model.cases import Demand, Grant


def claim(*, desk: Desk, case: Demand, actor: Actor, at: datetime) -> None:
    """Take a case on. Raises ``Refused`` when another officer has it."""
    if case.officer == actor.person:
        return
    if case.officer is not None:
        raise Refused([_("Another officer has taken this case on.")])
    case.officer = actor.person
    case.journal.write(at=at, actor=actor.person, act="claim")
    tell(desk=desk, case=case, kind="claimed", at=at)


def release(*, desk: Desk, case: Demand, actor: Actor, at: datetime) -> None:
    """Give a case back to the unclaimed ones; nothing happens when it is not this officer's."""
    if case.officer != actor.person:
        return
    case.officer = None
    case.journal.write(at=at, actor=actor.person, act="release")
    tell(desk=desk, case=case, kind="released", at=at)


def assign_agency(*, desk: Desk, case: Demand, agency: str, actor: Actor, at: datetime) -> None:
    """Let a service agency (服务机构) analyse a case (SH-3.3.1(2)–(3)). Raises ``Refused``.

    The grant's cause is the journal entry of the assignment; assigning again changes nothing.
    """
    if agency not in desk.site.agencies:
        raise Refused([_("There is no service agency of that name. Choose one from the list.")])
    if any(grant.organisation == agency for grant in case.grants):
        return
    entry = case.journal.write(at=at, actor=actor.person, act="assign-agency", agency=agency)
    grant = Grant(
        organisation=agency,
        role="agency",
        permission="analyse",
        cause=f"assignment:{entry.digest}",
        at=at,
    )
    case.grants = (*case.grants, grant)
    desk.site["organisations"][agency].cases.add(case.path)
    tell(desk=desk, case=case, kind="agency-assigned", at=at)


def dismiss_agency(*, desk: Desk, case: Demand, agency: str, actor: Actor, at: datetime) -> None:
    """Take an assignment back: its grant goes, at once, and no other."""
    case.grants = tuple(
        grant
        for grant in case.grants
        if not (grant.organisation == agency and grant.cause.startswith("assignment:"))
    )
    case.journal.write(at=at, actor=actor.person, act="dismiss-agency", agency=agency)
    desk.site["organisations"][agency].cases.remove(case.path)
    tell(desk=desk, case=case, kind="agency-dismissed", at=at)
