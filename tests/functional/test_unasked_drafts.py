"""Drafts whose form was taken out of use, whose case is shut, or whose edition is gone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from webtest import TestApp, Upload

from jiebang import clock
from jiebang.outbox.loop import transaction_on
from tests.functional.filling import answer, form, pre_register, questions
from tests.functional.plausible import FILE, begin, file_alone
from tests.living import ROOT, Living, living

FORM, KEY, ROLE = "award-agency", "other_merits", "agency"
TITLE = "优秀服务机构奖申报（推荐）表"
TYPED = "为三家企业组织了专场对接。"
PAGES = ("", "section/merits", "check", "workbook", "workbook.xlsx")


@pytest.fixture
def own_forms(tmp_path: Path) -> Iterator[Living]:
    """A site on form files of its own, read again when they change."""
    shutil.copytree(ROOT / "forms", tmp_path / "forms")
    changed = {"jiebang.forms": str(tmp_path / "forms"), "jiebang.reload_rules": "true"}
    with living(tmp_path, **changed) as one:
        yield one


def take_out(site: Living, renamed: str = "") -> None:
    """Remove the form from the folder, or give it another id."""
    file = site.settings.forms / f"{FORM}.yaml"
    text = file.read_text("utf-8")
    file.unlink()
    if renamed:
        (file.parent / f"{renamed}.yaml").write_text(
            text.replace(f"id: {FORM}\n", f"id: {renamed}\n", 1), "utf-8"
        )
    assert FORM not in site.registry.rulebook["shanghai-2019"].forms
    assert not site.registry.rulebook.findings


def written(client: TestApp) -> tuple[str, Any]:
    """A draft with an answer and a file in it, and the page of the section."""
    draft = begin(client, FORM)
    for link in client.get(draft).html.select(".task-list a"):
        page = client.get(link["href"])
        asked = questions(page)
        if KEY in asked.fields:
            asked[KEY] = TYPED
            files = next(name for name in asked.fields if (name or "").startswith("upload:"))
            asked[files] = [Upload("成效证明.pdf", FILE)]
            asked.submit("save", status="*")
            return draft, client.get(link["href"])
    raise AssertionError(draft)


@pytest.mark.parametrize("renamed", ["", "agency-honour"])
def test_a_draft_of_a_form_out_of_use_stays_readable(own_forms: Living, renamed: str) -> None:
    client = own_forms.client(ROLE)
    draft, page = written(client)
    take_out(own_forms, renamed)
    listed = client.get("/my").html.select_one(f'a[href="{draft}"]')
    assert TITLE in listed.text
    for below in PAGES:
        shown = client.get(f"{draft}{below}")
        assert "此表已停用" in shown.text
        assert TYPED in shown.text
    assert "其他" in shown.html.select_one("section dl.facts").text
    link = shown.html.find("a", string="成效证明.pdf")
    assert client.get(link["href"]).body == FILE
    english = form(shown, "/language").submit("to", value="en").follow()
    assert "no longer in use" in english.text
    typed = questions(page)
    typed[KEY] = "还没有保存的一句话。"
    refused = typed.submit("save", status=410)
    assert "还没有保存的一句话。" in refused.text
    assert TYPED in refused.text
    token = typed["csrf_token"].value
    client.post(f"{draft}autosave", {"csrf_token": token, KEY: "x"}, status=410)
    client.post(f"{draft}submit", {"csrf_token": token, "revision": "1"}, status=410)
    own_forms.client("demander").get(draft, status=404)
    form(shown, "discard").submit(status=303)
    client.get(draft, status=404)


def test_where_nobody_kept_the_form_the_answers_stand_by_their_keys(own_forms: Living) -> None:
    client = own_forms.client(ROLE)
    draft, _page = written(client)
    with transaction_on(own_forms.registry.database) as root:
        # As a draft is that was begun before forms were kept with drafts.
        del root.at(draft).asked
    take_out(own_forms)
    shown = client.get(draft)
    keys = [one.text for one in shown.html.select("section dl.facts dt")]
    assert KEY in keys
    assert TYPED in shown.text
    assert client.get(shown.html.find("a", string="成效证明.pdf")["href"]).body == FILE
    assert FORM in client.get("/my").text


def test_what_was_filed_of_a_form_out_of_use_keeps_its_receipt_and_title(
    own_forms: Living,
) -> None:
    client = own_forms.client(ROLE)
    case = file_alone(own_forms, ROLE, FORM)
    with transaction_on(own_forms.registry.database) as root:
        [draft] = [one for one in root["drafts"].values() if one.receipt]
        path, digest = f"/drafts/{draft.__name__}/", draft.receipt.sha256
    take_out(own_forms)
    assert digest in client.get(f"{path}receipt").text
    assert client.get(path, status=303).location.endswith("receipt")
    assert client.get(f"{path}file/x", status=404)
    row = client.get("/my").html.select_one(f'a[href="{case}"]')
    assert TITLE in row.text


def test_a_draft_on_a_case_shows_no_answers_of_the_office(own_forms: Living) -> None:
    """A correction whose form is taken out of use: what was typed, not what is withheld."""
    officer, owner = own_forms.client("case_officer"), own_forms.client(ROLE)
    case = file_alone(own_forms, ROLE, FORM)
    with transaction_on(own_forms.registry.database) as root:
        document = root.at(case).filed
        now = document.current
        document.file(
            form_version=now.form_version,
            data={**now.data, "accepted": True, "review_opinion": "只供内部掌握"},
            attachments=now.attachments,
            filed=now.filed,
            asked=now.asked,
        )
    page = form(officer.get(f"{case}return/{FORM}"), f"return/{FORM}")
    page[f"mark:{KEY}"], page[f"reason:{KEY}"] = True, "请写明时间和经过。"
    page.submit(status=303)
    draft = form(owner.get(case), f"correct/{FORM}").submit().follow().request.path
    section = owner.get(draft).html.select_one(".task-list a")["href"]
    answer(owner.get(section), {KEY: TYPED}).submit("save", status=303)
    handling = form(officer.get(case), "handle").submit().follow().request.path
    take_out(own_forms)
    for kept in (True, False):
        with transaction_on(own_forms.registry.database) as root:
            if not kept:
                del root.at(draft).asked
                for version in root.at(case).filed:
                    version.asked = ""
        shown = owner.get(draft).text
        assert TYPED in shown
        assert "只供内部掌握" not in shown
    masked = officer.get(handling).text
    assert "138****0000" in masked
    assert "13800000000" not in masked


def test_after_the_deadline_a_draft_is_read_and_thrown_away(site: Living) -> None:
    rules = site.registry.rulebook["shanghai-2019"]
    asked = next(
        one
        for one in rules.forms.forms.values()
        if one.filing and one.filing.closes and "demander" in one.filing.by
    )
    closing = rules.edition.phase(asked.filing.closes)
    ended = closing.model_copy(update={"from_": None, "until": clock.today()})
    phases = tuple(ended if one is closing else one for one in rules.edition.phases)
    # The notice gives this phase no end, so the test says one.
    object.__setattr__(rules.edition, "phases", phases)
    demander = site.client("demander")
    about = {"about": pre_register(demander).rstrip("/").rsplit("/", 1)[-1]}
    draft = begin(demander, asked.id, **(about if asked.filing.about == "demand" else {}))
    with clock.shifted(timedelta(days=1)):
        form(demander.get(draft), "discard").submit(status=303)
        demander.get(draft, status=404)


def test_a_receipt_outlives_the_right_to_the_case(site: Living) -> None:
    demander = site.client("demander")
    case = pre_register(demander)
    number = case.rstrip("/").rsplit("/", 1)[-1]
    with transaction_on(site.registry.database) as root:
        [filed] = [one for one in root["drafts"].values() if one.receipt]
        digest, receipt = filed.receipt.sha256, f"/drafts/{filed.__name__}/receipt"
        person = root["people"][filed.person]
        begun = form(demander.get("/my"), "/start").submit().follow().request.path
        person.memberships = {}
    demander.get(case, status=404)
    page = demander.get(receipt)
    assert digest in page.text
    assert number in page.text
    assert not page.html.select(f'a[href="{case}"]')
    # The draft that can no longer be filed is thrown away all the same.
    form(demander.get(begun), "discard").submit(status=303)
    demander.get(begun, status=404)
    site.client("challenger").get(receipt, status=404)


def test_my_work_bears_an_edition_that_is_gone(site: Living) -> None:
    demander = site.client("demander")
    case = pre_register(demander)
    draft = begin(demander, "demand-survey")
    with transaction_on(site.registry.database) as root:
        # As after the rules folder of an earlier edition was removed.
        root.at(draft).edition = "shanghai-2018"
        root.at(case).edition = "shanghai-2018"
    page = demander.get("/my")
    assert case not in page.text
    shut = page.html.select_one("#shut").find_parent("section")
    assert "技术创新需求调查表" in shut.text
    assert not shut.select("form, a")
    assert "无法读取" in demander.get(draft, status=503).html.h1.text
    site.client("challenger").get(draft, status=404)
