"""What consumers of the feed keep in the database. All of it can be dropped and rebuilt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from jiebang.model.containers import Located


class Cursor(Located):
    """How far a consumer has read: shard to the number of the last change it handled."""

    #: What is done of the change after that, when it takes several steps: shard to their marks.
    partly: Mapping[int, frozenset[str]] = {}

    def __init__(self) -> None:
        self.seen: Mapping[int, int] = {}

    def move(self, shard: int, number: int) -> None:
        """Note that a change was handled."""
        self.seen = {**self.seen, shard: number}
        if shard in self.partly:
            self.partly = {key: marks for key, marks in self.partly.items() if key != shard}

    def note(self, shard: int, mark: str) -> None:
        """Note that one step of the change after the last one is done."""
        self.partly = {**self.partly, shard: self.partly.get(shard, frozenset()) | {mark}}


class Lease(Located):
    """Which process feeds the consumers now; it lapses when that process no longer renews it."""

    def __init__(self) -> None:
        self.holder = ""
        self.until: datetime | None = None

    def take(self, holder: str, *, at: datetime, lasting: timedelta) -> bool:
        """Take or renew the lease; answer whether it is ours."""
        if self.holder != holder and self.until is not None and at < self.until:
            return False
        self.holder, self.until = holder, at + lasting
        return True
