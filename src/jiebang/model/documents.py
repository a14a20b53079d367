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


@dataclass(frozen=True)
class Seal:
    """That a version is the sealed copy (盖章件) of an earlier one: its number, and the scan's id."""

    version: int
    scan: str


class Version(Persistent):
    """One filed version (版本). Its content is fixed by its digest and never written again.

    ``form_version`` pins all forms of its day; ``asked`` is the digest of its own form in
    ``Site.forms``, empty for versions older than that register.
    """

    asked = ""
    #: Whose sealed copy this is, if it is one.
    seal: Seal | None = None

    def __init__(
        self,
        *,
        number: int,
        form_version: str,
        data: Mapping[str, Any],
        attachments: Mapping[str, Attachment],
        filed: Filed,
        asked: str = "",
        seal: Seal | None = None,
    ) -> None:
        self.number, self.form_version, self.filed = number, form_version, filed
        self.asked, self.seal = asked, seal
        self._content = json.dumps(data, ensure_ascii=False, sort_keys=True)
        self.attachments = dict(attachments)
        files = sorted((key, one.sha256) for key, one in attachments.items())
        sealed = json.dumps([form_version, self._content, files], ensure_ascii=False)
        self.sha256 = hashlib.sha256(sealed.encode()).hexdigest()

    @property
    def answered_files(self) -> dict[str, Attachment]:
        """The files that belong to the answers: all but the scan of a sealed copy."""
        scan = self.seal.scan if self.seal else None
        return {key: one for key, one in self.attachments.items() if key != scan}

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
        asked: str = "",
        seal: Seal | None = None,
    ) -> Version:
        """Add a version and answer it."""
        version = Version(
            number=self.last + 1,
            form_version=form_version,
            data=data,
            attachments=attachments,
            filed=filed,
            asked=asked,
            seal=seal,
        )
        self.append(version)
        return version

    def filer_of(self, version: Version) -> Filed:
        """Who filed the answers of a version: of a sealed copy, those of the version it seals."""
        while version.seal is not None:
            version = self[version.seal.version]
        return version.filed

    @property
    def current(self) -> Version:
        """The newest version."""
        version: Version = self[self.last]
        return version


class Draft(Located):
    """What somebody is typing (草稿). ``revision`` grows with each save, so a stale save shows.

    ``opened`` are the keys of the questions that it may change; ``None``: all that the filer answers.
    ``case`` is the number of the case it will be filed on, ``None`` where filing opens one, and then
    ``about`` the number of the demand that one is about. ``asked`` is the digest in ``Site.forms`` of
    the form as it was when something was last typed, empty for drafts older than that.
    """

    kind = "draft"
    asked = ""
    opened: tuple[str, ...] | None = None
    about: str | None = None
    #: The role under which it is filed, where filing opens a submission.
    role = ""

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
