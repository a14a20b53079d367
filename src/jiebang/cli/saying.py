"""What all commands share: their exit codes, saying what is wrong, and JSON in and out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jiebang.yamlfile import Finding, nearest

#: Exit codes. ``UNUSABLE``: the command could not do its work at all.
CLEAN, FINDINGS, UNUSABLE = 0, 1, 2


class Unusable(Exception):
    """A command cannot do its work; the message says why in both languages."""


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
