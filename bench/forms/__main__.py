"""Forms beside Django's, and what printing takes: ``python -m bench.forms [--quick] [--only SUITE]``.

Both sides run in processes of their own and take turns, so that both meet the same machine; the median
of the rounds counts. What they do is the same: read and judge what a browser sends of the whole form,
and show it with labels, help and errors. CPU of this run on this machine; no test asserts a figure.
"""

from __future__ import annotations

import argparse
import re
import statistics
from collections.abc import Callable
from typing import Any

from bench.forms.filling import sent
from bench.forms.importing import importing
from bench.policy.results import Figure, table
from bench.speaking import Side

#: The 技术创新需求调查表, the longest form that companies fill in.
FORM = "demand-survey"
#: A list of options from which a peer may shrink.
LONG = 100
#: Milliseconds of CPU for reading, judging and showing the form once, on a warm process.
MOST = 15.0
DOES = {
    "judge": "read and judge",
    "show": "show, filled",
    "show_wrong": "show, empty, with errors",
}


def beside(*, quick: bool) -> list[Figure]:
    """The form beside the same in Django forms.

    A list of several hundred options is dear to render for Django, so there is a second peer that asks
    for the industry in a text field: ours has to hold beside it too.
    """
    ours, *peers = (Side(f"bench.forms.{one}") for one in ("ours", "theirs", "theirs"))
    begun = ours.begin(form=FORM)
    told = {name: begun[name] for name in ("data", "sections", "offered")}
    without = {key: one for key, one in begun["offered"].items() if len(one) < LONG}
    for peer, offered in zip(peers, (begun["offered"], without), strict=True):
        _check(begun, peer.begin(form=FORM, **{**told, "offered": offered}))
    _alike(ours.page(wrong=False), peers[0].page(wrong=False), begun["data"])
    medians = _rounds([ours, *peers], quick=quick)
    for side in (ours, *peers):
        side.close()
    name = f"{FORM}, {begun['fields']} fields"
    mine, *others = (medians["judge"][side] + medians["show"][side] for side in range(3))
    return [
        Figure(
            f"{name}: read, judge and show",
            mine,
            "ms CPU",
            peer=others[0],
            bar=f"no slower than the peer, at most {MOST:g} ms",
            met=mine <= min(*others, MOST),
        ),
        Figure(
            f"{name}: the same beside a peer without long lists", mine, "ms CPU", peer=others[1]
        ),
        *(
            Figure(f"{name}: {DOES[what]}", one[0], "ms CPU", peer=one[1])
            for what, one in medians.items()
        ),
    ]


def _rounds(sides: list[Side], *, quick: bool) -> dict[str, list[float]]:
    """Milliseconds of CPU for each thing done, by side: the median of the rounds."""
    rounds, seconds = (2, 0.5) if quick else (7, 2.0)
    taken: dict[str, list[list[float]]] = {what: [[] for _side in sides] for what in DOES}
    for _round in range(rounds):
        for what, kept in taken.items():
            for side, found in zip(sides, kept, strict=True):
                found.append(side.spend(what=what, seconds=seconds))
    return {what: [statistics.median(one) for one in kept] for what, kept in taken.items()}


def _check(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Both sides find fault with the same questions of an empty form."""
    wrong = {one.split(".")[0] for one in ours["wrong"]}
    tables = wrong - set(theirs["wrong"])
    assert set(theirs["wrong"]) <= wrong, set(theirs["wrong"]) - wrong
    assert all(isinstance(ours["data"][one], list) for one in tables), tables


def _alike(ours: str, peer: str, data: dict[str, Any]) -> None:
    """Both pages ask the same questions and offer the same choices."""
    for page in (ours, peer):
        named = {re.split("__|-", name)[0] for name, _value in sent(page)}
        rows = set(re.findall('value="([a-z_]+):sequence"', page))
        parts = set(re.findall('value="([a-z_]+):mapping"', page))
        missing = data.keys() - named - rows - parts
        # What is worked out is shown, and not sent.
        assert all(isinstance(data[one], int) for one in missing), missing
    chosen = [
        (page.count("<option"), page.count("<textarea"), page.count('type="radio"'))
        for page in (ours, peer)
    ]
    assert chosen[0] == chosen[1], chosen


def printing(*, quick: bool) -> list[Figure]:
    """Many PDFs of the filled form, one after another in one process."""
    count = 20 if quick else 1000
    ours = Side("bench.forms.ours")
    ours.begin(form=FORM)
    taken = ours.print_many(count=count)
    ours.close()
    name = f"{count} PDFs of {FORM}"
    return [
        Figure(
            f"{name}, each",
            taken["ms"],
            "ms",
            bar="at most 1000 ms",
            met=taken["slowest_ms"] <= 1000,
            note=f"slowest {taken['slowest_ms']:.0f} ms, {taken['pages']} pages, "
            f"grew by {taken['grew_mb']:.0f} MB",
        )
    ]


SUITES: dict[str, Callable[..., list[Figure]]] = {
    "beside": beside,
    "printing": printing,
    "importing": importing,
}


def measure(*, quick: bool = False, only: str | None = None) -> dict[str, dict[str, Any]]:
    """Measure and print the table; answer each figure as JSON data, by its name."""
    figures: list[Figure] = []
    for name, suite in SUITES.items():
        if only in {None, name}:
            figures += suite(quick=quick)
    print(table(figures))
    return {f"forms: {one.name}": one.as_dict() for one in figures}


def main() -> dict[str, dict[str, Any]]:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(prog="bench.forms", description="forms beside Django's")
    parser.add_argument(
        "--quick", action="store_true", help="show that it runs; figures mean little"
    )
    parser.add_argument("--only", choices=tuple(SUITES))
    arguments = parser.parse_args()
    return measure(quick=arguments.quick, only=arguments.only)


if __name__ == "__main__":
    main()
