"""Texts of forms that lack a language. The site can go on without English, a reader of it cannot."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from jiebang.yamlfile import Finding, Source, load

#: Where a bare text is its Chinese half.
_WORDED = frozenset({"title", "label", "help", "example", "message", "text"})
_Path = tuple[str | int, ...]


def lacking_words(folder: Path, only: Collection[str] | None = None) -> Iterator[Finding]:
    """Every text without English or without Chinese, in all forms with what they share, or in some.

    Raises ``BadFile`` where a file cannot be read.
    """
    shared = () if only else (*folder.glob("blocks/*.yaml"), *folder.glob("lists/*.yaml"))
    forms = (path for path in folder.glob("*.yaml") if not only or path.stem in only)
    for path in sorted((*forms, *shared)):
        source = load(path, str(path.relative_to(folder.parent)))
        yield from _lacking(source, source.data, ())


def _lacking(source: Source, value: Any, path: _Path, *, worded: bool = False) -> Iterator[Finding]:
    if isinstance(value, str) and worded:
        yield source.finding(path, "no_english", "缺少英文", "has no English", "{zh: …, en: …}")
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _lacking(source, one, (*path, index), worded=worded)
    elif isinstance(value, Mapping) and "zh" in value:
        for half, zh, en in (
            ("zh", "缺少中文", "has no Chinese"),
            ("en", "缺少英文", "has no English"),
        ):
            if not str(value.get(half) or "").strip():
                yield source.finding((*path, half), f"no_{half}", zh, en, f"{half}: …")
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _lacking(source, one, (*path, key), worded=key in _WORDED)
