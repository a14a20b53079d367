"""The catalog of submissions: what the office's list filters by, kept by the consumer of the feed.

It holds numbers, states and names of organisations, and not one answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from BTrees.LFBTree import LFTreeSet
from BTrees.LOBTree import LOBTree
from BTrees.OLBTree import OLBTree
from hypatia.field import FieldIndex

from jiebang.model.containers import Located
from jiebang.model.submissions import Submission
from jiebang.search.catalog import hours, in_order

SUBMISSIONS = "submissions"


def _words(site: Any, case: Submission) -> str:
    owner = site["organisations"][case.owner] if case.owner else site["people"][case.person]
    return "\n".join((case.number, owner.name, case.about or "")).lower()


#: Index name to what it holds. ``words`` is what the text of the list is looked for in.
VALUES: Mapping[str, Callable[[Any, Submission], str | int]] = {
    "edition": lambda _site, case: case.edition,
    "form": lambda _site, case: case.form_id,
    "state": lambda _site, case: case.state,
    "district": lambda _site, case: case.district or "",
    "number": lambda _site, case: in_order(case.number),
    "state_since": lambda _site, case: hours(case.state_since),
    "words": _words,
}


class SubmissionCatalog(Located):
    """An index for each of ``VALUES``, and the maps between a submission's path and its id in them."""

    def __init__(self) -> None:
        # Values are computed here and handed over, so an index stores no function of ours.
        self.indexes = {name: FieldIndex(_value) for name in VALUES}
        self.paths = LOBTree()
        self.ids = OLBTree()

    def index(self, site: Any, path: str, case: Submission) -> None:
        """Add a submission, or note what changed of it."""
        docid = self.ids.get(path)
        if docid is None:
            docid = self.paths.maxKey() + 1 if self.paths else 1
            self.paths[docid], self.ids[path] = path, docid
        for name, value in VALUES.items():
            self.indexes[name].reindex_doc(docid, value(site, case))


def _value(value: Any, _default: Any) -> Any:
    return value


def index_submission(site: Any, path: str, case: Submission) -> None:
    """Note a submission in the catalog, which is made with the first."""
    if SUBMISSIONS not in site.derived:
        site.derived[SUBMISSIONS] = SubmissionCatalog()
    site.derived[SUBMISSIONS].index(site, path, case)


@dataclass(frozen=True)
class Handled:
    """What somebody may handle: a form, and the districts it is narrowed to (``None``: everywhere)."""

    form: str
    districts: frozenset[str] | None = None


@dataclass(frozen=True)
class FoundSubmissions:
    """The submissions of one page, how many there are in all, and how many in each state."""

    cases: list[Submission]
    total: int
    state_counts: Mapping[str, int]


def find_submissions(
    site: Any,
    *,
    edition: str,
    handled: Collection[Handled],
    form: str = "",
    state: str = "",
    text: str = "",
    page: int,
    size: int,
) -> FoundSubmissions:
    """A page of the submissions that may be handled, those waiting longest first.

    ``state_counts`` ignore the filter by state. What may not be handled is in no count.
    """
    catalog: SubmissionCatalog | None = site.derived.get(SUBMISSIONS)
    if catalog is None:
        return FoundSubmissions([], 0, {})
    indexes = catalog.indexes
    ids = LFTreeSet()
    for one in handled:
        if not form or one.form == form:
            ids.update(_handled(indexes, one))
    ids = _both(ids, _equal(indexes["edition"], edition))
    if text:
        wanted, words = text.lower(), indexes["words"]._rev_index  # noqa: SLF001 - no public way
        ids = LFTreeSet([docid for docid in ids if wanted in words[docid]])
    states = {
        name: len(_both(ids, held))
        for name, held in indexes["state"]._fwd_index.items()  # noqa: SLF001 - no public way
    }
    if state:
        ids = _both(ids, _equal(indexes["state"], state))
    last = page * size
    order = list(indexes["state_since"].sort(ids, limit=last))[last - size : last]
    return FoundSubmissions(list(_load(site, catalog, order)), len(ids), states)


def _handled(indexes: Mapping[str, FieldIndex], one: Handled) -> Any:
    ids = _equal(indexes["form"], one.form)
    if one.districts is None:
        return ids
    # One of no district is every district officer's.
    allowed = LFTreeSet()
    for district in ("", *one.districts):
        allowed.update(_equal(indexes["district"], district))
    return _both(ids, allowed)


def _equal(index: FieldIndex, value: str) -> Any:
    return index._fwd_index.get(value) or LFTreeSet()  # noqa: SLF001 - the set itself, not a copy


def _both(one: Any, other: Any) -> Any:
    return FieldIndex.family.IF.intersection(one, other)


def _load(site: Any, catalog: SubmissionCatalog, ids: list[int]) -> Iterator[Submission]:
    return (site.at(catalog.paths[docid]) for docid in ids)
