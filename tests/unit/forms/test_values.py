"""Each kind of answer: what is understood, what is refused and in which words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jiebang.forms import FormBook

F = "key: it, label: {zh: 某项, en: The thing}"
OPTIONS = "options: [{code: a, label: {zh: 甲, en: A}}, {code: b, label: {zh: 乙, en: B}}]"
FORMS_OF_IT = {
    "text": "type: text, max: 10",
    "longtext": "type: longtext, max: 10, min: 2",
    "int": "type: int, min: 1, max: 500",
    "money": "type: money, unit: 万元, min: 0, max: 1000",
    "yuan": "type: money, unit: 元",
    "date": "type: date",
    "one_of": f"type: one_of, {OPTIONS}",
    "several_of": f"type: several_of, max: 1, {OPTIONS}",
    "yes_no": "type: yes_no",
    "consent": "type: consent, required: true",
    "credit_code": "type: credit_code",
    "phone": "type: phone",
    "email": "type: email",
    "files": "type: files, max: 2",
}
KINDS = {name: "{" + f"{F}, {rest}" + "}" for name, rest in FORMS_OF_IT.items()}


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("text", "  某企业 ", "某企业"),
        ("text", "e\u0301a", "\u00e9a"),
        ("text", "0123456789", "0123456789"),
        ("text", "😀" * 10, "😀" * 10),
        ("longtext", "一\r\n二", "一\n二"),
        ("int", "500", 500),
        ("int", "１２", 12),
        ("int", "1,2", 12),
        ("int", 7, 7),
        ("money", "12.5", 12_500_000),
        ("money", "１，０００ 万元", 1_000_000_000),
        ("money", "0", 0),
        ("money", 1_000_000, 1_000_000),
        ("yuan", "0.01", 1),
        ("date", "2019-8-5", "2019-08-05"),
        ("date", "2019年8月5日", "2019-08-05"),
        ("date", "2019/08/05", "2019-08-05"),
        ("date", "2020-02-29", "2020-02-29"),
        ("one_of", "b", "b"),
        ("several_of", ["a"], ["a"]),
        ("yes_no", "yes", True),
        ("yes_no", "no", False),
        ("yes_no", False, False),
        ("consent", "yes", True),
        ("credit_code", "91310115 ma1k00023e", "91310115MA1K00023E"),
        ("phone", "138-0000 0000", "13800000000"),
        ("phone", "（021）35366202", "02135366202"),
        ("phone", "8008205114", "8008205114"),
        ("phone", "+44 20 7946 0958", "+442079460958"),
        ("email", "Name@example.com", "Name@example.com"),
        ("files", ["x", "y", "x"], ["x", "y"]),
    ],
)
def test_understood(asking: Callable[..., FormBook], kind: str, typed: object, stored: object):
    book = asking(KINDS[kind])
    result = book.validate(book["probe"], {"it": typed}, locale="zh_CN")
    assert result.errors == ()
    assert result.values == {"it": stored}
    again = book.validate(book["probe"], result.values, locale="zh_CN")
    assert (again.values, again.errors) == (result.values, ())


@pytest.mark.parametrize(
    ("kind", "typed", "zh", "en"),
    [
        ("text", "字" * 11, "有 11 个字，上限为 10 个字", "has 11 characters; the limit is 10"),
        ("text", "a\0b", "第 2 个字符（U+0000）", "(U+0000, place 2)"),
        ("text", "\u202eabc", "U+202E", "U+202E"),
        ("text", "a\x1b[31m", "U+001B", "U+001B"),
        ("text", "a\ufffe", "U+FFFE", "U+FFFE"),
        ("text", 5, "应为文字", "is not text"),
        ("longtext", "一", "至少填写 2 个字", "write at least 2"),
        ("int", "0", "不能小于 1", "at least 1"),
        ("int", "501", "不能大于 500", "at most 500"),
        ("int", "十二", "请填写整数", "whole number"),
        ("int", "1.5", "请填写整数", "whole number"),
        ("int", "9" * 5000, "请填写整数", "whole number"),
        ("int", True, "请填写整数", "whole number"),
        ("money", "-1", "不能小于 0 万元", "at least 0 万元"),
        ("money", "1000.01", "不能大于 1000 万元", "at most 1000 万元"),
        ("money", "1e3", "以万元为单位", "a number in 万元"),
        ("money", "NaN", "以万元为单位", "a number in 万元"),
        ("money", 1_000_000_001, "不能大于 1000 万元", "at most 1000 万元"),
        ("yuan", "0.001", "精确到分", "finer than one fen"),
        ("date", "2019-02-29", "不是有效日期", "is not a date"),
        ("date", "05/08/2019", "不是有效日期", "is not a date"),
        ("date", "0000-00-00", "不是有效日期", "is not a date"),
        ("one_of", "c", "所选的项已不可用", "no longer offered"),
        ("several_of", ["c"], "所选的项已不可用", "no longer offered"),
        ("several_of", ["a", "b"], "选了 2 项，最多可选 1 项", "2 chosen, at most 1"),
        ("several_of", "a", "请从列表中选择", "from the list"),
        ("yes_no", "maybe", "选择是或否", "Choose yes or no"),
        ("yes_no", 1, "选择是或否", "Choose yes or no"),
        ("consent", "", "请勾选", "Please tick"),
        ("credit_code", "9131", "应为 18 位，您填写了 4 位", "has 18 characters; you wrote 4"),
        ("credit_code", "91310104MA1K00234O", "没有 I、O、Z、S、V", "never I, O, Z, S or V"),
        ("phone", "12345", "不是有效的电话号码", "not a telephone number"),
        ("phone", "23800000000", "不是有效的电话号码", "not a telephone number"),
        ("email", "name", "请填写电子邮箱地址", "as an e-mail address"),
        ("email", "a@b@c.com", "请填写电子邮箱地址", "as an e-mail address"),
        ("files", ["a", "b", "c"], "有 3 个文件，最多 2 个", "has 3 files; at most 2"),
        ("files", "a", "请重新上传", "again"),
    ],
)
def test_refused_in_both_languages(
    asking: Callable[..., FormBook], kind: str, typed: object, zh: str, en: str
):
    book = asking(KINDS[kind])
    for locale, said, label in (("zh_CN", zh, "“某项”"), ("en", en, "“The thing”")):
        result = book.validate(book["probe"], {"it": typed}, locale=locale)
        assert [error.field for error in result.errors] == ["it"]
        assert said in result.errors[0].message
        assert label in result.errors[0].message
        assert "it" not in result.values


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"consent"}))
@pytest.mark.parametrize("empty", ["", "   ", None])
def test_empty_is_no_answer(asking: Callable[..., FormBook], kind: str, empty: object):
    book = asking(KINDS[kind])
    typed = [] if kind in {"several_of", "files"} else empty
    assert book.validate(book["probe"], {"it": typed}, locale="en").ok
    must = asking(KINDS[kind].replace("type:", "required: true, type:"))
    for locale, said in (("zh_CN", "某项"), ("en", "The thing")):
        errors = must.validate(must["probe"], {"it": typed}, locale=locale).errors
        assert [error.field for error in errors] == ["it"]
        assert said in errors[0].message


def test_a_failing_check_character_only_warns(asking: Callable[..., FormBook]):
    book = asking(KINDS["credit_code"])
    result = book.validate(book["probe"], {"it": "91350100M0001TGQXM"}, locale="zh_CN")
    assert result.ok
    assert result.values == {"it": "91350100M0001TGQXM"}
    assert "校验码不符" in result.warnings[0].message
    sound = book.validate(book["probe"], {"it": "91310104MA1K002340"}, locale="zh_CN")
    assert sound.warnings == ()
