"""The catalog of demands: what lists filter and sort by, kept by a consumer of the feed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from BTrees.LOBTree import LOBTree
from BTrees.OLBTree import OLBTree
from hypatia.field import FieldIndex
from hypatia.keyword import KeywordIndex

from jiebang.model.cases import Demand
from jiebang.model.containers import Located

CATALOG = "catalog"


def hours(moment: datetime) -> int:
    """A moment as the catalog compares it: by the hour, or each case would be a set of its own."""
    return int(moment.timestamp()) // 3600


def in_order(number: str) -> str:
    """A case number as the catalog compares it: the ten-thousandth comes after the ninth."""
    series, dash, count = number.rpartition("-")
    return f"{series}{dash}{count:0>9}"


#: Index name to what it holds. ``officer`` is empty for a case that nobody has taken on.
VALUES: Mapping[str, Callable[[Demand], str | int]] = {
    "edition": lambda case: case.edition,
    "stage": lambda case: case.stage,
    "district": lambda case: case.district or "",
    "session": lambda case: case.session or 0,
    "officer": lambda case: case.officer or "",
    "stage_since": lambda case: hours(case.stage_since),
    "number": lambda case: in_order(case.number),
    "title": lambda case: case.title,
}


class CaseCatalog(Located):
    """An index for each of ``VALUES``, and the maps between a case's path and its id in them.

    ``policies`` holds which policies have decided a case.
    """

    def __init__(self) -> None:
        # Values are computed here and handed over, so an index stores no function of ours.
        self.indexes = {name: FieldIndex(_value) for name in VALUES}
        self.policies = KeywordIndex(_value)
        self.paths = LOBTree()
        self.ids = OLBTree()

    def index(self, path: str, case: Demand) -> None:
        """Add a case, or note what changed of it."""
        docid = self.ids.get(path)
        if docid is None:
            docid = self.paths.maxKey() + 1 if self.paths else 1
            self.paths[docid], self.ids[path] = path, docid
        for name, value in VALUES.items():
            self.indexes[name].reindex_doc(docid, value(case))
        self.policies.reindex_doc(docid, sorted({one.policy for one in case.decisions}))


def _value(value: Any, _default: Any) -> Any:
    return value


def catalog_of(site: Any) -> CaseCatalog:
    """The site's catalog; made on first use."""
    if CATALOG not in site.derived:
        site.derived[CATALOG] = CaseCatalog()
    catalog: CaseCatalog = site.derived[CATALOG]
    return catalog
