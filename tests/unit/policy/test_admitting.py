"""Facts found right are remembered; what only equals one of them is still read, and refused."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from jiebang.policy import Book
from jiebang.policy.facts import MOST_KEPT, BadFacts, admit_facts

RULE = (
    "rules: [{id: r, when: {fact: case.open, is: 是}, then: {outcome: grant, code: OK, say: 行}}]\n"
)


@pytest.mark.parametrize(
    ("fact", "right", "wrong"),
    [
        ("case.open", True, 1),
        ("case.count", 1, True),
        ("case.count", 1, Decimal(1)),
        ("case.kind", "a", "nothing"),
        ("case.ratio", Decimal(0), Decimal("0E-50")),
    ],
)
def test_what_only_equals_a_right_value_is_refused(
    make_book: Callable[..., Book], fact: str, right: object, wrong: object
):
    vocabulary = make_book(RULE).vocabulary
    for _ in range(2):
        assert admit_facts(vocabulary, {fact: right}) == {fact: right}
        with pytest.raises(BadFacts):
            admit_facts(vocabulary, {fact: wrong})


def test_values_stay_as_they_were_brought(make_book: Callable[..., Book]):
    vocabulary = make_book(RULE).vocabulary
    for written in ("1.0", "1.00", "1", "1.0"):
        assert (
            str(admit_facts(vocabulary, {"case.ratio": Decimal(written)})["case.ratio"]) == written
        )
    for count in [*range(MOST_KEPT + 10), *range(MOST_KEPT + 10)]:
        assert admit_facts(vocabulary, {"case.count": count}) == {"case.count": count}
