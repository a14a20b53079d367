"""The one clock. Everything that asks for the time asks here, so that tests can set it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: Times are kept in UTC and shown in the time of the office (北京时间).
SHANGHAI = ZoneInfo("Asia/Shanghai")


class _Offset:
    value = timedelta()


_offset = _Offset()


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + _offset.value


def today() -> date:
    """The present day in the office's time zone."""
    return now().astimezone(SHANGHAI).date()


def end_of(day: date) -> datetime:
    """The moment a day ends in the office's time zone: the first of the next."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


@contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Move the clock for the length of a ``with`` block, in every thread of this process."""
    before = _offset.value
    _offset.value = before + by
    try:
        yield
    finally:
        _offset.value = before


def show_date(day: date, locale: str) -> str:
    """A date as people read it: 2019年8月5日, or 5 August 2019."""
    if locale.startswith("zh"):
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day:%B %Y}"


def show_time(moment: datetime, locale: str) -> str:
    """A moment as people read it, in Asia/Shanghai, to the minute."""
    local = moment.astimezone(SHANGHAI)
    return f"{show_date(local.date(), locale)} {local:%H:%M}"
