"""Batches (批次) of announcements: which one is being filled, and what is in it."""

from __future__ import annotations

from datetime import datetime

from jiebang.casework.desk import Actor, Desk
from jiebang.model.announcements import Batch
from jiebang.model.cases import Demand


def open_batch(*, desk: Desk, actor: Actor, at: datetime) -> Batch:
    """The batch that is being filled; a new one when the last was published."""
    batches = desk.edition["announcements"]
    newest: Batch | None = batches.get(str(len(batches)))
    if newest is not None and newest.published_at is None:
        return newest
    batch = Batch(at=at, by=actor.person)
    batches[str(len(batches) + 1)] = batch
    return batch


def enter_batch(*, case: Demand, batch: Batch) -> None:
    """Put a demand at the end of a batch."""
    case.batch = int(batch.__name__)
    batch.scheduled = (*batch.scheduled, case.number)


def leave_batch(*, desk: Desk, case: Demand) -> None:
    """Take a demand out of the batch it waits in; nothing happens when it is in none."""
    batch: Batch | None = desk.edition["announcements"].get(str(case.batch))
    if batch is not None:
        batch.scheduled = tuple(number for number in batch.scheduled if number != case.number)
    case.batch = None
