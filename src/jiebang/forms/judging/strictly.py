"""Reading answers as programs write them: only as they are stored, and nothing besides."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from jiebang.forms.judging.outcome import Asking, FieldError, Read
from jiebang.i18n import _
from jiebang.yamlfile import nearest


def strict_errors(data: Mapping[str, Any], read: Read, asking: Asking) -> Iterator[FieldError]:
    """What is not written as it would be stored. A computed answer may stand there: it is not read."""
    for key, given in data.items():
        question = read.form.by_key.get(key)
        if question is None:
            yield asking.told(key, _no_field(key, read))
        elif question.type == "computed" or key in read.closed:
            continue
        elif key not in read.shown:
            words = {"label": asking.label(question)}
            message = _(
                "“${label}” is not asked, as the other answers stand. Leave it out.", mapping=words
            )
            yield asking.told(key, message)
        elif key not in read.wrong:
            kept = read.values.get(key)
            other = (key, None) if kept is None else _otherwise(given, kept, key)
            if other is not None:
                yield asking.told(other[0], _as_stored(asking.label(question), other[1]))


def _no_field(key: str, read: Read) -> object:
    hint = nearest(key, read.form.by_key)
    if hint:
        words = {"field": key, "hint": hint}
        return _("The form has no field “${field}”. Did you mean “${hint}”?", mapping=words)
    return _("The form has no field “${field}”. Leave it out.", mapping={"field": key})


def _as_stored(label: str, value: Any) -> object:
    if value is None:
        return _("“${label}” holds nothing here. Leave it out.", mapping={"label": label})
    words = {"label": label, "stored": json.dumps(value, ensure_ascii=False)[:200]}
    return _("“${label}” is not written as it is stored. Write ${stored}.", mapping=words)


def _otherwise(given: Any, kept: Any, path: str) -> tuple[str, Any] | None:
    """The first place where what was given is not what is kept, and what is kept there."""
    if isinstance(given, dict) and isinstance(kept, dict):
        each = (
            _otherwise(one, kept[key], f"{path}.{key}") if key in kept else (f"{path}.{key}", None)
            for key, one in given.items()
        )
        return next((found for found in each if found), None)
    if isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        each = (
            _otherwise(one, own, f"{path}.{at}" if isinstance(own, dict) else path)
            for at, (one, own) in enumerate(zip(given, kept, strict=True))
        )
        return next((found for found in each if found), None)
    # JSON does not tell 12.0 from 12, but True from 1.
    same = given == kept and isinstance(given, bool) == isinstance(kept, bool)
    return None if same else (path, kept)
