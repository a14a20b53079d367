"""Undetermined means: a missing fact could still change it. Held against every way to complete a case."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path
from random import Random
from typing import Any, Final

from hypothesis import reject

from jiebang.policy import Decider
from jiebang.policy.decider import Answer
from tests.fuzz.cases import complete, found_value, write_case
from tests.fuzz.oracle import Said, decide
from tests.fuzz.policies import DAYS, Doc
from tests.fuzz.readers import Case, engine_answers
from tests.fuzz.running import PAIRS, Drawn, each_book, said
from tests.fuzz.words import FACTS, OPTIONS, beside, plain

CASES: Final = 30
#: The engine tries no more completions than this and leaves the verdict open; so the decisions say.
MOST: Final = 128
#: A text that no policy names.
UNNAMED: Final = "无人写过的文字"
_BESIDE: Final = frozenset({"fact", "unmet", "clause"})
#: Values of each fact beyond those that a policy names, in case it tells a difference there.
BEYOND: Final = 3


def words_of(node: Any) -> Iterator[str]:
    """Every key in a policy."""
    if isinstance(node, Mapping):
        yield from node
        for one in node.values():
            yield from words_of(one)
    elif isinstance(node, list):
        for one in node:
            yield from words_of(one)


def named(doc: Doc, day: date) -> Mapping[str, set[Any]]:
    """The values that a simple policy holds each fact against on a day."""
    found: dict[str, set[Any]] = {}
    table = doc.get("table", {"rows": []})
    cells = [
        (fact, cell)
        for row in table["rows"]
        for fact, cell in zip(table["inputs"], row["when"], strict=True)
        if cell != "-"
    ]
    for fact, cell in [*cells, *leaves_of([one["when"] for one in doc.get("rules", [])])]:
        tests = cell if isinstance(cell, Mapping) else {"is": cell}
        for key in tests.keys() - _BESIDE:
            found.setdefault(fact, set()).update(_values(doc, tests[key], day))
    return found


def leaves_of(node: Any) -> Iterator[tuple[str, Doc]]:
    """Each condition on a fact, with the fact."""
    if isinstance(node, list):
        for one in node:
            yield from leaves_of(one)
    elif "fact" in node:
        yield node["fact"], node
    else:
        for kind in ("all", "any", "not"):
            yield from leaves_of(node.get(kind, []))


def _values(doc: Doc, asked: Any, day: date) -> set[Any]:
    """The values of a literal or a parameter, as the site keeps them."""
    if isinstance(asked, Mapping):
        dated = doc["parameters"][asked["param"]]["values"]
        started = [one for one in dated if one["from"] <= day]
        asked = max(started, key=lambda one: one["from"])["value"]
    return {plain(one) for one in (asked if isinstance(asked, list) else [asked])}


def cells_of(fact: str, asked: set[Any], chosen: Random) -> list[Any]:
    """A value from every cell that the named values cut, and some at random."""
    scalar = FACTS[fact].scalar
    if scalar == "boolean":
        return [True, False]
    if scalar == "code":
        return list(OPTIONS[fact])
    values = {beside(one, by) for one in asked for by in (-1, 0, 1)}
    if scalar == "text":
        values |= {UNNAMED}
    beyond = {typed_of(found_value(fact, chosen)) for _ in range(BEYOND)}
    return [*values, *(beyond - values)]


def typed_of(value: Any) -> Any:
    """A found value as the oracle compares it, so that equal ones are one."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and value[4:5] == "-" else value
    except ValueError:
        return value


def tried_by_engine(fact: str, asked: set[Any]) -> int:
    """At most how many values of a fact the engine tries."""
    scalar = FACTS[fact].scalar
    if scalar == "boolean":
        return 2
    return len(asked) + 1 if scalar in {"text", "code"} else 3 * len(asked)


@dataclass(frozen=True)
class Judged:
    """Whether completions of a case differ, which facts alone make a difference, and one of them."""

    differ: bool
    matter: frozenset[str]
    first: Said

    def allows(self, answer: Answer) -> bool:
        """Whether that is the answer: open exactly if completions differ, for want of just these."""
        if answer.outcome == "undetermined":
            return self.differ and set(answer.missing) == self.matter
        return not self.differ and answer.outcome == self.first.outcome


def judge(
    docs: Mapping[str, Doc], policy: str, case: Case, day: date, chosen: Random
) -> Judged | None:
    """What all completions of a case say.

    ``None`` where there is nothing to judge: rows in conflict, or more than the engine would try.
    """
    asked = named(docs[policy], day)
    missing = [name for name in asked if name not in case]
    tried = math.prod(tried_by_engine(name, asked[name]) for name in missing)
    if len(missing) > 2 or tried > MOST:
        return None
    cells = [cells_of(name, asked[name], chosen) for name in missing]
    results = {
        one: decide(docs, policy, {**case, **dict(zip(missing, one, strict=True))}, day)
        for one in product(*cells)
    }
    if any(one.outcome == "undetermined" for one in results.values()):
        return None
    first = next(iter(results.values()))
    matter = {
        name
        for at, name in enumerate(missing)
        for one, result in results.items()
        for value in cells[at]
        if not result.like(results[(*one[:at], value, *one[at + 1 :])])
    }
    differ = any(not one.like(first) for one in results.values())
    return Judged(differ, frozenset(matter), first)


def test_undetermined_only_if_two_completions_differ(
    tmp_path: Path, decider: Decider, tell: Callable[[str], None]
) -> None:
    tally: Counter[str] = Counter(pairs=0, judged=0, differing=0)
    problems: list[str] = []

    def look(drawn: Drawn) -> None:
        for policy in drawn.book.policies:
            day = drawn.chosen.choice(DAYS[:3])
            cases = [write_case(drawn.chosen, drawn.book.asks[policy]) for _ in range(CASES)]
            answers = decider.outcomes(drawn.book, policy, cases, day)
            for case, answer in zip(cases, answers, strict=True):
                tally["pairs"] += 1
                judged = judge(drawn.written.docs, policy, case, day, drawn.chosen)
                if judged is None:
                    continue
                tally["judged"] += 1
                tally["differing"] += judged.differ
                if not judged.allows(answer):
                    told = f"{policy} {day} {case}: {answer}, but {judged}"
                    problems.append(f"{told}\n{drawn}")

    each_book(look, tmp_path, tally, pairs=PAIRS // 4, cases=CASES, simple=True)
    tell(said(tally, wrong=len(problems)))
    assert not problems, min(problems, key=len)
    assert tally["judged"] > tally["pairs"] / 10


def test_what_is_decided_no_completion_changes(
    tmp_path: Path, decider: Decider, tell: Callable[[str], None]
) -> None:
    tally: Counter[str] = Counter(pairs=0, completions=0)
    problems: list[str] = []

    def look(drawn: Drawn) -> None:
        # Asking whether a fact is known is asking about now: to complete the case is to change it.
        if "known" in set(words_of(list(drawn.written.docs.values()))):
            reject()
        for policy in drawn.book.policies:
            day = drawn.chosen.choice(DAYS[:3])
            cases = [write_case(drawn.chosen, drawn.book.asks[policy]) for _ in range(CASES)]
            tally["pairs"] += len(cases)
            for case, whole, before, after in completed(decider, drawn, policy, cases, day):
                tally["completions"] += 1
                if not alike(before, after):
                    told = f"{policy} {day} {case}: {before}\nbut {whole}: {after}"
                    problems.append(f"{told}\n{drawn}")

    each_book(look, tmp_path, tally, pairs=PAIRS // 4, cases=CASES)
    tell(said(tally, wrong=len(problems)))
    assert not problems, min(problems, key=len)
    assert tally["completions"] > tally["pairs"] / 10


def completed(
    decider: Decider, drawn: Drawn, policy: str, cases: list[Case], day: date
) -> Iterator[tuple[Case, Case, Any, Any]]:
    """Each decided case that lacks something, completed: both cases, and both answers.

    Not those in which rows of a table then contradict each other, in this policy or in one that it may
    rest on: that they cannot is for the checker to prove.
    """
    asked = drawn.book.asks[policy]
    decided = [
        (case, one)
        for case, one in zip(
            cases, engine_answers(decider, drawn.book, policy, cases, day), strict=True
        )
        if one[0] != "undetermined" and not all(name in case for name in asked if name in FACTS)
    ]
    whole = [complete(case, asked, drawn.chosen) for case, _ in decided]
    # Later policies rest on earlier ones.
    behind = [one for one in drawn.book.policies if one <= policy]
    answers = {one: engine_answers(decider, drawn.book, one, whole, day) for one in behind}
    for at, ((case, before), full) in enumerate(zip(decided, whole, strict=True)):
        if all(answers[one][at][1] != "TABLE_CONFLICT" for one in behind):
            yield case, full, before, answers[policy][at]


def alike(before: Any, after: Any) -> bool:
    """Whether two answers are the same verdict; flags may still come."""
    if before[0] == after[0] == "deny" and not before[3] and not after[3]:
        return True
    return bool((before[0], before[1], before[3]) == (after[0], after[1], after[3]))
