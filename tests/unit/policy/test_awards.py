"""Awards: who is ranked, who gets a place, who pays; and what is left to people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiebang.policy import Book, Decider, load_book, read_facts
from jiebang.policy.awarding import BadEntries, award
from jiebang.policy.places import Judged, Quota, fill_places
from jiebang.yamlfile import BadFile

DAY = date(2020, 6, 1)
HERE = Path(__file__).parent
REPOSITORY = Path(__file__).parents[3]
HEAD = """
award: prize
title: {zh: 奖, en: Prize}
source: {document: 示例〔2020〕1号, clause: EX-1, quote: 奖}
effective: {from: 2020-01-01}
"""
WEIGHTS = "weights: {type: weights, values: [{from: 2020-01-01, value: {novelty: 60, value: 40}}]}"
RANK = f"parameters:\n  {WEIGHTS}\nrank: {{score: {{weighted_sum: {{param: weights}}}}}}\n"
STORY = "examples: [{{name: x, as_of: 2020-06-01, entries: [{}], expect: {{awarded: []}}}}]"
Entries = Mapping[str, Mapping[str, object]]
Awarded = Callable[[str, Entries], dict[str, Any]]


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Book]:
    """A book of one award from the part of its file after the head."""

    def read_(body: str) -> Book:
        (tmp_path / "prize.yaml").write_text(HEAD + body, encoding="utf-8")
        return load_book(tmp_path, vocabulary=HERE / "language" / "vocabulary.yaml")

    return read_


@pytest.fixture
def awarded(read: Callable[[str], Book], decider: Decider) -> Awarded:
    return lambda body, entries: judge(read(body), decider, "prize", entries)


def judge(
    book: Book, decider: Decider, award_id: str, entries: Entries, day: date = DAY
) -> dict[str, Any]:
    listed = [(name, read_facts(book.vocabulary, facts)) for name, facts in entries.items()]
    came = award(book=book, decider=decider, award_id=award_id, entries=listed, as_of=day)
    return came.as_dict()


def scored(novelty: float, value: float, **more: object) -> dict[str, object]:
    facts = {"entry.novelty": novelty, "entry.value": value}
    return {**facts, **{f"entry.{name}": one for name, one in more.items()}}


def winners(came: dict[str, Any]) -> list[str]:
    return [one["entry"] for one in came["ranked"] if one["awarded"]]


def pending(came: dict[str, Any]) -> list[str]:
    return [one["entry"] for one in came["ranked"] if one["pending"]]


def test_the_winning_challenger_as_other_tools_read_it(shanghai: Book, decider: Decider):
    """(90x40 + 80x30 + 70x30) / 100 = 81 and (80x40 + 80x30 + 70x30) / 100 = 77."""
    common = {"entry.selected_by_roadshow": True, "entry.competition": 80}
    common |= {"entry.representativeness": 70, "entry.jury_mean": 80}
    one = {**common, "entry.recommended_by_district": False, "entry.demand_complexity": 90}
    two = {**common, "entry.recommended_by_district": True, "entry.demand_complexity": 80}
    out = {**one, "entry.selected_by_roadshow": False}
    came = judge(
        shanghai,
        decider,
        "winning-challenger",
        {"A": two, "B": one, "C": out},
        date(2019, 12, 2),
    )
    assert came["award"] == "winning-challenger"
    assert (came["as_of"], came["book"]) == ("2019-12-02", shanghai.version)
    assert came["ranked"] == [
        {"entry": "B", "score": 81, "rank": 1, "awarded": True, "pending": False}
        | {"city": 100000, "district": 0, "recipients": {"challenger": 100000}},
        {"entry": "A", "score": 77, "rank": 2, "awarded": True, "pending": False}
        | {"city": 50000, "district": 50000, "recipients": {"challenger": 100000}},
    ]
    assert came["totals"] == {"awarded": 2, "city": 150000, "district": 50000}
    assert came["flags"] == ["BELOW_MIN"]
    [refused] = came["unqualified"]
    assert (refused["entry"], refused["unmet"][0]["text"]) == ("C", "未经路演方式遴选")


@pytest.mark.parametrize("score", [-0.01, 100.01, 1000])
def test_a_score_off_the_scale_is_refused(awarded: Awarded, score: float):
    with pytest.raises(BadEntries) as bad:
        awarded(RANK, {"甲": scored(50, 50), "乙": scored(50, score)})
    assert "乙：entry.value（价值）应为 0–100 分" in str(bad.value)
    assert f"乙: entry.value must be 0-100, found {score}" in str(bad.value)


def test_the_ends_of_the_scale_count(awarded: Awarded):
    came = awarded(RANK, {"A": scored(0, 100), "B": scored(100, 0)})
    assert [(one["entry"], one["score"]) for one in came["ranked"]] == [("B", 60), ("A", 40)]


def test_entries_that_cannot_be_read_name_the_entry(read: Callable[[str], Book], decider: Decider):
    book = read(RANK)

    def ask(*entries: tuple[str, dict[str, Any]]) -> None:
        award(book=book, decider=decider, award_id="prize", entries=entries, as_of=DAY)

    with pytest.raises(BadEntries, match="编号重复 / given twice: A"):
        ask(("A", {}), ("A", {}))
    with pytest.raises(BadEntries, match=r"A: entry\.noveltee"):
        ask(("A", {"entry.noveltee": Decimal(1)}))
    with pytest.raises(BadEntries, match=r"A: entry\.novelty: .*must be a number"):
        ask(("A", {"entry.novelty": "high"}))


def test_without_a_ranking_nobody_is_ahead(awarded: Awarded):
    body = "quota: {max: 1}\n"
    assert winners(awarded(body, {"A": {}})) == ["A"]
    came = awarded(body, {"A": {}, "B": {}})
    assert (winners(came), pending(came), came["flags"]) == ([], ["A", "B"], ["TIE_AT_EDGE"])


def test_no_limit_awards_all(awarded: Awarded):
    body = "parameters: {most: {type: integer, values: [{from: 2020-01-01, value: null}]}}\n"
    came = awarded(body + "quota: {max: {param: most}}\n", {"A": {}, "B": {}, "C": {}})
    assert (winners(came), came["flags"]) == (["A", "B", "C"], [])


def test_too_few_is_said_even_where_the_file_says_nothing(awarded: Awarded):
    assert awarded("quota: {min: 2}\n", {"A": {}})["flags"] == ["BELOW_MIN"]
    assert awarded("quota: {min: 2}\n", {"A": {}, "B": {}})["flags"] == []


GROUPED = RANK + "quota: {max: 2, per: entry.industry, max_per_group: 1}\n"


def test_those_tied_for_a_place_of_a_group_keep_it_from_those_below(awarded: Awarded):
    entries = {
        "A": scored(90, 90, industry="chips"),
        "B": scored(90, 90, industry="chips"),
        "C": scored(80, 80, industry="chips"),
        "D": scored(70, 70, industry="drugs"),
        "E": scored(60, 60, industry="ships"),
    }
    came = awarded(GROUPED, entries)
    # One of A and B takes a place whatever people decide: one is left, and it is D's.
    assert (winners(came), pending(came), came["flags"]) == (["D"], ["A", "B"], ["TIE_AT_EDGE"])


def test_an_entry_not_judged_yet_holds_a_place_of_its_own_group(awarded: Awarded):
    entries = {
        "A": scored(90, 90, industry="chips"),
        "B": {"entry.novelty": 50, "entry.industry": "chips"},
    }
    came = awarded(GROUPED, entries)
    assert (winners(came), pending(came), came["flags"]) == ([], ["A"], ["INCOMPLETE"])
    assert came["undetermined"][0]["missing"] == ["entry.value"]
    entries["B"]["entry.industry"] = "drugs"
    assert winners(awarded(GROUPED, entries)) == ["A"]
    del entries["B"]["entry.industry"]
    assert winners(awarded(GROUPED, entries)) == []


def test_an_entry_of_no_known_area_may_belong_to_any(awarded: Awarded):
    body = RANK + "scope: {per: entry.industry}\nquota: {max: 1}\n"
    entries = {"A": scored(90, 90, industry="chips"), "B": scored(80, 80, industry="drugs")}
    came = awarded(body, entries)
    assert [(one["entry"], one["group"], one["rank"]) for one in came["ranked"]] == [
        ("A", "chips", 1),
        ("B", "drugs", 1),
    ]
    assert winners(awarded(body, {**entries, "C": scored(10, 10)})) == []


def test_what_is_short_in_one_area_names_it(awarded: Awarded):
    body = RANK + "scope: {per: entry.industry}\nquota: {min: 2}\n"
    entries = {
        "A": scored(90, 90, industry="chips"),
        "B": scored(80, 80, industry="drugs"),
        "C": scored(70, 70, industry="drugs"),
    }
    came = awarded(body, entries)
    assert [(one["code"], one["group"]) for one in came["reasons"]] == [("BELOW_MIN", "chips")]


def test_a_tie_is_broken_by_the_day(awarded: Awarded):
    body = RANK + "tie_break: [{fact: entry.filed_on, order: ascending}]\nquota: {max: 1}\n"
    entries = {
        "A": scored(90, 90, filed_on="2020-03-02"),
        "B": scored(90, 90, filed_on="2020-03-01"),
    }
    assert winners(awarded(body, entries)) == ["B"]


def test_what_breaks_ties_matters_only_to_the_tied(awarded: Awarded):
    body = RANK + "tie_break: [{fact: entry.filed_on, order: ascending}]\nquota: {max: 1}\n"
    alone = awarded(body, {"A": scored(91, 91), "B": scored(90, 90), "C": scored(90, 90)})
    assert (winners(alone), alone["flags"]) == (["A"], [])
    tied = awarded(body, {"A": scored(90, 90, filed_on="2020-03-01"), "B": scored(90, 90)})
    assert (winners(tied), tied["flags"]) == ([], ["TIE_AT_EDGE"])
    assert [one["pending"] for one in tied["ranked"]] == [True, True]


PAY = """
parameters:
  amount:
    type: money
    unit: 万元
    values: [{from: 2020-01-01, value: 10.000001}, {from: 2021-01-01, value: 12}]
recipients: [{role: challenger, share: 50%}, {role: agency, share: 25%}, {role: owner, share: 25%}]
pay:
  hit: unique
  unit: 万元
  inputs: [entry.industry]
  outputs: [city, district]
  rows:
    - {id: P1, when: [chips], then: [6, 4.000001]}
    - {id: P2, when: [{is_not: chips}], then: [{param: amount}, 0]}
  must_hold: {sum_of: [city, district], equals: {param: amount}}
"""


def test_amounts_are_in_yuan_and_shares_add_up_to_the_fen(awarded: Awarded):
    """100000.01 by halves and quarters: 50000.01 (half up), 25000.00, and what is left."""
    came = awarded(PAY, {"A": {"entry.industry": "chips"}, "B": {"entry.industry": "ships"}})
    [one, two] = came["ranked"]
    assert (one["city"], one["district"], two["city"]) == (60000, 40000.01, 100000.01)
    assert one["recipients"] == {"challenger": 50000.01, "agency": 25000, "owner": 25000}
    assert came["totals"] == {"awarded": 2, "city": 160000.01, "district": 40000.01}


def test_a_sum_that_no_longer_holds_pays_nobody(read: Callable[[str], Book], decider: Decider):
    entries = {"A": {"entry.industry": "chips"}, "B": {"entry.industry": "ships"}}
    came = judge(read(PAY), decider, "prize", entries, date(2021, 1, 1))
    assert (winners(came), pending(came), came["flags"]) == (["B"], ["A"], ["PAY_UNDETERMINED"])
    assert came["totals"] == {"awarded": 1, "city": 120000, "district": 0}


def test_who_pays_is_not_known(awarded: Awarded):
    came = awarded(PAY, {"A": {}})
    assert (winners(came), came["flags"]) == ([], ["PAY_UNDETERMINED"])


def test_a_score_may_rest_on_another_policy(decider: Decider):
    """Points 90 and 100 of a table; without the patent it is not known whether B has 75 or 100."""
    book = load_book(REPOSITORY / "rules" / "example-province")
    full = {"project.prototype": True, "project.letter_of_intent": True, "project.patent": True}
    one = {**full, "project.team_size": 9, "entry.city": "north", "entry.filed_on": "2020-03-01"}
    two = {**one, "project.team_size": 10}
    came = judge(book, decider, "promising-project", {"A": one, "B": two})
    assert [(line["entry"], line["score"]) for line in came["ranked"]] == [("B", 100), ("A", 90)]
    del two["project.patent"]
    came = judge(book, decider, "promising-project", {"A": one, "B": two})
    assert came["undetermined"][0]["missing"] == ["project.patent"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (RANK + "tie_break: [{fact: entry.industry}]", "wrong_type"),
        (RANK.replace("novelty: 60", "filed_on: 60"), "wrong_type"),
        (RANK.replace("novelty: 60", "noveltee: 60"), "unknown_fact"),
        ("recipients: [{role: a, share: 50%}, {role: b, share: 40%}]", "shares"),
        (RANK + STORY.format("{entry: A, facts: {entry.novelty: 101}}"), "score"),
        (STORY.format("{entry: A}, {entry: A}"), "twice"),
    ],
)
def test_a_broken_award_says_where(read: Callable[[str], Book], body: str, code: str):
    with pytest.raises(BadFile) as bad:
        read(body)
    assert [one.code for one in bad.value.findings] == [code]
    assert bad.value.findings[0].line > HEAD.count("\n") - 1


GROUPS = ("x", "y")
Contest = tuple[list[tuple[str, int]], list[str | None], Quota]


@st.composite
def contests(draw: st.DrawFn) -> Contest:
    """Entries judged (group and score), the groups of those that wait, and the places."""
    groups = st.sampled_from(GROUPS)
    ready = draw(st.lists(st.tuples(groups, st.integers(1, 3)), max_size=5))
    waiting = draw(st.lists(st.one_of(groups, st.none()), max_size=2))
    limits = st.one_of(st.none(), st.integers(1, 3))
    return ready, waiting, Quota(draw(limits), draw(limits))


def placed(entries: list[tuple[str, str, int]], waiting: list[Judged], quota: Quota) -> set[str]:
    """Who gets a place: entries by name, group and score."""
    ready = [Judged(name, {}, None, group=group) for name, group, _ in entries]
    ties: dict[int, list[Judged]] = {}
    for one, (_, _, score) in zip(ready, entries, strict=True):
        ties.setdefault(score, []).append(one)
    fill_places([ties[score] for score in sorted(ties, reverse=True)], quota, waiting)
    assert not any(one.awarded and one.pending for one in ready)
    return {one.entry for one in ready if one.awarded}


@settings(deadline=None)
@given(contests())
def test_a_place_once_given_stands_however_the_others_are_judged(contest: Contest):
    ready, groups, quota = contest
    entries = [(f"E{number}", group, score) for number, (group, score) in enumerate(ready)]
    waiting = [Judged(f"W{number}", {}, None, group=one) for number, one in enumerate(groups)]
    sure = placed(entries, waiting, quota)
    # Each of those that wait turns out not to qualify (0), or to score anything from 1 to 4.
    ways = [product([one] if one else GROUPS, range(5)) for one in groups]
    for way in product(*ways):
        late = [
            (one.entry, group, score)
            for one, (group, score) in zip(waiting, way, strict=True)
            if score
        ]
        assert sure <= placed([*entries, *late], [], quota)


@settings(deadline=None)
@given(contests())
def test_places_are_never_more_than_there_are(contest: Contest):
    ready, groups, quota = contest
    entries = [(f"E{number}", group, score) for number, (group, score) in enumerate(ready)]
    waiting = [Judged(f"W{number}", {}, None, group=one) for number, one in enumerate(groups)]
    given_ = placed(entries, waiting, quota)
    assert quota.most is None or len(given_) <= quota.most
    for group in GROUPS:
        inside = [name for name, own, _ in entries if own == group and name in given_]
        assert quota.per_group is None or len(inside) <= quota.per_group
