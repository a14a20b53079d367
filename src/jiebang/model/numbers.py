"""Case numbers (案号): unique and in order, without a counter that every registrant writes.

Blocks of numbers are reserved in a transaction of their own and handed out from memory, so a filing
writes no counter. A restart leaves a gap of at most one block; a number is never given twice.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

import transaction
from persistent.mapping import PersistentMapping
from ZODB.DB import DB
from ZODB.POSException import ConflictError

BLOCK = 16
ROOT_KEY = "numbers"


class Numbers:
    """Hands out numbers of one database to the threads of one process."""

    def __init__(self, db: DB) -> None:
        self._db = db
        self._lock = Lock()
        self._blocks: dict[str, tuple[int, int]] = {}

    def next(self, prefix: str) -> str:
        """The next number of a series: ``next("SH2019")`` is ``SH2019-0001`` at first."""
        with self._lock:
            number, end = self._blocks.get(prefix, (0, 0))
            if number >= end:
                number, end = self._reserve(prefix)
            self._blocks[prefix] = (number + 1, end)
        return f"{prefix}-{number:04d}"

    def _reserve(self, prefix: str) -> tuple[int, int]:
        while True:
            manager = transaction.TransactionManager(explicit=True)
            manager.begin()
            connection = self._db.open(manager)
            try:
                series: Any = connection.root()[ROOT_KEY]
                start: int = series.get(prefix, 1)
                series[prefix] = start + BLOCK
                manager.commit()
            except ConflictError:
                # Another process took the block first; the next one is as good.
                manager.abort()
            else:
                return start, start + BLOCK
            finally:
                connection.close()


def new_series() -> PersistentMapping:
    """The stored part: series name to the first number not yet reserved."""
    return PersistentMapping()
