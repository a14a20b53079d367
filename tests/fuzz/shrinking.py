"""Making a mismatch small: a policy and a case from which nothing can be left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from random import Random
from typing import Any, Final

from jiebang.yamlfile import BadFile
from tests.fuzz.formulas import Expr
from tests.fuzz.policies import Written
from tests.fuzz.readers import Case, Mismatch

#: Whether a book and a case still show the mismatch: then with what each reader says.
Shows = Callable[[Written, Case], Mismatch | None]
#: What may be left out of any mapping of a policy.
_BESIDE: Final = frozenset(
    {"unmet", "clause", "overrides", "basis", "force", "obligations", "until", "where", "outputs"}
    | {"amount", "points", "note", "due", "whole", "parameters"}
)
MOST_TRIES: Final = 1500
#: What a policy that makes no sense any more may raise, here or in the oracle.
_NONSENSE: Final = (BadFile, LookupError, AttributeError, TypeError, ValueError)


def shrink(written: Written, found: Mismatch, shows: Shows) -> tuple[Written, Mismatch]:
    """The smallest book and case that still show it, within so many tries."""
    left, at, progress = MOST_TRIES, 0, True
    while progress:
        progress = False
        at = 0
        # What could not be left out before is not tried again until all else was.
        while left > 0:
            docs, case = next(islice(_smaller(written.docs, found.case), at, None), (None, {}))
            if docs is None:
                break
            left -= 1
            try:
                # Written with the same choices each time, or the text would change as it shrinks.
                trial = Written.of(docs, Random(0))  # noqa: S311  # no secrets
                shown = shows(trial, case)
            except _NONSENSE:
                shown = None
            if shown:
                written, found, progress = trial, shown, True
            else:
                at += 1
    return written, found


def _smaller(docs: Any, case: Case) -> Iterator[tuple[Any, Case]]:
    for name in docs:
        yield {other: doc for other, doc in docs.items() if other != name}, case
    for name in case:
        yield docs, {other: one for other, one in case.items() if other != name}
    for other in _parts(docs):
        yield other, case
    for name, value in case.items():
        for less in _less(value):
            yield docs, {**case, name: less}


def _less(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield value[:index] + value[index + 1 :]
            yield from ([*value[:index], less, *value[index + 1 :]] for less in _less(one))
    elif isinstance(value, dict):
        for name in value:
            yield {other: one for other, one in value.items() if other != name}


def _parts(node: Any) -> Iterator[Any]:
    """The same data with one thing less."""
    match node:
        case Expr():
            yield from (one for one in node.parts if one.money == node.money)
            for index, part in enumerate(node.parts):
                for less in _parts(part):
                    parts = (*node.parts[:index], less, *node.parts[index + 1 :])
                    yield replace(node, parts=parts)
        case list():
            for index, one in enumerate(node):
                if len(node) > 1:
                    yield _cut(node, index)
                yield from ([*node[:index], less, *node[index + 1 :]] for less in _parts(one))
        case dict():
            yield from _entries(node)


def _entries(node: dict[str, Any]) -> Iterator[Any]:
    """A condition of a group instead of it, a mapping with one entry less, a table without a column."""
    for kind in ("all", "any"):
        yield from node.get(kind, ())
    if "not" in node:
        yield node["not"]
    for name, one in node.items():
        if name in _BESIDE or name.startswith("p"):
            yield {other: value for other, value in node.items() if other != name}
        yield from ({**node, name: less} for less in _parts(one))
    if "rows" in node:
        yield from _without_column(node)


def _without_column(table: Any) -> Iterator[Any]:
    for index in range(len(table["inputs"]) if len(table["inputs"]) > 1 else 0):
        rows = [{**row, "when": _cut(row["when"], index)} for row in table["rows"]]
        yield {**table, "inputs": _cut(table["inputs"], index), "rows": rows}


def _cut(listed: list[Any], index: int) -> list[Any]:
    return listed[:index] + listed[index + 1 :]
