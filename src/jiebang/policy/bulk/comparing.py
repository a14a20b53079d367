"""Two books compared over a file of cases, and what was found put to engine and explainer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from pathlib import Path
from random import Random
from typing import Final

import polars as pl

from jiebang.policy.book import Book
from jiebang.policy.bulk.confirming import Confirming, Mismatch
from jiebang.policy.bulk.deciding import Bulk, Verdicts
from jiebang.policy.bulk.diff import PolicyDiff
from jiebang.policy.bulk.reading import Part, count_cases, read_cases
from jiebang.policy.bulk.sheet import ROW

#: Told after each part: cases compared, cases in all, cases changed so far.
Progress = Callable[[int, int, int], None]
#: Mismatches that are kept; one is enough to fail.
_MOST_SHOWN: Final = 10


@dataclass
class BookDiff:
    """What changes between two books. ``skipped``: policies none of whose facts the cases bring.

    ``changed``: cases changed under any policy. ``confirmed`` counts the pairs of a policy and a case
    that were put to the decider of each book, ``sampled`` those of them picked at random.
    """

    as_of: date
    cases: int
    policies: dict[str, PolicyDiff]
    changed: int = 0
    skipped: list[str] = field(default_factory=list)
    confirmed: int = 0
    sampled: int = 0
    mismatches: list[Mismatch] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Judged:
    """The verdicts of a policy on a part, and the places in it that are to be confirmed."""

    policy: str
    verdicts: tuple[Verdicts, Verdicts]
    rows: pl.Series


def compare_books(
    books: tuple[Book, Book],
    cases: Path,
    as_of: date,
    *,
    policies: Sequence[str],
    sample: int,
    seed: int,
    progress: Progress,
) -> BookDiff:
    """Compare what two books say of cases under some policies, which both must have.

    Every changed case goes through engine and explainer too, and so do about ``sample`` random pairs of a
    policy and a case, the same number for each policy. Raises ``BadCases`` and ``EngineUnavailable``.
    """
    count = count_cases(cases)
    share = min(count, ceil(sample / max(1, len(policies))))
    picked = {one: _picked(f"{seed} {one}", count, share) for one in policies}
    found = BookDiff(as_of, count, {one: PolicyDiff(one) for one in policies})
    bulks = [Bulk(one, as_of) for one in books]
    brought: set[str] = set()
    with ExitStack() as stack:
        asked = [stack.enter_context(closing(Confirming(one, as_of))) for one in books]
        pool = stack.enter_context(ThreadPoolExecutor(len(books)))
        waiting: list[Future[list[Mismatch]]] = []
        for part in read_cases(cases, tuple(one.vocabulary for one in books)):
            brought |= {name for frame in part.frames for name in frame.columns}
            judged = _judged(part, bulks, found, picked)
            _gather(waiting, found)
            waiting = [
                pool.submit(_confirmed, one, side, part, judged) for side, one in enumerate(asked)
            ]
            progress(part.first + part.height, count, found.changed)
        _gather(waiting, found)
    _skip(books, brought, found)
    found.tally = bulks[0].tally + bulks[1].tally
    return found


def _picked(seed: str, count: int, share: int) -> list[int]:
    return Random(seed).sample(range(count), share)  # noqa: S311 - drawn again, no secret


def _judged(
    part: Part, bulks: Sequence[Bulk], found: BookDiff, picked: Mapping[str, list[int]]
) -> list[_Judged]:
    """Judge a part under every policy, and add what changes."""
    asked = [bulk.over(frame) for bulk, frame in zip(bulks, part.frames, strict=True)]
    places = range(part.height)
    judged, rows = [], []
    for policy, diff in found.policies.items():
        a, b = (one.verdicts(policy) for one in asked)
        changed = diff.add(a, b, part.first)
        rows.append(changed)
        drawn = (row - part.first for row in picked[policy])
        sampled = pl.Series([row for row in drawn if row in places], dtype=pl.UInt32)
        confirm = pl.concat([changed, sampled]).unique().sort()
        judged.append(_Judged(policy, (a, b), confirm))
        found.confirmed += len(confirm)
        found.sampled += len(sampled)
    found.changed += pl.concat(rows).n_unique() if rows else 0
    return judged


def _confirmed(
    confirming: Confirming, side: int, part: Part, judged: list[_Judged]
) -> list[Mismatch]:
    found: list[Mismatch] = []
    for one in judged:
        frame, verdicts = part.frames[side], one.verdicts[side]
        found += confirming.mismatches(one.policy, frame, verdicts, one.rows, part.first)
    return found


def _gather(waiting: list[Future[list[Mismatch]]], found: BookDiff) -> None:
    for one in waiting:
        found.mismatches += one.result()
    del found.mismatches[_MOST_SHOWN:]


def _skip(books: tuple[Book, Book], brought: set[str], found: BookDiff) -> None:
    """Leave out the policies that the cases say nothing of."""
    for policy in list(found.policies):
        asked = {name for book in books for name in book.asks[policy]}
        if asked and not asked & (brought - {ROW}):
            del found.policies[policy]
            found.skipped.append(policy)
