"""Consent (企业确认): the owner agrees to exactly one rendering of the announcement (SH-4.3b)."""

from __future__ import annotations

from datetime import datetime

from jiebang.casework.demands.advancing import advance
from jiebang.casework.demands.announcing import SUBJECT, digest, render
from jiebang.casework.desk import Actor, Desk
from jiebang.errors import Stale
from jiebang.model.cases import Consent, Demand


def give_consent(*, desk: Desk, case: Demand, seen: str, actor: Actor, at: datetime) -> None:
    """Record consent to the rendering whose digest the owner saw, and let the case move on.

    Raises ``Stale`` when what would be published is no longer what was seen; ``Refused`` when the
    stage does not wait for consent.
    """
    content = render(desk=desk, case=case)
    if digest(content) != seen:
        raise Stale(content)
    _set(case, Consent(subject=SUBJECT, sha256=seen, person=actor.person, at=at))
    case.journal.write(at=at, actor=actor.person, act="give-consent", sha256=seen)
    advance(desk=desk, case=case, transition="consent", actor=actor, at=at)


def take_consent_back(*, desk: Desk, case: Demand, actor: Actor, at: datetime) -> None:
    """Take consent back; the gate to publication shuts at once. Raises ``Refused`` once published."""
    _set(case, None)
    case.journal.write(at=at, actor=actor.person, act="take-consent-back")
    advance(desk=desk, case=case, transition="revoke-consent", actor=actor, at=at)


def _set(case: Demand, consent: Consent | None) -> None:
    others = tuple(one for one in case.consents if one.subject != SUBJECT)
    case.consents = (*others, consent) if consent else others
