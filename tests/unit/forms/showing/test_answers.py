"""Answers as people read them, and the task list."""

from __future__ import annotations

from collections.abc import Callable

import pytest

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


SAID = (
    ("{type: year_range}", {"from": 2019, "to": 2021}, "2019—2021年", "2019–2021"),
    ("{type: year_range}", {"from": "2019", "to": ""}, "2019", "2019"),
    (
        "{type: signature}",
        {"name": "经办人员", "date": "2019-08-05"},
        "经办人员，2019年8月5日",
        "经办人员, 5 August 2019",
    ),
    ("{type: signature}", {"name": "", "date": "2019-08-05"}, "2019年8月5日", "5 August 2019"),
    ("{type: signature}", {"name": "甲", "date": "soon"}, "甲，soon", "甲, soon"),
    ("{type: division}", "310115", "310115 上海市浦东新区", "310115 上海市浦东新区"),
    ("{type: division}", "310103", "310103 上海市卢湾区", "310103 上海市卢湾区"),
    ("{type: division}", "31", "31", "31"),
    ("{type: industry}", "C39", "C39", "C39"),
    ("{type: industry}", "C3921", "C3921", "C3921"),
    ("{type: decimal}", "12.50", "12.5", "12.5"),
    ("{type: money, unit: 元}", 123_456_789, "1,234,567.89 元", "1,234,567.89 元"),
    ("{type: money}", 1, "0.000001 万元", "0.000001 万元"),
    ("{type: year}", 2019, "2019", "2019"),
    (
        "{type: reference, refers_to: demand, several: true}",
        ["SH2019-0001", "SH2019-0002"],
        "SH2019-0001、SH2019-0002",
        "SH2019-0001, SH2019-0002",
    ),
    ("{type: url}", "www.example.com", "http://www.example.com", "http://www.example.com"),
    ("{type: consent}", True, "是", "Yes"),
    ("{type: consent}", False, "否", "No"),
    ("{type: date}", {"x": 1}, "{'x': 1}", "{'x': 1}"),
)


@pytest.mark.parametrize(("question", "value", "zh", "en"), SAID)
def test_every_type_in_words(
    asking: Callable[..., FormBook], question: str, value: object, zh: str, en: str
):
    book = asking("{key: it, label: {zh: 某项}, " + question.removeprefix("{"))
    for locale, said in (("zh_CN", zh), ("en", en)):
        told = book.answers(book["probe"], {"it": value}, locale=locale)
        assert [one.text for one in told] == [said]
        assert told[0].type == book["probe"].questions[0].type


TEXTS = """\
  - id: terms
    title: {zh: 条款, en: Terms}
    text:
      - {zh: "第一条 {name}与{other}于{due}前办理。", en: "{name} and {other} act before {due}."}
      - {zh: 第二条 自签字起生效。}
  - id: hidden
    title: {zh: 另, en: Other}
    shown_when: {field: name, is: 乙}
    text: {zh: 另行约定。}
"""


def test_texts_show_answers(asking: Callable[..., FormBook]):
    book = asking(
        "{key: name, type: text, max: 9, label: {zh: 甲方}, mask: name}",
        "{key: other, type: longtext, max: 9, label: {zh: 乙方}}",
        "{key: due, type: date, label: {zh: 期限}}",
        more=TEXTS,
    )
    form, data = book["probe"], {"name": "某企业", "other": "一\n二", "due": "2019-08-05"}
    assert book.paragraphs(form, data, locale="zh_CN") == {
        "only": (),
        "terms": ("第一条 某企业与一 二于2019年8月5日前办理。", "第二条 自签字起生效。"),
    }
    blank = book.paragraphs(form, {}, locale="en")["terms"]
    assert blank == ("____ and ____ act before ____.", "第二条 自签字起生效。")
    masked = book.paragraphs(form, data, locale="zh_CN", mask=True)["terms"]
    assert masked[0].startswith("第一条 某**与")
    assert set(book.paragraphs(form, {"name": "乙"}, locale="en")) == {"only", "terms", "hidden"}
    # A section of text alone asks nothing, so it is no line of the task list.
    assert [one.id for one in book.statuses(form, data, locale="en")] == ["only"]


def test_masked_answers_say_so(asking: Callable[..., FormBook]):
    book = asking(
        "{key: phone, type: phone, label: {zh: 电话}, mask: phone}",
        "{key: id, type: text, max: 18, label: {zh: 证件}, mask: identity}",
        "{key: plain, type: text, max: 9, label: {zh: 文字}}",
        (
            "{key: men, type: table, max: 3, label: {zh: 人}, columns: "
            "[{key: name, type: text, max: 9, label: {zh: 姓名}, mask: name}]}"
        ),
    )
    data = {
        "phone": "13800000000",
        "id": "310101190001011234",
        "plain": "甲",
        "men": [{"name": "人员甲"}],
    }
    told = {one.key: one for one in book.answers(book["probe"], data, locale="en", mask=True)}
    assert told["phone"].text == "138****0000"
    assert told["id"].text == "310***********1234"
    assert told["men"].rows == (("人**",),)
    assert {key: one.masked for key, one in told.items()} == {
        "phone": True,
        "id": True,
        "plain": False,
        "men": True,
    }
    assert not any(one.masked for one in book.answers(book["probe"], data, locale="en"))
