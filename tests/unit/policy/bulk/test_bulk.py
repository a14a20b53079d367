"""Every construct of the language in bulk, against engine and explainer, and what it must come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from jiebang.policy import Book
from jiebang.policy.bulk import Bulk, decide_all, typed_frame
from jiebang.policy.decider import Answer
from jiebang.policy.facts import BadFacts, admit_facts
from tests.unit.policy.bulk.conftest import DAY

Make = Callable[..., Book]
Agreed = Callable[..., list[Answer]]
MISSING = object()


def every(**facts: Sequence[Any]) -> list[dict[str, Any]]:
    """A case for every choice of the values; ``MISSING`` leaves the fact out."""
    names = [f"case.{name}" for name in facts]
    return [
        {name: value for name, value in zip(names, one, strict=True) if value is not MISSING}
        for one in product(*facts.values())
    ]


def outcomes(answers: list[Answer]) -> list[str]:
    return [one.outcome for one in answers]


def rule(when: str, then: str = "outcome: grant, code: OK, say: 行") -> str:
    return f"rules:\n  - {{id: one, when: {when}, then: {{{then}}}}}\n"


@pytest.mark.parametrize(
    ("when", "cases"),
    [
        ("{fact: case.kind, is: a}", every(kind=["a", "b", MISSING])),
        ("{fact: case.kind, not_in: [a, b]}", every(kind=["a", "c", MISSING])),
        ("{fact: case.name, is: é}", every(name=["é", "e\u0301", "e", "", MISSING])),
        ('{fact: case.name, matches: "上海(市)?"}', every(name=["上海", "上海市", "大上海", MISSING])),
        ("{fact: case.name, in: {fact: case.names}}",
         every(name=["a", MISSING], names=[["a", "b"], ["b"], [], MISSING])),
        ("{fact: case.sound, is_not: 是}", every(sound=[True, False, MISSING])),
        ("{fact: case.ratio, known: 是}", every(ratio=[Decimal("0.5"), MISSING])),
        ("{fact: case.count, at_least: {fact: case.ratio}}",
         every(count=[0, 1, 2**53 - 1, MISSING], ratio=[Decimal("0.999999"), Decimal(1), MISSING])),
        ("{fact: case.ratio, in: [0.3, 1]}", every(ratio=[Decimal("0.3"), Decimal(1), Decimal(2)])),
        ("{fact: case.ratio, not_in: {fact: case.days}}",
         every(ratio=[Decimal(1), Decimal("1.000001"), MISSING], days=[[1, 2], [], MISSING])),
        ("{fact: case.price, more_than: 99.99}", every(price=[9_998, 9_999, 10_000, MISSING])),
        ("{fact: case.filed, on_or_before: {fact: case.today}}",
         every(filed=[DAY, date(2019, 9, 2), date.min, date.max, MISSING])),
        ("{fact: case.filed, within_days_of: {fact: case.signed}, days: 30}",
         every(filed=[date(2019, 1, 1), date(2019, 1, 31), MISSING],
               signed=[date(2019, 1, 1), date(2019, 3, 3), MISSING])),
        ('{formula: "case.price / case.count", at_least: 33.34}',
         every(price=[10_000, 10_002, MISSING], count=[0, 3, -3, MISSING])),
        ("{not: {any: [{fact: case.kind, is: a}, {not: {all: [{fact: case.sound, is: 是}]}}]}}",
         every(kind=["a", "b", MISSING], sound=[True, False, MISSING])),
        ("{policy: other, is: grant}", every(sound=[True, False, MISSING], price=[100, MISSING])),
        ("{fact: other.paid, at_least: 1}", every(sound=[True, False, MISSING], price=[999, 1000])),
        ("{fact: case.half, is: 0.5}", every(price=[99, 100, MISSING], half=[50, MISSING])),
    ],
)  # fmt: skip
def test_conditions_are_read_alike(
    make: Make, agreed: Agreed, when: str, cases: list[dict[str, Any]]
) -> None:
    found = outcomes(agreed(make(rule(when)), cases))
    assert "grant" in found
    assert len(set(found)) > 1


PARTS = [
    {"kind": "a", "share": Decimal("0.5"), "price": 100, "made": date(2019, 1, 1)},
    {"kind": "a", "price": -300},
    {"share": Decimal("0.25"), "price": 200, "made": date(2019, 3, 1)},
    {"kind": "b", "share": Decimal(1), "price": 50},
    {"kind": "a"},
]
LISTS = [
    {"case.parts": [PARTS[place] for place in places]}
    for places in [
        [],
        [0],
        [1],
        [2],
        [3],
        [4],
        [0, 1],
        [0, 2],
        [1, 2],
        [0, 3],
        [2, 3],
        [0, 1, 2, 3],
    ]
] + [{}]


@pytest.mark.parametrize(
    "when",
    [
        "{exists: {in: case.parts, where: {item: kind, is: a}}}",
        "{every: {in: case.parts, where: {any: [{item: kind, is: a}, {item: price, at_least: 2}]}}}",
        "{count: {in: case.parts, where: {item: kind, is: a}}, at_least: 1}",
        "{count: {in: case.parts}, not_in: [0, 2]}",
        "{sum: {in: case.parts, of: price, where: {item: kind, is: a}}, at_most: 1}",
        "{sum: {in: case.parts, of: share}, is: 0.75}",
        "{max: {in: case.parts, of: price, where: {item: kind, is: a}}, at_least: 1}",
        "{min: {in: case.parts, of: price, where: {item: kind, is_not: b}}, less_than: 1}",
        "{max: {in: case.parts, of: made}, on_or_after: 2019-02-01}",
        "{max: {in: case.parts, of: share, where: {item: kind, is: a}}, not_in: [0.5, 2]}",
        '{formula: "sum(case.parts.price)", more_than: 0}',
    ],
)
def test_lists_are_read_alike(make: Make, agreed: Agreed, when: str) -> None:
    found = outcomes(agreed(make(rule(when)), LISTS))
    assert "undetermined" in found
    assert len(set(found)) > 1


def test_conditions_of_one_where_hold_of_the_same_item_beside_facts_of_the_case(
    make: Make, agreed: Agreed
) -> None:
    when = """{exists: {in: case.parts, where: {all: [
        {item: price, at_least: {formula: case.price * 50%}}, {item: kind, is: {fact: case.name}}]}}}"""
    book = make(rule(when))
    cases = [
        {"case.parts": PARTS, "case.price": price, "case.name": name}
        for price, name in ((200, "a"), (202, "a"), (100, "b"), (102, "b"), (None, "c"))
    ]
    assert outcomes(agreed(book, cases)) == [
        "grant",
        "undetermined",
        "grant",
        "undetermined",
        "undetermined",
    ]


def test_an_exception_between_rules_and_flags(make: Make, agreed: Agreed) -> None:
    book = make("""
rules:
  - {id: usual, when: {fact: case.kind, in: [a, b]}, then: {outcome: grant, code: USUAL, say: 行}}
  - {id: but, when: {fact: case.sound, is: 否}, then: {outcome: none, code: BUT, say: 无}, overrides: [usual]}
  - {id: see, when: {fact: case.count, more_than: 5}, then: {outcome: flag, code: SEE, say: 请看}}
  - {id: look, when: {fact: case.count, more_than: 8}, then: {outcome: flag, code: LOOK, say: 请看}}
  - {id: again, when: {fact: case.kind, is: c}, then: {outcome: flag, code: SEE, say: 请看}}
""")
    cases = every(kind=["a", "c", MISSING], sound=[True, False, MISSING], count=[1, 6, 9, MISSING])
    found = agreed(book, cases)
    assert {one.flags for one in found} == {(), ("SEE",), ("SEE", "LOOK")}
    assert {one.outcome for one in found} == {"grant", "deny", "none", "undetermined"}


def test_a_missing_fact_matters_only_where_it_could_change_the_verdict(
    make: Make, agreed: Agreed
) -> None:
    book = make("""
rules:
  - {id: cheap, when: {fact: case.price, at_most: 100}, then: {outcome: grant, code: SAME, say: 行}}
  - {id: dear, when: {fact: case.price, more_than: 100}, then: {outcome: grant, code: SAME, say: 行}}
  - {id: odd, when: {fact: case.count, is: 1}, then: {outcome: deny, code: ODD, say: 不行}}
""")
    [settled, decided] = agreed(book, [{}, {"case.price": 1}])
    assert (settled.outcome, settled.rule) == ("grant", "cheap")
    assert decided.rule == "cheap"


def test_what_another_policy_leaves_open_within_a_list_is_settled_case_by_case(
    make: Make, agreed: Agreed
) -> None:
    """Two cases of one pattern, of which only one is the same however the other policy decides."""
    book = make(
        rule("{max: {in: case.days, where: {policy: other, is: grant}, of: value}, more_than: 3}")
    )
    assert outcomes(agreed(book, [{"case.days": [5, 1]}, {"case.days": [2, 1]}])) == [
        "undetermined",
        "deny",
    ]


VALUES = "outputs: {paid: {type: money, unit: 元, label: 金额}, rate: {type: decimal, label: 比}}\n"


def test_values_are_exact_half_up_and_absent_on_division_by_zero(
    make: Make, agreed: Agreed
) -> None:
    paid, rate = '"min(case.price * 12.5%, 100元)"', "case.ratio / case.count"
    then = f"outcome: grant, code: OK, say: 行, paid: {paid}, rate: {rate}"
    book = make(VALUES + rule("{fact: case.sound, is: 是}", then))
    cases = every(
        sound=[True],
        price=[4, -4, 2**53 - 1, MISSING],
        ratio=[Decimal(1), Decimal("-0.000003")],
        count=[3, -2, 0],
    )
    found = agreed(book, cases)
    assert dict(found[0].values) == {"paid": 1, "rate": Decimal("0.333333")}
    assert dict(found[4].values) == {"paid": 1, "rate": Decimal("0.000002")}
    assert found[2].outcome == "undetermined"
    assert found[6].values["paid"] == -1


def test_a_formula_too_wide_for_columns_is_worked_out_row_by_row(
    make: Make, agreed: Agreed
) -> None:
    share = "case.ratio / case.count"
    then = f'outcome: grant, code: OK, say: 行, rate: "({share}) * ({share})"'
    book = make(VALUES + rule("{fact: case.sound, is: 是}", then))
    case = {"case.sound": True, "case.ratio": Decimal("9007199254.740991"), "case.count": 70}
    [answer] = agreed(book, [case])
    assert answer.values["rate"] == Decimal("16557069064205441.567594")
    bulk = Bulk(book, DAY)
    frame = typed_frame(book.vocabulary, case, [admit_facts(book.vocabulary, case)])
    assert list(bulk.over(frame).verdicts("trial").answers()) == [answer]
    assert bulk.tally["formulas by row"] == 1


@pytest.mark.parametrize("hit", ["unique", "any", "first"])
def test_tables_of_rules(make: Make, agreed: Agreed, hit: str) -> None:
    book = make(VALUES + f"""
table:
  hit: {hit}
  inputs: [case.kind, case.count]
  rows:
    - {{id: A, when: [a, "-"], then: {{outcome: grant, code: PAID, say: 行, paid: case.price * 10%}}}}
    - id: B
      when: [{{in: [a, b]}}, {{at_least: 3}}]
      then: {{outcome: grant, code: PAID, say: 行, paid: case.price / 10}}
    - {{id: C, when: ["-", {{more_than: 9}}], then: {{outcome: deny, code: REFUSED, say: 不行}}}}
""")  # fmt: skip
    cases = every(kind=["a", "b", "c", MISSING], count=[1, 5, 10, MISSING], price=[100, MISSING])
    found = agreed(book, cases)
    assert ("TABLE_CONFLICT" in {one.code for one in found}) == (hit != "first")


@pytest.mark.parametrize("how", ["sum", "max", "min", "count", "list"])
def test_tables_that_collect(make: Make, agreed: Agreed, how: str) -> None:
    book = make(
        VALUES
        + f"""
table:
  hit: collect {how}
  inputs: [case.kind, case.count]
  rows:
    - {{id: A, when: [a, "-"], then: {{outcome: grant, code: XX, say: 行, paid: case.price * 10%}}}}
    - {{id: B, when: [{{in: [a, b]}}, {{at_least: 3}}], then: {{outcome: grant, code: YY, say: 行, paid: 7}}}}
""",
        default="default: {outcome: none, code: NOTHING, say: 无, paid: 1}\n",
    )
    cases = every(kind=["a", "b", "c", MISSING], count=[1, 5, MISSING], price=[100, MISSING])
    found = agreed(book, cases)
    assert {"undetermined", "none"} == set(outcomes(found))
    assert {one.code for one in found if one.outcome == "none"} == {"COLLECTED"}


def test_parameters_without_a_value_leave_the_matter_open(make: Make, agreed: Agreed) -> None:
    book = make("""
parameters:
  least: {type: integer, values: [{from: 2019-08-05, value: 2}, {from: 2019-10-01, value: null}]}
rules:
  - {id: one, when: {fact: case.count, at_least: {param: least}}, then: {outcome: grant, code: OK, say: 行}}
""")
    cases = every(count=[1, 2, MISSING])
    assert outcomes(agreed(book, cases)) == ["deny", "grant", "undetermined"]
    assert outcomes(agreed(book, cases, date(2019, 10, 1))) == ["undetermined"] * 3
    assert outcomes(agreed(book, cases, date(2020, 1, 1))) == ["not_in_force"] * 3


def test_no_case_at_all_and_facts_that_are_wrong(make: Make) -> None:
    book = make(rule("{fact: case.kind, is: a}"))
    assert decide_all(book, "trial", [], DAY) == []
    assert outcomes(decide_all(book, "trial", [{}], DAY)) == ["undetermined"]
    with pytest.raises(BadFacts, match="d"):
        decide_all(book, "trial", [{"case.kind": "d"}], DAY)
    with pytest.raises(KeyError):
        decide_all(book, "nothing", [{}], DAY)
