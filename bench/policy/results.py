"""One line of the table, and the table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """What was measured. Less is better: times, sizes, growth.

    ``bar`` says in words what must hold, ``met`` whether it does; without a bar, ``met`` is ``None``.
    """

    name: str
    ours: float
    unit: str
    peer: float | None = None
    bar: str = ""
    met: bool | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times better ours is than the peer."""
        return self.peer / self.ours if self.peer is not None and self.ours else None

    def as_dict(self) -> dict[str, Any]:
        """The figure as JSON data, without what it does not have."""
        ratio = self.ratio
        told = {
            "ours": round(self.ours, 3),
            "peer": None if self.peer is None else round(self.peer, 3),
            "ratio": None if ratio is None else round(ratio, 3),
            "unit": self.unit,
            "bar": self.bar or None,
            "met": self.met,
            "note": self.note or None,
        }
        return {key: value for key, value in told.items() if value is not None}


def table(figures: Iterable[Figure]) -> str:
    """The figures for people."""
    rows = [("", "ours", "peer", "ratio", "unit", "bar", "met", "")]
    rows += [
        (
            one.name,
            f"{one.ours:.2f}",
            "" if one.peer is None else f"{one.peer:.2f}",
            "" if one.ratio is None else f"{one.ratio:.2f}",
            one.unit,
            one.bar,
            {True: "yes", False: "NO", None: ""}[one.met],
            one.note,
        )
        for one in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    numbers = range(1, 4)
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place in numbers else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
