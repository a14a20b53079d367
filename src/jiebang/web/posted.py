"""Single values that were posted: always text, whatever a client sends in their place."""

from __future__ import annotations

from pyramid.request import Request

#: More digits than any number that a page of ours posts.
_DIGITS = 9


def posted_text(request: Request, name: str) -> str:
    """The text posted under a name; empty where there is none, or a file in its place."""
    given = request.POST.get(name, "")
    return given if isinstance(given, str) else ""


def posted_number(request: Request, name: str) -> int:
    """The whole number posted under a name; -1 where there is none of a believable length."""
    typed = posted_text(request, name)
    return int(typed) if typed.isdecimal() and len(typed) <= _DIGITS else -1
