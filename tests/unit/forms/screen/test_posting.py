"""What browsers send, and what others send in their place."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from lxml import html

from jiebang.forms import FormBook
from jiebang.forms.book import Choices

START, END = "__start__", "__end__"


def successful(root: Any):
    """The pairs a browser sends for a page, in its order."""
    for one in root.xpath(".//input | .//select | .//textarea"):
        if one.xpath("ancestor::template") or one.get("type") in {"file", "submit"}:
            continue
        if one.get("type") in {"radio", "checkbox"} and one.get("checked") is None:
            continue
        if one.tag == "select":
            yield one.get("name"), (one.xpath("./option[@selected]/@value") or [""])[0]
        elif one.tag == "textarea":
            yield one.get("name"), one.text.removeprefix("\n").replace("\n", "\r\n")
        else:
            yield one.get("name"), one.get("value", "")


ANALYSIS = {
    "analyst": "<张>",
    "experts": "",
    "visit_date": "2019-08-05",
    "visit_mode": "online",
    "visit_people": "",
    "restated": "一\n二",
    "mined": "无",
    "indicators": [
        {"name": "强度", "unit": "MPa", "current": "1", "target": "2", "test_method": ""},
        {"name": "x", "unit": "", "current": "", "target": "", "test_method": "y"},
    ],
    "completeness": "complete",
    "to_supplement": "",
}


def test_what_is_shown_comes_back_as_it_was(book: FormBook, choices: Choices):
    form = book["demand-analysis"]
    page = book.render(
        form,
        section="analysis",
        data=ANALYSIS,
        locale="en",
        choices=choices,
        csrf_token="",
        action="",
    )
    parsed = book.parse(
        form, "analysis", successful(html.fromstring(str(page))), locale="en", choices=choices
    )
    assert parsed.errors == ()
    assert parsed.data == ANALYSIS
    assert not parsed.act


def test_ratings_and_choices_come_back(book: FormBook, choices: Choices):
    form = book["demand-analysis"]
    data = {
        key: {"rating": "3", "reason": key}
        for key in ("truth", "urgency", "novelty", "feasibility")
    }
    page = book.render(
        form, section="ratings", data=data, locale="en", choices=choices, csrf_token="", action=""
    )
    parsed = book.parse(
        form, "ratings", successful(html.fromstring(str(page))), locale="en", choices=choices
    )
    assert parsed.data == data
    wishes = book["redaction-wishes"]
    data = {"hide_name": "yes", "hide_contact": "no", "hide_fields": ["uscc"], "hide_note": ""}
    page = book.render(wishes, data=data, locale="en", choices=choices, csrf_token="", action="")
    parsed = book.parse(
        wishes, None, successful(html.fromstring(str(page))), locale="en", choices=choices
    )
    assert parsed.data == data


def rows(*names: str, act: Sequence[str]):
    pairs = [(START, "indicators:sequence")]
    for name in names:
        pairs += [(START, "row:mapping"), ("name", name), (END, "row:mapping")]
    return [*pairs, (END, "indicators:sequence"), *((one, "1") for one in act)]


@pytest.mark.parametrize(
    ("act", "names"),
    [
        ("add:indicators", ["a", "b", "c", None]),
        ("remove:indicators:1", ["a", "c"]),
        ("up:indicators:1", ["b", "a", "c"]),
        ("down:indicators:1", ["a", "c", "b"]),
        ("up:indicators:0", ["a", "b", "c"]),
        ("down:indicators:2", ["a", "b", "c"]),
        ("remove:indicators:9", ["a", "b", "c"]),
        ("remove:indicators:-1", ["a", "b", "c"]),
        ("remove:indicators:²", ["a", "b", "c"]),
    ],
)
def test_row_buttons(book: FormBook, choices: Choices, act: str, names: list[str | None]):
    items = rows("a", "b", "c", act=[act])
    parsed = book.parse(book["demand-analysis"], "analysis", items, locale="en", choices=choices)
    assert parsed.act
    assert [row.get("name") for row in parsed.data["indicators"]] == names


@pytest.mark.parametrize("act", ["add:analyst", "add:unknown", "remove-file:indicators:a", "add:"])
def test_buttons_that_make_no_sense(book: FormBook, choices: Choices, act: str):
    items = rows("a", act=[act])
    parsed = book.parse(book["demand-analysis"], "analysis", items, locale="en", choices=choices)
    assert not parsed.act
    assert [row["name"] for row in parsed.data["indicators"]] == ["a"]


def test_a_full_table_takes_no_more_rows(book: FormBook, choices: Choices):
    items = rows(*"abcdefghijklmnopqrst", act=["add:indicators"])
    parsed = book.parse(book["demand-analysis"], "analysis", items, locale="en", choices=choices)
    assert len(parsed.data["indicators"]) == 20


def test_more_rows_than_any_page_offers(book: FormBook, choices: Choices) -> None:
    items = rows(*["a"] * 41, act=[])
    parsed = book.parse(book["demand-analysis"], "analysis", items, locale="en", choices=choices)
    assert [error.field for error in parsed.errors] == ["indicators"]
    assert "indicators" not in parsed.data


@pytest.mark.parametrize(
    "items",
    [
        [(END, "x")],
        [(START, "x:sequence")],
        [(START, "x:nonsense"), (END, "x")],
        [(START, ""), (END, "")],
        [(START, "a:mapping"), (START, "b:mapping"), (END, "b")],
        [(START, "x:sequence")] * 3000,
    ],
)
def test_a_damaged_form_is_told_in_words(
    book: FormBook, choices: Choices, items: list[tuple[str, str]]
):
    for locale, said in (("zh_CN", "重新提交"), ("en", "send it again")):
        parsed = book.parse(
            book["demand-analysis"], "analysis", items, locale=locale, choices=choices
        )
        assert said in parsed.errors[0].message
        assert parsed.data == {}


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ([(START, "visit_date:mapping"), ("date", "x"), (END, "visit_date:mapping")], "visit_date"),
        ([(START, "analyst:sequence"), (END, "analyst:sequence")], "analyst"),
        ([("indicators", "text")], "indicators"),
        ([(START, "indicators:sequence"), ("x", "text"), (END, "x")], "indicators"),
        (
            [*rows("a", act=[])[:2], (START, "name:mapping"), (END, ""), (END, ""), (END, "")],
            "indicators",
        ),
    ],
)
def test_an_answer_of_the_wrong_shape_leaves_the_draft_alone(
    book: FormBook, choices: Choices, items: list[tuple[str, str]], field: str
):
    for locale, said in (("zh_CN", "在传输中损坏"), ("en", "arrived damaged")):
        parsed = book.parse(
            book["demand-analysis"],
            "analysis",
            [*items, ("mined", "kept")],
            locale=locale,
            choices=choices,
        )
        assert [error.field for error in parsed.errors] == [field]
        assert said in parsed.errors[0].message
        assert "pstruct" not in parsed.errors[0].message
        assert field not in parsed.data
        assert parsed.data["mined"] == "kept"


def test_only_questions_of_the_section_are_read(book: FormBook, choices: Choices):
    items = [("analyst", "x"), ("publishable", "yes"), ("status", "approved"), ("csrf_token", "T")]
    parsed = book.parse(book["demand-analysis"], "analysis", items, locale="en", choices=choices)
    assert parsed.data["analyst"] == "x"
    assert not {"publishable", "status", "csrf_token"} & parsed.data.keys()


def test_files(book: FormBook, choices: Choices):
    file = SimpleNamespace(filename="a.pdf", file=io.BytesIO(b"x"))
    items = [
        (START, "attachments:sequence"),
        ("attachments", "old:1"),
        ("attachments", "keep"),
        (END, "attachments:sequence"),
        ("upload:attachments", file),
        ("upload:attachments", b""),
        ("upload:elsewhere", file),
        ("remove-file:attachments:old:1", "1"),
    ]
    parsed = book.parse(
        book["pre-registration"], "attachments", items, locale="en", choices=choices
    )
    assert [(one.field, one.filename) for one in parsed.uploads] == [("attachments", "a.pdf")]
    assert parsed.data == {"attachments": ["keep"]}
    assert parsed.act


def test_parts_lines_and_computed_answers(asking: Callable[..., FormBook]):
    book = asking(
        "{key: period, type: year_range, label: {zh: 期限}}",
        "{key: sign, type: signature, label: {zh: 签字}}",
        "{key: some, type: reference, refers_to: demand, several: true, label: {zh: 需求}}",
        "{key: own, type: integer, label: {zh: 数}}",
        "{key: all, type: computed, computed: {sum: [own]}, label: {zh: 合计}}",
    )
    data = {
        "period": {"from": "2019", "to": "soon"},
        "sign": {"name": "经办人员", "date": "2019-08-05"},
        "some": ["D-1", "D-2"],
        "own": "3",
    }
    shown = book.render(book["probe"], data=data, locale="en", choices={}, csrf_token="", action="")
    sent = [*successful(html.fromstring(str(shown))), ("all", "99")]
    parsed = book.parse(book["probe"], None, sent, locale="en", choices={})
    assert parsed.errors == ()
    assert parsed.data == data, "a computed answer is never taken from what was sent"


@pytest.mark.parametrize("kind", ["one_of", "yes_no", "consent", "several_of", "text", "table"])
def test_what_was_not_on_the_page_stays_in_the_draft(asking: Callable[..., FormBook], kind: str):
    more = {
        "one_of": "options: [{code: x, label: {zh: 甲}}], ",
        "several_of": "options: [{code: x, label: {zh: 甲}}], ",
        "text": "max: 9, ",
        "table": "max: 9, columns: [{key: c, type: text, max: 9, label: {zh: 列}}], ",
    }.get(kind, "")
    book = asking(f"{{key: a, type: {kind}, {more}label: {{zh: 甲}}}}")
    form = book["probe"]
    blank = book.render(form, data={}, locale="en", choices={}, csrf_token="", action="")
    asked = list(successful(html.fromstring(str(blank))))
    assert "a" in book.parse(form, None, asked, locale="en", choices={}).data, "emptied on purpose"
    assert book.parse(form, None, [], locale="en", choices={}).data == {}


def test_nothing_is_read_of_questions_that_are_not_opened(book: FormBook, choices: Choices):
    opened = frozenset({"analyst"})
    items = [
        ("analyst", "x"),
        ("experts", "y"),
        (START, "visit_date:sequence"),
        (END, ""),
        *rows("a", act=["add:indicators"]),
        ("asked:completeness", ""),
    ]
    parsed = book.parse(
        book["demand-analysis"], "analysis", items, locale="en", choices=choices, opened=opened
    )
    assert parsed.data == {"analyst": "x"}
    assert not parsed.act
    assert not parsed.errors
    file = SimpleNamespace(filename="a.pdf", file=io.BytesIO(b"x"))
    sent = [(START, "attachments:sequence"), (END, ""), ("upload:attachments", file)]
    closed = book.parse(
        book["pre-registration"],
        "attachments",
        [*sent, ("remove-file:attachments:f1", "1")],
        locale="en",
        choices=choices,
        opened=frozenset(),
    )
    assert (closed.data, closed.uploads, closed.act) == ({}, (), False)


def test_a_row_button_says_where_it_acted(book: FormBook, choices: Choices):
    parsed = book.parse(
        book["demand-analysis"],
        "analysis",
        rows("a", act=["add:indicators"]),
        locale="en",
        choices=choices,
    )
    assert parsed.acted_on == "indicators"
