"""Garbage collection in a process that serves: rarely, as a decision is some hundred small objects."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # what measures decisions asks for this alone, without the web's libraries
    from pyramid.config import Configurator

#: More objects than two batches of decisions with their traces: they are gone before they are looked at.
#: With Python's own threshold a third of the time of a decision goes into looking for cycles.
THRESHOLD: Final = 20_000


def collect_rarely() -> None:
    """Look for cycles only once so many objects are new."""
    gc.set_threshold(THRESHOLD)


def includeme(_config: Configurator) -> None:
    """Collect rarely from the start of the site."""
    collect_rarely()
