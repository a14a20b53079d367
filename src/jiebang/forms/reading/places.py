"""Where in a form file something stands, and how to say what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from jiebang.yamlfile import Finding, Source, nearest


class Place(NamedTuple):
    """A path in a parsed file."""

    source: Source
    path: tuple[str | int, ...]

    def at(self, *more: str | int) -> Place:
        """A place within this one."""
        return Place(self.source, (*self.path, *more))

    def entry(self, index: int) -> Place:
        """An entry of a list that may be written as its only entry, without the list."""
        inside = self.at(index)
        return inside if inside.path in self.source.places else self

    def says(self, code: str, zh: str, en: str, hint: str = "") -> Finding:
        """A finding here."""
        return self.source.finding(self.path, code, zh, en, hint)

    def twice(self, word: str) -> Finding:
        """A word that may only stand once."""
        return self.says("repeated", f"“{word}”重复", f'"{word}" appears twice')

    def unknown(self, zh: str, en: str, word: str, known: Iterable[str]) -> Finding:
        """A name of nothing there is, with the nearest right one."""
        hint = nearest(word, known)
        return self.says(
            "unknown",
            f"没有名为“{word}”的{zh}" + (f"，是否想写“{hint}”？" if hint else ""),
            f'there is no {en} "{word}"' + (f', did you mean "{hint}"?' if hint else ""),
            hint,
        )
