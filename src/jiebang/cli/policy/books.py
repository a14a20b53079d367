"""What the commands about policy books share: reading a book, reading facts, saying what is wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from jiebang.policy import Book, load_book
from jiebang.yamlfile import BadFile

#: Exit codes. ``UNUSABLE``: the command could not do its work at all.
CLEAN, FINDINGS, UNUSABLE = 0, 1, 2


class Unusable(Exception):
    """A command cannot do its work; the message says why in both languages."""


def read_book(folder: Path) -> Book:
    """The book in a folder. Raises ``Unusable``."""
    try:
        return load_book(folder, vocabulary=vocabulary_of(folder))
    except BadFile as bad:
        raise Unusable(str(bad)) from bad


def vocabulary_of(folder: Path) -> Path | None:
    """The words beside the book; for a book that lies elsewhere, those of the site."""
    beside = folder.resolve().parent / "vocabulary.yaml"
    site = Path("rules/vocabulary.yaml")
    return beside if beside.is_file() or not site.is_file() else site


def read_json(path: Path) -> Any:
    """The JSON in a file. Raises ``Unusable``."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise Unusable(f"{path}: 读不出来 / unreadable: {error}") from error


def known(name: str, names: Any, zh: str, en: str) -> None:
    """Nothing if a name is among those known. Raises ``Unusable`` with all of them."""
    if name not in names:
        listed = "、".join(sorted(names))
        raise Unusable(f"没有这个{zh}：{name} / no such {en}\n{listed}")


def say(text: str) -> None:
    """One line on standard output."""
    sys.stdout.write(f"{text}\n")


def say_json(data: Any) -> None:
    """JSON on standard output."""
    say(json.dumps(data, ensure_ascii=False, indent=2))


def unusable(text: str) -> int:
    """Why a command could not do its work, on standard error; its exit code."""
    sys.stderr.write(f"{text}\n")
    return UNUSABLE
