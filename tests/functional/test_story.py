"""One demand from 预报名 to a published announcement, as its people live it, without a browser."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from datetime import date

import pytest
from pypdf import PdfReader
from webtest import TestApp, Upload

from jiebang.outbox.loop import transaction_on
from jiebang.policy import canonical_json
from tests.functional.conftest import Mailbox
from tests.functional.filling import (
    ANALYSIS,
    JUDGEMENT,
    PRE_REGISTRATION,
    WISHES,
    answer,
    file,
    fill_sections,
    form,
    judge,
    pre_register,
    publish_one,
)
from tests.living import Living

Client = Callable[..., TestApp]
#: What the demander of these stories wants hidden, and everything else that is nobody's business.
HIDDEN = ("演示企业", "联系岗", "13800000000", "desk@example.com", "91310000MA1K00015N")


def stage(client: TestApp, case: str) -> str:
    """The stage a case shows as the present one."""
    return str(client.get(case).html.select_one(".stage-line .now").contents[-1]).strip()


@pytest.fixture
def published(client: Client) -> str:
    """A demand that went the whole way; the path of its case."""
    return publish_one(client)


def test_the_whole_story(client: Client, published: str) -> None:
    demander, officer = client("demander"), client("case_officer")
    assert stage(demander, published) == "已发布"
    journal = officer.get(f"{published}journal").text
    acts = [
        "file",
        "find-eligible",
        "claim",
        "accept-analysis",
        "give-consent",
        "schedule",
        "publish",
    ]
    assert all(f">{act}<" in journal for act in acts)


def test_the_public_sees_what_was_consented_to_and_nothing_hidden(
    client: Client, published: str
) -> None:
    public = client(None)
    number = published.rstrip("/").rsplit("/", 1)[-1]
    listed = public.get("/announcements")
    page = listed.click(PRE_REGISTRATION["need"]["need_title"])
    pdf = page.click(href="pdf")
    text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf.body)).pages)
    feed = public.get("/feed.atom").text
    for channel in (listed.text, page.text, text, feed):
        assert number in channel.replace("\n", "")
        assert not [word for word in HIDDEN if word in channel]
    assert "某企业" in page.text
    assert ANALYSIS["analysis"]["restated"] in page.text
    for word in HIDDEN:
        assert public.get("/announcements", {"text": word}).html.select(".task-list li") == []
    assert len(public.get("/announcements", {"text": "焊接"}).html.select(".task-list li")) == 1


def test_the_decision_shows_reasons_clauses_facts_and_version(client: Client) -> None:
    demander, reviewer = client("demander"), client("reviewer")
    case = pre_register(demander)
    assert stage(demander, case) == "待购买能力认定"
    page = demander.get(f"{case}decision/1")
    for shown in ("尚不能决定", "SH-3.1(1)", "技术需求方是指本市注册企业", "上海市"):
        assert shown in page.text
    judge(reviewer, case)
    assert stage(demander, case) == "待需求分析"
    version = demander.get("/editions/shanghai-2019/demands/" + case.split("/")[-2] + "/decision/2")
    assert len(version.html.select("code")[0].text) == 64


def test_a_refused_demander_is_told_why_and_may_file_again(client: Client) -> None:
    demander, reviewer = client("demander"), client("reviewer")
    case = pre_register(demander)
    judge(reviewer, case, answer="no", opinion="材料不足。")
    page = demander.get(case)
    assert stage(demander, case) == "不符合资格"
    assert "未认定具有技术与服务购买能力" in page.text
    assert "SH-3.1(1)" in page.text
    receipt = file(demander, case, "pre-registration", {"need": {"need_title": "更正后的名称"}})
    assert case.rstrip("/").rsplit("/", 1)[-1] in receipt.text
    assert "更正后的名称" in demander.get(case).text


def test_an_enterprise_from_elsewhere_is_refused_with_a_hint(client: Client) -> None:
    demander = client("demander_suzhou")
    case = pre_register(demander)
    text = demander.get(case).text
    assert stage(demander, case) == "不符合资格"
    assert "须为本市注册企业" in text


def test_filing_twice_gives_one_case_and_one_receipt(client: Client) -> None:
    demander = client("demander")
    draft = form(demander.get("/my"), "/start").submit().follow().request.path
    filing = form(fill_sections(demander, draft, PRE_REGISTRATION), "submit")
    first, second = filing.submit().follow(), filing.submit().follow()
    assert first.html.select_one("dl").text == second.html.select_one("dl").text
    assert (
        len(demander.get("/my").html.select("tbody tr"))
        + len(demander.get("/my").html.select("#waiting ~ ul li"))
        == 1
    )


def test_a_shut_gate_lists_every_reason(client: Client) -> None:
    demander, officer = client("demander"), client("case_officer")
    case = pre_register(demander)
    judge(client("reviewer"), case)
    file(officer, case, "demand-analysis", ANALYSIS)
    file(demander, case, "redaction-wishes", WISHES)
    token = demander.get(case).forms[0]["csrf_token"].value
    refused = demander.post(f"{case}consent", {"csrf_token": token, "sha256": "0" * 64}, status=303)
    assert refused.location.endswith("announcement")
    reasons = officer.post(
        f"{case}schedule",
        {"csrf_token": officer.get(case).forms[0]["csrf_token"].value},
        status=409,
    ).html.select(".error-summary li")
    assert len(reasons) == 2
    assert all("SH-" in one.text for one in reasons)


def test_consent_is_to_one_rendering(client: Client) -> None:
    demander, officer = client("demander"), client("case_officer")
    case = pre_register(demander)
    judge(client("reviewer"), case)
    file(officer, case, "demand-analysis", ANALYSIS)
    file(demander, case, "redaction-wishes", WISHES)
    seen = form(demander.get(f"{case}announcement"), "consent")
    file(officer, case, "demand-analysis", {"analysis": {"restated": "改写后的需求。"}})
    again = seen.submit(status=303).follow()
    assert "改写后的需求。" in again.text
    assert stage(demander, case) == "待企业确认公告"
    form(again, "consent").submit(status=303)
    assert stage(demander, case) == "待列入批次"


def test_an_agency_analyses_what_it_was_given_and_nothing_else(client: Client) -> None:
    demander, officer, agency = client("demander"), client("case_officer"), client("agency")
    case = pre_register(demander)
    judge(client("reviewer"), case)
    agency.get(case, status=404)
    form(officer.get(case), "assign").submit(status=303)
    assert "填写技术创新需求分析表" in agency.get(case).text
    agency.get(f"{case}journal", status=404)
    draft = form(agency.get(case), "fill/demand-analysis").submit().follow().request.path
    checked = fill_sections(agency, draft, ANALYSIS)
    form(officer.get(case), "dismiss").submit(status=303)
    agency.get(case, status=404)
    form(checked, "submit").submit(status=404)
    assert stage(officer, case) == "待需求分析"


def test_an_attachment_comes_back_as_it_was_sent(client: Client) -> None:
    demander = client("demander")
    content = b"%PDF-1.4\n" + b"1 0 obj\n<<>>\nendobj\n" * 50 + b"%%EOF\n"
    draft = form(demander.get("/my"), "/start").submit().follow().request.path
    page = demander.get(f"{draft}section/attachments")
    asked = answer(page, {})
    asked["upload:attachments"] = [Upload("营业执照.pdf", content)]
    asked.submit("save", status=303)
    sent = demander.get(f"{draft}section/attachments").click("营业执照.pdf")
    assert hashlib.sha256(sent.body).digest() == hashlib.sha256(content).digest()
    assert sent.headers["Content-Disposition"].startswith("attachment;")


def test_a_refused_demander_is_told_why_by_letter(mailing: Living, mailbox: Mailbox) -> None:
    demander, address = mailing.client("demander"), mailing.accounts["demander"].email
    case = pre_register(demander)
    judge(mailing.client("reviewer"), case, answer="no", opinion="材料不足。")
    mailing.catch_up()
    [letter] = mailbox.to(address)
    text = letter.get_content()
    assert "未认定具有技术与服务购买能力 (SH-3.1(1))" in text
    assert case in text
    # The letter says that there is something to read, and nothing of what was filed or judged.
    assert not [word for word in (*HIDDEN, "材料不足", "薄壁件焊后变形超差") if word in text]
    assert mailing.catch_up() == 0
    assert len(mailbox.letters) == 1


def test_every_decision_can_be_computed_again_to_the_same_bytes(site: Living) -> None:
    case = publish_one(site.client)
    rules = site.registry.rulebook["shanghai-2019"]
    with transaction_on(site.registry.database) as root:
        decisions = list(root.at(case).decisions)
        assert {one.policy for one in decisions} == {
            gate.policy for one in rules.workflow.transitions for gate in one.gates
        }
        for one in decisions:
            again = site.registry.decider.decide(
                book=rules.book,
                policy_id=one.policy,
                facts=json.loads(one.facts),
                as_of=date.fromisoformat(one.content["as_of"]),
            )
            assert canonical_json(again.as_dict()) == one.answer


def test_confidential_answers_stay_with_the_office_and_who_filed_them(client: Client) -> None:
    demander, officer, agency = client("demander"), client("case_officer"), client("agency")
    content = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
    draft = form(demander.get("/my"), "/start").submit().follow().request.path
    page = demander.get(f"{draft}section/attachments")
    asked = answer(page, {})
    asked["upload:attachments"] = [Upload("购买能力证明.pdf", content)]
    asked.submit("save", status=303)
    filed = form(fill_sections(demander, draft, {**PRE_REGISTRATION}), "submit").submit().follow()
    case = str(filed.html.select_one("main .btn-act")["href"])
    judge(client("reviewer"), case)
    form(officer.get(case), "assign").submit(status=303)
    document = f"{case}document/pre-registration/1"
    file_of = demander.get(document).html.find("a", string="购买能力证明.pdf")["href"]
    assert officer.get(file_of).body == content
    assert "购买能力证明" not in agency.get(document).text
    agency.get(file_of, status=404)
    judged = f"{case}document/purchase-capacity/1"
    assert JUDGEMENT["evidence"] in officer.get(judged).text
    shown = demander.get(judged).text
    assert JUDGEMENT["evidence"] not in shown
    assert JUDGEMENT["opinion"] in shown
