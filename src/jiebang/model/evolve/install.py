"""Generation 0: an empty database."""

from __future__ import annotations

from typing import Any

from jiebang.model import numbers, site


def evolve(context: Any) -> None:
    """Plant the root objects."""
    root = context.connection.root()
    root[site.ROOT_KEY] = site.Site()
    root[numbers.ROOT_KEY] = numbers.new_series()
