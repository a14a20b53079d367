"""Data as programs write them: taken only when reading them changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jiebang.forms import FormBook

FIELDS = (
    "{key: name, type: text, max: 9, label: {zh: 名称, en: Name}}",
    "{key: count, type: integer, label: {zh: 数, en: Count}}",
    "{key: share, type: decimal, label: {zh: 比例, en: Share}}",
    "{key: due, type: date, label: {zh: 到期, en: Due}}",
    "{key: ok, type: yes_no, label: {zh: 是否, en: Yes or no}}",
    "{key: agree, type: consent, label: {zh: 同意, en: Agreed}}",
    "{key: why, type: text, max: 9, label: {zh: 理由, en: Why}, shown_when: {field: ok, is: false}}",
    (
        "{key: kinds, type: several_of, label: {zh: 类, en: Kinds}, "
        "options: [{code: a, label: 甲}, {code: b, label: 乙}]}"
    ),
    "{key: signed, type: signature, label: {zh: 签字, en: Signed}}",
    (
        "{key: rows, type: table, max: 3, label: {zh: 表, en: Rows}, columns: ["
        "{key: one, type: integer, label: {zh: 一}}, {key: two, type: text, max: 9, label: {zh: 二}}]}"
    ),
    "{key: total, type: computed, label: {zh: 合计, en: Total}, computed: {sum: [rows.one]}}",
)
GOOD = {
    "name": "某企业",
    "count": 12,
    "share": "0.5",
    "due": "2019-08-05",
    "ok": False,
    "agree": True,
    "why": "无",
    "kinds": ["b", "a"],
    "signed": {"name": "经办人员", "date": "2019-08-05"},
    "rows": [{"one": 1}, {"two": "二"}],
    "total": 1,
}


def errors(book: FormBook, data: dict[str, Any], locale: str = "en") -> dict[str, str]:
    result = book.validate(book["probe"], data, locale=locale, strict=True)
    return {error.field: error.message for error in result.errors}


def test_what_is_stored_is_taken(asking: Callable[..., FormBook]):
    book = asking(*FIELDS)
    result = book.validate(book["probe"], GOOD, locale="en", strict=True)
    assert (result.values, result.errors) == (GOOD, ())


@pytest.mark.parametrize("value", [12.0, 12])
def test_json_does_not_tell_a_whole_number_from_another(
    asking: Callable[..., FormBook], value: float
):
    assert errors(asking(*FIELDS), {"count": value}) == {}


@pytest.mark.parametrize(
    ("data", "field", "said"),
    [
        ({"count": "12"}, "count", "Write 12"),
        ({"name": " 某企业"}, "name", 'Write "某企业"'),
        ({"name": "e\u0301"}, "name", 'Write "é"'),
        ({"name": "a\r\nb"}, "name", 'Write "a b"'),
        ({"name": ""}, "name", "Leave it out"),
        ({"name": None}, "name", "Leave it out"),
        ({"share": "0.50"}, "share", 'Write "0.5"'),
        ({"share": 0.5}, "share", 'Write "0.5"'),
        ({"due": "2019-8-5"}, "due", 'Write "2019-08-05"'),
        ({"ok": "yes"}, "ok", "Write true"),
        ({"ok": 1}, "ok", "Choose yes or no"),
        ({"agree": False}, "agree", "Leave it out"),
        ({"ok": True, "why": "无"}, "why", "not asked"),
        ({"kinds": ["a", "a"]}, "kinds", 'Write ["a"]'),
        ({"kinds": []}, "kinds", "Leave it out"),
        ({"signed": {"name": "经办人员", "date": "2019/8/5"}}, "signed.date", '"2019-08-05"'),
        ({"signed": {**GOOD["signed"], "seal": "x"}}, "signed.seal", "Leave it out"),
        ({"rows": [{"one": "1"}]}, "rows.0.one", "Write 1"),
        ({"rows": [{"one": 1}, {}]}, "rows", 'Write [{"one": 1}]'),
        ({"rows": [{"one": 1, "two": None}]}, "rows.0.two", "Leave it out"),
        ({"rows": [{"one": 1, "three": 3}]}, "rows.0.three", "Leave it out"),
        ({"nmae": "x"}, "nmae", "Did you mean “name”?"),
        ({"zzzzzz": "x"}, "zzzzzz", "no field “zzzzzz”"),
    ],
)
def test_what_is_written_otherwise_is_told(
    asking: Callable[..., FormBook], data: dict[str, Any], field: str, said: str
):
    book = asking(*FIELDS)
    found = errors(book, data)
    assert found.keys() == {field}
    assert said in found[field]
    # Somebody who types may write all of it so.
    if "Choose" not in said:
        assert book.validate(book["probe"], data, locale="en").ok
    assert "Leave" not in errors(book, data, locale="zh_CN")[field]


@pytest.mark.parametrize("claimed", [1, 2, "x", None, {"a": []}])
def test_a_computed_answer_is_not_read(asking: Callable[..., FormBook], claimed: Any):
    book = asking(*FIELDS)
    assert errors(book, {"rows": [{"one": 3}], "total": claimed}) == {}
