"""Regular expressions for numbers between two bounds, for readers that know numbers as text only."""

from __future__ import annotations

from collections.abc import Iterator

from jiebang.forms.kinds import shapes

#: One more than the largest whole part of a stored decimal.
_BEYOND = shapes.LARGEST + 1


def decimals_between(least: int | None, most: int | None, places: int) -> str:
    """The canonical decimals from ``least`` to ``most``, ``None`` for no bound; see ``shapes``."""
    if least is None and most is None:
        return shapes.decimal(places)
    low = -_BEYOND if least is None else least
    high = _BEYOND if most is None else most
    fraction = f"[.][0-9]{{0,{places - 1}}}[1-9]"
    parts: list[str] = []
    if high >= 0:
        parts += _upwards(max(low, 0), high, fraction)
    if low < 0:
        parts += [f"-(?:{one})" for one in _upwards(max(-high, 0), -low, fraction, zero=False)]
    return "|".join(parts)


def _upwards(low: int, high: int, fraction: str, *, zero: bool = True) -> Iterator[str]:
    """Decimals without a sign from ``low`` to ``high``; whether ``0`` itself is one of them."""
    if low == 0 and not zero:
        if high > 0:
            yield f"0{fraction}"
        low = 1
    below = "|".join(_whole(low, high - 1))
    if below:
        yield f"(?:{below})(?:{fraction})?"
    if low <= high < _BEYOND:
        yield str(high)


def _whole(low: int, high: int) -> Iterator[str]:
    """Whole numbers from ``low`` to ``high``, of each length in turn."""
    for length in range(len(str(low)), len(str(high)) + 1):
        first = max(low, 10 ** (length - 1) if length > 1 else 0)
        last = min(high, 10**length - 1)
        if first <= last:
            yield from _alike(str(first), str(last))


def _alike(first: str, last: str) -> Iterator[str]:
    """Texts of digits of the same length, from one to another."""
    rest = len(first) - 1
    if not rest:
        yield first if first == last else f"[{first}-{last}]"
        return
    if first[0] == last[0]:
        yield from (first[0] + one for one in _alike(first[1:], last[1:]))
        return
    low, high = int(first[0]), int(last[0])
    if first[1:] != "0" * rest:
        yield from (first[0] + one for one in _alike(first[1:], "9" * rest))
        low += 1
    whole_to_the_end = last[1:] == "9" * rest
    if low <= high - (not whole_to_the_end):
        middle = high - (not whole_to_the_end)
        yield f"[{low}-{middle}][0-9]{{{rest}}}" if low < middle else f"{low}[0-9]{{{rest}}}"
    if not whole_to_the_end:
        yield from (last[0] + one for one in _alike("0" * rest, last[1:]))
