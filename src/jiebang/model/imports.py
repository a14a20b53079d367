"""Imports (批量导入): a workbook of many forms, what was found in each row, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from BTrees.LOBTree import LOBTree
from BTrees.OOBTree import OOBTree, OOTreeSet
from persistent import Persistent
from persistent.mapping import PersistentMapping

from jiebang.model.containers import Located, Register, ShardedFolder
from jiebang.model.documents import Attachment, Receipt
from jiebang.model.permissions import Entry as AclEntry
from jiebang.model.permissions import acl

#: What an import goes through: 读取, 核对, 待确认, 导入, 完成; or 不能读取, 中断.
READING, CHECKING, CHECKED, FILING, DONE = "reading", "checking", "checked", "filing", "done"
REFUSED, STOPPED = "refused", "stopped"
#: In which of them a worker has something to do.
AT_WORK = (READING, CHECKING, FILING)
#: What a row is: good or wrong, the same as one before; and after the import filed or failed.
GOOD, WRONG, SAME, FILED = "good", "wrong", "same", "filed"


class ImportRow(Persistent):
    """A row: its number in the sheet, its cells as JSON, what is wrong with it, its receipt.

    ``problems`` are pairs of a field and a sentence. ``digest`` is of the answers and of whom they are
    about. ``same_as`` is the number of the case, or of the row, that has the same answers.
    """

    def __init__(self, number: int, content: str) -> None:
        self.number, self.content = number, content
        self.state = ""
        self.problems: tuple[tuple[str, str], ...] = ()
        self.digest = ""
        self.same_as = ""
        self.receipt: Receipt | None = None


class Import(Located):
    """A workbook that somebody brings in. ``__name__`` is an opaque id.

    ``role`` is the role under which, ``asked`` the digest of the form as it was then. A worker walks
    over the rows, in order, once to check them and once to file the good ones: ``done`` is the number
    of the last row it is through with.
    """

    kind = "import"

    def __init__(
        self,
        *,
        edition: str,
        form_id: str,
        asked: str,
        person: str,
        role: str,
        locale: str,
        file: Attachment,
        at: datetime,
    ) -> None:
        self.edition, self.form_id, self.asked = edition, form_id, asked
        self.person, self.role, self.locale, self.file = person, role, locale, file
        self.begun_at = self.state_since = at
        self.state = READING
        #: Where it goes on when it was stopped by a fault of ours.
        self.goes_on = READING
        #: Why it was refused, in the language of the person.
        self.reasons: Sequence[str] = ()
        self.rows = LOBTree()
        self.done = 0
        #: Digest of the answers of rows that are not wrong to the number of the first.
        self.digests = OOBTree()
        #: State of rows to how many there are.
        self.counts = PersistentMapping()

    def __acl__(self) -> list[AclEntry]:
        return acl("import", self)

    @property
    def at_work(self) -> bool:
        """Whether a worker has something to do."""
        return self.state in AT_WORK

    @property
    def total(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    @property
    def through(self) -> int:
        """How many rows the worker is through with, of this walk."""
        return len(self.rows.keys(max=self.done)) if self.done else 0

    def move(self, state: str, *, at: datetime) -> None:
        """Enter a state; a walk begins at the first row."""
        self.state, self.state_since, self.done = state, at, 0

    def ahead(self) -> Iterator[ImportRow]:
        """The rows that the worker is not through with, in order."""
        return iter(self.rows.values(self.done + 1))

    def note(self, row: ImportRow, state: str) -> None:
        """Say what a row is now."""
        if row.state:
            self.counts[row.state] -= 1
        row.state = state
        self.counts[state] = self.counts.get(state, 0) + 1

    def in_state(self, *states: str) -> Iterator[ImportRow]:
        """The rows that are one of these."""
        return (row for row in self.rows.values() if row.state in states)


class Imports(ShardedFolder):
    """Every import, those that wait for a worker, and the rows that were ever filed."""

    kind = "imports"

    def __init__(self) -> None:
        super().__init__()
        #: Ids of the imports in which a worker has something to do.
        self.waiting = OOTreeSet()
        #: Digest of a row's answers to the number of the case that was filed with them.
        self.filed = Register()
        self._own = OOBTree()

    def add(self, import_id: str, one: Import) -> None:
        """Take an import in; a worker will look at it."""
        self[import_id] = one
        self._own.setdefault(one.person, OOTreeSet()).add(import_id)
        self.waiting.add(import_id)

    def discard(self, one: Import) -> None:
        """Throw an import away. What was filed with it stays."""
        self.rest(one)
        self._own[one.person].remove(one.__name__)
        del self[one.__name__]

    def rest(self, one: Import) -> None:
        """Note that a worker has nothing to do in an import."""
        if one.__name__ in self.waiting:
            self.waiting.remove(one.__name__)

    def of(self, person: str) -> list[Import]:
        """The imports of a person, the newest first."""
        found = (self[one] for one in self._own.get(person, ()))
        return sorted(found, key=lambda one: one.begun_at, reverse=True)
