"""Another notice has its own form to open a demand, with its own names: files change, and no code."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functional.filling import (
    ANALYSIS,
    PRE_REGISTRATION,
    WISHES,
    file,
    fill_sections,
    form,
    pre_register,
)
from tests.living import ROOT, Living, living

#: What the notice of here calls it, and what another one does.
RENAMED = {"pre-registration": "intake", "need_title": "topic", "session_pref": "track"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """A site of the other notice: every file that policy staff own, with the other names."""
    folder = tmp_path_factory.mktemp("another")
    for owned in ("rules", "forms"):
        shutil.copytree(ROOT / owned, folder / owned)
    for path in sorted(folder.rglob("*.yaml")):
        text = path.read_text("utf-8")
        for old, new in RENAMED.items():
            text = re.sub(rf"\b{old}\b", new, text)
        path.write_text(text, "utf-8")
    (folder / "forms/pre-registration.yaml").rename(folder / "forms/intake.yaml")
    changed = {f"jiebang.{owned}": str(folder / owned) for owned in ("rules", "forms")}
    with living(folder, **changed) as site:
        yield site


def test_a_demand_is_opened_called_and_found_by_what_the_files_name(site: Living) -> None:
    demander, officer = site.client("demander"), site.client("case_officer")
    draft = form(demander.get("/my"), "/start").submit().follow().request.path
    need = PRE_REGISTRATION["need"]
    answers = {
        **PRE_REGISTRATION,
        "need": {RENAMED.get(key, key): value for key, value in need.items()},
    }
    checked = fill_sections(demander, draft, answers)
    assert need["need_title"] in demander.get("/my").text
    receipt = form(checked, "submit").submit().follow()
    case = receipt.html.select_one("main .btn-act")["href"]
    assert demander.get(case).html.h1.get_text(strip=True) == need["need_title"]
    site.catch_up()
    assert need["need_title"] in officer.get("/queue", {"district": "310112"}).text
    assert need["need_title"] not in officer.get("/queue", {"district": "310101"}).text
    assert need["need_title"] in officer.get("/queue", {"text": "焊接"}).text


def test_a_notice_may_name_no_district_and_no_session(site: Living, tmp_path: Path) -> None:
    rules = shutil.copytree(site.settings.rules, tmp_path / "rules")
    workflow = rules / "shanghai-2019/workflow/demand.yaml"
    text = workflow.read_text("utf-8")
    assert text.count("  district: district\n") == text.count("  session: track\n") == 1
    workflow.write_text(
        text.replace("  district: district\n", "").replace("  session: track\n", ""), "utf-8"
    )
    changed = {"jiebang.rules": str(rules), "jiebang.forms": str(site.settings.forms)}
    with living(tmp_path, **changed) as plain:
        page = plain.client("case_officer").get("/queue")
        assert not page.html.select("#f-district option[value='310112']")


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """A site of the other province that stands beside this one."""
    changed = {"jiebang.edition": "example-province"}
    with living(tmp_path_factory.mktemp("example"), **changed) as site:
        yield site


#: Every page that is reached without a case.
PAGES = [
    "/",
    "/about",
    "/sessions",
    "/organisers",
    "/contact",
    "/clauses",
    "/announcements",
    "/feed.atom",
    "/forms",
    "/my",
    "/queue",
    "/submissions",
    "/imports",
    "/batches",
    "/judgements",
    "/people",
    "/account",
    "/status",
    "/policy/example-province/",
]


def test_another_province_has_every_page_and_nothing_of_this_one(example: Living) -> None:
    for role in (None, *example.accounts):
        for path in PAGES:
            page = example.client(role).get(path, expect_errors=True)
            assert page.status_int < 500, (role, path)
            # The status page lists the rules of every edition of the site.
            if path != "/status":
                for foreign in ("沪科合", "国科发火", "SH-", "ST-"):
                    assert foreign not in page.text, (role, path, foreign)


def test_another_province_takes_a_demand_to_its_announcement(example: Living) -> None:
    demander, officer = example.client("demander"), example.client("case_officer")
    case = pre_register(demander)
    assert "EX2020-0001" in case
    form(officer.get(case), "claim").submit(status=303)
    file(officer, case, "demand-analysis", ANALYSIS)
    file(demander, case, "redaction-wishes", WISHES)
    form(demander.get(f"{case}announcement"), "consent").submit(status=303)
    form(officer.get(case), "schedule").submit(status=303)
    form(officer.get("/batches"), "publish").submit(status=303)
    page = example.client().get("/announcements").click(PRE_REGISTRATION["need"]["need_title"])
    assert "某单位" in page.text
    assert "SH-" not in page.text
