"""What the commands about policy books share: reading a book, reading facts, saying what is wrong."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jiebang.policy import Book, load_book
from jiebang.policy.book import VOCABULARY
from jiebang.yamlfile import BadFile, load, nearest

#: Exit codes. ``UNUSABLE``: the command could not do its work at all.
CLEAN, FINDINGS, UNUSABLE = 0, 1, 2


class Unusable(Exception):
    """A command cannot do its work; the message says why in both languages."""


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


def read_json(path: Path) -> Any:
    """The JSON in a file, in which no key may come twice. Raises ``Unusable``."""
    try:
        # Editors on Windows put a mark of the encoding in front.
        return json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_object)
    except (OSError, ValueError, RecursionError) as error:
        raise Unusable(f"{path}: 读不出来 / unreadable: {error}") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"“{twice}”写了两次 / given twice: “{twice}”")
    return found


def no_such_folder(folder: Path) -> str:
    """What is said of a book that is not there."""
    return f"没有这个文件夹：{folder} / no such folder"


def known(name: str, names: Any, zh: str, en: str) -> None:
    """Nothing if a name is among those known. Raises ``Unusable`` with the nearest and all of them."""
    if name not in names:
        hint, listed = nearest(name, names), "、".join(sorted(names))
        zh, en = f"没有这个{zh}：{name}", f"no such {en}"
        if hint:
            zh, en = f"{zh}，是否想写“{hint}”？", f"{en}, did you mean “{hint}”?"
        raise Unusable(f"{zh} / {en}\n{listed}")


def say(text: str) -> None:
    """One line on standard output; what its encoding lacks is escaped, as in JSON."""
    encoding = sys.stdout.encoding or "utf-8"
    written = f"{text}\n".encode(encoding, "backslashreplace")
    sys.stdout.write(written.decode(encoding))


def say_json(data: Any) -> None:
    """JSON on standard output."""
    say(json.dumps(data, ensure_ascii=False, indent=2))


def unusable(text: str) -> int:
    """Why a command could not do its work, on standard error; its exit code."""
    sys.stderr.write(f"{text}\n")
    return UNUSABLE
