"""When rules cannot be had: people are told what happened and what to do, and nothing is decided."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jiebang import clock
from jiebang.casework.policies.books import SHELF, MissingVersion
from jiebang.casework.policies.publishing import publish_first
from jiebang.outbox.loop import transaction_on
from tests.functional.filling import ANALYSIS, WISHES, file, form, judge, pre_register
from tests.functional.test_policies import (
    EDITION,
    OLD,
    alter,
    edit,
    eligible,
    newest,
    publish,
    running,
    text_of,
    verdicts,
)

POLICY = f"/policy/{EDITION}/rule/demander-eligibility"


def lost(root: Any, case: Any) -> None:
    root["policy"].books(EDITION).remove(case.book)


def garbled(root: Any, case: Any) -> None:
    kept = root["policy"].books(EDITION)[case.book]
    kept._files = dict.fromkeys(kept._files, b"no longer compressed")


@pytest.mark.parametrize("harm", [lost, garbled])
def test_a_version_that_cannot_be_read_is_told_and_decides_nothing(
    tmp_path: Path, harm: Callable[[Any, Any], None]
) -> None:
    with running(tmp_path) as site:
        case = pre_register(site.client("demander"))
        older, _reason = newest(site, case)
        alter(site, case, harm)
        SHELF.forget()
        for role in ("demander", "reviewer", "case_officer"):
            page = site.client(role).get(case)
            assert "本案所依的规则书版本无法读取" in text_of(page)
            site.client(role).get(f"{case}decision/1", status=200)
        # A person still answers what was asked; the system does not go on without its rules.
        judge(site.client("reviewer"), case)
        with transaction_on(site.registry.database) as root:
            assert root.at(case).stage == "awaiting_judgement"
            assert [one.act for one in root.at(case).journal][-1] == "undecided"
        staff = site.client("case_officer")
        for address in (f"/policy/{EDITION}/", POLICY):
            told = text_of(staff.get(address, status=503))
            assert "有一个规则书版本无法读取" in told
            assert older in told
        assert "现行版本已不再保存" in text_of(staff.get("/status"))
        edit(tmp_path)
        _made, version = publish(site, tmp_path / "rules")
        assert "无法读取" in text_of(staff.get(POLICY))
        moving = form(staff.get(case), "move-to-book")
        moving["reason"] = "原版本无法读取。"
        moving.submit(status=303)
        assert newest(site, case)[0] == version
        assert "无法读取" not in text_of(staff.get(case))


def test_the_faults_of_an_edition_without_rules_tell_nobody_that_a_case_is_there(
    tmp_path: Path,
) -> None:
    with running(tmp_path) as site:
        case = pre_register(site.client("demander"))
    shutil.move(tmp_path / "rules" / EDITION, tmp_path / "elsewhere")
    with running(tmp_path, **{"jiebang.edition": "example-province"}) as site:
        told = site.client("case_officer").get(case, status=503)
        assert "本届的规则无法读取" in text_of(told)
        assert EDITION in text_of(told)
        site.client("agency").get(case, status=404)
        site.client("agency").get(f"/policy/{EDITION}/", status=404)
        site.client().get(case, status=401)


def test_a_consent_that_the_engine_does_not_answer_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying = tmp_path / "dying.py"
    dying.write_text("import sys; sys.stdin.readline()", "utf-8")
    with running(tmp_path) as site:
        demander, officer = site.client("demander"), site.client("case_officer")
        case = eligible(site)
        form(officer.get(case), "claim").submit(status=303)
        file(officer, case, "demand-analysis", ANALYSIS)
        file(demander, case, "redaction-wishes", WISHES)
        consent = form(demander.get(f"{case}announcement"), "consent")
        with monkeypatch.context() as dead:
            dead.setattr("jiebang.policy.engine.supervisor._WORKER", dying)
            site.registry.decider.close()
            told = consent.submit(status=503)
            assert "规则没有答复" in text_of(told)
            demander.get(case, status=200)
        form(told, "consent").submit(status=303)
        with transaction_on(site.registry.database) as root:
            assert root.at(case).stage == "consented"


def test_a_closed_case_is_not_moved(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        demander, officer = site.client("demander"), site.client("case_officer")
        case = pre_register(demander)
        edit(tmp_path)
        publish(site, tmp_path / "rules")
        moving = form(officer.get(case), "move-to-book")
        moving["reason"] = "新版更有利。"
        form(demander.get(case), "move").submit(status=303)
        with transaction_on(site.registry.database) as root:
            assert root.at(case).stage == "withdrawn"
        refused = moving.submit(status=409)
        assert "本案已办结" in text_of(refused)
        assert "move-to-book" not in officer.get(case).text


def test_a_case_is_moved_once_however_often_the_button_is_pressed(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        officer = site.client("case_officer")
        case = pre_register(site.client("demander"))
        edit(tmp_path)
        publish(site, tmp_path / "rules")
        moving = form(officer.get(case), "move-to-book")
        moving["reason"] = "新版更有利。"
        moving.submit(status=303)
        moving.submit(status=409)
        with transaction_on(site.registry.database) as root:
            assert [one.act for one in root.at(case).journal].count("move-to-book") == 1
        for role in ("demander", "reviewer", "auditor"):
            site.client(role).post(f"{case}move-to-book", status="4*")


def test_a_decision_that_was_taken_out_is_found(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        case = eligible(site)
        assert set(verdicts(site)) == {"same"}
        alter(site, case, lambda _root, case: case.decisions._items.pop(1))
        assert verdicts(site).count("altered") == 1


def test_a_book_published_for_later_leaves_no_day_without_one(tmp_path: Path) -> None:
    with running(tmp_path, fresh=True, **{"jiebang.reload_rules": "true"}) as site:
        later = clock.today() + timedelta(days=30)
        assert publish(site, tmp_path / "rules", later)[0]
    with running(tmp_path) as site, transaction_on(site.registry.database) as root:
        books = root["policy"].books(EDITION)
        assert books.in_force(clock.today()) is not None
        assert len(list(books.publications)) == 2
        publish_first(site=root, rulebook=site.registry.rulebook, at=clock.now())
        assert len(list(books.publications)) == 2


def test_a_version_of_one_edition_is_not_read_as_one_of_another(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        version, _reason = newest(site, pre_register(site.client("demander")))
        staff = site.client("policy_editor")
        staff.get(f"/policy/{EDITION}/?version={version}", status=200)
        staff.get(f"/policy/example-province/?version={version}", status=404)
        with transaction_on(site.registry.database) as root, pytest.raises(MissingVersion):
            SHELF.read(root["policy"].books("example-province"), version)


def test_markup_in_a_policy_is_shown_as_text(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        edit(tmp_path, OLD, "<script>alert(1)</script>")
        publish(site, tmp_path / "rules")
        case = eligible(site)
        staff = site.client("case_officer")
        for address in (f"/policy/{EDITION}/", POLICY, case, f"{case}decision/2"):
            page = staff.get(address)
            assert "<script>alert" not in page.text
            assert "<script>alert(1)</script>" in page.html.main.get_text()


def test_a_decision_names_forms_and_no_ids_of_people(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        case = eligible(site)
        with transaction_on(site.registry.database) as root:
            found = root.at(case)
            decision = found.decisions[found.decisions.last]
            ids = {place.partition(":")[2].partition("/")[0] for place in decision.origin.values()}
            judges = {found.judgements[name]["by"] for name in found.judgements}
        page = site.client("demander").get(f"{case}decision/2")
        assert judges
        assert judges <= ids
        assert [one for one in judges if one in page.text] == []
        assert found.owner not in text_of(page)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/policy/", 404),
        ("/policy/nothing/", 404),
        (f"/policy/{EDITION}/rule", 404),
        (f"/policy/{EDITION}/rule/%2e%2e", 200),
        (f"/policy/{EDITION}/rule/winning-challenger/pay", 404),
        (f"{POLICY}/more", 404),
        (f"{POLICY}?version=zzz", 404),
        (f"/policy/{EDITION}/?version=%ff", 400),
        (f"/policy/{EDITION}/?version=%00", 404),
        (f"/policy/{EDITION}/{'0' * 64}", 404),
    ],
)
def test_odd_addresses_are_answered(tmp_path: Path, address: str, status: int) -> None:
    with running(tmp_path) as site:
        page = site.client("policy_editor").get(address, status="*")
    assert page.status_int == status
    # An honest page of our own, and nothing of the program's insides.
    assert page.html.h1.text.strip()
    assert "Traceback" not in page.text
