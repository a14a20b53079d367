"""What all commands share: their exit codes, saying what is wrong, and JSON in and out."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jiebang.yamlfile import Finding, nearest, unreadable

#: Exit codes. ``UNUSABLE``: the command could not do its work at all.
CLEAN, FINDINGS, UNUSABLE = 0, 1, 2


class Unusable(Exception):
    """A command cannot do its work; the message says why in both languages."""


def read_json(path: Path) -> Any:
    """The JSON in a file, in which no key may come twice. Raises ``Unusable``."""
    try:
        # Editors on Windows put a mark of the encoding in front.
        text = path.read_text(encoding="utf-8-sig")
        return json.loads(text, object_pairs_hook=_object)
    except (OSError, ValueError, RecursionError) as error:
        zh, en = _why(error)
        raise Unusable(f"{path}: {zh} / {en}") from error


def _why(error: Exception) -> tuple[str, str]:
    """Why JSON could not be read, in both languages."""
    match error:
        case OSError() | UnicodeDecodeError():
            return unreadable(error)
        case json.JSONDecodeError():
            where = f"第 {error.lineno} 行第 {error.colno} 列"
            return f"不合 JSON 的写法：{where}", f"not JSON: {error}"
        case RecursionError():
            return "嵌套太深，读不下去", "nested too deeply to be read"
        case _Refused():
            return error.zh, error.en
    return "有读不出来的数", f"a number cannot be read: {error}"


class _Refused(ValueError):
    """What other readers of JSON let pass."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _Refused(f"“{twice}”写了两次", f"“{twice}” is given twice")
    for key, value in pairs:
        if isinstance(value, float) and not math.isfinite(value):
            raise _Refused(f"“{key}”不是一个数：{value}", f"“{key}” is no number: {value}")
    return found


def no_such_folder(folder: Path) -> str:
    """What is said of a folder that is not there."""
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


def say_findings(findings: Iterable[Finding], *, as_json: bool) -> None:
    """What is wrong with files: where, what, a case that shows it, and the remedy."""
    if as_json:
        say_json([one.as_dict() for one in findings])
        return
    for one in findings:
        say(str(one))
        for label, words in (
            ("情形 / case", one.case),
            ("改法 / remedy", one.suggestion),
            ("可粘贴 / paste", one.paste),
        ):
            if words:
                say(f"  {label}: {words}")


def unusable(text: str) -> int:
    """Why a command could not do its work, on standard error; its exit code."""
    sys.stderr.write(f"{text}\n")
    return UNUSABLE
