"""Cases that bulk has judged put to engine and explainer, which must say the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from jiebang.policy.book import Book
from jiebang.policy.bulk.deciding import Verdicts, typed_cases
from jiebang.policy.decider import Answer, Decider

#: Nobody waits for one of these answers: a busy machine is no reason to give up.
_LIMIT: Final = 30.0
#: Cases that are typed at once, so that many changed cases need no more memory than a few.
_BATCH: Final = 2_000


@dataclass(frozen=True)
class Mismatch:
    """A case on which bulk and the decider differ. ``row`` counts from 0."""

    book: str
    policy: str
    row: int
    bulk: Answer
    decider: Answer


class Confirming:
    """Asks a decider of its own about cases of a book on a day. To be closed."""

    def __init__(self, book: Book, as_of: date) -> None:
        self._book, self._as_of = book, as_of
        self._decider = Decider(limit=_LIMIT)

    def close(self) -> None:
        """End the engine process."""
        self._decider.close()

    def mismatches(
        self, policy_id: str, frame: pl.DataFrame, verdicts: Verdicts, rows: pl.Series, first: int
    ) -> Iterator[Mismatch]:
        """Where the decider says otherwise of the cases in some rows. ``first``: the first's number.

        Raises ``EngineUnavailable``.
        """
        names = self._book.asks[policy_id]
        for start in range(0, len(rows), _BATCH):
            picked = rows[start : start + _BATCH]
            cases = typed_cases(self._book.vocabulary, names, frame[picked])
            answered = self._decider.outcomes(self._book, policy_id, cases, self._as_of)
            told = zip(picked.to_list(), verdicts.answers(picked.to_list()), answered, strict=True)
            for row, bulk, decided in told:
                if not same(bulk, decided):
                    yield Mismatch(self._book.id, policy_id, first + row, bulk, decided)


def same(one: Answer, other: Answer) -> bool:
    """Whether two answers say the same, whichever facts they name as missing."""
    return (one.outcome, one.code, one.rule, one.flags, dict(one.values)) == (
        other.outcome,
        other.code,
        other.rule,
        other.flags,
        dict(other.values),
    )
