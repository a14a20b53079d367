"""What ties a control to its question: ids, conditions for the script, shapes of what was posted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import colander

from jiebang.forms.language.conditions import Condition
from jiebang.i18n import _

if TYPE_CHECKING:
    from deform.field import Field


def element_id(path: str) -> str:
    """The id of the control at a path such as ``indicators.0.name``."""
    return "f-" + path.replace(".", "-")


def condition_data(conditions: tuple[Condition, ...]) -> dict[str, str]:
    """The conditions as a data-* attribute for the script, each with what browsers send."""
    if not conditions:
        return {}
    told = [
        {"field": one.field, "filled": one.filled}
        if one.filled is not None
        else {"field": one.field, "any": [_sent(wanted) for wanted in one.wanted]}
        for one in conditions
    ]
    return {"data-shown-when": json.dumps(told, ensure_ascii=False)}


def _sent(wanted: Any) -> str:
    if isinstance(wanted, bool):
        return "yes" if wanted else "no"
    return str(wanted)


def wrong_shape(field: Field) -> colander.Invalid:
    """What a posted answer of the wrong shape gets (a list for a date, text for a table)."""
    words = {"label": field.title}
    return colander.Invalid(
        field.schema,
        _("The answer to “${label}” arrived damaged. Please give it again.", mapping=words),
    )


def posted_text(field: Field, value: Any) -> str:
    """Posted text with plain line ends. Raises ``colander.Invalid`` for anything else."""
    if value is colander.null:
        return ""
    if not isinstance(value, str):
        raise wrong_shape(field)
    return value.replace("\r\n", "\n").replace("\r", "\n")


def posted_texts(field: Field, value: Any) -> list[str]:
    """A posted list of texts. Raises ``colander.Invalid`` for anything else."""
    if value is colander.null:
        return []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise wrong_shape(field)
    return list(value)


def posted_parts(field: Field, value: Any, names: dict[str, str]) -> dict[str, str]:
    """A posted mapping: every part by the name that it was sent under; nothing for nothing."""
    if value is colander.null:
        return {}
    if not isinstance(value, dict):
        raise wrong_shape(field)
    return {part: posted_text(field, value.get(name, "")) for part, name in names.items()}
