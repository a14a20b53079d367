import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import ZODB

from jiebang import clock
from jiebang.model.evolve import evolve_database
from jiebang.model.feed import Change
from jiebang.outbox.following import Follower
from jiebang.outbox.loop import LASTING, Loop, transaction_on, worker_set_aside

AT = datetime(2019, 9, 1, tzinfo=UTC)


@pytest.fixture
def database() -> Iterator[ZODB.DB]:
    database = ZODB.DB(None)
    evolve_database(database)
    yield database
    database.close()


def tell(database: ZODB.DB, *kinds: str) -> None:
    with transaction_on(database) as site:
        for number, kind in enumerate(kinds):
            site.feed.append(at=AT, path=f"/somewhere/{number}", kind=kind)


@contextmanager
def running(loop: Loop) -> Iterator[Loop]:
    """A loop in a thread, as a worker has it."""
    thread = threading.Thread(target=loop.run)
    thread.start()
    try:
        yield loop
    finally:
        loop.stop()
        thread.join(30)
        assert not thread.is_alive()


def eventually(holds: Callable[[], bool]) -> None:
    """Wait for something another thread does."""
    until = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_each_change_is_handled_once_by_each_consumer(database: ZODB.DB) -> None:
    first: list[str] = []
    second: list[str] = []
    consumers = [
        Follower("first", lambda _site, change: first.append(change.kind)),
        Follower("second", lambda _site, change: second.append(change.kind)),
    ]
    tell(database, "a", "b", "c")
    assert Loop(database, consumers).run_once() == 6
    assert Loop(database, consumers).run_once() == 0
    tell(database, "d")
    assert Loop(database, consumers).run_once() == 2
    assert sorted(first) == sorted(second) == ["a", "b", "c", "d"]


def test_changes_of_one_object_come_in_order(database: ZODB.DB) -> None:
    seen: list[str] = []
    with transaction_on(database) as site:
        for kind in "abcdef":
            site.feed.append(at=AT, path="/same", kind=kind)
    Loop(database, [Follower("one", lambda _site, change: seen.append(change.kind))]).run_once()
    assert seen == list("abcdef")


def test_a_consumer_that_fails_or_hangs_holds_up_nobody_else(database: ZODB.DB) -> None:
    seen: list[str] = []
    mended, released = threading.Event(), threading.Event()

    def fail(_site: Any, change: Change) -> None:
        if not mended.is_set():
            raise ValueError("no")
        seen.append(f"mended {change.kind}")

    def hang(_site: Any, _change: Change) -> None:
        released.wait(30)

    consumers = [
        Follower("hanging", hang),
        Follower("bad", fail),
        Follower("good", lambda _site, change: seen.append(f"good {change.kind}")),
    ]
    with running(Loop(database, consumers, pause=0.01)) as loop:
        for kind in "ab":
            tell(database, kind)
            loop.wake()
            eventually(lambda kind=kind: f"good {kind}" in seen)
        mended.set()
        eventually(lambda: "mended b" in seen)
        released.set()
    assert sorted(seen) == ["good a", "good b", "mended a", "mended b"]


def test_a_crash_in_the_middle_of_a_batch_neither_loses_nor_doubles(database: ZODB.DB) -> None:
    def count(site: Any, change: Change) -> None:
        site.derived.count = getattr(site.derived, "count", 0) + 1
        if change.kind == "crash" and not crashed:
            crashed.append(True)
            raise SystemExit

    crashed: list[bool] = []
    tell(database, "a", "b", "crash", "c")
    loop = Loop(database, [Follower("count", count)])
    with pytest.raises(SystemExit):
        loop.run_once()
    loop.run_once()
    with transaction_on(database) as site:
        assert site.derived.count == 4


def test_one_worker_at_a_time_and_the_next_when_it_lapses(database: ZODB.DB) -> None:
    first, second = Loop(database, []), Loop(database, [])
    assert first._hold_lease()
    assert not second._hold_lease()
    assert first._hold_lease()
    with clock.shifted(LASTING + timedelta(seconds=1)):
        assert second._hold_lease()
        assert not first._hold_lease()


def test_a_worker_that_ends_well_keeps_nobody_waiting(database: ZODB.DB) -> None:
    with running(Loop(database, [])):
        eventually(lambda: not Loop(database, [])._hold_lease())
    assert Loop(database, [])._hold_lease()


def test_a_worker_set_aside_pauses_and_goes_on(database: ZODB.DB) -> None:
    seen: list[str] = []
    follower = Follower("one", lambda _site, change: seen.append(change.kind))
    with running(Loop(database, [follower], pause=0.01)) as loop:
        tell(database, "a")
        eventually(lambda: seen == ["a"])
        with worker_set_aside(database):
            eventually(lambda: loop._ours_until == 0)
            tell(database, "b")
            loop.wake()
            time.sleep(0.1)
            assert seen == ["a"]
        eventually(lambda: seen == ["a", "b"])
