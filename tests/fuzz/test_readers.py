"""Every reader of a policy says the same: engine, explainer, bulk, and on whole cases the oracle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

import pytest

from jiebang.policy import Book, Decider
from tests.fuzz.cases import complete, write_case
from tests.fuzz.policies import DAYS, Written
from tests.fuzz.readers import Case, Mismatch, load, mismatches
from tests.fuzz.running import PAIRS, Drawn, each_book, said, shown
from tests.fuzz.shrinking import shrink
from tests.seed import SEED

#: Cases a policy is asked about.
CASES: Final = 60
#: So many kinds of mismatch are made small and shown.
MOST_SHOWN: Final = 5


def cases_of(chosen: Random, asked: tuple[str, ...]) -> list[tuple[Case, bool]]:
    """Cases with facts missing, and some that lack nothing, for the oracle."""
    cases: list[tuple[Case, bool]] = []
    for _ in range(CASES):
        case = write_case(chosen, asked, missing=chosen.choice([0, 0.1, 0.3, 0.3]))
        whole = chosen.random() < 0.3
        cases.append((complete(case, asked, chosen) if whole else case, whole))
    return cases


def test_every_reader_says_the_same(
    tmp_path: Path, decider: Decider, tell: Callable[[str], None]
) -> None:
    tally: Counter[str] = Counter(pairs=0, policies=0, mismatches=0)
    found: list[tuple[Drawn, Mismatch]] = []
    outcomes: Counter[str] = Counter()

    def look(drawn: Drawn) -> None:
        for policy in drawn.book.policies:
            day = drawn.chosen.choice(DAYS[:3] if drawn.chosen.random() < 0.95 else DAYS)
            cases = cases_of(drawn.chosen, drawn.book.asks[policy])
            tally["policies"] += 1
            for outcome, mismatch in mismatches(
                decider, drawn.book, drawn.written, policy, cases, day
            ):
                outcomes[outcome] += 1
                tally["pairs"] += 1
                if mismatch:
                    tally["mismatches"] += 1
                    found.append((drawn, mismatch))

    each_book(look, tmp_path, tally, pairs=PAIRS, cases=CASES)
    tell(said(tally, **outcomes))
    assert tally["pairs"] >= PAIRS
    if found:
        pytest.fail(told(found, decider, tmp_path), pytrace=False)


def told(found: list[tuple[Drawn, Mismatch]], decider: Decider, folder: Path) -> str:
    """The first mismatches of each kind, made small."""
    kinds = {one.kinds: (drawn, one) for drawn, one in reversed(found)}
    parts = [f"seed {SEED}: {len(found)} mismatches of {len(kinds)} kinds"]
    for drawn, mismatch in list(kinds.values())[:MOST_SHOWN]:
        small, one = shrink(drawn.written, mismatch, Again(decider, folder, mismatch))
        parts.append(f"=== book {drawn.number}\n{shown(small)}\n{one}")
    return "\n".join(parts)


class Again:
    """Whether a smaller book and case still show a mismatch of the same kind."""

    def __init__(self, decider: Decider, folder: Path, wanted: Mismatch) -> None:
        self._decider, self._folder, self._wanted = decider, folder, wanted

    def __call__(self, written: Written, case: Case) -> Mismatch | None:
        book: Book = load(written, self._folder)
        policy, day = self._wanted.policy, self._wanted.day
        whole = "oracle" in self._wanted.answers
        # Asked by name, so that a book without the policy raises here.
        assert book.policies[policy]
        [(_, found)] = mismatches(self._decider, book, written, policy, [(case, whole)], day)
        return found if found and found.kinds >= self._wanted.kinds else None
