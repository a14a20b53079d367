"""What a page of questions looks like to a browser and to assistive technology."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from jiebang.forms import FieldError, FormBook, StoredFile
from jiebang.forms.book import Choices


def page(book: FormBook, form_id: str, *, choices: Choices, **kw: Any):
    given = {"data": {}, "locale": "en", "csrf_token": "T", "action": "/x", **kw}
    return html.fromstring(str(book.render(book[form_id], choices=choices, **given)))


@pytest.fixture(params=["zh_CN", "en"])
def locale(request: pytest.FixtureRequest):
    return request.param


FORM_IDS = [
    "user-registration",
    "pre-registration",
    "demand-analysis",
    "purchase-capacity",
    "redaction-wishes",
]


@pytest.mark.parametrize("form_id", FORM_IDS)
@pytest.mark.parametrize("state", ["blank", "wrong"])
def test_wiring(book: FormBook, choices: Choices, form_id: str, state: str, locale: str):
    form = book[form_id]
    errors = (
        () if state == "blank" else book.validate(form, {}, locale=locale, choices=choices).errors
    )
    root = page(book, form_id, choices=choices, locale=locale, errors=errors)
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    for control in root.xpath(".//input[not(@type='hidden')] | .//select | .//textarea"):
        labelled = root.xpath(f".//label[@for='{control.get('id')}']") or control.get("aria-label")
        assert labelled, html.tostring(control)
    for one in root.xpath(".//*[@aria-describedby]"):
        assert set(one.get("aria-describedby").split()) <= set(ids)
    for group in root.xpath(".//fieldset"):
        assert group.xpath("./legend")[0].text_content().strip()
    for radio in root.xpath(".//input[@type='radio' or @type='checkbox']"):
        assert radio.xpath("ancestor::fieldset") or radio.get("type") == "checkbox"
    for link in root.xpath(".//*[@role='alert']//a"):
        assert link.get("href").removeprefix("#") in ids
    assert not root.xpath(".//script | .//style | .//@style | .//@*[starts-with(name(), 'on')]")
    visible = "".join(root.itertext())
    assert "None" not in visible
    assert "${" not in visible


def test_error_summary_says_the_words_of_the_field(book: FormBook, choices: Choices, locale: str):
    form = book["pre-registration"]
    errors = book.validate(form, {}, section="company", locale=locale, choices=choices).errors
    root = page(
        book, "pre-registration", choices=choices, section="company", locale=locale, errors=errors
    )
    summary = root.xpath(".//*[@role='alert'][@tabindex='-1']")[0]
    for error in errors:
        assert error.message in summary.text_content()
        place = root.xpath(f".//*[@id='f-{error.field}-error']")[0]
        assert place.text_content().strip() == error.message
    name = root.xpath(".//*[@id='f-org_name']")[0]
    assert name.get("aria-invalid") == "true"
    assert "f-org_name-error" in name.get("aria-describedby").split()
    group = root.xpath(".//input[@name='country']/ancestor::fieldset")[0]
    assert group.get("aria-invalid") == "true"
    assert "f-country-error" in group.get("aria-describedby").split()


def test_optional_questions_are_marked_and_required_ones_are_not(book: FormBook, choices: Choices):
    root = page(book, "pre-registration", choices=choices, locale="zh_CN")
    assert "（选填）" in root.xpath(".//label[@for='f-session_pref']")[0].text_content()
    assert "（选填）" not in root.xpath(".//label[@for='f-need_title']")[0].text_content()


def test_labels_follow_the_language(book: FormBook, choices: Choices):
    zh = page(book, "pre-registration", choices=choices, locale="zh_CN")
    en = page(book, "pre-registration", choices=choices, locale="en")
    assert zh.xpath(".//label[@for='f-need_title']")[0].text.strip() == "需求名称"
    assert en.xpath(".//label[@for='f-need_title']")[0].text.strip() == "Title of the demand"
    assert "专场3" in zh.xpath(".//select[@name='session_pref']")[0].text_content()
    assert "Session 3" in en.xpath(".//select[@name='session_pref']")[0].text_content()


NAUGHTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "${7*7} ${structure: 1}",
    "'; DROP TABLE demands; --",
    "&lt;b&gt; &amp;",
    "\n  leading and trailing \n",
    "字" * 600,
    "ÅΩ≈ç√ 田中さん 👩‍👩‍👧‍👦",
]


@pytest.mark.parametrize("text", NAUGHTY)
def test_what_was_typed_stands_as_it_was_typed(book: FormBook, choices: Choices, text: str):
    data = {"need_title": text, "need_brief": text, "org_name": text}
    errors = book.validate(book["pre-registration"], data, locale="en", choices=choices).errors
    root = page(book, "pre-registration", choices=choices, data=data, errors=errors)
    assert root.xpath(".//*[@id='f-org_name']")[0].get("value") == text
    # A browser drops one newline after <textarea>; the template puts that one there.
    assert root.xpath(".//*[@id='f-need_brief']")[0].text.removeprefix("\n") == text
    assert not root.xpath(".//script | .//img")


def test_signs_that_html_cannot_carry_are_shown(book: FormBook, choices: Choices):
    root = page(book, "pre-registration", choices=choices, data={"org_name": "a\0b\x1bc\x7f"})
    assert root.xpath(".//*[@id='f-org_name']")[0].get("value") == "a␀b␛c␡"


def test_wrong_values_stay_in_their_fields(book: FormBook, choices: Choices):
    data = {
        "visit_date": "明天",
        "batch": "很多",
        "indicators": [{"name": "强度", "target": ""}, {"name": "", "target": "5"}],
        "truth": {"rating": "4", "reason": "是"},
        "publishable": "no",
    }
    form = book["demand-analysis"]
    errors = book.validate(form, data, locale="zh_CN", choices=choices).errors
    root = page(book, "demand-analysis", choices=choices, data=data, errors=errors, locale="zh_CN")
    assert root.xpath(".//*[@id='f-visit_date']")[0].get("value") == "明天"
    assert root.xpath(".//*[@id='f-visit_date']")[0].get("type") == "text"
    assert root.xpath(".//*[@id='f-batch']")[0].get("value") == "很多"
    assert root.xpath(".//*[@id='f-indicators-0-name']")[0].get("value") == "强度"
    assert root.xpath(".//*[@id='f-indicators-1-target']")[0].get("value") == "5"
    assert root.xpath(".//*[@id='f-indicators-1-name']")[0].get("aria-invalid") == "true"
    assert root.xpath(".//input[@name='truth-rating'][@checked]/@value") == ["4"]
    assert root.xpath(".//*[@id='f-truth-reason']")[0].text.strip() == "是"
    assert root.xpath(".//input[@name='publishable'][@checked]/@value") == ["no"]


def test_stored_values_stand_as_one_would_type_them(asking: Callable[..., FormBook]):
    book = asking(
        "{key: sum, type: money, label: {zh: 金额}}",
        "{key: day, type: date, label: {zh: 日期}}",
        "{key: fit, type: yes_no, label: {zh: 符合}}",
    )
    data = {"sum": 12_500_000, "day": "2019-08-05", "fit": False}
    root = page(book, "probe", choices={}, data=data)
    assert root.xpath(".//*[@id='f-sum']")[0].get("value") == "12.5"
    assert root.xpath(".//*[@id='f-day']")[0].get("type") == "date"
    assert root.xpath(".//*[@id='f-day']")[0].get("value") == "2019-08-05"
    assert root.xpath(".//input[@name='fit'][@checked]/@value") == ["no"]


def test_radio_buttons_of_different_questions_never_share_a_name(book: FormBook, choices: Choices):
    root = page(book, "demand-analysis", choices=choices)
    for group in {one.get("name") for one in root.xpath(".//input[@type='radio']")}:
        fieldsets = {
            one.getparent().getroottree().getpath(one.xpath("ancestor::fieldset")[0])
            for one in root.xpath(f".//input[@type='radio'][@name='{group}']")
        }
        assert len(fieldsets) == 1


def test_the_enter_key_never_removes_a_row(book: FormBook, choices: Choices):
    root = page(book, "demand-analysis", choices=choices)
    assert root.xpath(".//button[@type='submit']")[0].get("name") == "save"


def test_conditions_reach_the_script(book: FormBook, choices: Choices):
    root = page(book, "demand-analysis", choices=choices)
    item = root.xpath(".//*[@data-item='feedback']")[0]
    assert json.loads(item.get("data-shown-when")) == [{"field": "publishable", "any": ["no"]}]


def test_all_conditions_of_a_question_reach_the_script(asking: Callable[..., FormBook]):
    book = asking(
        "{key: a, type: yes_no, label: {zh: 甲}}",
        "{key: b, type: text, max: 9, label: {zh: 乙}, "
        "shown_when: [{field: a, is: true}, {field: c, filled: false}]}",
        "{key: c, type: text, max: 9, label: {zh: 丙}}",
    )
    item = page(book, "probe", choices={}).xpath(".//*[@data-item='b']")[0]
    assert json.loads(item.get("data-shown-when")) == [
        {"field": "a", "any": ["yes"]},
        {"field": "c", "filled": False},
    ]


def test_attached_files_can_be_seen_and_removed(book: FormBook, choices: Choices):
    files = {"f1": StoredFile(name="<证明>.pdf", size=1_500_000, url="/f/f1")}
    root = page(
        book, "pre-registration", choices=choices, data={"attachments": ["f1", "gone"]}, files=files
    )
    assert root.xpath(".//a[@href='/f/f1']")[0].text == "<证明>.pdf"
    assert root.xpath(".//button[@name='remove-file:attachments:f1']")
    assert root.xpath(".//input[@name='attachments']/@value") == ["f1", "gone"]
    chooser = root.xpath(".//input[@type='file']")[0]
    assert ".pdf" in chooser.get("accept")
    assert root.get("enctype") == "multipart/form-data"


def test_hidden_inputs_token_and_autosave(book: FormBook, choices: Choices):
    root = page(
        book,
        "pre-registration",
        choices=choices,
        hidden={"revision": "3"},
        autosave_url="/save",
        draft_id="d1",
    )
    assert root.xpath(".//input[@name='csrf_token']/@value") == ["T"]
    assert root.xpath(".//input[@name='revision']/@value") == ["3"]
    assert root.get("data-autosave-url") == "/save"
    assert root.get("data-draft-id") == "d1"
    assert root.get("data-text-saved") == "Saved at {time}"
    plain = page(book, "pre-registration", choices=choices)
    assert plain.get("data-autosave-url") is None


def test_an_error_of_another_page_is_told_without_a_link(book: FormBook, choices: Choices):
    errors = (FieldError("", "damaged"), FieldError("need_title", "elsewhere"))
    root = page(book, "pre-registration", choices=choices, section="company", errors=errors)
    summary = root.xpath(".//*[@role='alert']")[0]
    assert "damaged" in summary.text_content()
    assert not summary.xpath(".//a")


def test_a_list_the_caller_forgot_is_named(book: FormBook):
    with pytest.raises(KeyError, match=r"edition\.sessions"):
        book.render(book["pre-registration"], data={}, locale="en", csrf_token="", action="")


def test_a_warning_stands_at_its_field_and_is_tied_to_it(book: FormBook, choices: Choices) -> None:
    data = {"country": "domestic", "uscc": "91350100M0001TGQXM"}
    form = book["pre-registration"]
    warnings = book.validate(form, data, locale="zh_CN", choices=choices).warnings
    root = page(
        book, "pre-registration", choices=choices, data=data, warnings=warnings, locale="zh_CN"
    )
    place = root.xpath(".//*[@id='f-uscc-warning']")[0]
    assert "校验码不符" in place.text_content()
    assert "f-uscc-warning" in root.xpath(".//*[@id='f-uscc']")[0].get("aria-describedby")
    assert root.xpath(".//*[@id='f-uscc']")[0].get("aria-invalid") is None


def test_nobody_is_warned_before_a_question_was_sent_once(asking: Callable[..., FormBook]):
    book = asking("{key: a, type: text, max: 9, recommended: true, label: {zh: 甲}}")
    for data, warned in (({}, False), ({"a": ""}, True)):
        warnings = book.validate(book["probe"], data, locale="en").warnings
        assert [one.field for one in warnings] == ["a"]
        root = page(book, "probe", choices={}, data=data, warnings=warnings)
        assert bool(root.xpath(".//*[@id='f-a-warning']")) == warned


def test_a_question_that_another_page_made_pointless_is_left_out(folder: Path) -> None:
    (folder / "probe.yaml").write_text(
        "id: probe\nversion: 1\ntitle: {zh: 试填}\nsource: R\nsections:\n"
        "  - id: one\n    title: {zh: 一}\n    fields:\n"
        "      - {key: a, type: yes_no, label: {zh: 甲}}\n"
        "  - id: two\n    title: {zh: 二}\n    fields:\n"
        "      - {key: b, type: text, max: 9, label: {zh: 乙}, shown_when: {field: a, is: true}}\n"
        "      - {key: c, type: text, max: 9, label: {zh: 丙}}\n",
        encoding="utf-8",
    )
    book = FormBook.load(folder)
    shown = page(book, "probe", choices={}, section="two", data={"a": "yes", "b": "x"})
    assert shown.xpath(".//*[@id='f-b']")
    left_out = page(book, "probe", choices={}, section="two", data={"a": False, "b": "x"})
    assert not left_out.xpath(".//*[@id='f-b']")
    assert left_out.xpath(".//*[@id='f-c']")
    parsed = book.parse(book["probe"], "two", [("c", "y")], locale="en")
    assert parsed.data == {"c": "y"}, "what was not on the page stays in the draft"


PARTED = (
    "id: probe\nversion: 1\ntitle: {zh: 协议}\nsource: R\nsections:\n"
    "  - id: parties\n    title: {zh: 双方}\n    text:\n"
    "      - {zh: '甲方：{who}。', en: 'First party: {who}.'}\n"
    "    fields:\n"
    "      - {key: who, type: text, max: 9, label: {zh: 名称, en: Name}}\n"
    "  - id: terms\n    title: {zh: 条款}\n    text: {zh: '{who}应当保密。'}\n"
    "    fields: []\n"
    "  - id: office\n    title: {zh: 办理}\n    filled_by: office\n    fields:\n"
    "      - {key: done, type: yes_no, label: {zh: 办结}}\n"
)


def test_answers_stand_in_the_text_of_a_section(folder: Path):
    (folder / "probe.yaml").write_text(PARTED, encoding="utf-8")
    book = FormBook.load(folder)
    blank = page(book, "probe", choices={}, section="parties")
    assert blank.xpath("string(.//*[@class='form-paragraphs']/p)") == "First party: [Name]."
    data = {"who": "<某公司>"}
    given = page(book, "probe", choices={}, section="parties", data=data)
    assert given.xpath("string(.//*[@class='form-paragraphs']/p)") == "First party: <某公司>."
    elsewhere = page(book, "probe", choices={}, section="terms", data=data)
    assert elsewhere.xpath("string(.//*[@class='form-paragraphs']/p)") == "<某公司>应当保密。"


def test_what_the_office_fills_in_is_marked(folder: Path):
    (folder / "probe.yaml").write_text(PARTED, encoding="utf-8")
    root = page(FormBook.load(folder), "probe", choices={}, office=True)
    marked = root.xpath(".//section[.//*[@class='form-office']]/@id")
    assert marked == ["s-office"]


def test_only_opened_questions_can_be_changed(book: FormBook, choices: Choices):
    data = {
        "analyst": "分析岗",
        "completeness": "complete",
        "indicators": [{"name": "强度", "target": "<2>"}],
    }
    root = page(
        book,
        "demand-analysis",
        choices=choices,
        section="analysis",
        data=data,
        opened=frozenset({"analyst", "experts"}),
        reasons={"analyst": "请写全名。"},
    )
    typed = root.xpath(".//input[not(@type='hidden')] | .//select | .//textarea")
    assert [one.get("name") for one in typed] == ["analyst", "experts"]
    assert "请写全名。" in root.xpath("string(.//*[@id='f-analyst-asked'])")
    assert "f-analyst-asked" in root.xpath("string(.//*[@id='f-analyst']/@aria-describedby)")
    assert not root.xpath(".//*[@id='f-experts-asked']")
    assert "Complete" in root.xpath("string(.//*[@id='q-completeness'])")
    assert root.xpath(".//*[@id='q-indicators']//td/text()")[0] == "强度"
    assert "<2>" in root.xpath("string(.//*[@id='q-indicators'])")
    assert not root.xpath(".//*[@id='q-to_supplement']"), "never asked, so it has no answer to show"


def test_a_row_that_was_marked_is_named_at_its_table(book: FormBook, choices: Choices):
    root = page(
        book,
        "demand-analysis",
        choices=choices,
        data={"indicators": [{"name": "a"}, {"name": "b"}]},
        opened=frozenset({"indicators"}),
        reasons={"indicators.1": "单位不明。"},
    )
    assert "Row 2: 单位不明。" in root.xpath("string(.//*[@id='f-indicators-asked'])")
