"""What would have to change for a grant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from jiebang.policy import Book, Decider, load_book
from jiebang.policy.changing import Changes, changes_for

DAY = date(2019, 9, 1)
_OWN = "owner_can_change: true"
VOCABULARY = """
facts:
  mine.kind:
    type: code
    label: {zh: 类型, en: Kind}
    options: {a: {zh: 甲, en: A}, b: {zh: 乙, en: B}, c: {zh: 丙, en: C}}
    source: {case: kind}
    owner_can_change: true
  mine.ready: {type: boolean, label: {zh: 备齐, en: Ready}, source: {case: ready}, OWN}
  mine.count: {type: integer, label: {zh: 数量, en: Count}, unit: 件, source: {case: count}, OWN}
  mine.price: {type: money, unit: 元, label: {zh: 报价, en: Price}, source: {case: price}, OWN}
  mine.signed: {type: date, label: {zh: 签订日, en: Signed on}, source: {case: signed}, OWN}
  mine.note: {type: text, label: {zh: 说明, en: Note}, source: {case: note}, OWN}
  mine.parts: {type: list of code, label: {zh: 组成, en: Parts}, source: {case: parts}, OWN}
  mine.total: {type: money, unit: 元, label: 合计, source: {formula: "mine.price * mine.count"}}
  other.score: {type: integer, label: {zh: 评分, en: Score}, source: {case: score}}
  other.started: {type: date, label: {zh: 开工日, en: Started on}, source: {case: started}}
  other.passed: {type: boolean, label: {zh: 审查通过, en: Passed}, source: {case: passed}}
""".replace("OWN", _OWN)
HEAD = """
policy: {id}
title: {{zh: 试验, en: Trial}}
source: {{document: 沪科合〔2019〕23号, clause: SH-3.1(1), quote: 本市注册企业}}
effective: {{from: 2019-08-05, until: 2019-12-31}}
default: {{outcome: deny, code: REFUSED, say: 不行}}
"""
Ask = Callable[..., Changes]


def rules(*conditions: str) -> str:
    return "rules:\n" + "".join(
        f"  - {{id: r{n}, when: {one}, then: {{outcome: grant, code: G{n}, say: 行}}}}\n"
        for n, one in enumerate(conditions)
    )


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Book]:
    def make(**policies: str) -> Book:
        folder = tmp_path / "book"
        folder.mkdir()
        (tmp_path / "vocabulary.yaml").write_text(VOCABULARY, encoding="utf-8")
        for name, body in policies.items():
            (folder / f"{name}.yaml").write_text(HEAD.format(id=name) + body, encoding="utf-8")
        return load_book(folder)

    return make


@pytest.fixture
def ask(book: Callable[..., Book], decider: Decider) -> Ask:
    def ask_(facts: dict[str, object], *conditions: str, **more: str) -> Changes:
        return changes_for(
            book=book(trial=rules(*conditions), **more),
            decider=decider,
            policy_id="trial",
            facts=facts,
            as_of=DAY,
        )

    return ask_


def told(changes: Changes) -> dict[str, object]:
    return {one.fact: one.asked for one in changes.changes}


READY = "{fact: mine.ready, is: 是}"


def test_what_is_granted_needs_no_change(ask: Ask):
    assert ask({"mine.ready": True}, READY).status == "granted"


def test_one_fact_in_words(ask: Ask):
    found = ask({"mine.ready": False}, READY)
    assert found.words("zh") == "若将“备齐”由 否 改为 是，则可通过"
    assert found.words("en") == "If “Ready” changes from no to yes, it is granted."
    assert found.as_dict()["changes"] == [
        {
            "fact": "mine.ready",
            "label": "备齐",
            "label_en": "Ready",
            "found": False,
            "asked": True,
            "withheld": False,
        }
    ]


def test_a_missing_fact_is_to_be_given(ask: Ask):
    assert ask({}, READY).words("zh") == "若补充“备齐”为 是，则可通过"


def test_the_fewest_facts_first(ask: Ask):
    two = f"{{all: [{READY}, {{fact: mine.count, at_least: 5}}]}}"
    one = "{fact: mine.kind, is: b}"
    facts = {"mine.ready": False, "mine.count": 4, "mine.kind": "a"}
    assert told(ask(facts, two, one)) == {"mine.kind": "b"}


@pytest.mark.parametrize(
    ("condition", "facts", "asked"),
    [
        ("{fact: mine.count, at_least: 5}", {"mine.count": 2}, {"mine.count": 5}),
        ("{fact: mine.count, less_than: 5}", {"mine.count": 9}, {"mine.count": 4}),
        (
            "{any: [{fact: mine.count, at_most: 3}, {fact: mine.count, at_least: 10}]}",
            {"mine.count": 8},
            {"mine.count": 10},
        ),
        ("{fact: mine.price, at_most: 100}", {"mine.price": 10_050}, {"mine.price": 10_000}),
        (
            "{fact: mine.signed, on_or_before: 2019-08-20}",
            {"mine.signed": "2019-08-25"},
            {"mine.signed": date(2019, 8, 20)},
        ),
        (
            "{fact: mine.total, at_most: 100}",
            {"mine.price": 3000, "mine.count": 5},
            {"mine.count": 3},
        ),
        (
            "{exists: {in: mine.parts, where: {item: value, is: ip}}}",
            {"mine.parts": ["law"]},
            {"mine.parts": ("law", "ip")},
        ),
        ("{fact: mine.note, known: 是}", {}, {"mine.note": None}),
    ],
)
def test_the_shortest_way(
    ask: Ask, condition: str, facts: dict[str, object], asked: dict[str, object]
):
    assert told(ask(facts, condition)) == asked


def test_it_is_through_another_policy(ask: Ask):
    found = ask(
        {"mine.count": 1},
        "{policy: base, is: grant}",
        base=rules("{fact: mine.count, at_least: 3}"),
    )
    assert told(found) == {"mine.count": 3}


def test_only_what_the_owner_can_change_is_named(ask: Ask):
    either = "{any: [{fact: other.passed, is: 是}, {all: [%s, {fact: mine.count, at_least: 5}]}]}"
    facts = {"other.passed": False, "mine.ready": False, "mine.count": 0}
    assert told(ask(facts, either % READY)) == {"mine.ready": True, "mine.count": 5}


def test_it_is_impossible(ask: Ask):
    both = f"{{all: [{READY}, {{fact: other.passed, is: 是}}]}}"
    found = ask({"mine.ready": False, "other.passed": False}, both)
    assert (found.status, found.changes) == ("impossible", ())
    assert "审查" not in found.words("zh")


def test_what_others_provide_is_missing(ask: Ask):
    found = ask({"mine.ready": False}, f"{{all: [{READY}, {{fact: other.passed, is: 是}}]}}")
    assert (found.status, found.changes) == ("waiting", ())
    assert "审查" not in found.words("zh")


def test_a_missing_fact_of_others_that_does_not_matter(ask: Ask):
    either = f"{{any: [{READY}, {{fact: other.passed, is: 是}}]}}"
    assert told(ask({"mine.ready": False}, either)) == {"mine.ready": True}


@pytest.mark.parametrize(
    ("condition", "facts", "secret"),
    [
        (
            "{fact: mine.signed, on_or_before: {fact: other.started}}",
            {"mine.signed": "2019-08-30", "other.started": "2019-08-17"},
            "17",
        ),
        (
            '{fact: mine.count, at_least: {formula: "other.score * 2"}}',
            {"mine.count": 5, "other.score": 43},
            "86",
        ),
        (
            '{formula: "mine.count - other.score", at_least: 0}',
            {"mine.count": 5, "other.score": 43},
            "43",
        ),
    ],
)
def test_a_value_that_tells_of_others_is_withheld(
    ask: Ask, condition: str, facts: dict[str, object], secret: str
):
    found = ask(facts, condition)
    (change,) = found.changes
    assert (found.status, change.withheld, change.asked) == ("found", True, None)
    said = f"{found.as_dict()}{found.words('zh')}{found.words('en')}"
    assert secret not in said
    assert "other." not in said


def test_the_case_as_it_stands_may_be_odd(ask: Ask):
    # Below zero, and long ago: no case that a check would show.
    score, day = (
        "{fact: other.score, less_than: 1}",
        "{fact: other.started, on_or_before: 2000-01-01}",
    )
    condition = f"{{all: [{READY}, {score}, {day}]}}"
    facts = {"mine.ready": False, "other.score": -5, "other.started": "1949-10-01"}
    assert told(ask(facts, condition)) == {"mine.ready": True}


def test_a_policy_that_is_not_in_force(book: Callable[..., Book], decider: Decider):
    found = changes_for(
        book=book(trial=rules(READY)),
        decider=decider,
        policy_id="trial",
        facts={},
        as_of=date(2020, 1, 1),
    )
    assert found.status == "impossible"
