"""The answers of a previewed workbook as the page posts them back: only what a workbook could hold."""

from __future__ import annotations

import json
from typing import Any

from jiebang.casework.workbooks.cells import slots_of
from jiebang.casework.workbooks.forms import questions_asked
from jiebang.forms.language.definition import Form
from jiebang.forms.language.question import Question

#: Characters; more than the page ever posts for the longest form.
_LONGEST = 4_000_000


class _Unshaped(ValueError):
    """An answer that is not of the shape its question has."""


def answers_typed(form: Form, posted: str) -> dict[str, Any]:
    """The answers, of questions that a workbook asks. Raises ``ValueError`` for anything else."""
    if len(posted) > _LONGEST:
        raise ValueError
    try:
        typed = json.loads(posted)
    except RecursionError:
        raise ValueError from None
    if not isinstance(typed, dict):
        raise _Unshaped
    asked = {one.key: one for one in questions_asked(form)}
    return {key: _answer(asked[key], value) for key, value in typed.items() if key in asked}


def _answer(question: Question, value: Any) -> Any:
    if question.type != "table":
        return _plain(value, parts=any(one.part for one in slots_of(question)))
    columns = {one.key: one for one in question.columns}
    if not isinstance(value, list):
        raise _Unshaped
    return [_row(columns, row) for row in value]


def _row(columns: dict[str, Question], row: Any) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise _Unshaped
    return {key: _answer(columns[key], value) for key, value in row.items() if key in columns}


def _plain(value: Any, *, parts: bool) -> Any:
    """Text, a yes or no, a list of texts, or the parts of an answer that has some."""
    if isinstance(value, dict) and parts:
        return {key: _plain(one, parts=False) for key, one in value.items()}
    if isinstance(value, dict) != parts:
        raise _Unshaped
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        return [_text(one) for one in value]
    return _text(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Unshaped
    # Half a pair of signs cannot be shown or stored.
    return value.encode("utf-8", "replace").decode()
