"""The engine process dies: no web process does, and the next decision answers."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

import pytest

from jiebang.policy import Book, Decider, load_book
from tests.faults.running import Demander, Prepared, Server, staff_of

REPOSITORY = Path(__file__).parents[2]
DAY = date(2019, 9, 1)
KILLS = 100
THREADS = 8
FACTS = {"demander.entity_type": "enterprise", "demander.purchase_capacity": True}
#: What each case must come to; the second lacks a fact that could change it.
ANSWERS = {"上海市": "grant", "江苏省": "deny", None: "undetermined"}
UNDECIDED = "尚不能决定"


def decided(person: Demander, case: str) -> bool:
    """Whether the page of a case shows a decision."""
    page = person.get(case)
    assert page.status == 200
    return bool(page.page.xpath("//a[contains(@href, '/decision/')]"))


def test_the_next_decision_answers(server: Server):
    person = Demander(server, 3)
    assert decided(person, person.file())
    killed = server.kill_engine()
    assert killed
    assert decided(person, person.file())
    assert server.engine_pids()
    assert not set(server.engine_pids()) & set(killed)


def test_submissions_go_on_while_the_engine_is_killed(prepared: Prepared, server: Server):
    people = [Demander(server, firm) for firm in range(4, 8)]
    hits: list[int] = []
    over = threading.Event()

    def kill_again_and_again() -> None:
        while not over.wait(0.03):
            hits.extend(server.kill_engine())

    killer = threading.Thread(target=kill_again_and_again)
    killer.start()
    try:
        with ThreadPoolExecutor(4) as pool:
            cases = list(pool.map(lambda one: people[one % 4].file(), range(20)))
    finally:
        over.set()
        killer.join()
    assert len(set(hits)) > 5
    assert len(set(cases)) == 20
    # Some cases may stand undecided: an officer has them decided again with one press.
    officer = staff_of(prepared, server, "case_officer")
    for count, case in enumerate(cases):
        if not decided(people[count % 4], case):
            assert officer.post(f"{case}decide").status == 303
        assert decided(people[count % 4], case)
        assert UNDECIDED in people[count % 4].get(case).text


def test_a_hundred_kills_lose_no_decision():
    book = load_book(REPOSITORY / "rules" / "shanghai-2019")
    came: Counter[tuple[str | None, str]] = Counter()
    failed: list[Exception] = []
    over = threading.Event()

    def decide(decider: Decider) -> None:
        while not over.is_set():
            for province, outcome in ANSWERS.items():
                facts = FACTS | ({"demander.registered_province": province} if province else {})
                try:
                    said = decider.decide(book, "demander-eligibility", facts, DAY)
                except Exception as error:  # noqa: BLE001  # what is lost is counted
                    failed.append(error)
                else:
                    came[province, said.outcome if said.outcome != outcome else "right"] += 1

    with closing(Decider(limit=5)) as decider:
        threads = [threading.Thread(target=decide, args=(decider,)) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        try:
            killed = kill_each(decider, KILLS)
        finally:
            over.set()
            for thread in threads:
                thread.join()
        pid = decider.worker_pid
        assert decider.decide(book, "demander-eligibility", FACTS, DAY).outcome == "undetermined"
    assert len(killed) == KILLS
    assert pid not in killed
    assert failed == []
    assert {said for _, said in came} == {"right"}
    assert min(came.values()) > KILLS


def kill_each(decider: Decider, count: int) -> set[int]:
    """Kill one engine process after another, some at once, some while they work."""
    chance, killed = random.Random(1), set[int]()  # noqa: S311 - no secrets
    while len(killed) < count:
        pid = decider.worker_pid
        if pid is not None and pid not in killed:
            time.sleep(chance.random() * 0.1)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
        time.sleep(0.001)
    return killed


VOCABULARY = """
facts:
  case.count: {type: integer, label: 数量, unit: 件, source: {case: count}}
"""
POLICY = """
policy: trial
title: 试验
source: {document: 沪科合〔2019〕23号, clause: SH-3.1(1), quote: 本市注册企业}
effective: {from: 2019-08-05}
default: {outcome: deny, code: REFUSED, say: 不行}
rules:
"""
RULE = (
    "  - {{id: r{0}, when: {{fact: case.count, at_least: {0}}},"
    " then: {{outcome: grant, code: OK, say: 行}}}}\n"
)


@pytest.fixture
def draft(tmp_path: Path) -> Callable[[int], Book]:
    """A draft of so many rules on one fact."""

    def make(count: int) -> Book:
        (tmp_path / "book").mkdir(exist_ok=True)
        (tmp_path / "vocabulary.yaml").write_text(VOCABULARY, "utf-8")
        rules = "".join(RULE.format(number) for number in range(count))
        (tmp_path / "book" / "trial.yaml").write_text(POLICY + rules, "utf-8")
        return load_book(tmp_path / "book")

    return make


def refused(book: Book) -> tuple[list[str], float]:
    """What the preflight of a draft finds, and how many seconds that takes."""
    with closing(Decider(limit=1)) as decider:
        begun = time.monotonic()
        findings = decider.preflight(book)
        return [one.code for one in findings], time.monotonic() - begun


@pytest.mark.parametrize("count", [70, 700])
def test_a_draft_that_breaks_the_engine_is_refused(
    draft: Callable[[int], Book], monkeypatch: pytest.MonkeyPatch, count: int
):
    """Uncaged, the engine fails on 65 rules met at once, and crashes or loops on 512 in one node."""
    book = draft(count)
    assert refused(book)[0] == []
    monkeypatch.setattr("jiebang.policy.engine.compile.MOST_DEFINITIONS", 10_000)
    codes, seconds = refused(draft(count))
    assert codes == ["preflight"]
    assert seconds < 10


@pytest.mark.parametrize("fate", ["while True: pass", "os.kill(os.getpid(), signal.SIGSEGV)"])
def test_a_draft_that_hangs_or_crashes_is_refused(
    draft: Callable[[int], Book], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fate: str
):
    worker = tmp_path / "worker.py"
    worker.write_text(
        f"import os, signal, sys\nprint('=', flush=True)\nfor line in sys.stdin:\n    {fate}\n",
        "utf-8",
    )
    monkeypatch.setattr("jiebang.policy.engine.supervisor._WORKER", worker)
    codes, seconds = refused(draft(3))
    assert codes == ["preflight"]
    assert seconds < 10
