"""The change feed (变更流): what happened, for everything derived to follow. Sharded by case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from persistent import Persistent

from jiebang.model.containers import SHARDS, Sequence, shard_of


@dataclass(frozen=True)
class Change:
    """One change. ``path`` is the resource path of what changed; ``detail`` is JSON-able."""

    at: datetime
    path: str
    kind: str
    detail: Mapping[str, Any]


class Feed(Persistent):
    """Sixty-four runs of changes. A consumer keeps one cursor for each."""

    def __init__(self) -> None:
        self.shards = tuple(Sequence() for _ in range(SHARDS))

    def append(self, *, at: datetime, path: str, kind: str, **detail: Any) -> None:
        """Tell the consumers of a change to the object at ``path``."""
        self.shards[shard_of(path)].append(Change(at, path, kind, detail))

    def after(self, cursor: Mapping[int, int]) -> Iterator[tuple[int, int, Change]]:
        """Changes beyond a cursor (shard to last number seen) as (shard, number, change)."""
        for index, shard in enumerate(self.shards):
            for number, change in shard.after(cursor.get(index, 0)):
                yield index, number, change
