import re
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from jiebang.wording import Wording
from jiebang.yamlfile import BadFile, decode, fit, load, nearest, parse


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid")
    seq: int
    name: Wording


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid")
    items: list[Item]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("items:\n  - {seq: 1, nmae: x}\n", "extra_forbidden", 2),
        ("items:\n  - {seq: a, name: x}\n", "int_parsing", 2),
        ("items: []\nitem: []\n", "extra_forbidden", 2),
        ("a: 1\na: 2\n", "yaml", 2),
        ("items: [\n", "yaml", 1),
        ('items:\n  - {seq: 1, name: "x}\n\n', "yaml", 2),
        ("items:\n  - {seq: 1,\n\tname: x}\n", "yaml", 3),
        ("items:\n  - {seq: 2019-13-40, name: x}\n", "date", 2),
        ("items:\n\t- a\n", "yaml", 2),
        ("items: yes\n", "ambiguous", 1),
        ("items:\n  - &one {seq: 1, name: x}\n  - *one\n", "anchor", 2),
        ("items: &loop [*loop]\n", "anchor", 1),
        ("- 1\n", "model_type", 1),
        ("", "empty", 1),
        ("items: !!python/object:os.system x\n", "yaml", 1),
        ("[" * 3000, "yaml", 1),
    ],
)
def test_what_is_wrong_is_said_with_its_line_in_both_languages(
    text: str, code: str, line: int
) -> None:
    with pytest.raises(BadFile) as bad:
        fit(parse(text, "file.yaml"), Whole)
    found = {one.code: one for one in bad.value.findings}
    assert code in found
    finding = found[code]
    assert (finding.file, finding.line) == ("file.yaml", line)
    assert finding.zh
    assert finding.en
    assert str(finding).startswith(f"file.yaml:{line}:")


def test_the_nearest_right_word_is_offered() -> None:
    with pytest.raises(BadFile) as bad:
        fit(parse("items: [{seq: 1, nmae: x}]", "file.yaml"), Whole)
    assert "name" in {one.suggestion for one in bad.value.findings}
    assert nearest("qqq", ["name", "seq"]) == ""


def test_a_good_file_is_read_as_it_stands() -> None:
    whole = fit(
        parse("items:\n  - {seq: 1, name: 甲}\n  - {seq: 2, name: {zh: 乙, en: B}}\n", "f"), Whole
    )
    assert [one.name.in_locale("en") for one in whole.items] == ["甲", "B"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")
    key: str = Field(default="a", pattern=r"^[a-z][a-z0-9_]*$")
    kind: Literal["text", "money"] = "text"
    most: int = Field(default=1, ge=1, le=6)
    roles: tuple[str, ...] = ()
    wanted: str | bool = ""
    unit: Literal[1, 2] = 1


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (
            "key: The-Key",
            "“key”只能用小写英文字母、数字和下划线，以字母开头",
            "small letters, digits",
        ),
        ("key: 1", "“key”应为文字，请加引号", '"key" must be text: quote it'),
        ("key: 2019-08-05", "“key”应为文字，请加引号", '"key" must be text: quote it'),
        ("unit: 3", "“unit”不能是“3”，可用：1、2", '"unit" cannot be "3", use one of 1, 2'),
        ("kind: “money”", "“kind”不能是““money””，可用：text、money", "use one of text, money"),
        ("most: 0", "“most”不能小于 1", '"most" must not be less than 1'),
        ("most: 7", "“most”不能大于 6", "must not be greater than 6"),
        ("most: 1.5", "“most”应为整数", "must be a whole number"),
        ("roles: demander", "“roles”应为列表：[demander]", "must be a list: [demander]"),
        ("wanted: 5", "“wanted”应为文字，请加引号", "must be text: quote it"),
        (
            "相同: 1",
            "不认识的键“相同”，可用：key、kind、most、roles、unit、wanted",
            "use one of key, kind",
        ),
        ("{key：a}", "不认识的键“key：a”：键后面的冒号要用半角“: ”", "a key ends with"),
        ("a b: 1", "不认识的键“a b”：文字里有逗号的要加引号", "quote a text with commas"),
        ("- a", "整个文件应为键值表", "the whole file must be a mapping"),
    ],
)
def test_a_misfit_is_told_once_in_plain_words(text: str, zh: str, en: str) -> None:
    with pytest.raises(BadFile) as bad:
        fit(parse(text, "file.yaml"), Strict)
    (found,) = bad.value.findings
    assert found.zh == zh
    assert en in found.en


@pytest.mark.parametrize(
    ("text", "line", "zh", "remedy"),
    [
        ("a: 1\ntype：money\nb: 2\n", 2, "少了冒号", "半角“: ”"),
        ("a: 1\ntype:money\nb: 2\n", 2, "少了冒号", ""),
        ("- key：cost\n  type: money\n", 1, "冒号", "半角“: ”"),
        ("id：probe\nversion: 1\n", 1, "冒号", "半角“: ”"),
        ("a: {zh: 费用，en: Cost}\n", 1, "括号", "半角“, ”"),
        ("a: {zh: 少了：{b}。}\n", 1, "花括号的要加引号", ""),
        ("a: {en: Cost: total}\n", 1, "冒号的要加引号", ""),
        ("a: \x01\n", 1, "不允许的字符", ""),
    ],
)
def test_yaml_is_mended_where_it_is_wrong(text: str, line: int, zh: str, remedy: str) -> None:
    with pytest.raises(BadFile) as bad:
        parse(text, "file.yaml")
    (found,) = bad.value.findings
    assert found.line == line
    assert zh in found.zh
    assert not re.search("[a-z]{3}", found.zh.replace("YAML", ""))
    assert (remedy in found.suggestion) if remedy else not found.suggestion


def test_why_a_file_cannot_be_read_is_said_in_chinese(tmp_path: Path) -> None:
    told = []
    for attempt in (
        lambda: load(tmp_path / "none.yaml"),
        lambda: load(tmp_path),
        lambda: decode("a: 单位".encode("gbk"), "f"),
    ):
        with pytest.raises(BadFile) as bad:
            attempt()
        told += [one.zh for one in bad.value.findings]
    assert told == ["没有这个文件", "这是文件夹，不是文件", "不是 UTF-8 编码，请另存为 UTF-8"]
