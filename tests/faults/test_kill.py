"""The server is killed among commits: what it acknowledged is there when it serves again."""

from __future__ import annotations

import http.client
import statistics
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.running import Demander, Server, case_path, is_engine, prepare

COMMITS = 200
KILLS = 5
WRITERS = 6
#: Seconds until it serves again.
AGAIN = 5.0


class Writer(threading.Thread):
    """Saves and files drafts without end and notes what was acknowledged."""

    def __init__(self, person: Demander, tally: Tally) -> None:
        super().__init__()
        self.person, self.tally = person, tally
        #: Draft to the number of the last save acknowledged, and of the last one tried.
        self.saved: dict[str, int] = {}
        self.tried: dict[str, int] = {}
        self.filed: list[str] = []
        self.wrong: list[str] = []

    def run(self) -> None:
        while not self.tally.done.is_set():
            try:
                self._one_draft()
            except (OSError, http.client.HTTPException):
                # Killed: what was under way was not acknowledged. Go on when it serves again.
                self.tally.serving.wait()

    def _one_draft(self) -> None:
        draft = self.person.begin()
        for count in range(3):
            self.tried[draft] = count
            answer = self.person.save(draft, count, need_title=f"{draft}第{count}次")
            if answer.status != 200:
                self.wrong.append(f"save: {answer.status}")
                return
            self.saved[draft] = count
            self.tally.one_more()
        answer = self.person.submit(draft, 3)
        if answer.status != 303:
            self.wrong.append(f"submit: {answer.status}")
            return
        self.filed.append(draft)
        self.tally.one_more()


class Tally:
    """Counts acknowledged commits and says when to kill."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._count = 0
        self.serving, self.done = threading.Event(), threading.Event()

    def one_more(self) -> None:
        with self._lock:
            self._count += 1
            self._lock.notify_all()

    def wait_for(self, count: int) -> None:
        with self._lock:
            assert self._lock.wait_for(lambda: self._count >= count, 60)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    one = Server(prepare(tmp_path, firms=WRITERS).folder)
    one.start()
    yield one
    one.kill()


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(server: Server):
    tally, restarts, orphans = Tally(), [], []
    tally.serving.set()
    writers = [Writer(Demander(server, firm), tally) for firm in range(WRITERS)]
    try:
        for writer in writers:
            writer.start()
        for kill in range(1, KILLS + 1):
            tally.wait_for(COMMITS * kill // KILLS)
            engines = server.engine_pids()
            tally.serving.clear()
            server.kill()
            restarts.append(server.start())
            orphans += [pid for pid in engines if is_engine(pid)]
            tally.serving.set()
    finally:
        tally.done.set()
        tally.serving.set()
        for writer in writers:
            writer.join()

    assert [one for writer in writers for one in writer.wrong] == []
    _nothing_is_lost(writers)
    assert orphans == []
    assert statistics.median(restarts) <= AGAIN


def _nothing_is_lost(writers: list[Writer]) -> None:
    numbers = []
    for writer in writers:
        person = writer.person
        for draft, last in writer.saved.items():
            if draft in writer.filed:
                continue
            # The last save tried may have been kept without anybody hearing of it; so may the filing.
            shown = person.get(f"{draft}section/need")
            if shown.status == 404:
                assert f"{draft}第2次</h1>" in person.get(case_path(person.number(draft))).text
                continue
            kept = [f"{draft}第{count}次" for count in range(last, writer.tried[draft] + 1)]
            assert any(f'value="{one}"' in shown.text for one in kept), draft
        for draft in writer.filed:
            number = person.number(draft)
            assert f"{draft}第2次</h1>" in person.get(case_path(number)).text
            numbers.append(number)
    assert len(numbers) == len(set(numbers)) >= COMMITS // 8
