"""Submissions (提交事项): forms filed by themselves, each a case with one document and few states."""

from __future__ import annotations

from datetime import datetime

from jiebang.model.cases import Case
from jiebang.model.documents import Document
from jiebang.model.permissions import Entry as AclEntry
from jiebang.model.permissions import acl

#: What may become of a submission: 已提交, 待补正, 已受理, 已办结.
STATES = ("filed", "returned", "accepted", "closed")


class Submission(Case):
    """A form filed by itself. ``__name__`` is its number, such as ``SH2019-BM-0001``.

    ``owner`` is the organisation it was filed for, empty where ``person`` filed for none; ``owner_role``
    the role it was filed under. ``handled_by`` are the roles that handle it, as its form said on the day
    it was filed; ``about`` is the number of the demand it is about.
    """

    kind = "submission"
    folder = "submissions"

    def __init__(
        self,
        *,
        edition: str,
        form_id: str,
        owner: str,
        owner_role: str,
        person: str,
        handled_by: tuple[str, ...],
        at: datetime,
    ) -> None:
        super().__init__(owner=owner, edition=edition, at=at)
        self.form_id, self.owner_role, self.person = form_id, owner_role, person
        self.handled_by = handled_by
        self.about: str | None = None
        #: The district whose officers handle it, where it has one.
        self.district: str | None = None
        self.state = "filed"
        self.state_since = at
        #: Why it came to its state, if a reason was given; its owner reads it.
        self.note = ""

    def __acl__(self) -> list[AclEntry]:
        return acl("submission", self)

    @property
    def filed(self) -> Document:
        """Its one document."""
        document: Document = self.documents[self.form_id]
        return document

    def move(self, state: str, *, at: datetime) -> None:
        """Enter a state."""
        self.state, self.state_since = state, at
