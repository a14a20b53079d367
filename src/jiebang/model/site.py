"""The root of the tree."""

from __future__ import annotations

import zlib
from typing import Any

from BTrees.OOBTree import OOTreeSet
from persistent import Persistent

from jiebang.model.containers import Folder, Located, Register, ShardedFolder
from jiebang.model.feed import Feed
from jiebang.model.imports import Imports
from jiebang.model.journal import Journal
from jiebang.model.permissions import Entry as AclEntry
from jiebang.model.permissions import acl
from jiebang.model.policies import Policies

ROOT_KEY = "site"


class AskedForm(Persistent):
    """A form as it was asked (``forms.FormBook.snapshot``), for the versions filed with it."""

    def __init__(self, content: bytes) -> None:
        self._content = zlib.compress(content)

    @property
    def content(self) -> bytes:
        """The snapshot."""
        return zlib.decompress(self._content)


class Edition(Folder):
    """One edition (届) of the challenge: its demands, its submissions and its announcements."""

    kind = "edition"

    def __init__(self) -> None:
        super().__init__()
        self["demands"] = ShardedFolder()
        self["submissions"] = ShardedFolder()
        self["announcements"] = Folder()


class Site(Folder):
    """The whole site. Children are what traversal may reach; registers and the feed are not."""

    kind = "site"

    def __init__(self) -> None:
        super().__init__()
        self["editions"] = Folder()
        self["people"] = ShardedFolder()
        self["organisations"] = ShardedFolder()
        self["drafts"] = ShardedFolder()
        self["policy"] = Policies()
        self["imports"] = Imports()
        #: E-mail address (lower case) to person id.
        self.emails = Register()
        #: Identifier key to organisation id.
        self.identifiers = Register()
        #: Ids of the organisations that are service agencies (服务机构): few among many.
        self.agencies = OOTreeSet()
        #: Digest of a form as it was asked to ``AskedForm``; a version names one.
        self.forms = Register()
        self.feed = Feed()
        #: Who was given which role by whom, hash-chained like the journal of a case.
        self.role_changes = Journal()
        #: What consumers keep in the database: dropped and rebuilt by ``jiebang reindex``.
        self.derived: Located = Folder()

    def __acl__(self) -> list[AclEntry]:
        return acl("site", self)

    def at(self, path: str) -> Any:
        """The object at a resource path such as ``/people/…``. Raises ``KeyError``."""
        found: Any = self
        for name in path.strip("/").split("/"):
            found = found[name]
        return found

    def edition(self, edition_id: str) -> Any:
        """The edition of that id; made on first use, since an edition is a folder of rules."""
        editions = self["editions"]
        if edition_id not in editions:
            editions[edition_id] = Edition()
        return editions[edition_id]
