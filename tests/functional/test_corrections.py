"""Return for correction: marked once, only that is open, the correction answers it, both are compared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from webtest import TestApp
from webtest.response import TestResponse

from jiebang import clock
from jiebang.outbox.loop import transaction_on
from tests.functional.conftest import Mailbox
from tests.functional.filling import (
    ANALYSIS,
    PRE_REGISTRATION,
    WISHES,
    answer,
    file,
    form,
    judge,
    pre_register,
    publish_one,
)
from tests.functional.plausible import file_alone
from tests.functional.test_story import stage
from tests.living import Living

Client = Callable[..., TestApp]
TITLE = PRE_REGISTRATION["need"]["need_title"]
TOO_LONG = "名称里出现了企业简称，请改写。"
MORE = "请写明现有指标。"


def mark(client: TestApp, case: str, form_id: str, **reasons: str) -> TestResponse:
    """Return a document with marks; a double underscore stands for the dot before a row."""
    page = form(client.get(f"{case}return/{form_id}"), f"return/{form_id}")
    for place, reason in reasons.items():
        page[f"mark:{place.replace('__', '.')}"] = True
        page[f"reason:{place.replace('__', '.')}"] = reason
    return page.submit(status="*")


def correct(client: TestApp, case: str, form_id: str) -> str:
    """Begin the correction from the case page; the path of its draft."""
    return str(form(client.get(case), f"correct/{form_id}").submit().follow().request.path)


def refile(client: TestApp, draft: str) -> TestResponse:
    return form(client.get(f"{draft}check"), "submit").submit(status=303).follow()


@pytest.fixture
def returned(client: Client) -> str:
    """A demand whose pre-registration came back with two marks; the path of its case."""
    case = pre_register(client("demander"))
    judge(client("reviewer"), case)
    officer = client("case_officer")
    assert (
        mark(officer, case, "pre-registration", need_title=TOO_LONG, need_brief=MORE).status_int
        == 303
    )
    return case


def test_the_applicant_sees_every_mark_and_only_these_are_open(
    client: Client, returned: str
) -> None:
    demander = client("demander")
    assert TOO_LONG in demander.get(returned).text
    assert "预报名表" in demander.get("/my").html.select_one("#waiting ~ ul").text
    draft = correct(demander, returned, "pre-registration")
    listed = [one["href"] for one in demander.get(draft).html.select(".task-list a")]
    assert listed == [f"{draft}section/need"]
    page = demander.get(f"{draft}section/need")
    assert MORE in page.text
    asked = page.forms["form-pre-registration"]
    assert {"need_title", "need_brief"} <= asked.fields.keys()
    assert not {"tech_field", "session_pref"} & asked.fields.keys()


def test_nothing_else_is_saved_whatever_is_posted(
    client: Client, returned: str, site: Living
) -> None:
    demander = client("demander")
    draft = correct(demander, returned, "pre-registration")
    page = demander.get(f"{draft}section/need")
    hidden = page.forms["form-pre-registration"]
    posted = {
        "csrf_token": hidden["csrf_token"].value,
        "revision": hidden["revision"].value,
        "section": "need",
        "need_title": "改写后的名称",
        "need_brief": "现有超差0.8毫米，要求0.2毫米以内。",
        "tech_field": "biomedicine",
        "contact": "别人",
    }
    demander.post(f"{draft}section/need", posted, status=303)
    demander.post(f"{draft}section/company", {**posted, "section": "company"}, status="*")
    demander.post(f"{draft}autosave", {**posted, "section": ""}, status="*")
    refile(demander, draft)
    with transaction_on(site.registry.database) as root:
        first, second = root.at(returned).documents["pre-registration"]
        changed = {key for key in second.data if second.data[key] != first.data.get(key)}
    assert changed == {"need_title", "need_brief"}


def test_the_correction_is_a_version_and_the_difference_is_shown(
    client: Client, returned: str
) -> None:
    demander, officer = client("demander"), client("case_officer")
    draft = correct(demander, returned, "pre-registration")
    page = demander.get(f"{draft}section/need")
    answer(page, {"need_title": f"{TITLE}技术"}).submit("save", status=303)
    refile(demander, draft)
    assert TOO_LONG not in demander.get(returned).text
    compared = officer.get(returned).click(href="document/pre-registration/compare/1/2")
    rows = compared.html.select("table.compare > tbody > tr")
    assert [one.select_one("th").contents[0].strip() for one in rows] == ["需求名称"]
    [added] = compared.html.select("ins")
    assert "技术" in added.text
    assert added.select(".visually-hidden")
    assert not compared.html.select("del")
    everything = compared.click(href="all=1").html.select("table.compare > tbody > tr")
    assert len(everything) > 5
    journal = officer.get(f"{returned}journal").text
    assert all(f">{act}<" in journal for act in ("return", "correct"))
    assert "need_title" in journal
    assert TOO_LONG not in journal


def test_a_correction_is_never_extended_and_a_second_one_shows_the_first(
    client: Client, returned: str
) -> None:
    officer, demander = client("case_officer"), client("demander")
    shut = officer.get(f"{returned}return/pre-registration")
    assert not [one for one in shut.forms.values() if "until" in one.fields]
    assert not officer.get(f"{returned}document/pre-registration/1").html.select(
        'a[href*="return/"]'
    )
    refile(demander, correct(demander, returned, "pre-registration"))
    again = officer.get(f"{returned}return/pre-registration")
    assert TOO_LONG in again.text
    assert again.html.select('a[href*="compare/1/2"]')


def test_what_the_officer_typed_stays_when_it_cannot_be_sent(client: Client) -> None:
    case = pre_register(client("demander"))
    officer = client("case_officer")
    nothing = mark(officer, case, "pre-registration")
    assert nothing.status_int == 422
    page = form(officer.get(f"{case}return/pre-registration"), "return/pre-registration")
    page["mark:need_title"], page["reason:need_brief"] = True, MORE
    page["until"] = "2019-01-01"
    wrong = page.submit(status=422)
    assert len(wrong.html.select(".error-summary li")) == 2
    kept = form(wrong, "return/pre-registration")
    assert kept["mark:need_title"].checked
    assert kept["reason:need_brief"].value == MORE
    assert "补正" not in client("demander").get(case).html.select_one("#next").parent.text


def test_the_version_that_was_looked_at_is_the_one_that_is_returned(client: Client) -> None:
    demander, officer = client("demander"), client("case_officer")
    case = pre_register(demander)
    judge(client("reviewer"), case, answer="no", opinion="材料不足。")
    page = form(officer.get(f"{case}return/pre-registration"), "return/pre-registration")
    file(demander, case, "pre-registration", {"need": {"need_title": "更正后的名称"}})
    page["mark:need_title"], page["reason:need_title"] = True, TOO_LONG
    assert page.submit(status=422).html.select(".error-summary li")


def test_what_was_begun_before_the_return_waits_for_the_correction(client: Client) -> None:
    demander, officer = client("demander"), client("case_officer")
    case = pre_register(demander)
    judge(client("reviewer"), case, answer="no", opinion="材料不足。")
    before = form(demander.get(case), "fill/pre-registration").submit().follow().request.path
    answer(demander.get(f"{before}section/need"), {"need_title": "先前起草的名称"}).submit("save")
    mark(officer, case, "pre-registration", need_brief=MORE)
    refused = form(demander.get(f"{before}check"), "submit").submit(status=409)
    assert refused.html.select(".error-summary li")
    assert "先前起草的名称" in demander.get(f"{before}check").text
    assert not demander.get(case).html.select('form[action$="fill/pre-registration"]')


def test_a_correction_that_touches_facts_is_decided_again(client: Client) -> None:
    demander, officer, agency = client("demander"), client("case_officer"), client("agency")
    case = pre_register(demander)
    judge(client("reviewer"), case)
    form(officer.get(case), "assign").submit(status=303)
    file(agency, case, "demand-analysis", ANALYSIS)
    assert stage(officer, case) == "待企业确认公告"
    mark(officer, case, "demand-analysis", publishable="请说明是否涉及商业秘密。")
    draft = correct(agency, case, "demand-analysis")
    section = agency.get(draft).html.select_one(".task-list a")["href"]
    # What depends on the answer that was marked is open with it.
    answers = {"publishable": "no", "feedback": "需求尚不具体，请补充指标。"}
    answer(agency.get(section), answers).submit("save", status=303)
    refile(agency, draft)
    assert stage(officer, case) == "不予公开（已反馈）"


def test_nothing_is_returned_once_the_case_has_come_to_its_end(client: Client) -> None:
    case = publish_one(client)
    officer = client("case_officer")
    assert not officer.get(f"{case}document/pre-registration/1").html.select('a[href*="return/"]')
    page = officer.get(f"{case}return/pre-registration")
    assert page.html.select(".error-summary li")
    assert "已发布" in page.html.select_one(".error-summary").text


def test_a_demand_is_not_published_while_a_correction_waits(client: Client) -> None:
    demander, officer = client("demander"), client("case_officer")
    case = pre_register(demander)
    judge(client("reviewer"), case)
    file(officer, case, "demand-analysis", ANALYSIS)
    file(demander, case, "redaction-wishes", WISHES)
    form(demander.get(f"{case}announcement"), "consent").submit(status=303)
    mark(officer, case, "pre-registration", need_title=TOO_LONG)
    assert not officer.get(case).html.select('form[action$="schedule"]')
    refile(demander, correct(demander, case, "pre-registration"))
    form(officer.get(case), "schedule").submit(status=303)


def test_an_agency_corrects_what_it_filed_and_the_owner_does_not(client: Client) -> None:
    demander, officer, agency = client("demander"), client("case_officer"), client("agency")
    case = pre_register(demander)
    judge(client("reviewer"), case)
    form(officer.get(case), "assign").submit(status=303)
    file(agency, case, "demand-analysis", ANALYSIS)
    assert (
        mark(officer, case, "demand-analysis", indicators__0="目标值与测试方法不符。").status_int
        == 303
    )
    assert not demander.get(case).html.select('form[action*="correct/"]')
    draft = correct(agency, case, "demand-analysis")
    page = agency.get(f"{draft}section/analysis")
    assert "目标值与测试方法不符。" in page.text
    answer(page, {"target": ["0.1"]}).submit("save", status=303)
    refile(agency, draft)
    compared = officer.get(f"{case}document/demand-analysis/compare/1/2")
    [row] = compared.html.select("table table tbody tr")
    assert "0.2" in row.select_one("del").text
    assert "0.1" in row.select_one("ins").text


def test_a_late_correction_is_taken_and_marked_late(client: Client) -> None:
    demander, officer = client("demander"), client("case_officer")
    case = pre_register(demander)
    page = form(officer.get(f"{case}return/pre-registration"), "return/pre-registration")
    page["mark:need_title"], page["reason:need_title"] = True, TOO_LONG
    page["until"] = (clock.today() + timedelta(days=3)).isoformat()
    page.submit(status=303)
    draft = correct(demander, case, "pre-registration")
    assert demander.get(draft).html.select(".countdown")
    with clock.shifted(timedelta(days=4)):
        refile(demander, draft)
    assert "late: True" in officer.get(f"{case}journal").text


def test_the_filer_is_told_by_letter_what_to_correct(mailing: Living, mailbox: Mailbox) -> None:
    case = pre_register(mailing.client("demander"))
    mark(mailing.client("case_officer"), case, "pre-registration", need_title=TOO_LONG)
    mailing.catch_up()
    letters = mailbox.to(mailing.accounts["demander"].email)
    text = letters[-1].get_content()
    assert TOO_LONG in text
    assert "需求名称" in text
    assert case in text
    assert TITLE not in text


def test_a_submission_comes_back_and_is_corrected(site: Living, client: Client) -> None:
    case = file_alone(site, "demander", "demand-survey")
    owner, officer = client("demander"), client("case_officer")
    assert mark(officer, case, "demand-survey", problem=MORE).status_int == 303
    assert MORE in owner.get(case).text
    draft = correct(owner, case, "demand-survey")
    section = owner.get(draft).html.select_one(".task-list a")["href"]
    page = owner.get(section)
    answer(page, {"problem": "现有超差0.8毫米。"}).submit("save", status=303)
    receipt = refile(owner, draft)
    assert "2" in receipt.html.select_one("dl.facts").text
    assert "现有超差0.8毫米。" in officer.get(f"{case}document/demand-survey/2").text
    assert officer.get(f"{case}document/demand-survey/compare/1/2").html.select("ins")


def test_two_people_on_one_correction_end_with_one_version(
    site: Living, client: Client, returned: str
) -> None:
    demander = client("demander")
    draft = correct(demander, returned, "pre-registration")
    assert draft == correct(demander, returned, "pre-registration")
    filing = form(demander.get(f"{draft}check"), "submit")
    first, second = filing.submit().follow(), filing.submit().follow()
    assert first.html.select_one("dl").text == second.html.select_one("dl").text
    with transaction_on(site.registry.database) as root:
        assert root.at(returned).documents["pre-registration"].last == 2
