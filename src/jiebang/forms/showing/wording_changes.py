"""What changed inside a text: by characters in Chinese, by words and numbers elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

Kind = Literal["same", "removed", "added"]

#: A word or a number stands or falls as one; so does a run of blanks; else each sign for itself.
_TOKEN = re.compile(r"[A-Za-z0-9_]+(?:[.,][0-9]+)*|[^\S\n]+|.", re.DOTALL)
#: Two texts that share less than this are told as one instead of the other.
_AKIN = 0.25
#: The same between two changes, if it is no longer than this, is told with them: islands of one
#: character are harder to read than a phrase that was replaced.
_ISLAND = 1


class Piece(NamedTuple):
    """A run of text that stayed, went or came."""

    kind: Kind
    text: str


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """How one text became the other, in reading order; what went stands before what came."""
    left, right = _TOKEN.findall(before), _TOKEN.findall(after)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.ratio() < _AKIN:
        found = [Piece("removed", before), Piece("added", after)]
    else:
        found = list(_joined(_steps(matcher, left, right)))
    return tuple(one for one in found if one.text)


def _steps(
    matcher: SequenceMatcher[str], left: Sequence[str], right: Sequence[str]
) -> Iterator[tuple[bool, list[str], list[str]]]:
    for act, a, b, c, d in matcher.get_opcodes():
        island = act == "equal" and b - a <= _ISLAND and a > 0 and b < len(left)
        yield act == "equal" and not island, list(left[a:b]), list(right[c:d])


def _joined(steps: Iterator[tuple[bool, list[str], list[str]]]) -> Iterator[Piece]:
    gone: list[str] = []
    came: list[str] = []
    for stays, left, right in steps:
        if not stays:
            gone += left
            came += right
            continue
        yield Piece("removed", "".join(gone))
        yield Piece("added", "".join(came))
        gone, came = [], []
        yield Piece("same", "".join(left))
    yield Piece("removed", "".join(gone))
    yield Piece("added", "".join(came))
