"""Replay (重算): every decision of a site again, from what it kept, compared byte by byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from jiebang.casework.policies.books import MissingVersion, Shelf
from jiebang.casework.policies.deciding import ask
from jiebang.model.cases import Decision, Demand
from jiebang.model.journal import Entry
from jiebang.model.policies import Books
from jiebang.policy import EXPLANATION, BadFacts, Decider, EngineUnavailable

#: Cases after which a walk over all of them makes room in memory.
ROOM = 500
#: What two explanations of one decision have in common, however they are worded.
_ESSENCE = (
    "policy",
    "book",
    "as_of",
    "outcome",
    "code",
    "values",
    "missing",
    "flags",
    "obligations",
)

Verdict = Literal["same", "explained", "differs", "altered", "no_version", "unanswered"]


class Replayed(NamedTuple):
    """How one decision came out.

    ``same``: the same bytes. ``explained``: decided the same, in the format of an earlier program.
    ``differs``: other bytes. ``altered``: no longer what the journal noted when it was made, or taken out.
    ``no_version``: its book is not kept. ``unanswered``: the engine gave no answer.

    ``unsealed``: made before the journal noted digests and books were kept.
    """

    case: str
    number: int
    policy: str
    verdict: Verdict
    unsealed: bool = False


def replay_site(*, site: Any, decider: Decider) -> Iterator[Replayed]:
    """Every decision on every case of every edition, in no order."""
    shelf, count = Shelf(), 0
    for edition in site["editions"].values():
        books = site["policy"].books(edition.__name__)
        for case in edition["demands"].values():
            yield from replay_case(case=case, books=books, shelf=shelf, decider=decider)
            count += 1
            if count % ROOM == 0:
                site._p_jar.cacheGC()  # noqa: SLF001 - ZODB's public name


def replay_case(
    *, case: Demand, books: Books, shelf: Shelf, decider: Decider, only: int | None = None
) -> Iterator[Replayed]:
    """Every decision on one case, or only that of a number."""
    noted = _noted(case)
    numbered = list(case.decisions.after(0)) if only is None else [(only, case.decisions[only])]
    for number, entry in noted.items():
        # What the journal noted and the case no longer has was taken out.
        if only is None and number not in dict(numbered):
            yield Replayed(case.number, number, entry.detail["policy"], "altered")
    for number, decision in numbered:
        digest = noted[number].detail["sha256"] if number in noted else None
        if digest is not None and digest != decision.sha256:
            verdict: Verdict = "altered"
        else:
            verdict = _again(decision, books, shelf, decider)
        yield Replayed(case.number, number, decision.policy, verdict, unsealed=digest is None)


def _again(decision: Decision, books: Books, shelf: Shelf, decider: Decider) -> Verdict:
    """Decide once more by the version, the facts and the day that a decision was made by."""
    try:
        answer = ask(
            decider=decider,
            book=shelf.read(books, decision.book),
            policy=decision.policy,
            facts=json.loads(decision.facts),
            as_of=decision.as_of,
        )
    except MissingVersion:
        return "no_version"
    except EngineUnavailable:
        return "unanswered"
    except (BadFacts, ValueError):
        # Facts that this version never had.
        return "differs"
    if answer == decision.answer:
        return "same"
    return "explained" if _only_explained(decision, answer) else "differs"


def _only_explained(decision: Decision, answer: bytes) -> bool:
    if decision.explanation == EXPLANATION:
        return False
    try:
        kept, now = decision.content, json.loads(answer)
    except ValueError:
        return False
    # What decisions did not have yet in an older format is empty in both.
    return all((kept.get(key) or None) == (now[key] or None) for key in _ESSENCE)


def _noted(case: Demand) -> dict[int, Entry]:
    """Decision number to what the journal noted of it, with its digest."""
    return {
        one.detail["decision"]: one
        for one in case.journal
        if one.act == "decide" and "sha256" in one.detail
    }
