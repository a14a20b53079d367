"""Citations, dates, parameters, and the sums of awards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jiebang.policy import Decider, check_book
from jiebang.yamlfile import Finding
from tests.unit.policy.check.conftest import HEAD

Check = Callable[..., list[Finding]]
CLAUSES = """
documents:
  SH: {number: 沪科合〔2019〕23号, issued: 2019-08-05}
clauses:
  SH-3.1(1): {kind: deciding, zh: 本市注册企业, en: Registered here}
  SH-3.1(2): {kind: duty, zh: 应当, en: A duty}
  SH-3.2: {kind: fact, zh: 事实, en: A fact}
  SH-3.3: {kind: permission, zh: 可以, en: May, reason: {zh: 另行办理, en: Done elsewhere}}
"""
BODY = """
parameters:
  least: {type: integer, values: [{from: 2019-08-05, value: 5, clause: SH-3.1(2)}]}
default: {outcome: deny, code: REFUSED, say: 不行}
rules:
  - id: enough
    when: {fact: case.count, at_least: {param: least}}
    then: {outcome: grant, code: GRANTED, say: 行}
"""


def test_every_deciding_clause_is_cited(check: Check):
    assert check(BODY, clauses=CLAUSES) == []
    (found,) = check(BODY.replace(", clause: SH-3.1(2)", ""), clauses=CLAUSES)
    assert (found.file, found.line, found.code) == ("clauses.yaml", 6, "uncited_clause")


def test_a_book_that_borrows_its_words_need_not_cite_their_clauses(
    check: Check, tmp_path: Path, decider: Decider
):
    check(BODY.replace(", clause: SH-3.1(2)", ""), clauses=CLAUSES)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "book").rename(elsewhere / "book")
    found = check_book(elsewhere / "book", vocabulary=tmp_path / "vocabulary.yaml", decider=decider)
    assert [one.code for one in found] == ["no_example"]


def test_a_policy_that_cites_no_clause(check: Check):
    (found,) = check(BODY, head=HEAD.replace("clause: SH-3.1(1), ", ""))
    assert (found.code, found.line) == ("missing_key", 4)


def test_dates_before_the_notice(check: Check):
    early = BODY.replace("from: 2019-08-05", "from: 2019-08-04")
    (found,) = check(early, clauses=CLAUSES)
    assert (found.code, found.line, found.paste) == ("before_document", 8, "from: 2019-08-05")


@pytest.mark.parametrize(
    "use",
    [
        "{fact: case.count, at_least: {param: least}}",
        "{fact: case.count, at_least: {formula: least * 2}}",
        "{formula: case.count - least, at_least: 1}",
        "{fact: case.filed, within_days_of: {fact: case.today}, days: {param: least}}",
        "{count: {in: case.parts}, at_least: {param: least}}",
    ],
)
def test_parameters_that_conditions_use(check: Check, use: str):
    used = BODY.replace("{fact: case.count, at_least: {param: least}}", use)
    assert check(used) == []


@pytest.mark.parametrize(
    "then",
    [
        "{outcome: grant, code: GRANTED, say: 行, amount: {param: least}}",
        '{outcome: grant, code: GRANTED, say: 行, amount: "case.count * least"}',
        "{outcome: grant, code: GRANTED, say: 行, obligations: [{deadline: {working_days: {param: least}}}]}",
    ],
)
def test_parameters_that_outcomes_use(check: Check, then: str):
    used = BODY.replace("{param: least}", "5").replace(
        "{outcome: grant, code: GRANTED, say: 行}", then
    )
    assert check(used) == []
    assert [one.code for one in check(BODY.replace("{param: least}", "5"))] == ["unused_param"]


def test_a_parameter_that_a_list_of_duties_unrolls_is_used(check: Check):
    body = BODY.replace("type: integer", "type: list of code").replace("value: 5", "value: [u, v]")
    has = "{exists: {in: case.parts, where: {item: value, is: {var: part}}}}"
    each = f"{{every: {{param: least}}, as: part, has: {has}}}"
    assert check(body.replace("{fact: case.count, at_least: {param: least}}", each)) == []


AWARD = """
award: prize
title: 奖
source: {document: 沪科合〔2019〕23号, clause: SH-3.5.2(1), quote: 奖励}
effective: {from: 2019-08-05, until: 2019-12-31}
parameters:
  amount: {type: money, unit: 元, values: [{from: 2019-08-05, value: 100000}]}
  most: {type: integer, values: [{from: 2019-08-05, value: 3}]}
quota: {max: {param: most}}
pay:
  hit: unique
  inputs: [entry.by_district]
  outputs: [city, district]
  rows:
    - {id: P1, when: [是], then: [50000, 50000]}
    - {id: P2, when: [否], then: [100000, 0]}
  must_hold: {sum_of: [city, district], equals: {param: amount}}
examples:
  - name: 区推荐
    as_of: 2019-09-01
    entries:
      - {entry: A, facts: {entry.by_district: 是}}
      - {entry: B, facts: {entry.by_district: 否}}
    expect: {awarded: [A, B]}
"""
SPLIT = (
    AWARD.replace("[entry.by_district]", "[entry.amount]")
    .replace("equals: {param: amount}", 'equals: {formula: "entry.amount"}')
    .replace("  amount: {type: money, unit: 元, values: [{from: 2019-08-05, value: 100000}]}\n", "")
)


def test_what_must_hold_holds(check: Check):
    assert check("", head=AWARD) == []


def test_what_must_hold_is_broken_in_one_row(check: Check):
    broken = check("", head=AWARD.replace("[100000, 0]", "[100000, 1]"))
    found = next(one for one in broken if one.code == "must_hold")
    assert (found.code, found.line) == ("must_hold", 16)
    assert "100001" in found.zh
    assert found.case == "as_of: 2019-08-05, given: {entry.by_district: 否}"


def test_what_must_hold_is_broken_by_rounding(check: Check):
    row = '    - {id: P1, when: ["-"], then: ["entry.amount * 50%", "entry.amount * 50%"]}\n'
    head = SPLIT[: SPLIT.index("    - {id: P1")] + row + SPLIT[SPLIT.index("  must_hold") :]
    head = head[: head.index("examples:")]
    (found,) = check("", head=head)
    assert (found.code, found.line) == ("must_hold", 14)
    whole = head.replace('"entry.amount * 50%"]', '"entry.amount - entry.amount * 50%"]')
    assert [one.code for one in check("", head=whole)] == ["must_hold"]
    kept = head.replace('["entry.amount * 50%", "entry.amount * 50%"]', '["entry.amount", "0元"]')
    assert check("", head=kept) == []


def test_a_gap_in_who_pays_only_counts_for_those_who_qualify(check: Check):
    gap = AWARD.replace("    - {id: P2, when: [否], then: [100000, 0]}\n", "")
    gap = gap.replace("      - {entry: B, facts: {entry.by_district: 否}}\n", "")
    gap = gap.replace("[A, B]", "[A]")
    (found,) = check("", head=gap)
    assert (found.code, found.case) == ("gap", "as_of: 2019-08-05, given: {entry.by_district: 否}")
    qualified = gap.replace("quota:", "qualify: {fact: entry.by_district, is: 是}\nquota:")
    assert "gap" not in {one.code for one in check("", head=qualified)}


def test_a_parameter_of_an_award_without_a_value_on_its_first_day(check: Check):
    late = (
        AWARD[: AWARD.index("pay:")]
        .replace(
            "  amount: {type: money, unit: 元, values: [{from: 2019-08-05, value: 100000}]}\n", ""
        )
        .replace("from: 2019-08-05, value: 3", "from: 2019-09-01, value: 3")
    )
    (found,) = check("", head=late)
    assert (found.code, found.line, found.paste) == (
        "no_value",
        7,
        "- {from: 2019-08-05, value: null}",
    )
