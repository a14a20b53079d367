"""Policy books in the running site: published versions, pinned cases, replay, and edited files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from jiebang import clock
from jiebang.casework.desk import Desk
from jiebang.casework.policies.books import SHELF, MissingVersion
from jiebang.casework.policies.deciding import decide
from jiebang.casework.policies.publishing import publish_book
from jiebang.casework.policies.replaying import replay_site
from jiebang.errors import Refused
from jiebang.main import main
from jiebang.model.policies import Version
from jiebang.outbox.loop import transaction_on
from jiebang.policy import load_book
from tests.functional.filling import form, judge, pre_register, publish_one
from tests.living import ROOT, Living, seed, settings

EDITION = "shanghai-2019"
RULE = "eligibility/demander.yaml"
#: What the second version of the book says differently of whoever may take part.
OLD, NEW = "符合参赛条件", "符合参赛条件（新版）"


@contextmanager
def running(folder: Path, *, fresh: bool = False, **changed: str) -> Iterator[Living]:
    """The site of a folder, started again with the data it has, on rule files of its own."""
    rules, data = folder / "rules", folder / "Data.fs"
    if not rules.exists():
        shutil.copytree(ROOT / "rules", rules)
    if not (fresh or data.exists()):
        data.write_bytes(seed().content)
    SHELF.forget()
    app = main({}, **settings(folder, **{"jiebang.rules": str(rules), **changed}))
    try:
        yield Living(app, seed().accounts)
    finally:
        app.registry.decider.close()
        app.registry.database.close()


def edit(folder: Path, was: str = OLD, now: str = NEW) -> None:
    file = folder / "rules" / EDITION / RULE
    text = file.read_text("utf-8")
    assert was in text
    file.write_text(text.replace(was, now), "utf-8")


def publish(site: Living, folder: Path, effective: date | None = None) -> tuple[bool, str]:
    """Publish the files as they are now: whether that was new, and the version."""
    book = load_book(folder / EDITION)
    with transaction_on(site.registry.database) as root:
        made = publish_book(
            site=root,
            rules=site.registry.rulebook[EDITION],
            book=book,
            effective=effective or clock.today(),
            by="command:test",
            at=clock.now(),
        )
    return made, book.version


def verdicts(site: Living) -> list[str]:
    with transaction_on(site.registry.database) as root:
        return [one.verdict for one in replay_site(site=root, decider=site.registry.decider)]


def eligible(site: Living) -> str:
    """A case that was found eligible."""
    case = pre_register(site.client("demander"))
    judge(site.client("reviewer"), case)
    return case


def newest(site: Living, case: str) -> tuple[str, str]:
    """The version and the reason of the newest decision on eligibility."""
    with transaction_on(site.registry.database) as root:
        decision = root.at(case).decision("demander-eligibility")
        assert decision.content["book"] == decision.book
        return decision.book, "".join(one["text"] for one in decision.content["reasons"])


def test_the_first_start_publishes_the_book_of_the_edition(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        book = site.registry.rulebook[EDITION].book
        with transaction_on(site.registry.database) as root:
            books = root["policy"].books(EDITION)
            [first] = books.publications
            assert (first.version, first.effective) == (book.version, date(2019, 8, 5))
            assert books[book.version].files == dict(book.files)
            [entry] = books.journal
            assert (entry.act, entry.detail["version"]) == ("publish-book", book.version)
        again = publish(site, tmp_path / "rules", date(2019, 8, 5))
        assert again == (False, book.version)


def test_decisions_are_reproduced_after_the_files_changed_and_went_away(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        older, _reason = newest(site, publish_one(site.client))
        edit(tmp_path)
        _made, version = publish(site, tmp_path / "rules")
        assert newest(site, eligible(site)) == (version, NEW)
        assert version != older
        shutil.rmtree(tmp_path / "rules" / EDITION / "eligibility")
        found = verdicts(site)
        assert len(found) > 4
        assert set(found) == {"same"}
    with running(tmp_path) as site:
        # The files are broken now, and nothing was read before: the published book goes on.
        assert EDITION in site.registry.rulebook.findings
        assert verdicts(site) == found
        assert newest(site, pre_register(site.client("demander")))[0] == version


def test_an_open_case_stays_on_its_version_until_it_is_moved_with_a_reason(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        demander, officer = site.client("demander"), site.client("case_officer")
        case = pre_register(demander)
        older, _reason = newest(site, case)
        edit(tmp_path)
        _made, version = publish(site, tmp_path / "rules")
        judge(site.client("reviewer"), case, answer="no", opinion="材料不足。")
        assert newest(site, case)[0] == older
        moving = form(officer.get(case), "move-to-book")
        moving["reason"] = " "
        assert len(moving.submit(status=409).html.select(".error-summary li")) == 1
        assert newest(site, case)[0] == older
        moving["reason"] = "新版更有利于需求方。"
        moving.submit(status=303)
        journal = officer.get(f"{case}journal").text
        assert "move-to-book" in journal
        assert "新版更有利于需求方。" in journal
        with transaction_on(site.registry.database) as root:
            assert root.at(case).book == version
        assert "move-to-book" not in officer.get(case).text
        assert set(verdicts(site)) == {"same"}


def test_a_book_takes_effect_on_its_day(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        edit(tmp_path)
        day = clock.today() + timedelta(days=3)
        made, version = publish(site, tmp_path / "rules", day)
        assert made
        assert newest(site, eligible(site))[1] == OLD
        site._clients.clear()
        with clock.shifted(timedelta(days=3)):
            assert newest(site, eligible(site)) == (version, NEW)
            with pytest.raises(Refused):
                publish(site, ROOT / "rules", day - timedelta(days=1))


def test_the_same_version_may_be_published_for_another_day_and_none_is_overwritten(
    tmp_path: Path,
) -> None:
    with running(tmp_path) as site:
        day = clock.today() + timedelta(days=10)
        assert publish(site, tmp_path / "rules", day)[0]
        assert not publish(site, tmp_path / "rules", day)[0]
        with transaction_on(site.registry.database) as root:
            books = root["policy"].books(EDITION)
            assert len(list(books.publications)) == 2
            assert len(books) == 1
            [name] = books.keys()
            with pytest.raises(KeyError):
                books[name] = Version(files={}, at=clock.now())


def test_a_book_that_lacks_a_policy_of_the_workflow_is_refused(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        (tmp_path / "rules" / EDITION / RULE).unlink()
        with pytest.raises(Refused) as refused:
            publish(site, tmp_path / "rules")
        [reason] = refused.value.reasons
        assert reason.mapping == {"policy": "demander-eligibility"}


def test_a_version_without_a_policy_decides_nothing_by_it(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        case = eligible(site)
        registry = site.registry
        with transaction_on(registry.database) as root:
            desk = Desk(
                site=root,
                rules=registry.rulebook[EDITION],
                decider=registry.decider,
                numbers=registry.numbers,
            )
            decision = decide(desk=desk, case=root.at(case), policy="of-later", at=clock.now())
            assert (decision.outcome, decision.content["code"]) == ("undetermined", "NOT_IN_BOOK")
        number = len(verdicts(site))
        assert set(verdicts(site)) == {"same"}
        page = site.client("demander").get(f"{case}decision/{number}")
        assert "没有这项规则" in page.text


def alter(site: Living, case: str, change: Any) -> None:
    with transaction_on(site.registry.database) as root:
        change(root, root.at(case))


def outcome_turned(_root: Any, case: Any) -> None:
    decision = case.decisions[case.decisions.last]
    decision.answer = decision.answer.replace(b'"outcome":"grant"', b'"outcome":"deny"')


def facts_turned(_root: Any, case: Any) -> None:
    decision = case.decisions[1]
    decision.facts = decision.facts.replace("上海市", "江苏省")


@pytest.mark.parametrize("change", [outcome_turned, facts_turned])
def test_a_decision_that_was_tampered_with_is_found(tmp_path: Path, change: Any) -> None:
    with running(tmp_path) as site:
        case = eligible(site)
        assert set(verdicts(site)) == {"same"}
        alter(site, case, change)
        assert verdicts(site).count("altered") == 1
        last = 1 if change is facts_turned else len(verdicts(site))
        page = site.client("demander").get(f"{case}decision/{last}")
        assert "记录作出后被改动" in page.text


def test_a_decision_that_does_not_follow_is_found_without_its_digest(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        case = eligible(site)
        alter(site, case, outcome_turned)

        def forget_digests(_root: Any, case: Any) -> None:
            for number, entry in list(case.journal.after(0)):
                detail = {key: one for key, one in entry.detail.items() if key != "sha256"}
                case.journal._items[number] = type(entry)(
                    entry.at, entry.actor, entry.act, detail, entry.previous, entry.digest
                )

        alter(site, case, forget_digests)
        assert verdicts(site).count("differs") == 1


def test_a_version_that_was_tampered_with_decides_nothing_more(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        case = eligible(site)
        older, _reason = newest(site, case)

        def slip_in(root: Any, _case: Any) -> None:
            books = root["policy"].books(EDITION)
            files = books[older].files
            files[RULE] = files[RULE].replace(OLD.encode(), NEW.encode())
            books._children[older] = Version(files=files, at=clock.now())

        alter(site, case, slip_in)
        SHELF.forget()
        with transaction_on(site.registry.database) as root, pytest.raises(MissingVersion):
            SHELF.read(root["policy"].books(EDITION), older)
        assert set(verdicts(site)) == {"no_version"}


def test_in_development_nothing_is_published_by_itself(tmp_path: Path) -> None:
    with (
        running(tmp_path, fresh=True, **{"jiebang.reload_rules": "true"}) as site,
        transaction_on(site.registry.database) as root,
    ):
        books = root["policy"].books(EDITION)
        assert (list(books.publications), len(books)) == ([], 0)


def test_in_development_what_came_last_decides(tmp_path: Path) -> None:
    reload = {"jiebang.reload_rules": "true"}
    with running(tmp_path, **reload) as site:
        first = eligible(site)
        older, _reason = newest(site, first)
        edit(tmp_path)
        version, reason = newest(site, eligible(site))
        assert (reason, version != older) == (NEW, True)
        # A case decided by a published version stays on it, whatever is edited.
        assert newest(site, first)[0] == older
        edit(tmp_path, "when:", "wenn:")
        assert newest(site, eligible(site)) == (version, NEW)
        page = site.client("policy_editor").get("/status")
        assert RULE in page.html.select_one("[role=alert]").text
        edit(tmp_path, "wenn:", "when:")
        edit(tmp_path, NEW, "第三版")
        assert newest(site, eligible(site))[1] == "第三版"
        assert set(verdicts(site)) == {"same"}
    with running(tmp_path, **reload) as site:
        assert set(verdicts(site)) == {"same"}


def text_of(page: Any) -> str:
    return " ".join(page.html.main.get_text(" ").split())


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        (
            "zh_CN",
            ("需求方注册地为“上海市”", "须为本市注册企业", "同意", "解释", "相符", "2019年8月5日"),
        ),
        ("en", ("Granted", "interpretation", "holds", "All of these hold:", "5 August 2019")),
    ],
)
def test_a_policy_is_shown_in_plain_words_beside_its_clause(
    tmp_path: Path, language: str, shown: tuple[str, ...]
) -> None:
    with running(tmp_path) as site:
        staff = site.client("policy_editor")
        staff.set_cookie("language", language)
        listed = staff.get(f"/policy/{EDITION}/")
        book = site.registry.rulebook[EDITION].book
        assert len(listed.html.select(".matters tbody tr")) == len(book.policies) + len(book.awards)
        page = listed.click(href=r"rule/demander-eligibility$")
        assert [one for one in shown if one not in text_of(page)] == []
        assert "技术需求方是指本市注册企业" in page.html.select_one("blockquote").text
        for name in (*book.policies, *book.awards):
            staff.get(f"/policy/{EDITION}/rule/{name}", status=200)
        staff.get(f"/policy/{EDITION}/rule/nothing", status=404)
        staff.get(f"/policy/{EDITION}/?version={'0' * 64}", status=404)


def test_a_policy_names_the_cases_it_decided_to_those_who_may_open_them(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        case = eligible(site)
        number = case.rstrip("/").rsplit("/", 1)[-1]
        site.catch_up()
        address = f"/policy/{EDITION}/rule/demander-eligibility"
        assert number in site.client("case_officer").get(address).text
        editor = site.client("policy_editor").get(address)
        assert number not in editor.text
        assert "1 件案卷" in text_of(editor)
        site.client("demander").get(address, status=404)


def test_a_former_version_can_be_read_and_the_history_tells_what_changed(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        case = eligible(site)
        older, _reason = newest(site, case)
        edit(tmp_path)
        publish(site, tmp_path / "rules")
        officer = site.client("case_officer")
        page = officer.get(f"/policy/{EDITION}/rule/demander-eligibility")
        assert NEW in text_of(page)
        marks = page.html.find_all(string="新增或有改动")
        assert len(marks) == 2
        other = officer.get(f"/policy/{EDITION}/rule/demand-publishable")
        assert len(other.html.find_all(string="未改动")) == 1
        former = officer.get(f"{case}decision/2").click("查看当时的规则")
        assert older in former.request.url
        assert NEW not in text_of(former)


def test_a_decision_shows_each_condition_with_its_clause_and_basis(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        case = eligible(site)
        page = site.client("demander").get(f"{case}decision/2")
        rows = page.html.select("table.grid tbody tr")
        assert len(rows) == 5
        assert all(row.select_one("blockquote").text for row in rows)
        bases = [row.find("td", attrs={"data-label": "依据"}).text.strip() for row in rows]
        assert bases == ["依据原文"] * 3 + ["解释"] * 2
        assert "一致，逐字节相同" in text_of(page)


def test_who_was_refused_is_told_what_would_have_to_change(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        case = pre_register(site.client("demander"))
        judge(site.client("reviewer"), case, answer="no", opinion="材料不足。")
        form(site.client("case_officer").get(case), "assign").submit(status=303)
        for role in ("demander", "case_officer"):
            page = site.client(role).get(f"{case}decision/2")
            headings = [one.text for one in page.html.select("h2")]
            assert "若要通过" in headings
        agency = site.client("agency").get(f"{case}decision/2")
        assert "若要通过" not in agency.text
