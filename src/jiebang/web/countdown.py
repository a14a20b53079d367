"""The time left until a deadline, in words and for the script that lets it run down.

A page shows it with the macro of ``templates/countdown.pt``; the one parameter is ``deadline``, an
aware moment. ``countdown`` is among the names that every template may use::

    <metal:x define="deadline case.closes_at" use-macro="load: …/countdown.pt" />
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from jiebang.i18n import _

_N = {"n": "{n}"}
#: Seconds of each unit, greatest first, with its words for one and for several.
_UNITS: Mapping[str, tuple[int, object, object]] = {
    "day": (86400, _("${n} day", mapping=_N), _("${n} days", mapping=_N)),
    "hour": (3600, _("${n} hour", mapping=_N), _("${n} hours", mapping=_N)),
    "minute": (60, _("${n} minute", mapping=_N), _("${n} minutes", mapping=_N)),
    "second": (1, _("${n} second", mapping=_N), _("${n} seconds", mapping=_N)),
}
_LEFT = _("${time} left until the deadline", mapping={"time": "{time}"})
_OVER = _("The deadline has passed")


@dataclass(frozen=True)
class Countdown:
    """``text`` is right when the page is made; ``words`` are the data-* attributes for the script."""

    text: str
    over: bool
    words: Mapping[str, str]


def countdown(deadline: datetime, now: datetime, translate: Callable[[object], str]) -> Countdown:
    """The time from ``now`` until ``deadline``, both aware, in its two greatest units."""
    left = ceil((deadline - now).total_seconds())
    words = {
        "data-deadline": deadline.isoformat(),
        "data-now": now.isoformat(),
        "data-left": translate(_LEFT),
        "data-over": translate(_OVER),
        "data-join": translate(_("time separator", default=" ")),
    }
    for unit, (_seconds, one, several) in _UNITS.items():
        words |= {f"data-{unit}": translate(one), f"data-{unit}s": translate(several)}
    if left <= 0:
        return Countdown(words["data-over"], over=True, words=words)
    time = words["data-join"].join(_parts(left, words))
    return Countdown(words["data-left"].replace("{time}", time), over=False, words=words)


def _parts(left: int, words: Mapping[str, str]) -> list[str]:
    units = list(_UNITS)
    first = next(unit for unit in units if left >= _UNITS[unit][0])
    parts = []
    for unit in units[units.index(first) :][:2]:
        number, left = divmod(left, _UNITS[unit][0])
        parts.append(
            words[f"data-{unit}" + ("" if number == 1 else "s")].replace("{n}", str(number))
        )
    return parts
