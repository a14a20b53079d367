"""Filling forms the way a browser does, for functional tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from webtest import TestApp
from webtest.forms import Form
from webtest.response import TestResponse


def form(response: TestResponse, action: str) -> Form:
    """The form on a page whose action ends so."""
    found = [one for one in response.forms.values() if (one.action or "").endswith(action)]
    assert found, f"no form for {action}: {[one.action for one in response.forms.values()]}"
    return found[0]


def questions(response: TestResponse) -> Form:
    """The form of questions on a page."""
    return next(one for one in response.forms.values() if (one.id or "").startswith("form-"))


def answer(response: TestResponse, answers: dict[str, Any]) -> Form:
    """Type answers into the questions of a page; a list answers rows of a table in order."""
    asked = questions(response)
    for key, value in answers.items():
        for index, one in enumerate(value if isinstance(value, list) else [value]):
            asked.set(key, one, index)
    return asked


def fill_sections(client: TestApp, draft: str, sections: dict[str, dict[str, Any]]) -> TestResponse:
    """Answer every section of a draft and come to the check page."""
    response = None
    for section, answers in sections.items():
        page = client.get(f"{draft}section/{section}")
        response = answer(page, answers).submit("save", status="*")
        errors = (
            [one.text.strip() for one in response.html.select("[data-error-summary] li")]
            if (response.status_int != 303)
            else []
        )
        assert response.status_int == 303, (section, errors)
    return client.get(f"{draft}check")


def file(
    client: TestApp, case: str, form_id: str, sections: dict[str, dict[str, Any]]
) -> TestResponse:
    """Fill a form on a case and file it; answers the receipt."""
    draft = form(client.get(case), f"fill/{form_id}").submit().follow().request.path
    return form(fill_sections(client, draft, sections), "submit").submit().follow()


PRE_REGISTRATION: dict[str, dict[str, Any]] = {
    "company": {
        "district": "310112",
        "contact": "联系岗",
        "mobile": "13800000000",
        "email": "desk@example.com",
    },
    "need": {
        "need_title": "高温合金薄壁件焊接变形控制",
        "need_brief": "薄壁件焊后变形超差，返修率高，希望控制在图纸公差以内。",
        "tech_field": "manufacturing",
    },
    "cooperation": {"agency_route": "basic"},
    "attachments": {},
}
ANALYSIS: dict[str, dict[str, Any]] = {
    "analysis": {
        "analyst": "分析岗",
        "restated": "针对薄壁件焊接变形，提出在线监测与参数补偿的方案。",
        "mined": "涉及工装、工艺参数与残余应力测量。",
        "name": ["焊后变形量"],
        "unit": ["mm"],
        "current": ["0.8"],
        "target": ["0.2"],
        "test_method": ["三坐标测量"],
        "completeness": "complete",
    },
    "ratings": {
        "truth-rating": "4",
        "urgency-rating": "5",
        "novelty-rating": "4",
        "feasibility-rating": "3",
        "reason": ["依据走访情况。"] * 4,
    },
    "search": {
        "source": ["patents"],
        "query": ["焊接 变形 控制"],
        "hits": ["12"],
        "path": "比较激光焊与搅拌摩擦焊。",
        "overall": "建议征集在线监测方案。",
    },
    "verdict": {"fits": "yes", "publishable": "yes", "secrecy": "none"},
}
WISHES: dict[str, dict[str, Any]] = {"wishes": {"hide_name": "yes", "hide_contact": "yes"}}
JUDGEMENT: dict[str, Any] = {
    "answer": "yes",
    "evidence": "近三年技术合同与审计报告，金额与本需求相当。",
    "opinion": "具备购买能力。",
}


def pre_register(client: TestApp) -> str:
    """File a pre-registration and answer the path of the case."""
    draft = form(client.get("/my"), "/start").submit().follow().request.path
    checked = fill_sections(client, draft, PRE_REGISTRATION)
    receipt = form(checked, "submit").submit().follow()
    return str(receipt.html.select_one("main .btn-act")["href"])


def judge(client: TestApp, case: str, **changed: str) -> None:
    page = client.get(case).click(href="judge/")
    answer(page, {**JUDGEMENT, **changed}).submit("save", status=303)


def publish_one(client: Callable[..., TestApp]) -> str:
    """Take a demand the whole way and answer the path of its case."""
    demander, officer = client("demander"), client("case_officer")
    case = pre_register(demander)
    judge(client("reviewer"), case)
    form(officer.get(case), "claim").submit(status=303)
    file(officer, case, "demand-analysis", ANALYSIS)
    file(demander, case, "redaction-wishes", WISHES)
    form(demander.get(f"{case}announcement"), "consent").submit(status=303)
    form(officer.get(case), "schedule").submit(status=303)
    form(officer.get("/batches"), "/publish").submit(status=303)
    return case
