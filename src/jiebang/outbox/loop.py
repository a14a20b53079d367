"""The loop over the change feed (变更流). Each consumer keeps its own cursor; none holds up another."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, Protocol, TypeVar

import structlog
import transaction
from ZODB.DB import DB
from ZODB.POSException import ConflictError

from jiebang import clock
from jiebang.model.derived import Lease
from jiebang.model.site import ROOT_KEY

log = structlog.get_logger("jiebang.outbox")

T = TypeVar("T")

LEASE = "lease"
#: How long a worker that died keeps the next one waiting.
LASTING = timedelta(seconds=15)
#: How often a transaction that met another one is tried.
ATTEMPTS = 10
#: Seconds at most between two attempts of a consumer that fails.
LONGEST_PAUSE = 300.0


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


def repeat_on_conflict(work: Callable[[], T]) -> T:
    """Do some work in a transaction of its own, again when it met another one."""
    for _attempt in range(ATTEMPTS - 1):
        with suppress(ConflictError):
            return work()
    return work()


class Loop:
    """Runs consumers until told to stop, each in a thread of its own.

    So a mail server that does not answer holds up letters and nothing else. A consumer that fails is
    logged and tried again, after a pause that grows with each failure.
    """

    def __init__(self, db: DB, consumers: Sequence[Consumer], *, pause: float = 1.0) -> None:
        self._db, self._consumers, self._pause = db, consumers, pause
        self._holder = uuid.uuid4().hex
        self._stop = threading.Event()
        self._woken = [threading.Event() for _ in consumers]
        #: Until when the lease is ours, by a clock that is never set.
        self._ours_until = 0.0

    def wake(self) -> None:
        """Look at the feed now rather than after the pause."""
        for event in self._woken:
            event.set()

    def stop(self) -> None:
        """End ``run`` after the batches in hand."""
        self._stop.set()
        self.wake()

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
        threads = [
            threading.Thread(target=self._follow, args=one, name=one[0].name, daemon=True)
            for one in zip(self._consumers, self._woken, strict=True)
        ]
        self._renew()
        for thread in threads:
            thread.start()
        while not self._stop.wait(self._pause):
            self._renew()
        for thread in threads:
            thread.join()
        self._give_back()

    def _follow(self, consumer: Consumer, woken: threading.Event) -> None:
        failures = 0
        while not self._stop.is_set():
            # Before the look at the feed: what is told during it is looked for again.
            woken.clear()
            if time.monotonic() >= self._ours_until:
                woken.wait(self._pause)
                continue
            try:
                busy = consumer.catch_up(self._db) > 0
                failures = 0
            except ConflictError:
                busy = True
            except Exception:
                failures += 1
                log.exception("consumer failed", consumer=consumer.name, failures=failures)
                self._stop.wait(min(self._pause * 2**failures, LONGEST_PAUSE))
                continue
            if not busy:
                woken.wait(self._pause)

    def _renew(self) -> None:
        begun = time.monotonic()
        try:
            held = self._hold_lease()
        except ConflictError:
            # Somebody took it at the same moment; the next look tells who has it.
            held = False
        except Exception:
            log.warning("the feed cannot be read", exc_info=True)
            return
        self._ours_until = begun + (LASTING / 2).total_seconds() if held else 0.0

    def _hold_lease(self) -> bool:
        with transaction_on(self._db) as site:
            lease = _lease(site)
            now = clock.now()
            # Renewing at every look would write all day long.
            if lease.holder == self._holder and lease.until and now < lease.until - LASTING / 2:
                return True
            return lease.take(self._holder, at=now, lasting=LASTING)

    def seize(self) -> None:
        """Take the lease, whoever has it; its holder notices at the next look."""

        def take() -> None:
            with transaction_on(self._db) as site:
                lease = _lease(site)
                lease.until = None
                lease.take(self._holder, at=clock.now(), lasting=LASTING)

        repeat_on_conflict(take)

    def _give_back(self) -> None:
        try:
            with transaction_on(self._db) as site:
                lease = _lease(site)
                if lease.holder == self._holder:
                    lease.until = clock.now()
        except Exception:
            log.warning("the lease is left to lapse", exc_info=True)


@contextmanager
def worker_set_aside(db: DB) -> Iterator[None]:
    """Take the lease from whoever has it for the length of a block; the worker goes on after it.

    The worker notices at its next look and may be in the middle of a batch: what the block does must
    bear one conflict with it.
    """
    loop = Loop(db, [])
    loop.seize()
    keeper = threading.Thread(target=loop.run, name="lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        loop.stop()
        keeper.join()


def _lease(site: Any) -> Lease:
    if LEASE not in site.derived:
        site.derived[LEASE] = Lease()
    lease: Lease = site.derived[LEASE]
    return lease
