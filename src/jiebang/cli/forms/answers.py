"""Answers out of a file: JSON, or YAML as strict as the forms themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jiebang.cli.saying import Unusable, read_json
from jiebang.yamlfile import BadFile, load

_YAML = frozenset({".yaml", ".yml"})


def read_answers(path: Path) -> dict[str, Any]:
    """The answers in a file, by the key of the question. Raises ``Unusable``."""
    try:
        found = _plain(load(path).data) if path.suffix.lower() in _YAML else read_json(path)
    except BadFile as bad:
        raise Unusable(str(bad)) from bad
    if not isinstance(found, dict):
        raise Unusable(
            f"{path}: 应为“字段: 答案”的对象 / must be an object of answers by their keys"
        )
    return found


def _plain(value: Any) -> Any:
    """What YAML read as JSON has it: a date without quotes is the text that it was written as."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return value
