"""Publishing (发布): demands go out in batches (第N批, SH-3.3.2(2)), each as its owner consented."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from jiebang.casework.demands.advancing import advance
from jiebang.casework.demands.announcing import Content, digest, render
from jiebang.casework.demands.batches import enter_batch, open_batch
from jiebang.casework.desk import Actor, Desk
from jiebang.errors import Refused
from jiebang.i18n import LOCALES, _
from jiebang.model.announcements import Announcement, Batch
from jiebang.model.cases import Demand


class Printer(Protocol):
    """Makes the PDF of one demand of a batch in one language."""

    def __call__(self, *, content: Content, batch: int, at: datetime, locale: str) -> bytes:
        """The bytes of the PDF."""


def schedule(*, desk: Desk, case: Demand, actor: Actor, at: datetime) -> Batch:
    """Put a demand into the batch that is being filled. Raises ``Refused`` with every reason."""
    batch = open_batch(desk=desk, actor=actor, at=at)
    enter_batch(case=case, batch=batch)
    advance(desk=desk, case=case, transition="schedule", actor=actor, at=at)
    return batch


def unschedule(*, desk: Desk, case: Demand, actor: Actor, at: datetime) -> None:
    """Take a demand out of a batch that is not published yet."""
    advance(desk=desk, case=case, transition="unschedule", actor=actor, at=at)


def publish(*, desk: Desk, batch: Batch, printer: Printer, actor: Actor, at: datetime) -> None:
    """Publish every demand of a batch, all or none. Raises ``Refused`` naming each that is shut.

    Side effects: announcements with their PDFs, stages, journals, the change feed.
    """
    if batch.published_at is not None:
        raise Refused([_("This batch has been published already.")])
    if not batch.scheduled:
        raise Refused([_("This batch is empty: put demands into it first.")])
    reasons: list[object] = []
    for number in batch.scheduled:
        case: Demand = desk.edition["demands"][number]
        try:
            advance(desk=desk, case=case, transition="publish", actor=actor, at=at)
        except Refused as refused:
            reasons += [(number, reason) for reason in refused.reasons]
            continue
        content = render(desk=desk, case=case)
        announcement = Announcement(content=content, sha256=digest(content), at=at)
        for locale in LOCALES:
            announcement.print(
                locale, printer(content=content, batch=int(batch.__name__), at=at, locale=locale)
            )
        batch[number] = announcement
    if reasons:
        raise Refused(reasons)
    batch.published_at = at
    desk.site.feed.append(
        at=at,
        path=f"/editions/{desk.rules.edition.id}/announcements/{batch.__name__}",
        kind="published",
    )
