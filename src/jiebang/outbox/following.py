"""Consumers whose effect is in the database: cursor and effect move in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

from ZODB.DB import DB

from jiebang.model.derived import Cursor
from jiebang.model.feed import Change
from jiebang.outbox.loop import transaction_on

#: Changes handled in one transaction: enough to be fast, few enough to be done again on a conflict.
BATCH = 200


def cursor_of(site: Any, name: str) -> Cursor:
    """The cursor of a consumer; at the beginning of the feed when it is new."""
    key = f"cursor:{name}"
    if key not in site.derived:
        site.derived[key] = Cursor()
    cursor: Cursor = site.derived[key]
    return cursor


class Follower:
    """Calls ``handle(site, change)`` once for each change, in the order of its shard."""

    def __init__(self, name: str, handle: Callable[[Any, Change], None]) -> None:
        self.name, self._handle = name, handle

    def catch_up(self, db: DB) -> int:
        """Handle a batch: all of it, or none when it fails."""
        with transaction_on(db) as site:
            cursor = cursor_of(site, self.name)
            pending = list(islice(site.feed.after(cursor.seen), BATCH))
            for shard, number, change in pending:
                self._handle(site, change)
                cursor.move(shard, number)
        return len(pending)
