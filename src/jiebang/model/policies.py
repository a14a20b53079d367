"""Policy books (规则书) as published: versions that never change, and from which day each is in force."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from jiebang.model.containers import Folder, Located, Sequence
from jiebang.model.journal import Journal


class Version(Located):
    """One version of a book. ``__name__`` is the SHA-256 of its files; nothing of it ever changes."""

    def __init__(self, *, files: Mapping[str, bytes], at: datetime) -> None:
        self.kept_at = at
        self._files = {name: zlib.compress(content) for name, content in files.items()}

    @property
    def files(self) -> dict[str, bytes]:
        """The files of the book by their names, as they were."""
        return {name: zlib.decompress(content) for name, content in self._files.items()}


@dataclass(frozen=True)
class Publication:
    """A version published (发布) with the day from which it is in force, and who published it when."""

    version: str
    effective: date
    at: datetime
    by: str


class Books(Folder):
    """The books of one edition, whose id is ``__name__``. Children are the versions by their hash.

    A version is here because it was published, or because it decided a case before it was.
    """

    def __init__(self) -> None:
        super().__init__()
        self._publications = Sequence()
        #: Who published what, hash-chained like the journal of a case.
        self.journal = Journal()

    @property
    def edition(self) -> str:
        """The id of the edition."""
        return self.__name__

    @property
    def publications(self) -> Iterator[Publication]:
        """Every publication, the oldest first."""
        return iter(self._publications)

    def keep(self, version: str, files: Mapping[str, bytes], *, at: datetime) -> None:
        """Keep a version; nothing happens when it is kept already."""
        if version not in self:
            self[version] = Version(files=files, at=at)

    def publish(self, publication: Publication) -> None:
        """Publish a version that is kept here, with its entry in the journal."""
        self._publications.append(publication)
        self.journal.write(
            at=publication.at,
            actor=publication.by,
            act="publish-book",
            version=self[publication.version].__name__,
            effective=publication.effective.isoformat(),
        )

    def in_force(self, day: date) -> Publication | None:
        """The publication in force on a day: the latest effective, and of those the latest made."""
        newest = None
        for one in self.publications:
            if one.effective <= day and (newest is None or newest.effective <= one.effective):
                newest = one
        return newest


class Policies(Folder):
    """The policy room of the tree: the books of each edition."""

    def books(self, edition: str) -> Books:
        """The books of an edition; made on first use."""
        if edition not in self:
            self[edition] = Books()
        found: Books = self[edition]
        return found
