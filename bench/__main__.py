"""Side by side with a peer: ``python -m bench [--quick]``. Ratios above 1 mean that ours is better.

Both sides run in processes of their own and take turns, so that both meet the same machine; the
median of the rounds counts. ``docs/adr/0005-measured.md`` says what is measured and how.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.forms.__main__ import measure as forms
from bench.policy.__main__ import measure as policy
from bench.seed import DEMANDERS, FORM, WRITERS
from bench.speaking import Side
from bench.starting import start_ours, start_theirs

ROOT = Path(__file__).resolve().parents[1]
#: A site with many cases is made once and kept, until what makes or holds it changes.
KEPT = ROOT / "var" / "bench"
MADE_BY = ("bench/*.py", "bench/peer/models.py", "src/jiebang/model/*.py")
#: Pages may differ in size by this share and still be the same layout.
ALIKE = 0.1


@dataclass(frozen=True)
class Scale:
    """How much is measured."""

    cases: int
    rounds: int
    seconds: float
    submissions: int
    starts: int


FULL = Scale(cases=100_000, rounds=7, seconds=3.0, submissions=60, starts=3)
QUICK = Scale(cases=2_000, rounds=2, seconds=0.5, submissions=5, starts=1)


@dataclass(frozen=True)
class Result:
    """One line of the table. ``bar`` is what must hold, as text for people."""

    ours: float
    peer: float
    unit: str
    bar: str = ""
    more_is_better: bool = True

    @property
    def ratio(self) -> float:
        """How many times better ours is."""
        return self.ours / self.peer if self.more_is_better else self.peer / self.ours


def pages(scale: Scale) -> dict[str, Result]:
    """The case page and the queue, on sites that hold the same cases."""
    folder = _kept(scale.cases)
    ours, theirs = Side("bench.ours", str(folder)), Side("bench.theirs", str(folder / "peer"))
    seeded = ours.seed(cases=scale.cases)
    facts, words = seeded["facts"], seeded["words"]
    peer_path = theirs.seed(facts=facts, words=words, cases=scale.cases)
    _check_case(ours.page(path=facts["path"]), theirs.page(path=peer_path), facts, words)
    _check_queue(ours.page(path="/queue"), theirs.page(path="/queue"), words)
    case = _rounds(scale, ours, facts["path"], theirs, peer_path)
    lists = {
        name: _rounds(scale, ours, path, theirs, path)["cpu_ms"]
        for name, path in (
            (f"queue at {scale.cases} cases, CPU", "/queue"),
            ("queue, waiting 14 days, CPU", "/queue?age=14"),
            ("queue, middle page, CPU", f"/queue?page={scale.cases // 50}"),
        )
    }
    ours.close()
    theirs.close()
    return {
        "case page": Result(*case["rate"], "requests/s", "at least 2 times the peer"),
        "case page, CPU": Result(*case["cpu_ms"], "ms", more_is_better=False),
    } | {
        name: Result(*cpu, "ms", "at most 50 ms", more_is_better=False)
        for name, cpu in lists.items()
    }


def _kept(cases: int) -> Path:
    """The folder of the site with so many cases; those of earlier shapes go."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in MADE_BY for path in ROOT.glob(pattern)):
        digest.update(path.read_bytes())
    folder = KEPT / f"cases-{cases}-{digest.hexdigest()[:12]}"
    for old in KEPT.glob(f"cases-{cases}-*"):
        if old != folder:
            shutil.rmtree(old)
    return folder


def submissions(scale: Scale, folder: Path) -> dict[str, Result]:
    """Complete pre-registrations filed by several people at once."""
    ours, theirs = Side("bench.ours", str(folder)), Side("bench.theirs", str(folder / "peer"))
    seeded = ours.seed(cases=0)
    theirs.seed(**seeded, cases=0)
    taken: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])
    for _round in range(max(2, scale.rounds // 2)):
        for side, results in zip((ours, theirs), taken, strict=True):
            results.append(side.submit(writers=WRITERS, each=scale.submissions))
    ours.close()
    theirs.close()
    name = f"submissions, {WRITERS} writers"
    rate, errors, lost = (
        [_median(taken, "rate")],
        [sum(len(one["errors"]) for one in side) for side in taken],
        [sum(one["lost"] for one in side) for side in taken],
    )
    print(f"{name}: errors {errors[0]} / {errors[1]}, lost {lost[0]} / {lost[1]}")
    return {name: Result(*rate[0], "submissions/s", "no errors, none lost")}


def starts(scale: Scale, folder: Path) -> dict[str, Result]:
    """Process start to first page, with an empty folder and with the database of the time before."""
    cold: tuple[list[float], list[float]] = ([], [])
    warm: tuple[list[float], list[float]] = ([], [])
    for count in range(scale.starts):
        for side, start in enumerate((start_ours, start_theirs)):
            place = folder / f"start-{count}-{side}"
            cold[side].append(start(place))
            warm[side].append(start(place))
    return {
        name: Result(*map(statistics.median, taken), "s", bar, more_is_better=False)
        for name, taken, bar in (
            ("cold start to first page", cold, ""),
            ("warm start to first page", warm, "at most 5 s"),
        )
    }


def _rounds(
    scale: Scale, ours: Side, path: str, theirs: Side, peer_path: str
) -> dict[str, tuple[float, float]]:
    taken: tuple[list[dict[str, float]], list[dict[str, float]]] = ([], [])
    # The first round warms both sides up and is not counted.
    for number in range(scale.rounds + 1):
        pair = (
            ours.ask(path=path, seconds=scale.seconds),
            theirs.ask(path=peer_path, seconds=scale.seconds),
        )
        if number:
            for results, result in zip(taken, pair, strict=True):
                results.append(result)
    return {key: _median(taken, key) for key in ("rate", "cpu_ms")}


def _median(taken: tuple[list[Any], list[Any]], key: str) -> tuple[float, float]:
    ours, peer = (statistics.median(one[key] for one in side) for side in taken)
    return ours, peer


def _check_case(ours: str, peer: str, facts: dict[str, Any], words: dict[str, Any]) -> None:
    """Both pages state the same facts in a layout of the same size."""
    stage = next(one for one in words["stages"] if one["id"] == facts["stage"])
    said = [
        facts["number"],
        dict(FORM)["need_title"],
        DEMANDERS[0].name,
        stage["next"],
        words["title"],
        words["document"],
        *(one["label"] for one in words["stages"] if one["id"] in words["line"]),
        *(one["title"] for one in facts["documents"]),
        *(one["label"] for one in words["filings"]),
        *(
            words["labels"][name]
            for one in facts["decisions"]
            for name in one["content"]["missing"]
        ),
    ]
    for word in said:
        assert word in ours, f"our case page lacks {word}"
        assert word in peer, f"the peer's case page lacks {word}"
    # A table of decisions, and one of versions for each document; each has a head.
    rows = 1 + len(facts["decisions"])
    rows += sum(1 + len(one["versions"]) for one in facts["documents"])
    for page in (ours, peer):
        assert page.count("</tr>") == rows
    _check_size(ours, peer)


def _check_queue(ours: str, peer: str, words: dict[str, Any]) -> None:
    """Both lists show a full page, and the same counts by stage."""
    for page in (ours, peer):
        assert page.count('<td class="number">') == 25
    for stage in words["stages"]:
        counts = [
            re.findall(rf"{re.escape(stage['label'])} <strong>(\d+)<", page)
            for page in (ours, peer)
        ]
        assert counts[0] == counts[1], (stage["id"], counts)
    _check_size(ours, peer)


def _check_size(ours: str, peer: str) -> None:
    assert abs(len(ours) - len(peer)) < ALIKE * len(ours), (len(ours), len(peer))


def table(results: dict[str, Result]) -> str:
    """The results for people."""
    lines = [f"{'':34}{'ours':>10}{'peer':>10}{'ratio':>8}  {'unit':<15}bar"]
    lines += [
        f"{name:34}{one.ours:>10.2f}{one.peer:>10.2f}{one.ratio:>8.2f}  {one.unit:<15}{one.bar}"
        for name, one in results.items()
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, print the table, write ``results.json``."""
    parser = argparse.ArgumentParser(prog="bench", description="side by side with a Django peer")
    parser.add_argument(
        "--quick", action="store_true", help="show that it runs; figures mean little"
    )
    parser.add_argument("--only", choices=("pages", "submissions", "starts", "policy", "forms"))
    arguments = parser.parse_args()
    scale = QUICK if arguments.quick else FULL
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    suites: dict[str, Callable[[], dict[str, Result]]] = {
        "pages": lambda: pages(scale),
        "submissions": lambda: submissions(scale, folder),
        "starts": lambda: starts(scale, folder),
    }
    results: dict[str, Result] = {}
    try:
        for name, suite in suites.items():
            if arguments.only in (None, name):
                results |= suite()
    finally:
        shutil.rmtree(folder)
    if results:
        print(table(results))
    written: dict[str, dict[str, Any]] = {
        name: {
            "ours": round(one.ours, 3),
            "peer": round(one.peer, 3),
            "ratio": round(one.ratio, 3),
            "unit": one.unit,
        }
        for name, one in results.items()
    }
    if arguments.only in (None, "policy"):
        written |= policy(quick=arguments.quick)
    if arguments.only in (None, "forms"):
        written |= forms(quick=arguments.quick)
    target = ROOT / "bench" / "results.json"
    target.write_text(json.dumps(written, ensure_ascii=False, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
