"""Rules that can never fire, and rules that contradict each other."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from jiebang.yamlfile import Finding

Check = Callable[..., list[Finding]]
LISTED = "{exists: {in: case.parts, where: {item: value, is: u}}}"
DEFAULT = "default: {outcome: deny, code: REFUSED, say: 不行}\n"


def policy(*rules: tuple[str, str, str], overrides: str = "") -> str:
    """Rules of an id, an outcome and a condition each; ``overrides`` for the last one."""
    lines = [
        f"  - {{id: {name}, when: {when}, then: {{outcome: {outcome}, code: {name.upper()}, say: 说}}"
        for name, outcome, when in rules
    ]
    lines[-1] += f", overrides: [{overrides}]" if overrides else ""
    return DEFAULT + "rules:\n" + "".join(f"{line}}}\n" for line in lines)


@pytest.mark.parametrize(
    ("never", "sound", "words"),
    [
        (
            "{all: [{fact: case.sound, is: 是}, {fact: case.kind, is: a}, {fact: case.kind, is: b}]}",
            "{all: [{fact: case.sound, is: 是}, {fact: case.kind, is: a}]}",
            "类型为“甲”；类型为“乙”",
        ),
        (
            "{all: [{fact: case.count, more_than: 5}, {fact: case.count, less_than: 6}]}",
            "{all: [{fact: case.count, more_than: 5}, {fact: case.count, less_than: 7}]}",
            "数量多于 5 件；数量少于 6 件",
        ),
        (
            "{all: [{fact: case.profit, at_least: 10}, {fact: case.price, is: {fact: case.cost}}]}",
            "{all: [{fact: case.profit, at_least: 0}, {fact: case.price, is: {fact: case.cost}}]}",
            "利润不少于 10 元；金额为“成本”",
        ),
        (
            f"{{all: [{LISTED}, {{not: {LISTED}}}]}}",
            f"{{all: [{LISTED}, {{not: {LISTED.replace('is: u', 'is: v')}}}]}}",
            "并非",
        ),
    ],
)
def test_a_rule_that_nothing_meets(check: Check, never: str, sound: str, words: str):
    found = check(policy(("first", "grant", never)))
    assert [(one.code, one.line) for one in found] == [("never_fires", 8)]
    assert words in found[0].zh
    assert check(policy(("first", "grant", sound))) == []


def test_a_rule_that_an_earlier_one_forestalls(check: Check):
    wide = ("wide", "grant", "{fact: case.count, at_least: 5}")
    narrow = ("narrow", "grant", "{fact: case.count, at_least: 6}")
    (found,) = check(policy(wide, narrow))
    assert (found.code, found.line, found.paste) == ("never_fires", 9, "overrides: [wide]")
    assert found.case == "as_of: 2019-08-05, given: {case.count: 6}"
    assert check(policy(narrow, wide)) == []
    assert check(policy(wide, narrow, overrides="wide")) == []


def test_a_rule_that_earlier_ones_forestall_only_together(check: Check):
    few = ("few", "grant", "{fact: case.count, at_most: 5}")
    many = ("many", "grant", "{fact: case.count, more_than: 4}")
    rest = ("rest", "grant", "{fact: case.count, is_not: 100}")
    (found,) = check(policy(few, many, rest))
    assert found.code == "never_fires"
    assert "“few”、“many”" in found.zh


def test_a_rule_on_a_parameter_that_the_notice_leaves_open_waits(check: Check):
    open_ = "parameters:\n  least: {type: integer, values: [{from: 2019-08-05, value: null}]}\n"
    rule = ("first", "grant", "{fact: case.count, at_least: {param: least}}")
    assert check(open_ + policy(rule)) == []


def test_flags_forestall_nothing(check: Check):
    flag = ("marked", "flag", "{fact: case.sound, is: 是}")
    assert check(policy(flag, ("ok", "grant", "{fact: case.sound, is: 是}"))) == []


def test_a_shadowed_row_of_a_first_hit_table(check: Check):
    def table(second: str) -> str:
        return (
            f"{DEFAULT}table:\n  hit: first\n  inputs: [case.kind]\n  rows:\n"
            "    - {id: R1, when: [{in: [a, b]}], then: {outcome: grant, code: A, say: 行}}\n"
            f"    - {{id: R2, when: [{second}], then: {{outcome: deny, code: B, say: 不行}}}}\n"
        )

    (found,) = check(table("b"))
    assert (found.code, found.line) == ("never_fires", 12)
    assert "结论相反" in found.zh
    assert check(table("c")) == []


def test_rules_that_contradict_each_other(check: Check):
    grants = ("grants", "grant", "{fact: case.count, at_least: 5}")
    denies = ("denies", "deny", "{fact: case.sound, is: 否}")
    for rules, line in (((grants, denies), 9), ((denies, grants), 9)):
        (found,) = check(policy(*rules))
        assert (found.code, found.line) == ("contradiction", line)
        assert found.case == "as_of: 2019-08-05, given: {case.sound: 否, case.count: 5}"
    assert check(policy(grants, denies, overrides="grants")) == []
    apart = (
        "grants",
        "grant",
        "{all: [{fact: case.count, at_least: 5}, {fact: case.sound, is: 是}]}",
    )
    assert check(policy(denies, apart)) == []


def test_an_earlier_narrower_rule_is_an_exception_and_no_contradiction(check: Check):
    narrow = ("narrow", "deny", "{all: [{fact: case.kind, is: a}, {fact: case.sound, is: 否}]}")
    wide = ("wide", "grant", "{fact: case.kind, is: a}")
    assert check(policy(narrow, wide)) == []
    (found,) = check(policy(wide, narrow))
    assert found.code == "never_fires"
    assert "结论相反" in found.zh


@pytest.mark.parametrize(
    "condition",
    [
        # Price may be missing, or nought.
        "{fact: case.share, known: 否}",
        "{all: [{fact: case.count, known: 否}, {fact: case.sound, is: 是}]}",
        # An empty list has no member, and no greatest item.
        "{fact: case.kind, not_in: {fact: case.parts}}",
        "{not: {exists: {in: case.parts}}}",
        "{count: {in: case.parts}, more_than: 40}",
        "{fact: case.name, matches: '沪[0-9]{4}号'}",
        "{fact: case.filed, within_days_of: {fact: case.today}, days: 0}",
        '{formula: "case.price * case.ratio - case.cost / case.ratio", more_than: 99999}',
    ],
)
def test_what_can_happen_is_not_called_impossible(check: Check, condition: str):
    assert check(policy(("first", "grant", condition))) == []


def test_an_exception_that_waits_for_the_notice_excludes_nothing_for_sure(check: Check):
    open_ = "parameters:\n  part: {type: code, values: [{from: 2019-08-05, value: null}]}\n"
    first = ("first", "grant", "{fact: case.sound, is: 是}")
    where = "{any: [{item: value, is: {param: part}}, {item: value, is: u}]}"
    second = ("second", "deny", f"{{exists: {{in: case.parts, where: {where}}}}}")
    assert check(open_ + policy(first, second, overrides="first")) == []


def test_arithmetic_that_no_solver_finishes_is_given_up_in_time(check: Check):
    huge = '{formula: "case.price * case.ratio * case.ratio / 9007199254740991 - case.cost * case.count"'
    rules = [
        (f"r{n}", outcome, f"{huge}, {test}}}")
        for n, (outcome, test) in enumerate(
            (("grant", "at_least: 123.45"), ("deny", "at_most: 7"), ("grant", "is: 0.01"))
        )
    ]
    begun = time.monotonic()
    codes = {one.code for one in check(policy(*rules))}
    assert codes <= {"contradiction", "not_proved", "never_fires"}
    assert time.monotonic() - begun < 15
