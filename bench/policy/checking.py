"""How long an author waits for the check of a big table. Run as a process: ``… checking <folder>``."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from bench.policy.book import write_files
from bench.policy.cases import SEED
from bench.policy.results import Figure
from jiebang.policy import Decider, check_book

ROOT: Final = Path(__file__).resolve().parents[2]
ROWS: Final = 200
COLUMNS: Final = 8
#: Seconds that an author should wait at most, and that the bench does.
BAR: Final = 10.0
LONGEST: Final = 90.0
_START: Final = date(2019, 8, 5)
_POLICY: Final = "big-table"
_OUTCOMES: Final = ("grant", "deny", "none")
_WORDS: Final = "甲乙丙丁戊己庚辛"


@dataclass(frozen=True)
class Codes:
    """Some of the codes of a column. ``whole`` is all of them."""

    whole: tuple[str, ...]
    left: tuple[str, ...]

    def split(self, chance: random.Random) -> tuple[Codes, Codes] | None:
        """The same codes in two parts."""
        if len(self.left) < 2:
            return None
        cut = chance.randrange(1, len(self.left))
        return Codes(self.whole, self.left[:cut]), Codes(self.whole, self.left[cut:])

    def cell(self) -> object:
        """The cell of a row."""
        if self.left == self.whole:
            return "-"
        return self.left[0] if len(self.left) == 1 else {"in": list(self.left)}


@dataclass(frozen=True)
class Range:
    """The steps ``low`` to ``high`` of a column whose values are ordered; open at both ends of it."""

    kind: str
    steps: int
    low: int
    high: int

    def split(self, chance: random.Random) -> tuple[Range, Range] | None:
        """The same range in two parts."""
        if self.high - self.low < 2:
            return None
        cut = chance.randrange(self.low + 1, self.high)
        kind, steps = self.kind, self.steps
        return Range(kind, steps, self.low, cut), Range(kind, steps, cut, self.high)

    def cell(self) -> object:
        """The cell of a row."""
        tests: dict[str, object] = {}
        if self.low > 0:
            tests["on_or_after" if self.kind == "date" else "at_least"] = self._at(self.low)
        if self.high < self.steps:
            # Days have a last one before the next; of amounts only "less than" leaves no gap.
            if self.kind == "date":
                tests["on_or_before"] = self._at(self.high, -1)
            else:
                tests["less_than"] = self._at(self.high)
        return tests or "-"

    def _at(self, step: int, days: int = 0) -> object:
        if self.kind == "date":
            return (_START + timedelta(days=30 * step + days)).isoformat()
        return step * (10_000 if self.kind == "money" else 5)


Cell = Codes | Range


def columns() -> dict[str, Cell]:
    """The eight columns, each with its whole range."""
    found: dict[str, Cell] = {}
    for number, size in enumerate((3, 4, 6)):
        words = tuple(f"类{one}" for one in _WORDS[:size])
        found[f"case.code_{number}"] = Codes(words, words)
    for number in range(2):
        found[f"case.boolean_{number}"] = Codes(("是", "否"), ("是", "否"))
    for kind in ("integer", "money", "date"):
        found[f"case.{kind}"] = Range(kind, 8, 0, 8)
    assert len(found) == COLUMNS
    return found


def draw_table(count: int, seed: int = SEED) -> list[list[object]]:
    """Rows of which every case meets exactly one: the whole space, cut in two again and again."""
    chance = random.Random(seed)  # noqa: S311 - the same table each time
    rows: list[tuple[Cell, ...]] = [tuple(columns().values())]
    while len(rows) < count:
        # The row with the most room is cut, so that the rows stay of a size.
        rows.sort(key=lambda row: sum(one.cell() != "-" for one in row))
        row = rows[0]
        places = list(range(len(row)))
        chance.shuffle(places)
        for place in places:
            parts = row[place].split(chance)
            if parts:
                break
        else:
            raise ValueError("no row can be cut any more")
        rows[:1] = [(*row[:place], part, *row[place + 1 :]) for part in parts]
    chance.shuffle(rows)
    return [[one.cell() for one in row] for row in rows]


def write_table(folder: Path, cells: list[list[object]]) -> None:
    """The rows as a policy with one table."""
    rows = [
        {
            "id": f"R{number}",
            "when": when,
            "then": {
                "outcome": _OUTCOMES[number % len(_OUTCOMES)],
                "code": f"ROW_{number}",
                "say": f"第{number}行",
            },
        }
        for number, when in enumerate(cells)
    ]
    policy = {
        "policy": _POLICY,
        "title": {"zh": "大表", "en": "A big table"},
        "source": {"document": "沪科合〔2019〕23号", "clause": "SH-3.1(1)", "quote": "……"},
        "effective": {"from": _START.isoformat()},
        "table": {"hit": "unique", "inputs": list(columns()), "rows": rows},
    }
    write_files(folder, {name: _fact(name, one) for name, one in columns().items()}, policy)


def _fact(name: str, cell: Cell) -> dict[str, Any]:
    label = name.rpartition(".")[2]
    fact: dict[str, Any] = {"label": {"zh": label, "en": label}, "source": {"case": label}}
    if isinstance(cell, Range):
        unit = {"unit": "元"} if cell.kind == "money" else {}
        return {"type": cell.kind, **unit, **fact}
    if "boolean" in name:
        return {"type": "boolean", **fact}
    return {"type": "code", "options": {one: {"zh": one, "en": one} for one in cell.whole}, **fact}


def checking(folder: Path) -> list[Figure]:
    """Seconds for the check of a sound table; and whether the check sees a gap and an overlap."""
    sound = draw_table(ROWS)
    write_table(folder / "sound", sound)
    # One row is gone, and another stands there twice: a check that proves must say both.
    write_table(folder / "unsound", [*sound[1:], sound[1]])
    name = f"check of a table of {ROWS} × {COLUMNS}"
    bar = f"at most {BAR:g} s"
    told, worse = _run(folder / "sound"), _run(folder / "unsound")
    if told is None or worse is None:
        note = "no answer in time, or none at all"
        return [Figure(name, LONGEST, "s", bar=bar, met=False, note=note)]
    new = {one: count for one, count in worse["codes"].items() if count > told["codes"].get(one, 0)}
    seen = ", ".join(f"{count} {one}" for one, count in new.items()) or "nothing"
    found = ", ".join(f"{count} {one}" for one, count in told["codes"].items()) or "nothing"
    seconds = told["seconds"]
    # A check that sees nothing in the unsound table was fast because it did not look.
    met = seconds <= BAR and sum(new.values()) > 1
    note = f"finds {found}; in the unsound one {seen} more in {worse['seconds']:.1f} s"
    return [Figure(name, seconds, "s", bar=bar, met=met, note=note)]


def _run(folder: Path) -> Mapping[str, Any] | None:
    """What a check in a process of its own says: seconds, and how many findings of each code."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.policy.checking", str(folder)]
    try:
        ran = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, timeout=LONGEST, check=True, text=True
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return None
    told: Mapping[str, Any] = json.loads(ran.stdout)
    return told


def _main(folder: Path) -> None:
    with closing(Decider()) as decider:
        begun = time.perf_counter()
        findings = check_book(
            folder / "book", vocabulary=folder / "vocabulary.yaml", decider=decider
        )
        seconds = time.perf_counter() - begun
    codes: dict[str, int] = {}
    for one in findings:
        codes[one.code] = codes.get(one.code, 0) + 1
    print(json.dumps({"seconds": seconds, "codes": codes}))


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
