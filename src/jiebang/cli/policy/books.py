"""Reading the policy book in a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jiebang.cli.saying import Unusable, no_such_folder
from jiebang.policy import Book, load_book
from jiebang.policy.book import VOCABULARY
from jiebang.yamlfile import BadFile, load


def read_book(folder: Path) -> Book:
    """The book in a folder, the same by whichever way it is named. Raises ``Unusable``."""
    if not folder.is_dir():
        raise Unusable(no_such_folder(folder))
    try:
        return load_book(folder.resolve(), vocabulary=vocabulary_of(folder))
    except BadFile as bad:
        raise Unusable(str(bad)) from bad


def vocabulary_of(folder: Path) -> Path:
    """The words beside the book; for a book that lies elsewhere, those of the site.

    A book whose own words say anew what those of the site say needs none but its own.
    """
    beside = folder.resolve().parent / VOCABULARY
    site = Path("rules") / VOCABULARY
    if beside.is_file() or not site.is_file():
        return beside
    return site if _named(folder / VOCABULARY).isdisjoint(_named(site)) else beside


def _named(vocabulary: Path) -> set[str]:
    """The facts that a vocabulary names; none where it cannot be read, which reading the book tells."""
    try:
        facts = load(vocabulary).data["facts"]
    except (BadFile, KeyError, TypeError):
        return set()
    return set(facts) if isinstance(facts, Mapping) else set()
