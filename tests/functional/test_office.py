"""What case officers do besides the main road, and what the logs keep to themselves."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from webtest import TestApp

from jiebang.model.people import Identifier
from jiebang.outbox.loop import transaction_on
from tests.functional.filling import (
    ANALYSIS,
    WISHES,
    file,
    form,
    judge,
    pre_register,
    publish_one,
)
from tests.living import Living

Client = Callable[..., TestApp]
#: A lawful code whose check character does not match (several early ones are like that).
DOUBTFUL = "91350100M0001TGQXM"


def test_a_doubtful_credit_code_waits_for_an_officer_with_a_reason(site: Living) -> None:
    demander, officer = site.client("demander"), site.client("case_officer")
    with transaction_on(site.registry.database) as root:
        [owner] = root["people"]["demo-demander"].memberships
        root["organisations"][owner].identifier = Identifier("CN", DOUBTFUL)
    case = pre_register(demander)
    judge(site.client("reviewer"), case)
    file(officer, case, "demand-analysis", ANALYSIS)
    file(demander, case, "redaction-wishes", WISHES)
    form(demander.get(f"{case}announcement"), "consent").submit(status=303)
    page = officer.get(case)
    assert "统一社会信用代码校验位不符" in page.text
    form(page, "override-code").submit(status=409)
    vouching = form(officer.get(case), "override-code")
    vouching["reason"] = "与营业执照一致"
    vouching.submit(status=303)
    assert "与营业执照一致" in officer.get(f"{case}journal").text
    form(officer.get(case), "schedule").submit(status=303)


def test_two_officers_do_not_take_the_same_case(site: Living) -> None:
    case = pre_register(site.client("demander"))
    officer = site.client("case_officer")
    stale = form(officer.get(case), "claim")
    with transaction_on(site.registry.database) as root:
        root.at(case).officer = "demo-reviewer"
    assert "已由其他经办人员领办" in stale.submit(status=409).text


def test_a_withdrawn_demand_leaves_its_batch(site: Living) -> None:
    demander, officer = site.client("demander"), site.client("case_officer")
    case = pre_register(demander)
    judge(site.client("reviewer"), case)
    file(officer, case, "demand-analysis", ANALYSIS)
    file(demander, case, "redaction-wishes", WISHES)
    form(demander.get(f"{case}announcement"), "consent").submit(status=303)
    form(officer.get(case), "schedule").submit(status=303)
    number = case.rstrip("/").rsplit("/", 1)[-1]
    assert number in officer.get("/batches").text
    form(demander.get(case), "move").submit(status=303)
    assert number not in officer.get("/batches").text


def test_a_district_officer_sees_the_own_district_alone(site: Living) -> None:
    case = pre_register(site.client("demander"))
    site.catch_up()
    district = site.client("district_officer")
    number = case.rstrip("/").rsplit("/", 1)[-1]
    assert number in district.get("/queue").text
    district.get(case, status=200)
    with transaction_on(site.registry.database) as root:
        moved = root.at(case)
        moved.district = "310115"
        root.feed.append(at=moved.opened_at, path=case.rstrip("/"), kind="moved-by-test")
    site.catch_up()
    page = district.get("/queue")
    assert number not in page.text
    assert page.html.h1.text.split()[-1] == "0"
    district.get(case, status=404)


def test_the_filters_of_the_queue_stand_in_its_address(site: Living) -> None:
    case = pre_register(site.client("demander"))
    site.catch_up()
    officer = site.client("case_officer")
    number = case.rstrip("/").rsplit("/", 1)[-1]
    for found, address in (
        (True, "?stage=awaiting_judgement&district=310112&text=焊接&whose=none&order=title"),
        (True, f"?text={number}"),
        (False, "?stage=published"),
        (False, "?district=310115"),
        (False, "?whose=mine"),
        (False, "?age=3"),
        (False, "?text=没有这样的词"),
        (True, "?page=abc&order=nonsense&session=x"),
    ):
        shown = officer.get(quote(f"/queue{address}", safe="/?=&")).html.find("main").text
        assert (number in shown) == found, address


def test_logs_name_requests_and_cases_and_nobody(
    site: Living, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        case = publish_one(site.client)
    lines = [json.loads(one.message) for one in caplog.records if one.name == "jiebang.requests"]
    assert {"request_id", "method", "path", "status", "ms"} <= lines[0].keys()
    assert len({one["request_id"] for one in lines}) == len(lines)
    assert any(one["path"].startswith(case) for one in lines)
    for word in ("演示", "联系岗", "13800000000", "example.com", "@", "焊", "合同"):
        assert word not in caplog.text, word
