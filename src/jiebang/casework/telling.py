"""Telling the world (变更流): what a verb did to a case, for everything derived to follow."""

from __future__ import annotations

from datetime import datetime

from jiebang.casework.desk import Desk
from jiebang.model.cases import Case


def tell(*, desk: Desk, case: Case, kind: str, at: datetime, **detail: object) -> None:
    """Write a change of a case to the feed. ``detail`` names things; it never holds what was typed."""
    desk.site.feed.append(at=at, path=case.path, kind=kind, **detail)
