"""Which policy book (规则书) decides: the published one that a case is pinned to, or edited files.

A book is read from what the database keeps, never from files that may have changed since.
"""

from __future__ import annotations

import zlib
from datetime import date, datetime
from threading import Lock

from jiebang.casework.desk import Desk
from jiebang.clock import SHANGHAI
from jiebang.model.cases import Decision, Demand
from jiebang.model.policies import Books, Publication
from jiebang.policy import Book, read_book
from jiebang.yamlfile import BadFile

#: Versions held in memory at most; the next one makes room by dropping the oldest.
MOST = 16


class MissingVersion(KeyError):
    """A version of a policy book that the site does not keep, that cannot be read, or was changed."""


class Shelf:
    """The versions read so far. A version never changes, so what was read once is good for ever."""

    def __init__(self) -> None:
        self._books: dict[tuple[str, str], Book] = {}
        self._lock = Lock()

    def read(self, books: Books, version: str) -> Book:
        """A version of an edition's book. Raises ``MissingVersion``."""
        # The same files make another book in another edition.
        key = books.edition, version
        with self._lock:
            found = self._books.get(key)
            if found is None:
                found = _read(books, version)
                while len(self._books) >= MOST:
                    del self._books[next(iter(self._books))]
                self._books[key] = found
            return found

    def forget(self) -> None:
        """Drop every version; what is asked for next is read anew."""
        with self._lock:
            self._books.clear()


def _read(books: Books, version: str) -> Book:
    kept = books.get(version)
    try:
        book = read_book(books.edition, kept.files) if kept is not None else None
    except (BadFile, zlib.error) as bad:
        raise MissingVersion(version) from bad
    # The name is the hash of the content: what no longer has it is another book.
    if book is None or book.version != version:
        raise MissingVersion(version)
    return book


#: The books that this process has read; they are found by the hash of what they hold.
SHELF = Shelf()


def books_of(desk: Desk) -> Books:
    """The books of the desk's edition."""
    books: Books = desk.site["policy"].books(desk.rules.edition.id)
    return books


def published_on(desk: Desk, day: date) -> Publication | None:
    """The publication that decides on a day; ``None`` where the files do.

    In development files that were edited after the newest publication in force decide.
    """
    found, edited = books_of(desk).in_force(day), desk.rules.edited_at
    return None if found and edited and edited > found.at else found


def book_in_force(desk: Desk, day: date) -> Book:
    """The book that decides cases opened on a day."""
    found = published_on(desk, day)
    return SHELF.read(books_of(desk), found.version) if found else desk.rules.book


def book_deciding(*, desk: Desk, case: Demand) -> Book:
    """The book that decides a case: the one it is pinned to, else that of the day it was opened."""
    if case.book:
        return SHELF.read(books_of(desk), case.book)
    return book_in_force(desk, case.opened_at.astimezone(SHANGHAI).date())


def book_wording(*, desk: Desk, case: Demand) -> Book:
    """The book that names the facts of a case: the one deciding it, else that of the files.

    Where the one deciding it cannot be read, people still answer what was asked; nothing is ever
    decided by a book put in the place of another.
    """
    try:
        return book_deciding(desk=desk, case=case)
    except MissingVersion:
        return desk.rules.book


def pin(*, desk: Desk, case: Demand, book: Book, at: datetime) -> None:
    """Keep the book that has decided a case, and the case on it, if it was published.

    Files that are still being edited (development) bind no case.
    """
    books_of(desk).keep(book.version, book.files, at=at)
    if not case.book and published_on(desk, case.opened_at.astimezone(SHANGHAI).date()):
        case.book = book.version


def book_of(*, desk: Desk, decision: Decision) -> Book:
    """The book that a decision was made by. Raises ``MissingVersion``."""
    return SHELF.read(books_of(desk), decision.book)
