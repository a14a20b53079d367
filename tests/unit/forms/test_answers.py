"""Answers as people read them, and the task list."""

from __future__ import annotations

from collections.abc import Callable

from jiebang.forms import FormBook
from jiebang.forms.book import Choices

DATA = {
    "org_name": "某公司",
    "country": "domestic",
    "uscc": "91310115MA1K00023E",
    "contact": "联系人甲",
    "mobile": "13800000000",
    "email": "a@example.com",
    "need_title": "题",
    "need_brief": "x" * 501,
    "session_pref": "3",
    "agency_route": "basic",
    "agency_name": "left over",
    "overseas_intent": True,
    "attachments": ["f1"],
}


def test_answers_in_words(book: FormBook, choices: Choices):
    shown = {
        one.key: one
        for one in book.answers(book["pre-registration"], DATA, locale="zh_CN", choices=choices)
    }
    assert shown["country"].text == "中国境内"
    assert shown["session_pref"].text == "专场3"
    assert shown["overseas_intent"].text == "是"
    assert shown["attachments"].files == ("f1",)
    assert shown["tech_field"].text == ""
    assert shown["need_brief"].text == "x" * 501
    assert shown["mobile"].personal
    assert shown["attachments"].confidential
    assert shown["need_brief"].hideable
    assert shown["org_name"].section_title == "企业基本信息"
    assert not {"agency_name", "country_name", "reg_no"} & shown.keys()
    english = {
        one.key: one
        for one in book.answers(book["pre-registration"], DATA, locale="en", choices=choices)
    }
    assert english["overseas_intent"].text == "Yes"
    assert english["country"].text == "In mainland China"


def test_tables_ratings_dates_and_money(
    book: FormBook, choices: Choices, asking: Callable[..., FormBook]
):
    data = {
        "visit_date": "2019-08-05",
        "indicators": [{"name": "强度", "target": "2"}],
        "truth": {"rating": "4", "reason": "属实"},
    }
    shown = {
        one.key: one
        for one in book.answers(book["demand-analysis"], data, locale="zh_CN", choices=choices)
    }
    assert shown["visit_date"].text == "2019年8月5日"
    assert shown["indicators"].columns == ("指标", "单位", "现状值", "目标值", "检测方法")
    assert shown["indicators"].rows == (("强度", "", "", "2", ""),)
    assert shown["truth"].text == "较高\n属实"
    probe = asking("{key: sum, type: money, label: {zh: 金额}}")
    assert (
        probe.answers(probe["probe"], {"sum": "1200.5"}, locale="zh_CN")[0].text == "1,200.50 万元"
    )
    assert probe.answers(probe["probe"], {"sum": "many"}, locale="zh_CN")[0].text == "many"


def test_several_choices_are_joined_as_the_language_does(asking: Callable[..., FormBook]):
    book = asking(
        "{key: k, type: several_of, label: {zh: 类}, options: "
        "[{code: a, label: {zh: 甲, en: A}}, {code: b, label: {zh: 乙, en: B}}]}"
    )
    said = {
        locale: book.answers(book["probe"], {"k": ["a", "b"]}, locale=locale)[0].text
        for locale in ("zh_CN", "en")
    }
    assert said == {"zh_CN": "甲、乙", "en": "A, B"}


def test_task_list(book: FormBook, choices: Choices):
    lines = book.statuses(book["pre-registration"], DATA, locale="zh_CN", choices=choices)
    assert [(one.id, one.status, one.complete) for one in lines] == [
        ("company", "done", True),
        ("need", "in_progress", False),
        ("cooperation", "done", True),
        ("attachments", "done", True),
    ]
    assert [one.status_text for one in lines] == ["已完成", "进行中", "已完成", "已完成"]


def test_an_empty_optional_section_is_not_started_but_keeps_nobody(
    book: FormBook, choices: Choices
):
    lines = {
        one.id: one
        for one in book.statuses(book["pre-registration"], {}, locale="en", choices=choices)
    }
    assert lines["attachments"].status == "not_started"
    assert lines["attachments"].complete
    assert lines["company"].status == "not_started"
    assert not lines["company"].complete


def test_a_section_waits_for_those_before_it(book: FormBook, choices: Choices):
    lines = {
        one.id: one
        for one in book.statuses(book["demand-analysis"], {}, locale="zh_CN", choices=choices)
    }
    assert lines["verdict"].status == "cannot_start"
    assert lines["verdict"].status_text == "尚不能开始"


def test_sections_that_are_not_asked_are_not_listed(book: FormBook, choices: Choices):
    form = book["user-registration"]
    person = book.statuses(form, {"subject_kind": "natural_person"}, locale="en", choices=choices)
    assert [one.id for one in person] == ["who", "person", "contact"]
