"""Each kind of answer: what is understood, what is refused and in which words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jiebang.forms import FormBook, Option
from jiebang.wording import Wording

F = "key: it, label: {zh: 某项, en: The thing}"
OPTIONS = "options: [{code: a, label: {zh: 甲, en: A}}, {code: b, label: {zh: 乙, en: B}}]"
FORMS_OF_IT = {
    "text": "type: text, max: 10",
    "longtext": "type: longtext, max: 10, min: 2",
    "integer": "type: integer, min: 1, max: 500",
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
    "decimal": "type: decimal, min: -1, max: 100, places: 3",
    "year": "type: year, min: 1990",
    "years": "type: year_range, max: 2030",
    "division": "type: division",
    "url": "type: url, max: 60",
    "case": "type: reference, refers_to: demand",
    "cases": "type: reference, refers_to: demand, several: true, max: 2",
    "signed": "type: signature",
    "shaped": "type: text, max: 10, shape: {pattern: '[0-9]{6}', message: {zh: “某项”为六位数字, "
    "en: “The thing” has six digits}}",
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
        ("integer", "500", 500),
        ("integer", "１２", 12),
        ("integer", "1,2", 12),
        ("integer", 7, 7),
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
        ("email", "Name@EXAMPLE.com", "Name@example.com"),
        ("files", ["x", "y", "x"], ["x", "y"]),
        ("text", "一\n二", "一 二"),
        ("consent", True, True),
        ("decimal", "12.50", "12.5"),
        ("decimal", "１２．５", "12.5"),
        ("decimal", "+0.500", "0.5"),
        ("decimal", "-0", "0"),
        ("decimal", ".5", "0.5"),
        ("decimal", "100", "100"),
        ("decimal", 12, "12"),
        ("decimal", 0.125, "0.125"),
        ("money", "-0", 0),
        ("year", "２０１９年", 2019),
        ("year", 2019, 2019),
        ("years", {"from": "2019", "to": "2021年"}, {"from": 2019, "to": 2021}),
        ("years", {"from": 2019, "to": 2019}, {"from": 2019, "to": 2019}),
        ("division", "３１０１１５", "310115"),
        ("division", "310115 上海市浦东新区", "310115"),
        ("division", "上海市浦东新区", "310115"),
        ("url", "www.Example.com", "http://www.example.com"),
        (
            "url",
            'HTTPS://example.com:8080/a b?q="一"#x',
            "https://example.com:8080/a%20b?q=%22%E4%B8%80%22#x",
        ),
        ("url", "http://例子.中国/", "http://xn--fsqu00a.xn--fiqs8s/"),
        ("url", "https://example.com/%E4%B8%80", "https://example.com/%E4%B8%80"),
        ("case", " SH2019-0001 ", "SH2019-0001"),
        ("cases", ["SH2019-0001", " SH2019-0001 ", "SH2019-0002"], ["SH2019-0001", "SH2019-0002"]),
        (
            "signed",
            {"name": " 经办人员 ", "date": "2019年8月5日"},
            {"name": "经办人员", "date": "2019-08-05"},
        ),
        ("shaped", "200235", "200235"),
        ("integer", 12.0, 12),
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
        ("integer", "0", "不能小于 1", "at least 1"),
        ("integer", "501", "不能大于 500", "at most 500"),
        ("integer", "十二", "请填写整数", "whole number"),
        ("integer", "1.5", "请填写整数", "whole number"),
        ("integer", "9" * 5000, "请填写整数", "whole number"),
        ("integer", True, "请填写整数", "whole number"),
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
        ("files", ["../a"], "请重新上传", "again"),
        ("integer", "1" * 15, "不能大于 500", "at most 500"),
        ("integer", 1.5, "请填写整数", "whole number"),
        ("integer", float("inf"), "请填写整数", "whole number"),
        ("yuan", "9999999999999.991", "不能大于 9999999999999.99 元", "at most"),
        ("yuan", 10**15, "不能大于 9999999999999.99 元", "at most"),
        ("decimal", "0.1234", "最多保留 3 位小数", "more than 3 decimals"),
        ("decimal", "100.001", "不能大于 100", "at most 100"),
        ("decimal", "-1.1", "不能小于 -1", "at least -1"),
        ("decimal", "1e2", "请填写数字", "as a number"),
        ("decimal", float("nan"), "请填写数字", "as a number"),
        ("decimal", True, "请填写数字", "as a number"),
        ("year", "19", "四位年份", "four digits"),
        ("year", "1989", "不能小于 1990", "at least 1990"),
        ("year", "2101", "不能大于 2100", "at most 2100"),
        ("year", 2019.5, "四位年份", "four digits"),
        ("years", "2019", "传输中损坏", "damaged"),
        ("division", "310199", "没有 310199", "has the code 310199"),
        ("division", "310103", "没有 310103", "has the code 310103"),
        ("division", "浦东", "六位行政区划代码", "six digits"),
        ("url", "javascript:alert(1)", "请填写网址", "as a web address"),
        ("url", "https://user:word@example.com/", "请填写网址", "as a web address"),
        ("url", "ftp://example.com/", "请填写网址", "as a web address"),
        ("url", "https://10.0.0.1/", "请填写网址", "as a web address"),
        ("url", "https://localhost/", "请填写网址", "as a web address"),
        ("url", "//example.com", "请填写网址", "as a web address"),
        ("url", "https://example.com/" + "a" * 50, "请填写网址", "as a web address"),
        ("email", "a..b@example.com", "请填写电子邮箱地址", "as an e-mail address"),
        ("email", "a@localhost", "请填写电子邮箱地址", "as an e-mail address"),
        ("email", "a@" + "b" * 64 + ".com", "请填写电子邮箱地址", "as an e-mail address"),
        ("case", "SH 2019", "请填写编号", "letters, digits and hyphens"),
        ("cases", ["a", "b", "c"], "选了 3 项", "3 chosen, at most 2"),
        ("cases", "a", "请从列表中选择", "from the list"),
        ("shaped", "20023", "“某项”为六位数字", "“The thing” has six digits"),
        ("signed", "经办人员", "传输中损坏", "damaged"),
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
    shapes = {"several_of": [], "files": [], "cases": [], "years": {}, "signed": {"name": empty}}
    typed = shapes.get(kind, empty)
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


@pytest.mark.parametrize(
    ("kind", "half", "path", "zh", "en"),
    [
        ("years", {"from": "2019"}, "it.to", "“某项”的结束年份", "last year of “The thing”"),
        ("years", {"to": "2019"}, "it.from", "“某项”的起始年份", "first year of “The thing”"),
        ("years", {"from": "2021", "to": "2019"}, "it", "早于起始年份", "ends before it begins"),
        ("years", {"from": "19"}, "it.from", "四位年份", "four digits"),
        ("signed", {"name": "经办人员"}, "it.date", "签字日期", "on which day"),
        ("signed", {"date": "2019-08-05"}, "it.name", "签字人", "who signed"),
        ("signed", {"name": "字" * 61, "date": "2019-08-05"}, "it.name", "有 61 个字", "has 61"),
    ],
)
def test_half_an_answer_is_told_where_the_other_half_belongs(
    asking: Callable[..., FormBook], kind: str, half: dict[str, str], path: str, zh: str, en: str
):
    book = asking(KINDS[kind])
    for locale, said in (("zh_CN", zh), ("en", en)):
        errors = book.validate(book["probe"], {"it": half}, locale=locale).errors
        assert errors[0].field == path
        assert said in errors[0].message


INDUSTRIES = """\
list: industries
title: {zh: 行业, en: Industries}
source: GB/T 4754-2017
options:
  - {code: C, label: {zh: 制造业, en: Manufacturing}}
  - {code: C39, label: {zh: 计算机、通信和其他电子设备制造业, en: Computers and electronics}}
"""


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("c39", "C39"), ("39", "C39"), ("C39 计算机", "C39"), ("C", "C"), ("C391", "C391"), ("C40", None),
     ("C3911", "C3911"), ("3911", "C3911"), ("C4011", None), ("4011", None), ("C39111", None),
     ("D", None), ("39X", None)],
)  # fmt: skip
def test_an_industry_is_in_the_list_as_deep_as_that_goes(
    asking: Callable[..., FormBook], folder: Path, typed: str, stored: str | None
):
    (folder / "lists" / "industries.yaml").write_text(INDUSTRIES, "utf-8")
    book = asking("{key: it, type: industry, label: {zh: 行业, en: Industry}}")
    result = book.validate(book["probe"], {"it": typed}, locale="en")
    assert result.values.get("it") == stored
    if stored is None:
        assert "GB/T 4754" in result.errors[0].message
    bare = FormBook.load(folder)
    (folder / "lists" / "industries.yaml").unlink()
    assert bare["probe"].lists.keys() == {"industries"}


def test_a_reference_is_one_of_those_that_the_caller_brings(asking: Callable[..., FormBook]):
    book = asking(KINDS["case"], KINDS["cases"].replace("key: it", "key: more"))
    brought = {"reference.demand": [Option(code="SH2019-0001", label=Wording(zh="某需求"))]}
    data = {"it": "SH2019-0001", "more": ["SH2019-0001", "SH2019-0002"]}
    result = book.validate(book["probe"], data, locale="zh_CN", choices=brought)
    assert result.values == {"it": "SH2019-0001"}
    assert "没有可供选择的 SH2019-0002" in result.errors[0].message
    assert book.validate(book["probe"], data, locale="zh_CN").ok
    told = book.answers(book["probe"], data, locale="zh_CN", choices=brought)
    assert [one.text for one in told] == ["某需求", "某需求、SH2019-0002"]
