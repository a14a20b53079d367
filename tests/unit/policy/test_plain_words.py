"""Policies and awards in plain words, in both languages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from jiebang.policy import Book, load_book
from jiebang.policy.plain_words.awards import read_award
from jiebang.policy.plain_words.examples import read_examples
from jiebang.policy.plain_words.policies import Line, Reading, read_policy

RULES = Path(__file__).parents[3] / "rules"
DAY = date(2019, 9, 1)
LOCALES = ("zh", "en")

POLICY = """\
policy: subsidy
title: {zh: 补贴, en: Subsidy}
source: {document: 通知, clause: SH-3.1(1), quote: 原文}
effective: {from: 2019-08-05}
parameters:
  cap:
    type: money
    unit: 元
    title: {zh: 上限, en: Cap}
    basis: interpretation
    values:
      - {from: 2019-08-05, value: 1000, clause: SH-3.1(1)}
      - {from: 2020-01-01, value: 2000, clause: SH-4.2a}
  least:
    type: integer
    title: {zh: 起点, en: Least}
    values: [{from: 2019-08-05, value: null, clause: SH-3.1(1)}]
outputs: {amount: {type: money, unit: 元, label: {zh: 补贴额, en: Amount}}}
default: {outcome: deny, code: NONE, say: {zh: 不予补贴, en: No subsidy}}
rules:
  - id: pay
    force: may
    when:
      all:
        - {fact: deal.done, is: 是}
        - not: {fact: deal.open, is: 是}
        - {fact: deal.parties, at_least: {param: least}}
    then:
      outcome: grant
      code: PAID
      say: {zh: 给予补贴, en: Paid}
      amount: "min(deal.price * 50%, cap)"
      obligations: [{deadline: 5 working days}]
"""
FACTS = """\
facts:
  deal.done: {type: boolean, label: {zh: 交易已完成, en: The deal is done}, source: {case: done}}
  deal.open: {type: boolean, label: {zh: 尚有争议, en: A dispute is open}, source: {case: open}}
  deal.parties: {type: integer, label: {zh: 参与方数, en: Parties}, source: {case: parties}}
  deal.price: {type: money, unit: 元, label: {zh: 成交价, en: Price}, source: {case: price}}
"""


@pytest.fixture(scope="module")
def book() -> Book:
    return load_book(RULES / "shanghai-2019")


@pytest.fixture
def subsidy(tmp_path: Path) -> Book:
    folder = tmp_path / "book"
    folder.mkdir()
    (tmp_path / "vocabulary.yaml").write_text(FACTS, "utf-8")
    (tmp_path / "clauses.yaml").write_bytes((RULES / "clauses.yaml").read_bytes())
    (folder / "subsidy.yaml").write_text(POLICY, "utf-8")
    return load_book(folder)


def read(book: Book, locale: str, day: date = DAY) -> Reading:
    return read_policy(book.policies["subsidy"], book.vocabulary, day, locale)


def texts(line: Line) -> list[str]:
    return [line.text, *(text for part in line.parts for text in texts(part))]


def test_conditions_read_as_statements(subsidy: Book) -> None:
    assert texts(read(subsidy, "zh").rules[0].when) == [
        "以下条件全部满足：",
        "交易已完成",
        "并非以下情形：",
        "尚有争议",
        "参与方数（通知没有规定“起点”，由人判断）",
    ]
    assert texts(read(subsidy, "en").rules[0].when) == [
        "All of these hold:",
        "The deal is done",
        "This does not hold:",
        "A dispute is open",
        "Parties (the notice does not state “Least”: a person judges)",
    ]


def test_an_outcome_reads_with_its_amount_force_and_duties(subsidy: Book) -> None:
    [zh], [en] = read(subsidy, "zh").rules, read(subsidy, "en").rules
    assert zh.said.values == (("补贴额", "“成交价” × 50%、“上限” 中较小者"),)
    assert en.said.values == (("Amount", "the lesser of “Price” × 50%, “Cap”"),)
    assert (zh.force, en.force) == ("可", "may")
    assert (zh.said.duties, en.said.duties) == (("期限 5 个工作日",), ("deadline 5 working days",))
    assert read(subsidy, "zh").otherwise.text == "不予补贴"


@pytest.mark.parametrize(("day", "now"), [(DAY, "1,000 元"), (date(2020, 1, 1), "2,000 元")])
def test_parameters_show_every_value_and_which_is_in_force(
    subsidy: Book, day: date, now: str
) -> None:
    cap, least = read(subsidy, "zh", day).parameters
    assert [(value, clause) for _day, value, clause, _now in cap.values] == [
        ("1,000 元", "SH-3.1(1)"),
        ("2,000 元", "SH-4.2a"),
    ]
    assert [value for _day, value, _clause, is_now in cap.values if is_now] == [now]
    assert cap.basis == "interpretation"
    assert least.values[0][1] == "通知没有规定"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_policy_and_award_can_be_read(book: Book, locale: str) -> None:
    for policy in book.policies.values():
        reading = read_policy(policy, book.vocabulary, DAY, locale)
        assert reading.sentence.endswith("。" if locale == "zh" else ".")
        assert len(reading.rules) == len(policy.rules)
        assert all(text.strip() for rule in reading.rules for text in texts(rule.when))
        assert len(list(read_examples(policy, book.vocabulary, locale))) == len(policy.examples)
    for award in book.awards.values():
        told = read_award(award, book.vocabulary, DAY, locale)
        assert all(name and words for name, words in told.facts)
        assert len(told.pay) == (len(award.pay.rules) if award.pay else 0)
        assert len(list(read_examples(award, book.vocabulary, locale))) == len(award.examples)


def test_an_award_reads_with_ranking_places_and_payers(book: Book) -> None:
    award = book.awards["winning-challenger"]
    zh = dict(read_award(award, book.vocabulary, DAY, "zh").facts)
    assert zh["名额"] == "5 至 10"
    assert zh["可否兼得"] == "通知没有写明"
    reading = read_award(award, book.vocabulary, DAY, "zh")
    assert reading.pay[0].said.values == (("市级", "50,000 元"), ("区级", "50,000 元"))
    assert reading.must_hold == "市级、区级 合计为 100,000 元"


def test_a_formula_shows_what_its_parameters_come_to(shanghai: Book):
    policy = shanghai.policies["complaint-decision-time"]
    read = read_policy(policy, shanghai.vocabulary, date(2019, 9, 1), "en")
    assert "60 + 30 * “Number of extensions”" in read.sentence
    assert "limit" not in read.sentence
