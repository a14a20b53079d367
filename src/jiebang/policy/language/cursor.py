"""Walking parsed YAML while collecting what is wrong with it, each at its line."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from jiebang.policy.language.types import Type, WrongType, read_written
from jiebang.wording import Wording
from jiebang.yamlfile import Finding, Source, nearest


@dataclass(frozen=True)
class Cursor:
    """A value in a file, with its path; ``findings`` is shared by all cursors of the file."""

    source: Source
    path: tuple[str | int, ...]
    data: Any
    findings: list[Finding]

    @property
    def place(self) -> tuple[int, int]:
        """Line and column, 1-based."""
        return self.source.place(self.path)

    @property
    def key(self) -> str:
        """The last name on the path."""
        return str(self.path[-1]) if self.path else ""

    def wrong(self, code: str, zh: str, en: str, suggestion: str = "") -> None:
        """Note a finding at this place."""
        self.findings.append(self.source.finding(self.path, code, zh, en, suggestion))

    def unknown(self, code: str, zh: str, en: str, word: str, known: Collection[str]) -> None:
        """Note an unknown word, with the nearest known one."""
        hint = nearest(word, known)
        self.wrong(
            code,
            f"不认识的{zh}“{word}”" + (f"，是否想写“{hint}”？" if hint else ""),
            f'unknown {en} "{word}"' + (f', did you mean "{hint}"?' if hint else ""),
            hint,
        )

    def child(self, key: str | int) -> Cursor:
        """The value at a key that exists."""
        return Cursor(self.source, (*self.path, key), self.data[key], self.findings)

    def get(self, key: str) -> Cursor | None:
        """The value at a key, or ``None``; a null counts as absent."""
        if not isinstance(self.data, dict) or self.data.get(key) is None:
            return None
        return self.child(key)

    def items(self) -> Iterator[Cursor]:
        """The items of a list; anything else is a finding and has none."""
        if not isinstance(self.data, list):
            self.wrong("list", f"“{self.key}”应为列表", f'"{self.key}" must be a list')
            return
        for index in range(len(self.data)):
            yield self.child(index)

    def mapping(
        self,
        allowed: Collection[str],
        required: Collection[str] = (),
    ) -> bool:
        """Check that this is a mapping of known keys."""
        if not isinstance(self.data, dict):
            self.wrong("mapping", f"“{self.key}”应为键值表", f'"{self.key}" must be a mapping')
            return False
        for key in self.data:
            at = Cursor(self.source, (*self.path, str(key)), None, self.findings)
            if key not in allowed:
                at.unknown("unknown_key", "键", "key", str(key), allowed)
        missing = [key for key in required if self.data.get(key) is None]
        for key in missing:
            self.wrong("missing_key", f"缺少“{key}”", f'"{key}" is missing', f"{key}: …")
        return not missing

    def text(self, *, allow_empty: bool = False) -> str:
        """A piece of text; an empty string after a finding."""
        if not isinstance(self.data, str):
            self.wrong("text", f"“{self.key}”应为文字", f'"{self.key}" must be text')
            return ""
        if not self.data.strip() and not allow_empty:
            self.wrong("empty_text", f"“{self.key}”不能为空", f'"{self.key}" must not be empty')
        return self.data

    def text_at(self, key: str) -> str:
        """The text at an optional key, or an empty string."""
        at = self.get(key)
        return at.text() if at else ""

    def wording(self) -> Wording:
        """A string, or ``{zh, en}``."""
        if isinstance(self.data, str):
            return Wording(zh=self.text())
        if self.mapping(("zh", "en"), ("zh",)):
            return Wording(zh=self.text_at("zh"), en=self.text_at("en"))
        return Wording(zh="")

    def wording_at(self, key: str) -> Wording | None:
        """The wording at an optional key."""
        at = self.get(key)
        return at.wording() if at else None

    def choice(self, allowed: Collection[str], zh: str, en: str) -> str:
        """One of several words; an empty string after a finding."""
        word = self.text()
        if word and word not in allowed:
            self.unknown("unknown_word", zh, en, word, allowed)
            return ""
        return word

    def day(self) -> date | None:
        """A date; ``None`` after a finding."""
        try:
            found = read_written(Type("date"), self.data)
        except WrongType as wrong:
            self.wrong("wrong_type", f"“{self.key}”{wrong.zh}", f'"{self.key}" {wrong.en}')
            return None
        return found if isinstance(found, date) else None
