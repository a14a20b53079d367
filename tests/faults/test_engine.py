"""The engine process dies: no web process does, and the next decision answers."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from tests.faults.running import Demander, Prepared, Server, staff_of

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
