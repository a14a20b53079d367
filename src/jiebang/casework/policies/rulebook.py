"""The rules in force (现行规则): the last good files of every edition.

A broken file never replaces a good one. What is wrong with it stands in ``findings`` until it is
mended, for the status page and the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TypeVar

import structlog

from jiebang.casework.policies.agreeing import disagreements, ground_of
from jiebang.casework.policies.choices import choices_of
from jiebang.casework.policies.naming import WORKFLOW, named
from jiebang.clauses import Clause, load_clauses
from jiebang.edition.definition import Edition
from jiebang.edition.loading import load_edition
from jiebang.forms import Form
from jiebang.forms.book import Choices, FormBook, Translator, untranslated
from jiebang.forms.language.question import Offered
from jiebang.policy import Book, load_book
from jiebang.workflow.definition import Definition
from jiebang.yamlfile import BadFile, Finding

T = TypeVar("T")

log = structlog.get_logger("jiebang.rulebook")

#: What is not an edition among the folders of ``rules/``.
_EDITION_FILE = "edition.yaml"


class UnknownEdition(KeyError):
    """No usable edition of that id."""


@dataclass(frozen=True)
class Rules:
    """One edition's files, read and checked together.

    ``edited_at``, in development: when a file of the book was last edited. Elsewhere published books
    decide (``casework.books``) and files do not.
    """

    edition: Edition
    clauses: Mapping[str, Clause]
    book: Book
    forms: FormBook
    workflow: Definition
    edited_at: datetime | None = None

    def choices(self) -> Choices:
        """The options that forms take from elsewhere, by the name they use."""
        return choices_of(self.edition, self.forms)

    @property
    def districts(self) -> Sequence[Offered]:
        """The districts (区) of this edition: those that the form offers which opens a demand."""
        asked = self.opening_form.by_key.get(self.workflow.opening.district or "")
        return self.forms.options(asked, self.choices()) if asked else ()

    @property
    def opening_form(self) -> Form:
        """The form that opens a demand (预报名表, SH-3.3.1(1))."""
        return self.forms[self.workflow.opening.form]


class Rulebook:
    """Every edition under a folder of rules, with the forms they name.

    ``published`` answers the book an edition would do with while its own policy files are broken and
    no good ones were read before.
    """

    def __init__(
        self,
        *,
        rules: Path,
        forms: Path,
        reload: bool,
        translator: Translator = untranslated,
        published: Callable[[str], Book | None] = lambda _edition: None,
    ) -> None:
        self._rules, self._forms, self._reload = rules, forms, reload
        self._translator, self._published = translator, published
        self._lock = Lock()
        self._good: dict[str, Rules] = {}
        self._findings: dict[str, tuple[Finding, ...]] = {}
        self._seen: dict[Path, tuple[int, int]] = {}
        self.refresh()

    def __getitem__(self, edition: str) -> Rules:
        """The last good rules of an edition. Raises ``UnknownEdition``."""
        self._catch_up()
        try:
            return self._good[edition]
        except KeyError:
            raise UnknownEdition(edition) from None

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._good))

    @property
    def findings(self) -> Mapping[str, tuple[Finding, ...]]:
        """Edition id to what is wrong with its files now; empty when all is well."""
        self._catch_up()
        return dict(self._findings)

    def refresh(self) -> None:
        """Read every edition again, keeping the last good one of each that is broken."""
        with self._lock:
            self._read_all()

    def _catch_up(self) -> None:
        """Read what was edited. Who asks while another thread reads waits for what it finds."""
        if self._reload:
            with self._lock:
                if self._changed():
                    self._read_all()

    def _read_all(self) -> None:
        self._seen = self._stamps()
        for folder in sorted(self._rules.iterdir()):
            if (folder / _EDITION_FILE).exists():
                self._read(folder)

    def _read(self, folder: Path) -> None:
        try:
            rules = read_rules(folder, self._forms, self._translator)
            edited = self._edited(folder, rules.book) if self._reload else None
            self._good[folder.name] = replace(rules, edited_at=edited)
            self._findings.pop(folder.name, None)
        except BadFile as bad:
            self._findings[folder.name] = bad.findings
            log.warning(
                "broken rules", edition=folder.name, findings=[str(one) for one in bad.findings]
            )
            self._do_with_published(folder)

    def _do_with_published(self, folder: Path) -> None:
        """Begin with the published book, where nothing but the policy files is broken."""
        if folder.name in self._good:
            return
        book = self._published(folder.name)
        with suppress(BadFile):
            if book:
                rules = read_rules(folder, self._forms, self._translator, book=book)
                self._good[folder.name] = rules

    def _edited(self, folder: Path, book: Book) -> datetime:
        """When the newest file of a book was written; those shared by all stand beside the folder."""
        found = [
            (self._seen.get(folder / name) or self._seen.get(self._rules / name, (0, 0)))[0]
            for name in book.files
        ]
        # A file that was taken away leaves its mark on the folder alone.
        folders = (one for one in (folder, *folder.rglob("*")) if one.is_dir())
        found += [one.stat().st_mtime_ns for one in folders]
        return datetime.fromtimestamp(max(found) / 1e9, UTC)

    def _stamps(self) -> dict[Path, tuple[int, int]]:
        # The size too: two edits within one tick of the file system's clock have the same time.
        stats = {
            path: path.stat()
            for root, pattern in (
                (self._rules, "*.yaml"),
                (self._forms, "*.yaml"),
                # Whether a form has a print layout is part of what is checked.
                (self._forms, "*.typ"),
            )
            for path in root.rglob(pattern)
        }
        return {path: (stat.st_mtime_ns, stat.st_size) for path, stat in stats.items()}

    def _changed(self) -> bool:
        try:
            return self._stamps() != self._seen
        except FileNotFoundError:
            # A file went away between the listing and the look: that is a change.
            return True


def read_rules(
    folder: Path, forms: Path, translator: Translator = untranslated, *, book: Book | None = None
) -> Rules:
    """Read one edition with everything it needs, or all but its policies where ``book`` has them.

    Raises ``BadFile`` with every finding.
    """
    findings: list[Finding] = []
    edition = _try(lambda: load_edition(folder), findings)
    clauses = _try(lambda: load_clauses(folder), findings)
    form_book = _try(lambda: FormBook.load(forms, translator=translator), findings)
    own = None if book else _try(lambda: load_book(folder), findings)
    book = book or own
    workflow = _try(
        lambda: Definition.load(
            folder / WORKFLOW,
            known_policies=set(book.policies) if book else None,
            known_forms=set(form_book.forms) if form_book else None,
        ),
        findings,
    )
    if findings or not (edition and clauses and form_book and book and workflow):
        raise BadFile(findings)
    # A published book says nothing of facts here: the files it is beside are not those it came from.
    ground = ground_of(folder, edition, form_book, book=own)
    findings += named(folder=folder, edition=edition, workflow=workflow, forms=form_book)
    findings += disagreements(folder=forms, forms=form_book, ground=ground)
    if findings:
        raise BadFile(findings)
    return Rules(edition=edition, clauses=clauses, book=book, forms=form_book, workflow=workflow)


def _try(load: Callable[[], T], findings: list[Finding]) -> T | None:
    try:
        return load()
    except BadFile as bad:
        findings.extend(bad.findings)
        return None
