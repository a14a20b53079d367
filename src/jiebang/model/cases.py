"""Cases (案卷): what documents are filed on. A technology demand, and everything that hangs on it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from BTrees.OOBTree import OOBTree, OOTreeSet
from persistent import Persistent

from jiebang.model.containers import Located, Sequence
from jiebang.model.corrections import Correction
from jiebang.model.documents import Document, Version
from jiebang.model.journal import Journal
from jiebang.model.permissions import Entry as AclEntry
from jiebang.model.permissions import acl


class Decision(Persistent):
    """A decision (决定) as it was made, with the facts it rests on; replayable to the same bytes.

    ``book`` is the version of the policy book, ``as_of`` the day that was decided for, and
    ``explanation`` the number of the format in which the program of its time explained decisions.
    """

    def __init__(
        self,
        *,
        policy: str,
        book: str,
        as_of: date,
        explanation: int,
        answer: bytes,
        facts: Mapping[str, Any],
        origin: Mapping[str, str],
        at: datetime,
    ) -> None:
        self.policy, self.book, self.as_of = policy, book, as_of
        self.explanation, self.answer, self.at = explanation, answer, at
        #: Canonical JSON, so that a replay can be compared byte by byte.
        self.facts = json.dumps(facts, ensure_ascii=False, sort_keys=True)
        #: Fact name to where it came from, such as ``form:pre-registration/2/need_title``.
        self.origin = dict(origin)

    @property
    def sha256(self) -> str:
        """The digest of all that was decided and of all that it rests on; it stands in the journal."""
        whole = (self.policy, self.book, self.as_of.isoformat(), self.explanation, self.facts)
        text = json.dumps([*whole, self.origin], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode() + self.answer).hexdigest()

    @property
    def content(self) -> dict[str, Any]:
        """The decision as plain data."""
        content: dict[str, Any] = json.loads(self.answer)
        return content

    @property
    def outcome(self) -> str:
        """``grant``, ``deny``, ``undetermined`` or ``not_in_force``."""
        return str(self.content["outcome"])


#: How the kind of a task begins that waits for a correction, before the id of the form.
CORRECTING = "correct:"


@dataclass(frozen=True)
class Task:
    """Something somebody has to do on a case (待办)."""

    kind: str
    role: str
    opened_at: datetime
    done_at: datetime | None = None
    done_by: str | None = None

    @property
    def outlives_stage(self) -> bool:
        """Whether it stays open when the case moves to another stage."""
        return self.kind.startswith(CORRECTING)

    def done(self, *, at: datetime, by: str) -> Task:
        """The task as done, if it was not already."""
        return self if self.done_at else replace(self, done_at=at, done_by=by)


@dataclass(frozen=True)
class Grant:
    """An access right beyond the table (授权), and the cause that carries it.

    Taking the cause away takes only this grant away. It goes to those who hold ``role`` for
    ``organisation``; ``cause`` says why, such as ``assignment:<journal digest>``.
    """

    organisation: str
    role: str
    permission: str
    cause: str
    at: datetime


@dataclass(frozen=True)
class Consent:
    """The owner's consent (同意) to exactly one rendering, named by its digest."""

    subject: str
    sha256: str
    person: str
    at: datetime


class Case(Located):
    """A case: a number, an owner, documents with their versions, a journal, corrections.

    ``owner`` is an organisation, or empty where ``person`` filed for none.
    """

    #: The part of an edition that holds cases of this class.
    folder = ""
    #: The role for ``owner`` that owns the case.
    owner_role = "demander"
    person = ""
    #: Every return for correction, the oldest first.
    corrections: tuple[Correction, ...] = ()

    def __init__(self, *, owner: str, edition: str, at: datetime) -> None:
        self.owner, self.edition = owner, edition
        self.opened_at = at
        self.documents = OOBTree()
        self.journal = Journal()

    @property
    def number(self) -> str:
        """The number people call the case by, such as ``SH2019-0001``."""
        return self.__name__

    @property
    def path(self) -> str:
        """The resource path of the case, without a slash at its end."""
        return f"/editions/{self.edition}/{self.folder}/{self.number}"

    def document(self, form_id: str) -> Document | None:
        """The document of that form, or ``None`` when it was never filed."""
        found: Document | None = self.documents.get(form_id)
        return found

    def current(self, form_id: str) -> Version | None:
        """The newest version filed of that form, or ``None``."""
        document = self.document(form_id)
        return document.current if document else None

    def open_correction(self, form_id: str) -> Correction | None:
        """The correction of that form that waits for the filer, or ``None``."""
        found = (one for one in self.corrections if one.form_id == form_id and one.is_open)
        return next(found, None)

    def answer_correction(self, form_id: str, version: int) -> None:
        """Note that a version answers the open correction of its form, if there is one."""
        self.corrections = tuple(
            replace(one, answered_by=version) if one.form_id == form_id and one.is_open else one
            for one in self.corrections
        )


class Demand(Case):
    """A technology demand (技术需求) from its pre-registration on. ``__name__`` is its number."""

    kind = "demand"
    folder = "demands"
    #: The version of the policy book that decides this case, once one did; else that of its first day.
    book = ""
    #: Numbers of the submissions about it; made with the first.
    submissions: OOTreeSet | None = None

    def __init__(self, *, owner: str, edition: str, stage: str, at: datetime) -> None:
        super().__init__(owner=owner, edition=edition, at=at)
        self.stage = stage
        self.stage_since = at
        self.officer: str | None = None
        self.batch: int | None = None
        self.decisions = Sequence()
        self.tasks: tuple[Task, ...] = ()
        self.grants: tuple[Grant, ...] = ()
        self.consents: tuple[Consent, ...] = ()
        #: Judgements by fact name: the id of the judging document version stands in the journal.
        self.judgements = OOBTree()
        #: Plain values lists filter and sort by; rewritten by the verbs that change them.
        self.title = ""
        self.district: str | None = None
        self.session: int | None = None

    def __acl__(self) -> list[AclEntry]:
        return acl("demand", self)

    def note_submission(self, number: str) -> None:
        """Note a submission about this demand."""
        if self.submissions is None:
            self.submissions = OOTreeSet()
        self.submissions.add(number)

    def decision(self, policy: str) -> Decision | None:
        """The newest decision of that policy on this case, or ``None``."""
        found = [one for one in self.decisions if one.policy == policy]
        return found[-1] if found else None

    def open_tasks(self) -> Iterator[Task]:
        """Tasks nobody has done yet."""
        return (task for task in self.tasks if task.done_at is None)
