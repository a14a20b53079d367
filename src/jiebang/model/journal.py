"""The journal (办理日志) of a case: who did what and when, chained by hash so that a change shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jiebang.model.containers import Sequence

GENESIS = "0" * 64


@dataclass(frozen=True)
class Entry:
    """One line of the journal. ``detail`` is plain JSON data without personal data beyond ids."""

    at: str
    actor: str
    act: str
    detail: Mapping[str, Any]
    previous: str
    digest: str


class Journal(Sequence):
    """Entries in order; each carries the digest of the one before."""

    def write(self, *, at: datetime, actor: str, act: str, **detail: Any) -> Entry:
        """Append an entry and answer it. ``detail`` must be JSON-able."""
        previous = self[self.last].digest if self.last else GENESIS
        moment = at.isoformat()
        entry = Entry(
            moment, actor, act, detail, previous, _digest(moment, actor, act, detail, previous)
        )
        self.append(entry)
        return entry

    def broken_links(self) -> Iterator[int]:
        """Numbers of the entries that do not follow from the one before: signs of tampering."""
        previous = GENESIS
        for number, entry in self.after(0):
            digest = _digest(entry.at, entry.actor, entry.act, entry.detail, entry.previous)
            if entry.previous != previous or entry.digest != digest:
                yield number
            previous = entry.digest


def _digest(at: str, actor: str, act: str, detail: Mapping[str, Any], previous: str) -> str:
    line = json.dumps([at, actor, act, detail, previous], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(line.encode()).hexdigest()
