"""The loop over the change feed (变更流). Each consumer keeps its own cursor; none holds up another."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Protocol

import structlog
import transaction
from ZODB.DB import DB
from ZODB.POSException import ConflictError

from jiebang import clock
from jiebang.model.derived import Lease
from jiebang.model.site import ROOT_KEY

log = structlog.get_logger("jiebang.outbox")

LEASE = "lease"
#: How long a worker that died keeps the next one waiting.
LASTING = timedelta(seconds=15)


class Consumer(Protocol):
    """Something that follows the feed."""

    name: str

    def catch_up(self, db: DB) -> int:
        """Handle some of the changes not handled yet and answer how many; 0 when up to date."""


@contextmanager
def transaction_on(db: DB) -> Iterator[Any]:
    """The site in a transaction of its own, committed when the block ends well."""
    manager = transaction.TransactionManager(explicit=True)
    manager.begin()
    connection = db.open(manager)
    try:
        yield connection.root()[ROOT_KEY]
        manager.commit()
    except BaseException:
        manager.abort()
        raise
    finally:
        connection.close()


class Loop:
    """Runs consumers until told to stop. An error of one is logged and tried again later."""

    def __init__(self, db: DB, consumers: Sequence[Consumer], *, pause: float = 1.0) -> None:
        self._db, self._consumers, self._pause = db, consumers, pause
        self._holder = uuid.uuid4().hex
        self._wake, self._stop = threading.Event(), threading.Event()

    def wake(self) -> None:
        """Look at the feed now rather than after the pause."""
        self._wake.set()

    def stop(self) -> None:
        """End ``run`` after the batch in hand."""
        self._stop.set()
        self._wake.set()

    def run_once(self) -> int:
        """Let every consumer catch up with what is there; answer how many changes were handled.

        Raises whatever a consumer raises: meant for commands and tests.
        """
        handled = 0
        for consumer in self._consumers:
            while count := consumer.catch_up(self._db):
                handled += count
        return handled

    def run(self) -> None:
        """Follow the feed. Never raises; waits while another process holds the lease."""
        while not self._stop.is_set():
            busy = self._turn()
            if not busy:
                self._wake.wait(self._pause)
                self._wake.clear()

    def _turn(self) -> bool:
        try:
            if not self._hold_lease():
                return False
        except Exception:
            log.warning("the feed cannot be read", exc_info=True)
            return False
        busy = False
        for consumer in self._consumers:
            try:
                busy = consumer.catch_up(self._db) > 0 or busy
            except ConflictError:
                busy = True
            except Exception:
                log.exception("consumer failed", consumer=consumer.name)
        return busy

    def _hold_lease(self) -> bool:
        with transaction_on(self._db) as site:
            if LEASE not in site.derived:
                site.derived[LEASE] = Lease()
            lease: Lease = site.derived[LEASE]
            now = clock.now()
            # Renewing at every turn would write all day long.
            if lease.holder == self._holder and lease.until and now < lease.until - LASTING / 2:
                return True
            return lease.take(self._holder, at=now, lasting=LASTING)
