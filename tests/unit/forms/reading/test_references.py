"""Whatever a form names has to be there, and of the right kind: told at its line, both languages."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jiebang.forms import FormBook
from jiebang.yamlfile import BadFile, Finding

#: A form in which everything names something.
GOOD = """\
id: probe
version: 1
title: {zh: 试填, en: Probe}
source: R
filing: {by: [demander], handled_by: [case_officer], prefix: PR}
sections:
  - id: money
    title: {zh: 经费, en: Money}
    text:
      - {zh: "第一条 {name}承担费用。", en: "Article 1. {name} pays."}
    fields:
      - {key: name, type: text, max: 20, label: {zh: 名称}, shape: {pattern: "[A-Z]+", message: {zh: 大写}}}
      - {key: kind, type: one_of, label: {zh: 类别}, options: [{code: a, label: 甲}, {code: b, label: 乙}]}
      - {key: own, type: money, label: {zh: 自筹}}
      - {key: loan, type: money, label: {zh: 贷款}, shown_when: {field: kind, in: [a]}}
      - {key: staff, type: integer, label: {zh: 人数}}
      - {key: total, type: computed, label: {zh: 合计}, computed: {sum: [own, loan]}}
      - {key: from_year, type: year, label: {zh: 起}}
      - {key: to_year, type: year, label: {zh: 止}, prefill: [clock.year, earlier.year]}
      - {key: signed, type: signature, label: {zh: 签字}}
      - {key: case, type: reference, refers_to: demand, label: {zh: 需求}}
      - key: stages
        type: table
        max: 5
        label: {zh: 进度}
        columns:
          - {key: start, type: date, label: {zh: 起}}
          - {key: end, type: date, label: {zh: 止}}
          - {key: cost, type: money, label: {zh: 费用}}
checks:
  - id: order
    at: to_year
    that: {field: to_year}
    is: at_least
    than: {field: from_year}
    message: {zh: "{to_year}早于{from_year}。"}
  - id: cost
    at: stages
    that: {sum: stages.cost}
    is: at_most
    than: {field: total}
    message: {zh: 超出合计。}
  - id: stage
    rows: stages
    at: end
    that: {field: end}
    is: more_than
    than: {field: start}
    message: {zh: 止早于起。}
  - id: staffed
    at: staff
    when: {field: kind, is: b}
    any_of: [staff, own]
    message: {zh: 至少写一项。}
"""
EARLIER = """\
id: earlier
version: 1
title: {zh: 先前, en: Earlier}
source: R
filing: {by: [demander], handled_by: [case_officer], prefix: EA}
sections:
  - id: only
    title: {zh: 部分, en: Section}
    fields:
      - {key: year, type: year, label: {zh: 年}}
      - {key: words, type: longtext, max: 9, label: {zh: 文字}}
"""


@pytest.fixture
def both(folder: Path) -> Path:
    (folder / "probe.yaml").write_text(GOOD, encoding="utf-8")
    (folder / "earlier.yaml").write_text(EARLIER, encoding="utf-8")
    return folder


def findings(folder: Path, text: str) -> list[Finding]:
    (folder / "probe.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadFile) as bad:
        FormBook.load(folder)
    return list(bad.value.findings)


def test_the_sound_form_is_read(both: Path):
    form = FormBook.load(both)["probe"]
    assert form.filing is not None
    assert [check.id for check in form.checks] == ["order", "cost", "stage", "staffed"]


@pytest.mark.parametrize(
    ("old", "new", "zh", "en"),
    [
        # Texts and messages show answers.
        ("第一条 {name}", "第一条 {nam}", "是否想写“name”", 'did you mean "name"'),
        ('en: "Article 1. {name}', 'en: "Article 1. {Name}', "没有名为“Name”", "no field"),
        ("{from_year}。", "{form_year}。", "是否想写“from_year”", "did you mean"),
        # Conditions.
        ("field: kind, in: [a]", "field: kind, in: [a, c]", "可用：a、b", "use one of"),
        ("field: kind, in: [a]", 'field: staff, is: "5"', "条件只能写 filled", "only be “filled”"),
        ("field: kind, in: [a]", "field: total, filled: true", "由系统算出", "worked out"),
        ("field: kind, in: [a]", "field: loan, filled: true", "绕成一圈：“loan”", "in a circle"),
        ("when: {field: kind, is: b}", "when: {field: knd, is: b}", "是否想写“kind”", "kind"),
        # What is worked out.
        ("sum: [own, loan]", "sum: [own, lone]", "是否想写“loan”", "loan"),
        ("sum: [own, loan]", "sum: [own, stages.costs]", "是否想写“stages.cost”", "stages.cost"),
        ("sum: [own, loan]", "sum: [own, name]", "“name”是 text，不能计算", "reckoned"),
        ("sum: [own, loan]", "sum: [own, staff]", "有的是金额", "some of own、staff are money"),
        ("sum: [own, loan]", "sum: [own, total]", "绕成一圈", "in a circle"),
        ("sum: [own, loan]", "count: own", "不是表格", "no table"),
        ("sum: [own, loan]", "difference: [own]", "要写两项", "exactly two"),
        ("sum: [own, loan]", "sum: [own], count: stages", "其中之一", "exactly one"),
        # Where a first answer comes from.
        ("clock.year", "clock.yaer", "是否想写“clock.year”", "clock.year"),
        ("earlier.year", "earlir.year", "是否想写“earlier”", "earlier"),
        ("earlier.year", "earlier.yaer", "是否想写“year”", "year"),
        ("earlier.year", "earlier.words", "是 longtext，不能填入 year", "cannot answer a year"),
        # What else a question names.
        ("refers_to: demand", "refers_to: demands", "是否想写“demand”", "demand"),
        ('pattern: "[A-Z]+"', 'pattern: "([A-Z]+)+"', "可变的重复太多", "free repetitions"),
        ('pattern: "[A-Z]+"', 'pattern: "[A-Z"', "表达式写错了", "not a regular expression"),
        # Checks.
        ("id: cost", "id: order", "“order”重复", "twice"),
        ("at: to_year", "at: too_year", "是否想写“to_year”", "to_year"),
        ("than: {field: from_year}", "than: {field: form_year}", "是否想写“from_year”", "field"),
        ("than: {field: from_year}", "than: {field: signed}", "不是单个值", "do not compare"),
        ("than: {field: from_year}", "than: {field: signed, part: date}", "数与日期", "and date"),
        ("than: {field: from_year}", "than: {field: signed, part: day}", "没有名为“day”的部分", "part"),
        ("than: {field: from_year}", "than: {clock: today}", "数与日期", "number and date"),
        ("than: {field: from_year}", "than: {field: own}", "数与金额", "number and money"),
        ("than: {field: from_year}", "than: {number: 1, value: a}", "其中之一", "exactly one"),
        ("that: {sum: stages.cost}", "that: {sum: stages.costs}", "是否想写“stages.cost”", "column"),
        ("that: {sum: stages.cost}", "that: {sum: stages.end}", "不是单个值", "no single value"),
        ("that: {sum: stages.cost}", "that: {count: own}", "没有名为“own”的可计数的字段", "count"),
        ("rows: stages", "rows: stage", "是否想写“stages”", "table"),
        ("at: end", "at: ende", "是否想写“end”", "end"),
        ("any_of: [staff, own]", "any_of: [staff, owm]", "是否想写“own”", "own"),
        ("    than: {field: from_year}\n", "", "校验要写", "a check has"),
        ("    is: at_least\n", "    is: atleast\n", "可用", "use one of"),
        # The form itself.
        ("prefix: PR", "prefix: EA", "已用于表单“earlier”", 'that of the form "earlier"'),
        ("prefix: PR", "prefix: pr", "prefix", "prefix"),
        ("by: [demander]", "by: []", "至少要有一项", "at least one"),
        ("  - id: money\n", "  - id: none\n    title: {zh: 空}\n  - id: money\n", "是空的", "empty"),
        # Attributes that say nothing here.
        ("type: date, label: {zh: 起}", "type: date, max: 3, label: {zh: 起}", "不能写 max", "max"),
        ("refers_to: demand", "refers_to: demand, list: rating-5", "不能写 list", "list"),
        ("type: integer,", "type: integer, mask: phone,", "不能写 mask", "mask"),
    ],
)  # fmt: skip
def test_a_name_of_nothing(both: Path, old: str, new: str, zh: str, en: str):
    assert old in GOOD
    found = findings(both, GOOD.replace(old, new, 1))
    said = [one for one in found if zh in one.zh]
    assert said, [str(one) for one in found]
    assert en in said[0].en
    # At the line, or at the check or section that the line is part of.
    line = GOOD.split(old, 1)[0].count("\n") + 1
    assert abs(said[0].line - line) <= 4


def test_a_number_and_money_compare_in_the_unit_of_the_money(both: Path):
    (both / "probe.yaml").write_text(
        GOOD.replace("that: {field: to_year}", "that: {field: own}").replace(
            "than: {field: from_year}", "than: {number: 3}"
        ),
        "utf-8",
    )
    assert FormBook.load(both)["probe"].checks[0].id == "order"


def test_text_has_no_order(both: Path):
    text = GOOD.replace("that: {field: to_year}", "that: {field: name}").replace(
        "than: {field: from_year}", "than: {value: A}"
    )
    found = findings(both, text)
    assert [one.suggestion for one in found] == ["equal"]
    (both / "probe.yaml").write_text(text.replace("at_least", "different"), "utf-8")
    FormBook.load(both)


def test_a_reference_may_lead_to_a_form(both: Path):
    (both / "probe.yaml").write_text(
        GOOD.replace("refers_to: demand", "refers_to: earlier"), "utf-8"
    )
    assert FormBook.load(both)["probe"].by_key["case"].refers_to == "earlier"


def test_every_fault_at_once(both: Path):
    text = GOOD.replace("in: [a]", "in: [c]").replace("at: to_year", "at: tyear")
    assert len({one.line for one in findings(both, text.replace("prefix: PR", "prefix: EA"))}) == 3


def test_the_folder_can_be_anywhere(both: Path, tmp_path: Path):
    shutil.copytree(both, tmp_path / "elsewhere")
    assert FormBook.load(tmp_path / "elsewhere").version == FormBook.load(both).version
