"""Gaps and overlaps: each is shown by a case, and none is seen where there is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.policy.checking import draw_table, write_table
from jiebang.policy import Decider, check_book
from jiebang.yamlfile import Finding

Check = Callable[..., list[Finding]]
DENY = "{outcome: deny, code: REFUSED, say: 不行}"
GRANT = "{outcome: grant, code: GRANTED, say: 行}"


def table(inputs: str, rows: list[str], hit: str = "unique") -> str:
    lines = [f"    - {{id: R{n}, when: [{row}" for n, row in enumerate(rows, 1)]
    return f"table:\n  hit: {hit}\n  inputs: [{inputs}]\n  rows:\n" + "\n".join(lines) + "\n"


def rows(*cells: str) -> list[str]:
    return [
        f"{one}], then: {{outcome: {'grant' if n % 2 else 'deny'}, code: C{n}, say: 行}}}}"
        for n, one in enumerate(cells)
    ]


@pytest.mark.parametrize(
    ("inputs", "whole", "broken", "case"),
    [
        ("case.kind", ["a", "{in: [b, c]}"], ["a", "b"], "{case.kind: c}"),
        (
            "case.count",
            ["{less_than: 5}", "{at_least: 5}"],
            ["{less_than: 5}", "{more_than: 5}"],
            "{case.count: 5}",
        ),
        (
            "case.price",
            ["{at_most: 100}", "{more_than: 100}"],
            ["{less_than: 100}", "{more_than: 100}"],
            "{case.price: 100}",
        ),
        (
            "case.ratio",
            ["{at_most: 0.5}", "{more_than: 0.5}"],
            ["{less_than: 0.5}", "{more_than: 0.5}"],
            "{case.ratio: 0.5}",
        ),
        (
            "case.filed",
            ["{on_or_before: 2019-10-15}", "{on_or_after: 2019-10-16}"],
            ["{on_or_before: 2019-10-15}", "{on_or_after: 2019-10-17}"],
            "{case.filed: 2019-10-16}",
        ),
        (
            "case.kind, case.sound",
            ["a, 是", "a, 否", '{not_in: [a]}, "-"'],
            ["a, 是", '{not_in: [a]}, "-"'],
            "{case.kind: a, case.sound: 否}",
        ),
        (
            "case.name",
            ["甲公司", "{is_not: 甲公司}"],
            ["甲公司", "乙公司"],
            "{case.name: 其他}",
        ),
    ],
)
def test_a_gap_is_shown_by_a_case(
    check: Check, inputs: str, whole: list[str], broken: list[str], case: str
):
    (found,) = check(table(inputs, rows(*broken)))
    assert (found.code, found.line) == ("gap", 6)
    assert found.case == f"as_of: 2019-08-05, given: {case}"
    assert found.paste.startswith("- {id: NEW, when: [")
    assert check(table(inputs, rows(*whole))) == []


def test_a_row_to_paste_closes_the_gap(check: Check):
    broken = table("case.kind, case.sound", rows("a, 是", 'b, "-"', 'c, "-"'))
    (found,) = check(broken)
    assert found.paste.startswith("- {id: NEW, when: [a, 否], then: ")
    assert check(f"{broken}    {found.paste}\n") == []


def test_a_gap_on_one_day_of_the_clock(check: Check):
    broken = rows("{on_or_before: 2019-10-15}", "{on_or_after: 2019-10-17}")
    (found,) = check(table("case.today", broken))
    assert (found.code, found.case) == ("gap", "as_of: 2019-10-16, given: {}")


def test_a_default_closes_every_gap(check: Check):
    assert check(f"default: {DENY}\n" + table("case.kind", rows("a", "b"))) == []


@pytest.mark.parametrize(
    ("inputs", "whole", "broken", "case"),
    [
        (
            "case.count",
            ["{less_than: 5}", "{at_least: 5}"],
            ["{at_most: 5}", "{at_least: 5}"],
            "{case.count: 5}",
        ),
        (
            "case.filed",
            ["{on_or_before: 2019-10-15}", "{on_or_after: 2019-10-16}"],
            ["{on_or_before: 2019-10-15}", "{on_or_after: 2019-10-15}"],
            "{case.filed: 2019-10-15}",
        ),
        (
            "case.price",
            ["{at_most: 100}", "{more_than: 100}"],
            ["{at_most: 100}", "{at_least: 100}"],
            "{case.price: 100}",
        ),
        ("case.kind", ["a", "{in: [b, c]}"], ["{in: [a, b]}", "{in: [b, c]}"], "{case.kind: b}"),
        (
            "case.price, case.profit",
            [
                '{at_most: 100}, "-"',
                "{more_than: 100}, {at_most: 50}",
                "{more_than: 100}, {more_than: 50}",
            ],
            ['{at_most: 100}, "-"', "{more_than: 100}, {at_most: 50}", '"-", {more_than: 50}'],
            None,
        ),
    ],
)
def test_an_overlap_at_one_value(
    check: Check, inputs: str, whole: list[str], broken: list[str], case: str | None
):
    (found,) = check(table(inputs, rows(*broken)))
    assert (found.code, found.line) == ("overlap", 6 + 3 + len(broken))
    assert case is None or found.case == f"as_of: 2019-08-05, given: {case}"
    assert "expect: {outcome: undetermined}" in found.paste
    assert check(table(inputs, rows(*whole))) == []


def test_rows_that_exclude_each_other_through_a_formula_do_not_overlap(check: Check):
    # Profit is price less cost: what is more than 50 in profit is more than 50 in price.
    cells = ['{at_most: 50}, "-"', "{more_than: 50}, {at_most: 50}", '"-", {more_than: 50}']
    assert check(table("case.price, case.profit", rows(*cells))) == []


def test_rows_under_any_may_overlap_but_not_differ(check: Check):
    def body(code: str) -> str:
        cells = [
            f"{{at_least: 1}}], then: {GRANT}}}",
            f"{{at_least: 2}}], then: {{outcome: grant, code: {code}, say: 行}}}}",
        ]
        return f"default: {DENY}\n" + table("case.count", cells, "any")

    assert check(body("GRANTED")) == []
    (found,) = check(body("OTHER"))
    assert (found.code, found.case) == ("rows_differ", "as_of: 2019-08-05, given: {case.count: 2}")


def test_a_parameter_that_changes_opens_a_gap_from_that_day(check: Check):
    parameters = (
        "parameters:\n  few: {type: integer, values: [{from: 2019-08-05, value: 5}]}\n"
        "  many: {type: integer, values: [{from: 2019-08-05, value: 5}, {from: 2019-10-01, value: 6}]}\n"
    )
    cells = rows("{less_than: {param: few}}", "{at_least: {param: many}}")
    (found,) = check(parameters + table("case.count", cells))
    assert (found.code, found.case) == ("gap", "as_of: 2019-10-01, given: {case.count: 5}")


def test_nobody_is_told_of_numbers_below_zero_unless_the_table_speaks_of_them(check: Check):
    assert check(table("case.count", rows("0", "{at_least: 1}"))) == []
    (found,) = check(table("case.count", rows("{less_than: -1}", "{at_least: 0}")))
    assert (found.code, found.case) == ("gap", "as_of: 2019-08-05, given: {case.count: -1}")


def test_a_big_table_with_one_row_gone_and_one_twice(tmp_path: Path, decider: Decider):
    sound = draw_table(60)
    write_table(tmp_path / "sound", sound)
    write_table(tmp_path / "unsound", [*sound[1:], sound[1]])

    def codes(name: str) -> list[str]:
        folder = tmp_path / name
        return [one.code for one in check_book(folder / "book", decider=decider)]

    assert codes("sound") == ["no_example"]
    assert sorted(codes("unsound")) == ["gap", "no_example", "overlap"]
