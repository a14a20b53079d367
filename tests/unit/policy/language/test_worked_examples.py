"""Worked examples of what the language can say, from other kinds of notice than Shanghai's.

The arithmetic of every result stands beside it in the file, worked out by hand.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from jiebang.policy import Book, Decider, check_book, load_book, run_examples

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def book() -> Book:
    return load_book(HERE / "book")


@pytest.mark.parametrize(
    ("name", "examples"),
    [
        ("taper", 8),
        ("scale", 7),
        ("yearly", 8),
        ("points", 5),
        ("pass", 5),
        ("one-member", 6),
        ("per-industry", 3),
    ],
)
def test_every_example_comes_out_as_worked_out_by_hand(
    book: Book, decider: Decider, name: str, examples: int
):
    results = list(run_examples(book=book, decider=decider, only=[name]))
    assert len(results) == examples
    assert [(one.example.name, one.differences) for one in results if not one.passed] == []


def test_an_author_is_told_nothing(decider: Decider):
    assert check_book(HERE / "book", decider=decider) == []
