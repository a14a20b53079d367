"""Traces are kept and shared between decisions; what a decision says must not depend on those before it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from jiebang.policy import Book, Decider
from jiebang.policy.reading import MOST_KEPT

DAY = date(2019, 9, 1)
RULE = "rules: [{{id: r, when: {{fact: {}}}, then: {{outcome: grant, code: OK, say: 行}}}}]\n"


def test_equal_numbers_are_shown_as_written(make_book: Callable[..., Book], decider: Decider):
    book = make_book(RULE.format("case.ratio, at_least: 1"))
    for written in ("1.0", "1.00", "1"):
        [traced] = decider.decide(book, "trial", {"case.ratio": Decimal(written)}, DAY).trace
        assert traced["when"]["found"] == written


def test_more_values_than_are_kept(make_book: Callable[..., Book], decider: Decider):
    book = make_book(RULE.format("case.count, at_least: 5"))
    values = [*range(MOST_KEPT + 10), *range(MOST_KEPT + 10)]
    cases = [{"case.count": value} for value in values]
    decided = list(decider.decide_many(book, "trial", cases, DAY))
    assert [one.trace[0]["when"]["found"] for one in decided] == values
    assert [one.outcome for one in decided] == ["grant" if one >= 5 else "deny" for one in values]


def test_conditions_on_one_fact_do_not_mix(make_book: Callable[..., Book], decider: Decider):
    book = make_book(
        "rules: [{id: r, when: {all: [{fact: case.open, is: 是, clause: SH-3.1(2)}, {not: {fact: case.open,"
        " is: 是}}]}, then: {outcome: grant, code: OK, say: 行}}]\n"
    )
    wanted = {
        True: ("met", "unmet", "met"),
        False: ("unmet", "met", "unmet"),
        None: ("unknown", "unknown", "unknown"),
    }
    for value in (True, False, True, None):
        [traced] = decider.decide(book, "trial", {"case.open": value}, DAY).trace
        first, second = traced["when"]["parts"]
        [inner] = second["parts"]
        assert (first["state"], second["state"], inner["state"]) == wanted[value]
        assert (first["clause"], inner["clause"]) == ("SH-3.1(2)", "SH-3.1(1)")
