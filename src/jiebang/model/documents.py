"""Documents (材料) of a case: versions that never change once filed, drafts that do, and files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from persistent import Persistent
from persistent.mapping import PersistentMapping
from ZODB.blob import Blob

from jiebang.model.containers import Located, Sequence
from jiebang.model.permissions import Entry as AclEntry
from jiebang.model.permissions import acl


class Attachment(Persistent):
    """An uploaded file (附件), its bytes in a blob."""

    def __init__(
        self, *, attachment_id: str, name: str, media_type: str, size: int, sha256: str
    ) -> None:
        self.id, self.name, self.media_type = attachment_id, name, media_type
        self.size, self.sha256 = size, sha256
        self.blob = Blob()

    def store(self, stream: IO[bytes], chunk: int = 1 << 16) -> None:
        """Copy the bytes into the blob, a chunk at a time so that memory stays flat."""
        with self.blob.open("w") as target:
            while part := stream.read(chunk):
                target.write(part)


@dataclass(frozen=True)
class Filed:
    """Who filed a version, when and for whom."""

    at: datetime
    person: str
    organisation: str | None


class Version(Persistent):
    """One filed version (版本). Its content is fixed by its digest and never written again."""

    def __init__(
        self,
        *,
        number: int,
        form_version: str,
        data: Mapping[str, Any],
        attachments: Mapping[str, Attachment],
        filed: Filed,
    ) -> None:
        self.number, self.form_version, self.filed = number, form_version, filed
        self._content = json.dumps(data, ensure_ascii=False, sort_keys=True)
        self.attachments = dict(attachments)
        files = sorted((key, one.sha256) for key, one in attachments.items())
        sealed = json.dumps([form_version, self._content, files], ensure_ascii=False)
        self.sha256 = hashlib.sha256(sealed.encode()).hexdigest()

    @property
    def data(self) -> dict[str, Any]:
        """A fresh copy of what was filed."""
        content: dict[str, Any] = json.loads(self._content)
        return content


class Document(Sequence):
    """A form filed on a case, with every version it ever had."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id

    def file(
        self,
        *,
        form_version: str,
        data: Mapping[str, Any],
        attachments: Mapping[str, Attachment],
        filed: Filed,
    ) -> Version:
        """Add a version and answer it."""
        version = Version(
            number=self.last + 1,
            form_version=form_version,
            data=data,
            attachments=attachments,
            filed=filed,
        )
        self.append(version)
        return version

    @property
    def current(self) -> Version:
        """The newest version."""
        version: Version = self[self.last]
        return version


class Draft(Located):
    """What somebody is typing (草稿). ``revision`` grows with each save, so a stale save shows."""

    kind = "draft"

    def __init__(
        self, *, edition: str, form_id: str, person: str, organisation: str | None, at: datetime
    ) -> None:
        self.edition, self.form_id, self.person = edition, form_id, person
        self.organisation = organisation
        self.case: str | None = None
        self.base_version = 0
        self.data: dict[str, Any] = {}
        self.attachments = PersistentMapping()
        self.revision = 0
        self.saved_at = at
        self.receipt: Receipt | None = None

    def __acl__(self) -> list[AclEntry]:
        return acl("draft", self)

    def save(self, *, data: Mapping[str, Any], at: datetime) -> None:
        """Replace the content."""
        self.data = dict(data)
        self.saved_at = at
        self.revision += 1


@dataclass(frozen=True)
class Receipt:
    """Proof of filing (回执): the case number, the version, when, and the digest of the content."""

    number: str
    form_id: str
    version: int
    at: datetime
    sha256: str
