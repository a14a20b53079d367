"""Many at once, the same thing twice, two windows of one form: over real HTTP."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor

from tests.faults.running import ANSWERS, Demander, Prepared, Server, case_path

AT_ONCE = 200


def test_two_hundred_submit_at_once_and_none_is_lost(prepared: Prepared, server: Server):
    with ThreadPoolExecutor(8) as pool:
        people = list(pool.map(lambda firm: Demander(server, firm), range(prepared.firms)))
        jobs = [people[one % len(people)] for one in range(AT_ONCE)]
        drafts = list(
            pool.map(lambda one: one[1].ready(need_title=f"需求{one[0]}"), enumerate(jobs))
        )
    gate = threading.Barrier(AT_ONCE)

    def submit(job: tuple[Demander, str]) -> int:
        gate.wait()
        return job[0].submit(job[1]).status

    with ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = list(pool.map(submit, zip(jobs, drafts, strict=True)))
    assert statuses == [303] * AT_ONCE

    numbers = [person.number(draft) for person, draft in zip(jobs, drafts, strict=True)]
    assert len(set(numbers)) == AT_ONCE
    for count, (person, number) in enumerate(zip(jobs, numbers, strict=True)):
        page = person.get(case_path(number))
        assert page.status == 200
        assert f"需求{count}</h1>" in page.text
    for person in people:
        mine = person.get("/my").text
        expected = [n for one, n in zip(jobs, numbers, strict=True) if one is person]
        assert all(number in mine for number in expected)


def test_a_double_click_and_a_replay_give_one_case_and_one_receipt(server: Server):
    person = Demander(server, 0)
    before = _cases(person)
    draft = person.ready()
    gate = threading.Barrier(4)

    def click(_count: int) -> tuple[int, str]:
        gate.wait()
        answer = person.submit(draft)
        return answer.status, answer.location

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(click, range(4)))
    assert answers == {(303, f"{draft}receipt")}
    receipt = person.get(f"{draft}receipt")
    replayed = person.submit(draft)
    assert (replayed.status, replayed.location) == (303, f"{draft}receipt")
    assert _receipt(person.get(replayed.location).text) == _receipt(receipt.text)
    assert len(_cases(person) - before) == 1


def test_a_stale_edit_is_shown_beside_the_other_and_overwrites_nothing(server: Server):
    person = Demander(server, 1)
    draft = person.ready(need_title="第一个窗口")
    typed = [("section", "need"), ("need_title", "第二个窗口"), ("need_brief", "另一份简述。")]
    typed += [("tech_field", "energy"), ("session_pref", ""), ("revision", "0")]
    answer = person.post(f"{draft}section/need", typed)
    assert answer.status == 409
    rows = {
        row.findtext("th"): [cell.text_content().strip() for cell in row.findall("td")]
        for row in answer.page.xpath("//tbody/tr")
    }
    assert rows["需求名称"] == ["第一个窗口", "第二个窗口"]
    assert rows["需求简述"] == [ANSWERS["need_brief"], "另一份简述。"]
    assert "第一个窗口" in person.get(f"{draft}section/need").text
    assert "第二个窗口" not in person.get(f"{draft}section/need").text

    stale = person.save(draft, revision=0, need_title="第三个窗口")
    assert (stale.status, json.loads(stale.body)) == (409, {"conflict": True})
    assert "第三个窗口" not in person.get(f"{draft}section/need").text

    # Choosing one's own answers on the page of the comparison saves them.
    kept = person.post(f"{draft}section/need", answer.hidden(f"{draft}section/need"))
    assert kept.status == 303
    assert "第二个窗口" in person.get(f"{draft}section/need").text


def _cases(person: Demander) -> set[str]:
    links = person.get("/my").page.xpath("//a/@href")
    return {link for link in links if "/demands/" in link}


def _receipt(page: str) -> str:
    return page[page.index("<dl") : page.index("</dl>")]
