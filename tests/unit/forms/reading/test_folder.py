"""Broken form files: every finding, at its line, with the nearest right word."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from jiebang.forms import FormBook
from jiebang.yamlfile import BadFile

FORMS = Path(__file__).resolve().parents[4] / "forms"
GOOD = """\
id: probe
version: 1
title: {zh: 试填, en: Probe}
source: R
sections:
  - id: only
    title: {zh: 部分, en: Section}
    fields:
      - key: kind
        type: one_of
        label: {zh: 类别, en: Kind}
        options:
          - {code: a, label: 甲}
          - {code: b, label: 乙}
      - key: name
        type: text
        max: 20
        label: {zh: 名称, en: Name}
        shown_when: {field: kind, is: a}
      - {block: contact, omit: [email]}
"""


def findings(folder: Path, text: str, name: str = "probe"):
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadFile) as bad:
        FormBook.load(folder)
    return bad.value.findings


def test_a_sound_form_is_read(folder: Path):
    (folder / "probe.yaml").write_text(GOOD, encoding="utf-8")
    book = FormBook.load(folder)
    assert [one.key for one in book["probe"].questions] == ["kind", "name", "contact", "mobile"]


@pytest.mark.parametrize(
    ("old", "new", "line", "zh", "en"),
    [
        ("type: text", "typ: text", 15, "缺少“type”", '"type" is missing'),
        ("        max: 20", "        maxx: 20", 17, "是否想写“max”", 'did you mean "max"'),
        ("type: one_of", "type: one-of", 10, "可用", "use one of"),
        (
            "{field: kind, is: a}",
            "{field: knid, is: a}",
            19,
            "是否想写“kind”",
            'did you mean "kind"',
        ),
        ("{field: kind, is: a}", "{field: kind, is: c}", 19, "可用：a、b", "use one of a、b"),
        ("{field: kind, is: a}", "{field: kind, is: a, in: [b]}", 19, "其中之一", "one of"),
        ("{field: kind, is: a}", "{field: kind}", 19, "其中之一", "one of"),
        ("block: contact", "block: contcat", 20, "是否想写“contact”", 'did you mean "contact"'),
        ("omit: [email]", "omit: [emial]", 20, "是否想写“email”", 'did you mean "email"'),
        ("{code: b, label: 乙}", "{code: a, label: 乙}", 14, "重复", "twice"),
        ("{code: b, label: 乙}", "{code: “b”, label: 乙}", 14, "选项代码 “b” 不对", "is wrong"),
        ("{code: b, label: 乙}", "{code: yes, label: 乙}", 14, "含义不明", "ambiguous"),
        ("{code: b, label: 乙}", "{code: 1, label: 乙}", 14, "应为文字", "must be text"),
        ("key: name", "key: kind", 15, "重复", "twice"),
        ("key: name", "key: Name", 15, "key", "key"),
        ("        max: 20\n", "", 15, "字数上限", "longest length"),
        ("        max: 20", "        max: 20\n        min: 30", 18, "大于", "greater"),
        ("        max: 20", "        max: 0", 17, "应为正数", "more than 0"),
        (
            "        type: text",
            "        type: text\n        list: rating-5",
            15,
            "不能写 list",
            "cannot have list",
        ),
        ("        type: text", "        type: table", 15, "columns", "columns"),
        (
            "        type: text",
            "        type: table\n        columns: []",
            15,
            "columns",
            "columns",
        ),
        ("id: probe", "id: prob", 1, "文件名", "file name"),
        ("version: 1", "version: one", 2, "整数", "whole number"),
        ("version: 1", "version: 1\nversion: 2", 3, "重复", "duplicate"),
        ("    fields:", "\tfields:", 8, "制表符", "tab"),
        ("  - id: only", "  - after: [later]\n    id: only", 6, "前面的部分", "earlier section"),
    ],
)
def test_a_broken_form_says_where_and_what(
    folder: Path, old: str, new: str, line: int, zh: str, en: str
):
    assert old in GOOD
    found = findings(folder, GOOD.replace(old, new, 1))
    said = [one for one in found if zh in one.zh]
    assert said, [str(one) for one in found]
    assert len(found) <= 2, [str(one) for one in found]
    assert said[0].line == line
    assert said[0].file == "forms/probe.yaml"
    assert en in said[0].en


def test_every_file_tells_at_once(folder: Path):
    (folder / "lists" / "rating-5.yaml").write_text("list: rating-5\n", encoding="utf-8")
    (folder / "uploads.yaml").write_text("max_file_mb: 0\n", encoding="utf-8")
    files = {one.file for one in findings(folder, GOOD.replace("version: 1", "version: x"))}
    assert files == {"forms/lists/rating-5.yaml", "forms/uploads.yaml", "forms/probe.yaml"}


def test_a_code_stands_once_in_a_list(folder: Path):
    (folder / "lists" / "some.yaml").write_text(
        "list: some\ntitle: 某表\nsource: R\noptions:\n"
        "  - {code: a, label: 甲}\n  - {code: a, label: 乙}\n",
        encoding="utf-8",
    )
    (found,) = findings(folder, GOOD)
    assert (found.file, found.line, found.zh) == ("forms/lists/some.yaml", 6, "选项代码“a”重复")


def test_an_unknown_list_names_the_nearest(folder: Path):
    text = GOOD.replace(
        "        options:\n          - {code: a, label: 甲}\n          - {code: b, label: 乙}\n",
        "        list: rating5\n",
    )
    found = findings(folder, text)
    assert [(one.line, one.suggestion) for one in found if one.code == "unknown"] == [
        (12, "rating-5")
    ]


def test_no_form_at_all(folder: Path):
    with pytest.raises(BadFile):
        FormBook.load(folder)


def test_the_version_is_the_content(folder: Path):
    (folder / "probe.yaml").write_text(GOOD, encoding="utf-8")
    first = FormBook.load(folder).version
    assert re.fullmatch("[0-9a-f]{64}", first)
    assert FormBook.load(folder).version == first
    (folder / "probe.yaml").write_text(GOOD + "# 注\n", encoding="utf-8")
    assert FormBook.load(folder).version != first


def test_every_form_of_the_site_speaks_both_languages(tmp_path: Path):
    shutil.copytree(FORMS, tmp_path / "forms")
    book = FormBook.load(tmp_path / "forms")
    for form in book.forms.values():
        texts = [form.title, *(section.title for section in form.sections)]
        for question in form.questions:
            texts += [question.label, *([question.help] if question.help else [])]
            texts += [option.label for option in question.options]
            texts += [column.label for column in question.columns]
        for text in texts:
            assert text.zh, f"{form.id}: {text}"
            assert text.en, f"{form.id}: {text}"


def test_every_question_of_the_site_names_its_source(book: FormBook):
    for form in book.forms.values():
        for question in form.questions:
            assert question.source, f"{form.id}.{question.key}"
            if question.source == "R":
                assert question.basis != "text", f"{form.id}.{question.key}"
