import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import ZODB

from jiebang import clock
from jiebang.model.evolve import evolve_database
from jiebang.model.feed import Change
from jiebang.outbox.courier import FIRST_PAUSE, GIVE_UP, Courier
from jiebang.outbox.loop import Loop, transaction_on
from jiebang.outbox.mail import Letter, NotNow


class Post:
    """A mail server in so far as a courier knows it."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.not_now: set[str] = set()
        self.reachable = True

    def send(self, letter: Letter) -> None:
        if not self.reachable:
            raise ConnectionRefusedError
        if letter.to in self.not_now:
            raise NotNow(450)
        self.taken.append(letter.to)


def compose(_site: Any, change: Change) -> Iterator[Letter]:
    for name in change.detail["to"]:
        if name == "unknown":
            raise KeyError(name)
        yield Letter(to=name, subject="s", body="b")


@pytest.fixture
def database() -> Iterator[ZODB.DB]:
    database = ZODB.DB(None)
    evolve_database(database)
    yield database
    database.close()


def tell(database: ZODB.DB, path: str, *to: str) -> None:
    with transaction_on(database) as site:
        site.feed.append(at=clock.now(), path=path, kind="k", to=to)


def run(database: ZODB.DB, courier: Courier) -> None:
    """Let the courier work until it has nothing to do; twice, since it may have skipped a part."""
    for _turn in range(2):
        Loop(database, [courier]).run_once()


def test_every_letter_of_every_change_goes_out_once(database: ZODB.DB) -> None:
    post = Post()
    for number in range(300):
        tell(database, f"/case/{number}", *[f"{number}-{one}" for one in range(number % 3)])
    run(database, Courier("mail", compose, post.send))
    run(database, Courier("mail", compose, post.send))
    expected = [f"{number}-{one}" for number in range(300) for one in range(number % 3)]
    assert sorted(post.taken) == sorted(expected)


def test_what_is_not_taken_now_waits_and_holds_up_its_own_case_alone(
    database: ZODB.DB, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = Post()
    post.not_now = {"late"}
    tell(database, "/case/1", "early", "late", "last")
    tell(database, "/case/1", "next")
    tell(database, "/case/2", "other")
    courier = Courier("mail", compose, post.send)
    run(database, courier)
    assert sorted(post.taken) == ["early", "other"]
    post.not_now = set()
    run(database, courier)
    assert sorted(post.taken) == ["early", "other"], "offered again too soon"
    later = time.monotonic() + FIRST_PAUSE + 1
    monkeypatch.setattr("time.monotonic", lambda: later)
    run(database, courier)
    assert post.taken[-3:] == ["late", "last", "next"]
    assert Counter(post.taken).most_common(1)[0][1] == 1


def test_a_letter_never_taken_is_given_up_after_days(database: ZODB.DB) -> None:
    post = Post()
    post.not_now = {"never"}
    tell(database, "/case/1", "never", "after")
    with clock.shifted(GIVE_UP + timedelta(minutes=1)):
        run(database, Courier("mail", compose, post.send))
    assert post.taken == ["after"]


def test_a_change_nobody_can_word_holds_up_its_own_case_alone(database: ZODB.DB) -> None:
    post = Post()
    tell(database, "/case/1", "unknown")
    tell(database, "/case/2", "other")
    run(database, Courier("mail", compose, post.send))
    assert post.taken == ["other"]


def test_a_server_that_cannot_be_reached_is_the_loops_concern(database: ZODB.DB) -> None:
    post = Post()
    post.reachable = False
    tell(database, "/case/1", "a", "b")
    courier = Courier("mail", compose, post.send)
    with pytest.raises(ConnectionRefusedError):
        courier.catch_up(database)
    post.reachable = True
    run(database, courier)
    assert post.taken == ["a", "b"]


def test_a_crash_repeats_at_most_the_letter_in_hand(database: ZODB.DB) -> None:
    post = Post()
    tell(database, "/case/1", "a", "b", "c")

    def send_and_die(letter: Letter) -> None:
        post.send(letter)
        if letter.to == "b" and post.taken.count("b") == 1:
            raise SystemExit

    with pytest.raises(SystemExit):
        run(database, Courier("mail", compose, send_and_die))
    run(database, Courier("mail", compose, send_and_die))
    assert post.taken == ["a", "b", "b", "c"]
