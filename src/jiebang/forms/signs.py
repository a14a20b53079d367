"""Signs in typed text that no field keeps: found by name, and made visible instead of dropped."""

from __future__ import annotations

import unicodedata

#: Signs that turn the direction of what follows: text that reads otherwise than it is stored.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def refused_sign(text: str) -> tuple[int, str] | None:
    """Position (from 1) and name such as ``U+0000`` of the first sign that no field takes."""
    for at, sign in enumerate(text, 1):
        number = ord(sign)
        if sign in "\t\n":
            continue
        if (
            unicodedata.category(sign) in {"Cc", "Cs"}
            or sign in _TURNING
            or number & 0xFFFE == 0xFFFE
        ):
            return at, f"U+{number:04X}"
    return None


def showable(text: str) -> str:
    """The text with signs that HTML cannot carry made visible, so that they can be removed."""
    if refused_sign(text) is None:
        return text
    return "".join(_visible(sign) for sign in text)


def _visible(sign: str) -> str:
    if refused_sign(sign) is None:
        return sign
    number = ord(sign)
    if number < 0x20:
        return chr(0x2400 + number)
    return "\u2421" if number == 0x7F else "\ufffd"
