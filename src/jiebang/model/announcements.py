"""Announcements (需求公告): the public copies. They hold what the public may see and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ZODB.blob import Blob

from jiebang.model.containers import Folder, Located
from jiebang.model.permissions import Entry as AclEntry
from jiebang.model.permissions import acl


class Announcement(Located):
    """The public rendering of one demand, frozen at publication. ``__name__`` is its number."""

    kind = "announcement"
    _v_content: dict[str, Any]

    def __init__(self, *, content: Mapping[str, Any], sha256: str, at: datetime) -> None:
        self._content = json.dumps(content, ensure_ascii=False, sort_keys=True)
        self.sha256, self.published_at = sha256, at
        #: Locale name to a blob with the PDF.
        self.pdf: dict[str, Blob] = {}

    @property
    def content(self) -> dict[str, Any]:
        """What the public sees, as plain data; kept with the object in memory, so only to be read."""
        try:
            return self._v_content
        except AttributeError:
            self._v_content = json.loads(self._content)
            return self._v_content

    def print(self, locale: str, pdf: bytes) -> None:
        """Keep the PDF of one language."""
        blob = Blob()
        with blob.open("w") as target:
            target.write(pdf)
        self.pdf = {**self.pdf, locale: blob}

    def __acl__(self) -> list[AclEntry]:
        return acl("announcement", self)


class Batch(Folder):
    """A batch (第N批) of announcements. ``__name__`` is its number; a child's name the demand's."""

    kind = "batch"

    def __init__(self, *, at: datetime, by: str) -> None:
        super().__init__()
        self.opened_at, self.opened_by = at, by
        self.published_at: datetime | None = None
        #: Numbers of the demands waiting for publication in this batch.
        self.scheduled: tuple[str, ...] = ()
