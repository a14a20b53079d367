"""Generation 1: the first shape; nothing to change."""

from __future__ import annotations

from typing import Any


def evolve(context: Any) -> None:
    """Nothing."""
