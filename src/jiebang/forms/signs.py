"""Signs in typed text that no field keeps: found by name, and made visible instead of dropped."""

from __future__ import annotations

import re

#: Controls but for tab and line end, halves of characters, signs that turn the direction of what
#: follows (text that reads otherwise than it is stored), and what Unicode calls no character.
_REFUSED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff"
    + "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    + "]"
)


def refused_sign(text: str) -> tuple[int, str] | None:
    """Position (from 1) and name such as ``U+0000`` of the first sign that no field takes."""
    found = _REFUSED.search(text)
    return (found.start() + 1, f"U+{ord(found[0]):04X}") if found else None


def showable(text: str) -> str:
    """The text with signs that HTML cannot carry made visible, so that they can be removed."""
    return _REFUSED.sub(_visible, text)


def _visible(found: re.Match[str]) -> str:
    number = ord(found[0])
    if number < 0x20:
        return chr(0x2400 + number)
    return "\u2421" if number == 0x7F else "\ufffd"
