"""The time left until a deadline, as a page says it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jiebang.forms.book import untranslated
from jiebang.web.countdown import countdown

NOW = datetime(2019, 8, 5, 1, 0, tzinfo=UTC)


def english(message: object) -> str:
    return untranslated(message, "en")


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(days=3, hours=4, minutes=59), "3 days 4 hours"),
        (timedelta(days=1), "1 day 0 hours"),
        (timedelta(hours=1, minutes=1, seconds=30), "1 hour 1 minute"),
        (timedelta(minutes=59, seconds=59), "59 minutes 59 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(milliseconds=1), "1 second"),
    ],
)
def test_the_two_greatest_units_are_said(left: timedelta, said: str) -> None:
    shown = countdown(NOW + left, NOW, english)
    assert shown.text == f"{said} left until the deadline"
    assert not shown.over


@pytest.mark.parametrize("late", [timedelta(), timedelta(days=2)])
def test_from_the_deadline_on_it_has_passed(late: timedelta) -> None:
    shown = countdown(NOW - late, NOW, english)
    assert shown.text == "The deadline has passed"
    assert shown.over


def test_the_script_gets_both_moments_and_every_word() -> None:
    words = countdown(NOW + timedelta(days=1), NOW, english).words
    assert words["data-deadline"] == "2019-08-06T01:00:00+00:00"
    assert words["data-now"] == "2019-08-05T01:00:00+00:00"
    assert words["data-left"] == "{time} left until the deadline"
    assert (words["data-day"], words["data-days"]) == ("{n} day", "{n} days")
