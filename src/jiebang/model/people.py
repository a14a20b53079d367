"""Persons and organisations (用户与单位), and which roles a person holds for which organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from BTrees.OOBTree import OOTreeSet
from persistent import Persistent
from persistent.mapping import PersistentMapping

from jiebang.model.containers import Located
from jiebang.model.permissions import Entry as AclEntry
from jiebang.model.permissions import acl


class Credentials(Persistent):
    """What proves a person (登录凭证). Apart from the person, since each sign-in may write it."""

    def __init__(self, password: str) -> None:
        #: An argon2id hash.
        self.password = password
        self.failures = 0
        self.locked_until: datetime | None = None
        #: Grows to end every session at once (全部退出).
        self.epoch = 0
        self.totp_secret: str | None = None
        #: The last TOTP step accepted, so that a code works once.
        self.totp_step = 0


class Person(Located):
    """A registered person (注册用户). ``__name__`` is an opaque id; the e-mail address may change."""

    kind = "person"

    def __init__(self, *, name: str, email: str, credentials: Credentials, at: datetime) -> None:
        self.name, self.email, self.registered_at = name, email, at
        self.phone = ""
        self.locale = "zh_CN"
        self.confirmed_at: datetime | None = None
        self.credentials = credentials
        #: Roles held for the site as a whole: staff and experts.
        self.roles: frozenset[str] = frozenset()
        #: Districts (GB/T 2260 codes) a district officer works for.
        self.districts: frozenset[str] = frozenset()
        #: Organisation id to the roles held for it.
        self.memberships: PersistentMapping = PersistentMapping()
        self.drafts = OOTreeSet()
        #: Resource paths of what the person filed for no organisation.
        self.cases = OOTreeSet()
        #: Further answers of the registration form, as filed.
        self.profile: Mapping[str, Any] = {}

    @property
    def id(self) -> str:
        """The opaque id."""
        return self.__name__

    def __acl__(self) -> list[AclEntry]:
        return acl("person", self)


@dataclass(frozen=True)
class Identifier:
    """What identifies an organisation: a credit code (统一社会信用代码), or country and number."""

    country: str
    number: str

    @property
    def is_credit_code(self) -> bool:
        """Whether the number is a mainland credit code rather than a foreign registration number."""
        return self.country == "CN"

    @property
    def key(self) -> str:
        """The register key."""
        return f"{self.country}:{self.number}"


class Organisation(Located):
    """A registered organisation (注册单位), or a natural person acting for themselves.

    ``details`` are what its members last answered about it, such as ``address``: forms begin with
    them, and no policy reads them.
    """

    kind = "organisation"
    details: Mapping[str, Any] = {}
    #: E-mail addresses of those who may act for it before it has members (未认领): as it was filed for.
    expected: frozenset[str] = frozenset()

    def __init__(self, *, identifier: Identifier | None, name: str, at: datetime) -> None:
        self.identifier, self.name, self.registered_at = identifier, name, at
        #: Plain attributes that policies read as party facts, such as ``kind``.
        self.attributes: PersistentMapping = PersistentMapping()
        self.members = OOTreeSet()
        #: Person id to the role asked for; a member decides.
        self.requests: PersistentMapping = PersistentMapping()
        #: Resource paths of its cases.
        self.cases = OOTreeSet()

    @property
    def id(self) -> str:
        """The opaque id."""
        return self.__name__

    def __acl__(self) -> list[AclEntry]:
        return acl("organisation", self)
