"""Which regular expressions a form file may hold."""

from __future__ import annotations

import re
import time

import pytest

from jiebang.forms.kinds import shapes
from jiebang.forms.language.patterns import fault


@pytest.mark.parametrize(
    "pattern",
    [
        "[0-9]{6}",
        "[A-Z]{2}-[0-9]{4,8}",
        "(?:[A-Z]{2})?[0-9]+",
        "沪科合〔[0-9]{4}〕[0-9]{1,4}号",
        "a|b",
        "",
    ],
)
def test_a_plain_pattern(pattern: str):
    assert fault(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "zh"),
    [
        ("(", "写错了"),
        ("^a$", "不用写"),
        (r"\d+", "请写 [0-9]"),
        (r"[\w-]+", "请写 [0-9]"),
        (r"(a)\1", "引用"),
        ("(?=a)b", "断言"),
        ("(?<!a)b", "断言"),
        ("a*?", "懒惰"),
        ("a*+", "占有"),
        ("(?>a)", "原子"),
        ("(?i)a", "标志"),
        ("(?P<x>a)", "命名"),
        ("(a+)+", "很慢"),
        ("(a|ab)*", "很慢"),
        ("(a?){30}a{30}", "很慢"),
        ("a*a*a*b", "很慢"),
    ],
)
def test_one_that_means_other_things_elsewhere_or_runs_away(pattern: str, zh: str):
    found = fault(pattern)
    assert found is not None
    assert zh in found[0]
    assert found[1]


def test_what_is_let_through_is_fast():
    worst = "[0-9a]*[a]*b"
    assert fault(worst) is None
    start = time.process_time()
    assert not re.fullmatch(worst, "a" * 1000)
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    "name", ["DATE", "CREDIT_CODE", "DIVISION", "INDUSTRY", "PHONE", "EMAIL", "URL", "REFERENCE"]
)
def test_our_own_shapes_never_run_away(name: str):
    shape = re.compile(getattr(shapes, name))
    start = time.process_time()
    for sign in "a0.@-/:'%":
        for text in (sign * 3000, f"http://{sign * 3000}", f"a@{sign * 300}."):
            shape.fullmatch(text)
    assert time.process_time() - start < 1


@pytest.mark.parametrize("year", [1600, 1900, 2000, 2019, 2020, 2100])
def test_every_day_there_is(year: int):
    shape = re.compile(shapes.DATE)
    days = [f"{year}-{month:02}-{day:02}" for month in range(14) for day in range(33)]
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    assert sum(1 for day in days if shape.fullmatch(day)) == 365 + leap
    assert bool(shape.fullmatch(f"{year}-02-29")) == leap
    assert not shape.fullmatch("0000-01-01")


@pytest.mark.parametrize(
    ("places", "text", "good"),
    [
        (2, "0", True), (2, "-0", False), (2, "0.5", True), (2, "0.50", False), (2, "0.05", True),
        (2, "0.005", False), (3, "0.005", True), (2, "-0.5", True), (2, "12", True), (2, "012", False),
        (2, "1.", False), (1, "1.5", True), (1, "1.55", False), (2, "9" * 15, True), (2, "9" * 16, False),
    ],
)  # fmt: skip
def test_canonical_decimals(places: int, text: str, good: object):
    assert bool(re.fullmatch(shapes.decimal(places), text)) == good
