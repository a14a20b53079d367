"""The queries that lists need. Only the cases of the page shown are loaded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from BTrees.LFBTree import LFTreeSet
from hypatia.field import FieldIndex

from jiebang import clock
from jiebang.model.cases import Demand
from jiebang.search.catalog import CATALOG, CaseCatalog, catalog_of, hours


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; ``None`` narrows nothing. ``officer`` empty: nobody's cases.

    ``matching`` are the paths a full-text search found.
    """

    stage: str | None = None
    district: str | None = None
    session: int | None = None
    officer: str | None = None
    min_age_days: int | None = None
    matching: Collection[str] | None = None


@dataclass(frozen=True)
class Found:
    """The cases of one page, how many there are in all, and how many at each stage."""

    cases: list[Demand]
    total: int
    stage_counts: Mapping[str, int]


def find_cases(
    site: Any,
    *,
    edition: str,
    filters: Filters,
    order: str,
    descending: bool,
    page: int,
    size: int,
    districts: Collection[str] | None,
) -> Found:
    """A page of cases. ``districts`` shuts out all others, in the list and in every count.

    ``stage_counts`` ignore the filter by stage, so that they show what the other stages hold.
    """
    if CATALOG not in site.derived:
        return Found([], 0, {})
    catalog = catalog_of(site)
    narrowed = _narrow(catalog, edition, filters, districts)
    # Nothing to intersect when nothing is narrowed out, which is how most people open the list.
    everything = len(narrowed) == len(catalog.paths)
    counts = {
        stage: len(both)
        for stage, ids in catalog.indexes["stage"]._fwd_index.items()  # noqa: SLF001 - no public way
        if (both := ids if everything else _both(narrowed, ids))
    }
    if filters.stage is not None:
        narrowed = _both(narrowed, _equal(catalog.indexes["stage"], filters.stage))
    index = catalog.indexes[order]
    last = page * size
    ids = list(index.sort(narrowed, reverse=descending, limit=last))[last - size : last]
    return Found(list(_load(site, catalog, ids)), len(narrowed), counts)


def cases_in_stages(site: Any, *, edition: str, stages: Iterable[str]) -> list[Demand]:
    """Every case of an edition that stands at one of the stages now."""
    if CATALOG not in site.derived:
        return []
    catalog = catalog_of(site)
    wanted = set(stages)
    ids = [one for stage in wanted for one in _equal(catalog.indexes["stage"], stage)]
    # The catalog follows the feed; a case that moved a moment ago is looked at as it is now.
    return [
        case
        for case in _load(site, catalog, ids)
        if case.edition == edition and case.stage in wanted
    ]


def cases_decided_by(site: Any, *, edition: str, policy: str) -> tuple[int, Iterator[Demand]]:
    """How many cases of an edition a policy has decided, and those cases, the newest first."""
    if CATALOG not in site.derived:
        return 0, iter(())
    catalog = catalog_of(site)
    decided = catalog.policies._fwd_index.get(policy)  # noqa: SLF001 - the set itself, not a copy
    ids = _both(_equal(catalog.indexes["edition"], edition), decided or LFTreeSet())
    return len(ids), iter(_load(site, catalog, _downwards(ids)))


def _downwards(ids: Any) -> Iterator[int]:
    """Ids from the greatest on; a case that came later has a greater one."""
    last = ids.maxKey() if ids else None
    while last is not None:
        yield last
        last = ids.maxKey(last - 1) if last > ids.minKey() else None


def _narrow(
    catalog: CaseCatalog, edition: str, filters: Filters, districts: Collection[str] | None
) -> Any:
    indexes = catalog.indexes
    ids = _equal(indexes["edition"], edition)
    if districts is not None:
        allowed = LFTreeSet()
        for district in districts:
            allowed.update(_equal(indexes["district"], district))
        ids = _both(ids, allowed)
    for name, value in (
        ("district", filters.district),
        ("session", filters.session),
        ("officer", filters.officer),
    ):
        if value is not None:
            ids = _both(ids, _equal(indexes[name], value))
    if filters.min_age_days is not None:
        latest = hours(clock.now() - timedelta(days=filters.min_age_days))
        ids = _both(ids, indexes["stage_since"].applyLe(latest))
    if filters.matching is not None:
        found = [catalog.ids[path] for path in filters.matching if path in catalog.ids]
        ids = _both(ids, LFTreeSet(found))
    return ids


def _equal(index: FieldIndex, value: str | int) -> Any:
    return index._fwd_index.get(value) or LFTreeSet()  # noqa: SLF001 - the set itself, not a copy


def _both(one: Any, other: Any) -> Any:
    return FieldIndex.family.IF.intersection(one, other)


def _load(site: Any, catalog: CaseCatalog, ids: Iterable[int]) -> Iterable[Demand]:
    return (site.at(catalog.paths[docid]) for docid in ids)
