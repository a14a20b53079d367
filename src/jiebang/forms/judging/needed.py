"""What is missing: answers that a question needs, halves of answers, cells and rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jiebang import identifiers
from jiebang.forms.judging.outcome import Asking, FieldError
from jiebang.forms.kinds.choices import too_many_rows
from jiebang.forms.language.conditions import all_hold
from jiebang.forms.language.question import CHOOSING, Question
from jiebang.i18n import _


def missing(
    question: Question, values: Mapping[str, Any], asking: Asking, *, asked: bool
) -> Iterator[FieldError]:
    """What keeps an answer from being complete; its absence only where the question is ``asked``."""
    value = values.get(question.key)
    label = asking.label(question)
    if value is not None:
        yield from _unfinished(question, value, label, asking)
    elif asked and _needs(question, values):
        yield asking.told(question.key, _asking_for(question, label))


def _needs(question: Question, values: Mapping[str, Any]) -> bool:
    return question.required or (
        bool(question.required_when) and all_hold(question.required_when, values)
    )


def _asking_for(question: Question, label: str) -> object:
    words = {"label": label}
    match question.type:
        case "consent":
            return _("Please tick “${label}” to go on.", mapping=words)
        case "files":
            return _("Attach at least one file for “${label}”.", mapping=words)
        case "yes_no":
            return _("Choose yes or no for “${label}”.", mapping=words)
        case "table":
            return _("Fill in at least one row of “${label}”.", mapping=words)
        case "signature":
            return _("Sign “${label}”: give the name and the date.", mapping=words)
        case "year_range":
            return _("Give the first and the last year of “${label}”.", mapping=words)
        case kind if kind in CHOOSING:
            return _("Choose “${label}”.", mapping=words)
    return _("Fill in “${label}”.", mapping=words)


def _unfinished(question: Question, value: Any, label: str, asking: Asking) -> Iterator[FieldError]:
    words = {"label": label}
    match question.type:
        case "rating" | "signature" | "year_range":
            for part, message in _HALVES[question.type].items():
                if value[part] is None:
                    yield asking.told(f"{question.key}.{part}", _(message, mapping=words))
            yield from _backwards(question, value, label, asking)
        case "table":
            yield from _cells(question, value, asking)
            yield from _row_count(question, len(value), label, asking)


#: What is said of an answer whose other part is there. Marked for translation here.
_HALVES = {
    "rating": {
        "rating": _("Choose “${label}”."),
        "reason": _("Give the reason for “${label}”."),
    },
    "signature": {
        "name": _("Write who signed “${label}”."),
        "date": _("Write on which day “${label}” was signed."),
    },
    "year_range": {
        "from": _("Give the first year of “${label}”."),
        "to": _("Give the last year of “${label}”."),
    },
}


def _backwards(
    question: Question, value: dict[str, Any], label: str, asking: Asking
) -> Iterator[FieldError]:
    first, last = value.get("from"), value.get("to")
    if first is not None and last is not None and first > last:
        words = {"label": label}
        message = _("“${label}” ends before it begins. Correct the years.", mapping=words)
        yield asking.told(question.key, message)


def _cells(question: Question, rows: list[dict[str, Any]], asking: Asking) -> Iterator[FieldError]:
    needed = [column for column in question.columns if column.required]
    for index, row in enumerate(rows):
        for column in needed:
            if column.key not in row:
                words = {"label": asking.label(column), "row": index + 1}
                message = _("Fill in “${label}” in row ${row}.", mapping=words)
                yield asking.told(f"{question.key}.{index}.{column.key}", message)


def _row_count(question: Question, count: int, label: str, asking: Asking) -> Iterator[FieldError]:
    if question.min is not None and count < question.min:
        words = {"label": label, "count": count, "limit": question.min}
        message = _("“${label}” has ${count} rows; at least ${limit} are needed.", mapping=words)
        yield asking.told(question.key, message)
    if question.max is not None and count > question.max:
        yield asking.told(question.key, too_many_rows(label, count, question.max))


def warnings_of(
    question: Question, value: Any, asking: Asking, *, asked: bool
) -> Iterator[FieldError]:
    """What somebody should look at again, though nothing keeps them from going on."""
    if value is None:
        if asked and question.recommended:
            message = _(
                "“${label}” is not filled in. You can go on, but it helps to have it.",
                mapping={"label": asking.label(question)},
            )
            yield asking.told(question.key, message)
    elif question.type == "credit_code":
        yield from _doubtful(question.key, question, value, asking)
    elif question.type == "table":
        for column in question.columns:
            if column.type == "credit_code":
                for index, row in enumerate(value):
                    path = f"{question.key}.{index}.{column.key}"
                    yield from _doubtful(path, column, row.get(column.key), asking)


def _doubtful(
    path: str, question: Question, code: str | None, asking: Asking
) -> Iterator[FieldError]:
    if code and identifiers.check_credit_code(code) is identifiers.Verdict.BAD_CHECK:
        message = _(
            "The check character of “${label}” does not fit. Compare it with the business licence; "
            "if it stands there so, go on, an officer will look at it.",
            mapping={"label": asking.label(question)},
        )
        yield asking.told(path, message)
