"""What a policy means, told by its decisions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from jiebang.policy import BadFacts, Book, Decider, canonical_json, run_examples
from jiebang.yamlfile import BadFile

DAY = date(2019, 9, 1)
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(make_book: Callable[..., Book], decider: Decider) -> Ask:
    def ask_(body: str, facts: dict[str, object], day: date = DAY, **head: str) -> dict[str, Any]:
        return decider.decide(make_book(body, **head), "trial", facts, day).as_dict()

    return ask_


def one(condition: str) -> str:
    return f"rules:\n  - {{id: r, when: {condition}, then: {{outcome: grant, code: GRANTED, say: 行}}}}\n"


@pytest.mark.parametrize(
    ("condition", "fact", "met", "unmet"),
    [
        ("{fact: case.kind, is: a}", "case.kind", "a", "b"),
        ("{fact: case.kind, is_not: a}", "case.kind", "b", "a"),
        ("{fact: case.kind, in: [a, b]}", "case.kind", "b", "c"),
        ("{fact: case.kind, not_in: [a, b]}", "case.kind", "c", "a"),
        ("{fact: case.count, at_least: 6}", "case.count", 6, 5),
        ("{fact: case.count, at_most: 6}", "case.count", 6, 7),
        ("{fact: case.count, more_than: 6}", "case.count", 7, 6),
        ("{fact: case.count, less_than: 6}", "case.count", -1, 6),
        ("{fact: case.count, in: [1, 2, 3, 4, 5, 6]}", "case.count", 6, 7),
        ("{fact: case.ratio, at_least: 0.1}", "case.ratio", Decimal("0.1"), Decimal("0.099999")),
        ("{fact: case.price, at_least: 10}", "case.price", 10_000_000, 9_999_999),
        ("{fact: case.filed, on_or_before: 2019-09-30}", "case.filed", "2019-09-30", "2019-10-01"),
        ("{fact: case.filed, on_or_after: 2019-09-30}", "case.filed", "2019-09-30", "2019-09-29"),
        ("{fact: case.name, is: 上海市}", "case.name", "上海市", "上海"),
        ("{fact: case.name, is: é}", "case.name", "e\u0301", "e"),
        ("{fact: case.name, matches: '沪[0-9]+号'}", "case.name", "沪12号", "x沪12号"),
        ("{fact: case.sound, is: 是}", "case.sound", True, False),
        ("{not: {fact: case.sound, is: 是}}", "case.sound", False, True),
    ],
)
def test_each_operator(ask: Ask, condition: str, fact: str, met: object, unmet: object):
    assert ask(one(condition), {fact: met})["outcome"] == "grant"
    assert ask(one(condition), {fact: unmet})["outcome"] == "deny"
    lacking = ask(one(condition), {})
    assert (lacking["outcome"], lacking["missing"]) == ("undetermined", [fact])


def test_within_days_of_another_date(ask: Ask):
    body = one("{fact: case.filed, within_days_of: {fact: case.published}, days: 15}")
    given = {"case.published": "2019-09-01"}
    assert ask(body, {**given, "case.filed": "2019-09-16"})["outcome"] == "grant"
    assert ask(body, {**given, "case.filed": "2019-09-17"})["outcome"] == "deny"
    assert ask(body, given)["missing"] == ["case.filed"]


LISTS = """parameters:
  names: {type: list of text, values: [{from: 2019-08-05, value: []}]}
  counts: {type: list of integer, values: [{from: 2019-08-05, value: []}]}
"""


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        ("{fact: case.name, in: {param: names}}", "deny"),
        ("{fact: case.name, not_in: {param: names}}", "grant"),
        ("{fact: case.count, in: {param: counts}}", "deny"),
        ("{fact: case.count, not_in: {param: counts}}", "grant"),
        ("{count: {in: case.days}, in: {param: counts}}", "deny"),
        ("{count: {in: case.days}, not_in: {param: counts}}", "grant"),
        ("{max: {in: case.days, of: value}, in: {param: counts}}", "deny"),
    ],
)
def test_nothing_is_in_an_empty_list_whatever_is_missing(ask: Ask, condition: str, outcome: str):
    answer = ask(LISTS + one(condition), {})
    assert (answer["outcome"], answer["missing"]) == (outcome, [])


def test_the_greatest_of_no_items_is_not_among_any_but_of_one_it_is(ask: Ask):
    body = LISTS + one("{max: {in: case.days, of: value}, not_in: {param: counts}}")
    assert ask(body, {"case.days": []})["outcome"] == "deny"
    assert ask(body, {"case.days": [1]})["outcome"] == "grant"
    assert ask(body, {})["missing"] == ["case.days"]


def test_a_parameter_that_is_not_stated_does_not_matter_where_nothing_is_held_against_it(ask: Ask):
    limit = "parameters: {limit: {type: integer, values: [{from: 2019-08-05, value: null}]}}\n"
    body = limit + one("{max: {in: case.days, of: value}, at_most: {param: limit}}")
    assert ask(body, {"case.days": []})["outcome"] == "deny"
    assert ask(body, {"case.days": [1]})["code"] == "NOT_STATED"


def test_a_list_that_is_not_stated_keeps_all_open_that_is_asked_of_it(ask: Ask):
    names = "parameters: {names: {type: list of text, values: [{from: 2019-08-05, value: null}]}}\n"
    has = "{exists: {in: case.days, where: {item: value, at_least: 1}}}"
    body = names + one(f"{{every: {{param: names}}, as: name, has: {has}}}")
    for days in ([], [1]):
        assert ask(body, {"case.days": days})["code"] == "NOT_STATED"


@pytest.mark.parametrize("days", ["-1", "36526", "9007199254740991", "1.5"])
def test_days_are_a_number_that_can_be_counted(make_book: Callable[..., Book], days: str):
    within = "{fact: case.filed, within_days_of: {fact: case.published}, days: %s}"
    limit = f"parameters: {{d: {{type: decimal, values: [{{from: 2019-08-05, value: {days}}}]}}}}\n"
    for body in (
        one(within % days),
        limit + one(within % "{param: d}"),
        limit.replace("decimal", "integer") + one(within % "{param: d}"),
    ):
        with pytest.raises(BadFile) as bad:
            make_book(body)
        assert {one.code for one in bad.value.findings} <= {"days", "wrong_type"}


def test_a_hundred_years_apart_are_days(ask: Ask):
    body = one("{fact: case.filed, within_days_of: {fact: case.published}, days: 36525}")
    far = {"case.filed": "0001-01-01", "case.published": "9999-12-31"}
    assert ask(body, far)["outcome"] == "deny"
    near = {"case.filed": "1919-09-01", "case.published": "2019-09-01"}
    assert ask(body, near)["outcome"] == "grant"


def test_known_is_never_unknown(ask: Ask):
    body = one("{fact: case.name, known: 是}")
    assert ask(body, {"case.name": "x"})["outcome"] == "grant"
    assert ask(body, {})["outcome"] == "deny"


def test_a_fact_against_a_fact(ask: Ask):
    body = one("{fact: case.name, is: {fact: case.alias}}")
    assert ask(body, {"case.name": "x", "case.alias": "x"})["outcome"] == "grant"
    assert ask(body, {"case.name": "x", "case.alias": "y"})["outcome"] == "deny"
    assert ask(body, {"case.name": "x"})["missing"] == ["case.alias"]


def test_a_missing_fact_that_cannot_matter(ask: Ask):
    either = one("{any: [{fact: case.sound, is: 是}, {fact: case.count, at_least: 5}]}")
    assert ask(either, {"case.count": 5})["outcome"] == "grant"
    both = one("{all: [{fact: case.sound, is: 是}, {fact: case.count, at_least: 5}]}")
    assert ask(both, {"case.count": 4})["outcome"] == "deny"
    assert ask(both, {"case.count": 4})["missing"] == []


def test_a_missing_fact_whose_every_value_gives_the_same(ask: Ask):
    body = one("{any: [{fact: case.kind, is: a}, {fact: case.kind, in: [b, c]}]}")
    assert ask(body, {})["outcome"] == "grant"
    body = one("{all: [{fact: case.count, at_least: 5}, {fact: case.count, less_than: 5}]}")
    assert ask(body, {})["outcome"] == "deny"


def test_only_facts_that_matter_are_missing(ask: Ask):
    body = one(
        "{all: [{any: [{fact: case.sound, is: 是}, {fact: case.sound, is: 否}]},"
        " {fact: case.open, is: 是}]}"
    )
    assert ask(body, {})["missing"] == ["case.open"]


def test_denied_either_way_is_denied(ask: Ask):
    body = """rules:
  - {id: broken, when: {fact: case.sound, is: 否}, then: {outcome: deny, code: BROKEN, say: 坏}}
  - {id: r, when: {fact: case.open, is: 是}, then: {outcome: grant, code: GRANTED, say: 行}}
"""
    assert ask(body, {"case.open": False})["outcome"] == "deny"
    assert ask(body, {"case.open": True})["missing"] == ["case.sound"]


def test_different_grants_are_not_the_same(ask: Ask):
    body = """rules:
  - {id: first, when: {fact: case.sound, is: 是}, then: {outcome: grant, code: GRANT_X, say: 行}}
  - {id: second, when: {fact: case.sound, is: 否}, then: {outcome: grant, code: GRANT_Y, say: 行}}
"""
    assert ask(body, {})["outcome"] == "undetermined"
    assert ask(body, {"case.sound": False})["code"] == "GRANT_Y"


def test_an_exception_overrides(ask: Ask):
    body = """rules:
  - {id: ordinary, when: {fact: case.sound, is: 是}, then: {outcome: grant, code: GRANTED, say: 行}}
  - {id: exception, overrides: [ordinary], when: {fact: case.open, is: 否},
     then: {outcome: deny, code: SHUT, say: 关}}
"""
    assert ask(body, {"case.sound": True, "case.open": True})["code"] == "GRANTED"
    assert ask(body, {"case.sound": True, "case.open": False})["code"] == "SHUT"
    assert ask(body, {"case.sound": True})["missing"] == ["case.open"]
    assert ask(body, {"case.sound": False})["outcome"] == "deny"


DATED = """parameters:
  limit:
    type: integer
    basis: unverified
    values:
      - {from: 2019-08-05, value: 5, clause: SH-3.5.2(1)}
      - {from: 2019-10-01, value: 8}
      - {from: 2019-11-01, value: null}
""" + one("{fact: case.count, at_least: {param: limit}}")


def test_parameters_by_date(ask: Ask):
    assert ask(DATED, {"case.count": 6}, date(2019, 9, 30))["outcome"] == "grant"
    assert ask(DATED, {"case.count": 6}, date(2019, 10, 1))["outcome"] == "deny"


def test_a_null_parameter_goes_to_a_person(ask: Ask):
    answer = ask(DATED, {"case.count": 6}, date(2019, 11, 1))
    assert (answer["outcome"], answer["code"]) == ("undetermined", "NOT_STATED")
    assert "limit" in answer["reasons"][0]["text"]


def test_a_reason_shows_the_weakest_basis(ask: Ask):
    assert ask(DATED, {"case.count": 6})["reasons"][0]["basis"] == "unverified"


@pytest.mark.parametrize("day", [date(2019, 8, 4), date(2020, 1, 1)])
def test_not_in_force(ask: Ask, day: date):
    assert ask(DATED, {"case.count": 6}, day)["outcome"] == "not_in_force"


@pytest.mark.parametrize("day", [date(2019, 8, 5), date(2019, 12, 31)])
def test_both_ends_are_in_force(ask: Ask, day: date):
    assert ask(one("{fact: case.open, is: 是}"), {"case.open": True}, day)["outcome"] == "grant"


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("case.count", "6"),
        ("case.count", True),
        ("case.count", 2**60),
        ("case.sound", 1),
        ("case.kind", "z"),
        ("case.filed", "2019-13-01"),
        ("case.ratio", Decimal("NaN")),
        ("case.kidn", "a"),
        ("case.name", "\ud800"),
    ],
)
def test_wrong_facts_are_refused_by_name(ask: Ask, fact: str, value: object):
    with pytest.raises(BadFacts) as refused:
        ask(one("{fact: case.count, at_least: 6}"), {fact: value})
    assert [problem.fact for problem in refused.value.problems] == [fact]


def test_why_not_lists_only_what_blocks(shanghai: Book, decider: Decider):
    facts = {"demander.entity_type": "university", "demander.registered_province": "上海市"}
    answer = decider.decide(shanghai, "demander-eligibility", facts, DAY).as_dict()
    [unmet] = answer["unmet"]
    assert (unmet["text"], unmet["fact"], unmet["found"], unmet["asked"], unmet["clause"]) == (
        "参赛需求方须为企业", "demander.entity_type", "university", "enterprise", "SH-3.1(1)"
    )  # fmt: skip


def test_replay_gives_the_same_bytes(shanghai: Book, decider: Decider):
    facts = {"demander.entity_type": "enterprise", "demander.registered_province": "江苏省"}
    again = dict(reversed(facts.items()))
    first = decider.decide(shanghai, "demander-eligibility", facts, DAY)
    second = decider.decide(shanghai, "demander-eligibility", again, DAY)
    assert first.as_bytes() == second.as_bytes() == canonical_json(first.as_dict())


def test_every_example_of_the_notice_holds(shanghai: Book, decider: Decider):
    results = list(run_examples(book=shanghai, decider=decider))
    assert [one.differences for one in results if not one.passed] == []
    assert len(results) >= 19


def test_a_preference_nobody_judged_yet_is_told_as_open(ask: Ask):
    body = (
        "rules:\n"
        "  - {id: known, when: {fact: case.count, at_least: 5},"
        " then: {outcome: flag, code: LARGE, say: 规模大}}\n"
        "  - {id: judged, force: prefer, when: {all: [{fact: case.count, at_least: 5},"
        " {fact: case.sound, is: 是}]}, then: {outcome: flag, code: PREFER, say: 优先}}\n"
    )
    none = "default: {outcome: none, code: NOTHING, say: 不适用}\n"
    said = ask(body, {"case.count": 5}, default=none)
    assert (said["outcome"], said["flags"]) == ("none", ["LARGE"])
    assert [(one["code"], one["missing"]) for one in said["open_flags"]] == [
        ("PREFER", ["case.sound"])
    ]
    small = ask(body, {"case.count": 4}, default=none)
    assert (small["flags"], small["open_flags"]) == ([], [])


def test_codes_in_lists_are_held_against_their_options(shanghai: Book, decider: Decider):
    wrong = {
        "agency.services": ["legal", "lega"],
        "viewer.signatures": [{"kind": "nda"}, {"kind": "ndaa"}],
    }
    with pytest.raises(BadFacts) as bad:
        decider.decide(shanghai, "agency-services", wrong, DAY)
    assert [(one.fact, one.zh) for one in bad.value.problems] == [
        ("agency.services", "没有选项“lega”"),
        ("viewer.signatures", "没有选项“ndaa”"),
    ]
