"""Places of an award: who takes one, who is tied for one, whose turn it is not yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from jiebang.policy.decision import Decision
from jiebang.policy.language.types import Value


@dataclass
class Judged:
    """One entry on its way: qualified, scored, ranked, awarded, paid.

    ``area`` is its sub-area, ``group`` the group that a quota counts; ``None`` where not known.
    ``paid`` is in fen, by payer.
    """

    entry: str
    facts: Mapping[str, Value]
    qualified: Decision | None
    area: Value | None = None
    group: Value | None = None
    score: Decimal | None = None
    missing: tuple[str, ...] = ()
    rank: int | None = None
    awarded: bool = False
    pending: bool = False
    paid: dict[str, int] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Whether it cannot be judged yet."""
        undecided = self.qualified is not None and self.qualified.outcome == "undetermined"
        return undecided or (self.admitted and bool(self.missing))

    @property
    def admitted(self) -> bool:
        """Whether it qualifies."""
        return self.qualified is None or self.qualified.outcome == "grant"


@dataclass(frozen=True)
class Quota:
    """The places there are: in all, and in each group; ``None``: no limit."""

    most: int | None
    per_group: int | None


def fill_places(ties: Iterable[Sequence[Judged]], quota: Quota, waiting: Sequence[Judged]) -> bool:
    """Award from the top, tie by tie, and say whether some are tied across an edge.

    Those tied for fewer places than they are get none: people decide, and their places stay free for
    them. A place that an entry not judged yet (``waiting``) could still take is not awarded either.
    Both kinds are ``pending``.
    """
    taken: dict[Value | None, int] = {}
    given, at_edge = 0, False
    for tied in ties:
        room = _room(tied, taken, quota.per_group)
        places = sum(room.values())
        if quota.most is not None and given + places > quota.most:
            at_edge |= given < quota.most
            for one in tied:
                one.pending = given < quota.most and room[one.group] > 0
            break
        sure = quota.most is None or given + places + len(waiting) <= quota.most
        for group, free in room.items():
            members = [one for one in tied if one.group == group]
            taken[group] = taken.get(group, 0) + free
            crowded = free < len(members)
            at_edge |= crowded and free > 0
            fits = not crowded and sure and _safe(group, taken[group], quota.per_group, waiting)
            for one in members:
                one.awarded, one.pending = fits, free > 0 and not fits
        given += places
    return at_edge


def _room(
    tied: Sequence[Judged], taken: Mapping[Value | None, int], limit: int | None
) -> dict[Value | None, int]:
    """How many places the tied of each group can take, whoever takes them."""
    asked: dict[Value | None, int] = {}
    for one in tied:
        asked[one.group] = asked.get(one.group, 0) + 1
    if limit is None:
        return asked
    return {group: min(n, limit - taken.get(group, 0)) for group, n in asked.items()}


def _safe(group: Value | None, taken: int, limit: int | None, waiting: Sequence[Judged]) -> bool:
    """Whether no entry that waits could take a place of the group from those who have it."""
    rivals = sum(one.group in {group, None} for one in waiting)
    return limit is None or taken + rivals <= limit
