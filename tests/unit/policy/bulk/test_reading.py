"""Cases from files: what people write, typed, and what is wrong with it by row and fact."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from jiebang.policy import Book
from jiebang.policy.bulk.deciding import typed_cases
from jiebang.policy.bulk.reading import BadCases, count_cases, read_cases
from tests.unit.policy.bulk.test_bulk import rule

Make = Callable[..., Book]


@pytest.fixture
def book(make: Make) -> Book:
    return make(rule("{fact: case.kind, is: a}"))


def lines(path: Path, cases: Iterable[Any]) -> Path:
    path.write_text("".join(f"{json.dumps(one)}\n" for one in cases), "utf-8")
    return path


def typed(book: Book, path: Path) -> list[dict[str, Any]]:
    facts = tuple(book.vocabulary.facts)
    return [
        case
        for part in read_cases(path, (book.vocabulary,))
        for case in typed_cases(book.vocabulary, facts, part.frames[0])
    ]


WRITTEN = [
    {"case.kind": "a", "case.name": "e\u0301", "case.sound": "是", "case.price": 12.34},
    {"case": {"kind": "b", "filed": "2019-09-01", "count": 3}, "case.ratio": "50%"},
    {"case.days": [1, 2], "case.parts": [{"kind": "x", "price": "0.5", "made": None}, {}]},
    {"case.sound": False, "case.names": [], "case.ratio": 0.1, "case.price": 5},
]
TYPED = [
    {"case.kind": "a", "case.name": "é", "case.sound": True, "case.price": 1234},
    {
        "case.kind": "b",
        "case.filed": date(2019, 9, 1),
        "case.count": 3,
        "case.ratio": Decimal("0.5"),
    },
    {"case.days": (1, 2), "case.parts": ({"kind": "x", "price": 50}, {})},
    {"case.sound": False, "case.names": (), "case.ratio": Decimal("0.1"), "case.price": 500},
]


def test_json_lines_are_read_as_people_write_them(book: Book, tmp_path: Path) -> None:
    path = lines(tmp_path / "cases.jsonl", WRITTEN)
    assert typed(book, path) == TYPED
    assert count_cases(path) == len(TYPED)


def test_parquet_is_read_by_column_in_whatever_type_it_stands(book: Book, tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "case.kind": pl.Series(["a", None], dtype=pl.Categorical),
            "case.name": ["e\u0301", ""],
            "case.sound": ["否", "是"],
            "case.count": pl.Series([7, None], dtype=pl.UInt8),
            "case.price": pl.Series([Decimal("0.01"), Decimal("12.30")], dtype=pl.Decimal(10, 2)),
            "case.ratio": [0.1, 2.0],
            "case.filed": [date(2019, 9, 1), None],
            "case.signed": ["2019-09-02", None],
            "case.days": [[1], []],
            "case.parts": [[{"kind": "x", "price": 1}], None],
        }
    )
    path = tmp_path / "cases.parquet"
    frame.write_parquet(path)
    first, second = typed(book, path)
    assert first == {
        "case.kind": "a",
        "case.name": "é",
        "case.sound": False,
        "case.count": 7,
        "case.price": 1,
        "case.ratio": Decimal("0.1"),
        "case.filed": date(2019, 9, 1),
        "case.signed": date(2019, 9, 2),
        "case.days": (1,),
        "case.parts": ({"kind": "x", "price": 100},),
    }
    assert second == {
        "case.name": "",
        "case.sound": True,
        "case.price": 1230,
        "case.ratio": Decimal(2),
        "case.days": (),
    }


def test_parquet_may_nest_facts_as_structs(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    pl.DataFrame({"case": [{"kind": "a", "price": 1}, {"kind": None, "price": 2}]}).write_parquet(
        path
    )
    assert typed(book, path) == [{"case.kind": "a", "case.price": 100}, {"case.price": 200}]


@pytest.mark.parametrize(
    ("cases", "row", "fact"),
    [
        ([{}, {"case.kindd": "a"}], 2, "case.kindd"),
        ([{"case.kind": "a"}, {"case.kind": "d"}], 2, "case.kind"),
        ([{"case.name": "a"}, {}, {"case.name": 5}], 3, "case.name"),
        ([{"case.sound": True}, {"case.sound": 1}], 2, "case.sound"),
        ([{"case.count": 1}, {"case.count": 1.5}], 2, "case.count"),
        ([{"case.count": True}], 1, "case.count"),
        ([{"case.price": 0.005}], 1, "case.price"),
        ([{"case.price": 10**20}], 1, "case.price"),
        ([{"case.filed": "2019-13-01"}], 1, "case.filed"),
        ([{"case.days": [1, None]}], 1, "case.days"),
        ([{"case.parts": [{"colour": 1}]}], 1, "case.parts"),
        ([{"case.parts": 5}], 1, "case.parts"),
        ([{"case.kind": "a", "case": {"kind": "b"}}], 1, "case.kind"),
        ([{}, 5], 2, ""),
        ([{"policy:other": "grant"}], 1, "policy:other"),
        ([{"case": None}], 1, "case"),
    ],
)
def test_what_is_wrong_in_json_lines_is_told_by_row_and_fact(
    book: Book, tmp_path: Path, cases: list[Any], row: int, fact: str
) -> None:
    with pytest.raises(BadCases) as wrong:
        typed(book, lines(tmp_path / "cases.jsonl", cases))
    assert (wrong.value.row, wrong.value.fact) == (row, fact)
    assert wrong.value.zh
    assert wrong.value.en


@pytest.mark.parametrize(
    ("name", "values", "row"),
    [
        ("case.kind", ["a", "d"], 2),
        ("case.count", [1.0, 2.0], 1),
        ("case.count", [1, 2**53], 2),
        ("case.price", [1, 2**60], 2),
        ("case.ratio", [0.1, float("nan")], 2),
        ("case.sound", [1, 0], 1),
        ("case.filed", [datetime(2019, 9, 1), None], 1),  # noqa: DTZ001 - as Parquet holds it
        ("case.names", ["a", "b"], 1),
    ],
)
def test_what_is_wrong_in_parquet_is_told_by_row_and_fact(
    book: Book, tmp_path: Path, name: str, values: list[Any], row: int
) -> None:
    path = tmp_path / "cases.parquet"
    pl.DataFrame({name: values}).write_parquet(path)
    with pytest.raises(BadCases) as wrong:
        typed(book, path)
    assert (wrong.value.row, wrong.value.fact) == (row, name)


def test_an_unknown_column_is_told_with_the_nearest_fact(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    pl.DataFrame({"case.pricee": [1]}).write_parquet(path)
    with pytest.raises(BadCases, match=r"case\.price”"):
        typed(book, path)


@pytest.mark.parametrize(
    "content", [b"PAR1 and no more", b"\xff\xfe\n", b"{\n", b"\n", b'{"case.kind": NaN}\n']
)
def test_files_that_cannot_be_read(book: Book, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cases"
    path.write_bytes(content)
    with pytest.raises(BadCases):
        typed(book, path)
