from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import ZODB

from jiebang import clock
from jiebang.model.evolve import evolve_database
from jiebang.model.feed import Change
from jiebang.outbox.following import Follower
from jiebang.outbox.loop import LASTING, Loop, transaction_on

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


def test_each_change_is_handled_once_by_each_consumer(database: ZODB.DB) -> None:
    first: list[str] = []
    second: list[str] = []
    consumers = [
        Follower("first", lambda _site, change: first.append(change.kind)),
        Follower("second", lambda _site, change: second.append(change.kind), batch=1),
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


def test_a_failure_moves_no_cursor_and_holds_up_nobody_else(database: ZODB.DB) -> None:
    seen: list[str] = []
    broken = [True]

    def fail(_site: Any, _change: Change) -> None:
        if broken[0]:
            raise ValueError("no")

    loop = Loop(
        database,
        [Follower("bad", fail), Follower("good", lambda _site, change: seen.append(change.kind))],
        pause=0,
    )
    tell(database, "a")
    loop._turn()
    assert seen == ["a"]
    broken[0] = False
    assert loop.run_once() == 1


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
