"""Comparing two versions of a form: what changed, question by question, row by row, word by word.

Stored values decide whether something changed; answers, as their reader may see them, say what. So a
masked number that changed is told as changed, and stays masked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from jiebang.forms.showing.answers import Answer
from jiebang.forms.showing.wording_changes import Piece, pieces

State = Literal["same", "changed", "added", "removed"]

#: Rows that share less than this of their cells are two rows, not one that changed.
_ALIKE = 0.5


@dataclass(frozen=True)
class Side:
    """One version: its stored values, and its answers as the reader may see them."""

    values: Mapping[str, Any]
    answers: Sequence[Answer]


@dataclass(frozen=True)
class Change:
    """One text on both sides. ``pieces`` are empty where nothing of it was there on either."""

    state: State
    pieces: tuple[Piece, ...] = ()

    @property
    def before(self) -> tuple[Piece, ...]:
        """What stood there."""
        return tuple(one for one in self.pieces if one.kind != "added")

    @property
    def after(self) -> tuple[Piece, ...]:
        """What stands there now."""
        return tuple(one for one in self.pieces if one.kind != "removed")


@dataclass(frozen=True)
class RowChange:
    """A row on both sides, by its places counted from 1; ``None`` where it is not there.

    ``moved``: rows that stand on both sides no longer stand in the same order.
    """

    state: State
    before: int | None
    after: int | None
    cells: tuple[Change, ...]
    moved: bool = False


@dataclass(frozen=True)
class FileChange:
    """A file by its id."""

    state: State
    file: str


@dataclass(frozen=True)
class Difference:
    """One question on both sides, worded as it is now, or was where it is no longer asked.

    ``before`` and ``after`` are its answers, ``None`` where it is not asked.
    """

    state: State
    asked: Answer
    before: Answer | None
    after: Answer | None
    text: Change
    rows: tuple[RowChange, ...] = ()
    files: tuple[FileChange, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the wider side, as they are worded now where neither is wider."""
        now = self.after.columns if self.after else ()
        was = self.before.columns if self.before else ()
        return now if len(now) >= len(was) else was


def compare(before: Side, after: Side) -> list[Difference]:
    """Every question asked on either side, in the order of the page now; those gone where they stood."""
    old = {one.key: one for one in before.answers}
    new = {one.key: one for one in after.answers}
    asked = {**old, **new}
    return [
        _difference(asked[key], before, after, old.get(key), new.get(key))
        for key in _in_order(list(old), list(new))
    ]


def _in_order(old: list[str], new: list[str]) -> Iterator[str]:
    kept = set(new)
    gone: dict[str | None, list[str]] = {}
    last = None
    for key in old:
        if key in kept:
            last = key
        else:
            gone.setdefault(last, []).append(key)
    yield from gone.get(None, ())
    for key in new:
        yield key
        yield from gone.get(key, ())


def _difference(
    asked: Answer, before: Side, after: Side, old: Answer | None, new: Answer | None
) -> Difference:
    left = before.values.get(asked.key) if old else None
    right = after.values.get(asked.key) if new else None
    state = _state(left, right)
    return Difference(
        state,
        asked,
        old,
        new,
        text=_text(state, old.text if old else "", new.text if new else ""),
        rows=_rows(_Rows.of(left, old), _Rows.of(right, new)),
        files=_files(old.files if old else (), new.files if new else ()),
    )


def _state(left: Any, right: Any) -> State:
    if left == right:
        return "same"
    if left in (None, "", [], {}):
        return "added"
    return "removed" if right in (None, "", [], {}) else "changed"


def _text(state: State, left: str, right: str) -> Change:
    if state == "same":
        # Worded anew, by another form or for another reader, and yet the same answer.
        return Change("same", (Piece("same", right or left),) if right or left else ())
    if state == "changed" and left != right:
        return Change(state, pieces(left, right))
    whole = [Piece("removed", left)] if left and state != "added" else []
    whole += [Piece("added", right)] if right and state != "removed" else []
    return Change(state, tuple(whole))


def _files(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[FileChange, ...]:
    gone = [FileChange("removed", one) for one in left if one not in right]
    return (*gone, *(FileChange("same" if one in left else "added", one) for one in right))


@dataclass(frozen=True)
class _Rows:
    """The rows of a table: what they show, and what tells them apart whatever they may show."""

    shown: Sequence[tuple[str, ...]]
    stored: Sequence[tuple[str, ...]]

    @classmethod
    def of(cls, value: Any, answer: Answer | None) -> _Rows:
        shown = answer.rows if answer else ()
        rows = value if isinstance(value, list) else []
        if len(rows) != len(shown) or not all(isinstance(row, Mapping) for row in rows):
            return cls(shown, shown)
        return cls(shown, [_as_text(row) for row in rows])


def _as_text(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(json.dumps([key, row[key]], sort_keys=True) for key in sorted(row))


def _rows(left: _Rows, right: _Rows) -> tuple[RowChange, ...]:
    pairs = _paired(left, right)
    partner = {new: old for old, new in pairs.items()}
    stays = _rising(pairs)
    changes: list[RowChange] = []
    gone = [old for old in range(len(left.shown)) if old not in pairs]
    for new, row in enumerate(right.shown):
        old = partner.get(new)
        if old is not None:
            while gone and gone[0] < old:
                changes.append(_row(left, gone.pop(0), right, None))
            changes.append(_row(left, old, right, new, moved=new not in stays))
        else:
            changes.append(RowChange("added", None, new + 1, _cells("added", (), row)))
    changes += [_row(left, old, right, None) for old in gone]
    return tuple(changes)


def _row(left: _Rows, old: int, right: _Rows, new: int | None, *, moved: bool = False) -> RowChange:
    if new is None:
        return RowChange("removed", old + 1, None, _cells("removed", left.shown[old], ()))
    state: State = "same" if left.stored[old] == right.stored[new] else "changed"
    cells = _cells(state, left.shown[old], right.shown[new])
    return RowChange(state, old + 1, new + 1, cells, moved)


def _cells(state: State, left: tuple[str, ...], right: tuple[str, ...]) -> tuple[Change, ...]:
    found = []
    for index in range(max(len(left), len(right))):
        old = left[index] if index < len(left) else ""
        new = right[index] if index < len(right) else ""
        own = _state(old, new) if state in {"changed", "same"} else state
        found.append(_text("same" if state == "same" else own, old, new))
    return tuple(found)


def _paired(left: _Rows, right: _Rows) -> dict[int, int]:
    """Which row of the left is which of the right: equal ones first, then those most alike."""
    pairs: dict[int, int] = {}
    blocks = SequenceMatcher(None, left.stored, right.stored, autojunk=False).get_matching_blocks()
    for old, new, size in blocks:
        pairs |= {old + step: new + step for step in range(size)}
    taken = set(pairs.values())
    free = [new for new in range(len(right.stored)) if new not in taken]
    for old in (one for one in range(len(left.stored)) if one not in pairs):
        best = max(
            free, key=lambda new: (_alike(left, old, right, new), -abs(new - old)), default=-1
        )
        if best >= 0 and _alike(left, old, right, best) >= _ALIKE:
            pairs[old] = best
            free.remove(best)
    return pairs


def _alike(left: _Rows, old: int, right: _Rows, new: int) -> float:
    if left.stored[old] == right.stored[new]:
        return 2.0
    one, other = left.shown[old], right.shown[new]
    # The first column names the row, as a rule: with it the same, the row is the same.
    if one and other and one[0] and one[0] == other[0]:
        return 1.0
    filled = [pair for pair in zip(one, other, strict=False) if any(pair)]
    same = sum(a == b for a, b in filled)
    return same / len(filled) if filled else 0.0


def _rising(pairs: Mapping[int, int]) -> set[int]:
    """Rows of the right that need not have moved: the longest run whose partners are in order."""
    runs: list[tuple[int, ...]] = []
    for old in sorted(pairs):
        new = pairs[old]
        before = [run for run in runs if run[-1] < new]
        best: tuple[int, ...] = max(before, key=len, default=())
        runs.append((*best, new))
    longest: tuple[int, ...] = max(runs, key=len, default=())
    return set(longest)
