"""What the fuzz tests share: how many pairs, with which seed, and what they print.

hypothesis draws a number for each book; the book and its cases follow from that number alone. It could
draw every single choice instead (``st.randoms``). That was measured, and is worse: a third as many pairs
a second, seven in ten of them undetermined, since the simplest choices leave facts out; and of a mismatch
a policy of a page was left after four minutes of shrinking, for a choice means something else once one
before it is gone. So ``shrinking`` takes parts out of the policy and the case themselves.
"""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis import strategies as st

from jiebang.policy import Book
from jiebang.yamlfile import BadFile
from tests.fuzz.policies import Written, write_book
from tests.fuzz.readers import load
from tests.seed import SEED

#: Pairs of a policy and a case; `make fuzz` asks for many more.
PAIRS: Final = int(os.environ.get("JIEBANG_FUZZ_PAIRS", "3000"))
#: Policies of a book.
POLICIES: Final = 3


@dataclass(frozen=True)
class Drawn:
    """A generated book, the number that it follows from, and further chances that follow from it."""

    number: int
    book: Book
    written: Written
    chosen: Random

    def __str__(self) -> str:
        return f"seed {SEED}, book {self.number}\n{shown(self.written)}"


def each_book(
    look: Callable[[Drawn], None],
    folder: Path,
    tally: Counter[str],
    *,
    pairs: int,
    cases: int,
    simple: bool = False,
) -> None:
    """Give ``look`` so many books that there are ``pairs``, with so many cases for each policy.

    A book that combines too many conditions is refused, as it must be; any other finding is a mistake of
    the generator or of the parser.
    """

    @seed(SEED)
    @settings(
        max_examples=math.ceil(pairs / (POLICIES * cases)),
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**64 - 1))
    def drawn(number: int) -> None:
        chosen = Random(number)  # noqa: S311  # no secrets
        written = write_book(chosen, policies=POLICIES, simple=simple)
        try:
            book = load(written, folder)
        except BadFile as bad:
            if {one.code for one in bad.findings} != {"too_many_ways"}:
                pytest.fail(f"seed {SEED}, book {number}: {bad}\n{shown(written)}")
            tally["refused"] += 1
            reject()
        look(Drawn(number, book, written, chosen))

    drawn()


def shown(written: Written) -> str:
    """The policies of a book as text."""
    return "\n".join(f"# {name}\n{text}" for name, text in written.files.items() if "/" in name)


def said(tally: Counter[str], **more: Any) -> str:
    """The summary line."""
    return ", ".join(f"{value} {name}" for name, value in {**tally, **more}.items())
