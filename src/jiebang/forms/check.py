"""Judging what was typed: stored values, errors, warnings, and the facts a policy may read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import colander

from jiebang import identifiers
from jiebang.forms.definition import CHOOSING, Form, Question
from jiebang.i18n import _

#: A message in the language of the reader.
Translate = Callable[[object], str]


@dataclass(frozen=True)
class FieldError:
    """What is wrong at ``field``: a path such as ``indicators.0.name``, or empty for the form."""

    field: str
    message: str


@dataclass(frozen=True)
class Result:
    """``values`` are what can be stored; ``warnings`` never block, an officer may override them."""

    values: dict[str, Any]
    errors: tuple[FieldError, ...]
    warnings: tuple[FieldError, ...]
    facts: dict[str, Any]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors


def check(
    form: Form,
    schema: colander.SchemaNode,
    data: Mapping[str, Any],
    *,
    section: str | None,
    locale: str,
    translate: Translate,
) -> Result:
    """Check ``data`` against the schema of the whole form; errors are of ``section`` (None: all).

    Conditions may look at answers of other sections, so every answer is read, whatever the section.
    """
    values: dict[str, Any] = {}
    wrong: dict[str, dict[str, str]] = {}
    for node in schema.children:
        try:
            values[node.name] = _read(node, data.get(node.name))
        except colander.Invalid as error:
            wrong[node.name] = error.asdict(translate=translate)
    shown = shown_questions(form, values)
    values = {key: value for key, value in values.items() if key in shown}
    errors: list[FieldError] = []
    warnings: list[FieldError] = []
    for part in form.asked(section):
        for question in part.questions:
            if question.key not in shown:
                continue
            if question.key in wrong:
                errors += [FieldError(path, said) for path, said in wrong[question.key].items()]
            else:
                value = values.get(question.key)
                errors += _missing(question, value, values, locale, translate)
                warnings += _warnings(question, value, locale, translate)
    kept = {key: value for key, value in values.items() if value is not None}
    return Result(kept, tuple(errors), tuple(warnings), facts_of(form, kept))


def shown_questions(form: Form, values: dict[str, Any]) -> frozenset[str]:
    """The keys of the questions that the answers so far call for.

    An answer to a question that is itself not asked meets no condition, however deep the chain.
    """
    visible = dict(values)
    while True:
        shown = {
            question.key
            for section in form.sections
            if section.shown_when is None or section.shown_when.holds(visible)
            for question in section.questions
            if question.shown_when is None or question.shown_when.holds(visible)
        }
        if visible.keys() <= shown:
            return frozenset(shown)
        visible = {key: value for key, value in visible.items() if key in shown}


def _read(node: colander.SchemaNode, typed: Any) -> Any:
    value = node.deserialize(colander.null if typed is None or typed == "" else typed)
    question: Question = node.question
    if question.type == "table" and value is not None:
        # A row in which nothing stands was never filled in.
        return [row for row in value if any(cell is not None for cell in row.values())] or None
    if question.type == "rating" and value is not None and not any(value.values()):
        return None
    return value


def _missing(
    question: Question, value: Any, values: dict[str, Any], locale: str, translate: Translate
) -> list[FieldError]:
    needed = question.required or (
        question.required_when is not None and question.required_when.holds(values)
    )
    label = {"label": question.label.in_locale(locale)}
    if question.type == "consent":
        if needed and value is not True:
            return [
                FieldError(
                    question.key, translate(_("Please tick “${label}” to go on.", mapping=label))
                )
            ]
        return []
    if value is None:
        if not needed:
            return []
        return [FieldError(question.key, translate(_asking(question, label)))]
    found: list[FieldError] = []
    if question.type == "rating":
        if value["rating"] is None:
            found.append(
                FieldError(
                    f"{question.key}.rating", translate(_("Choose “${label}”.", mapping=label))
                )
            )
        if value["reason"] is None:
            message = translate(_("Give the reason for “${label}”.", mapping=label))
            found.append(FieldError(f"{question.key}.reason", message))
    if question.type == "table":
        found += _missing_cells(question, value, locale, translate)
        found += _row_count(question, len(value), label, translate)
    return found


def _missing_cells(
    question: Question, rows: list[dict[str, Any]], locale: str, translate: Translate
) -> list[FieldError]:
    found = []
    for index, row in enumerate(rows):
        for column in question.columns:
            if column.required and row.get(column.key) is None:
                label = {"label": column.label.in_locale(locale), "row": index + 1}
                message = _("Fill in “${label}” in row ${row}.", mapping=label)
                found.append(FieldError(f"{question.key}.{index}.{column.key}", translate(message)))
    return found


def _row_count(
    question: Question, count: int, label: dict[str, str], translate: Translate
) -> list[FieldError]:
    if question.min is not None and count < question.min:
        words = {**label, "count": count, "limit": question.min}
        message = _("“${label}” has ${count} rows; at least ${limit} are needed.", mapping=words)
        return [FieldError(question.key, translate(message))]
    if question.max is not None and count > question.max:
        words = {**label, "count": count, "limit": question.max}
        message = _("“${label}” has ${count} rows; at most ${limit} are possible.", mapping=words)
        return [FieldError(question.key, translate(message))]
    return []


def _asking(question: Question, label: dict[str, str]) -> object:
    if question.type == "files":
        return _("Attach at least one file for “${label}”.", mapping=label)
    if question.type == "yes_no":
        return _("Choose yes or no for “${label}”.", mapping=label)
    if question.type in CHOOSING:
        return _("Choose “${label}”.", mapping=label)
    if question.type == "table":
        return _("Fill in at least one row of “${label}”.", mapping=label)
    return _("Fill in “${label}”.", mapping=label)


def _warnings(
    question: Question, value: Any, locale: str, translate: Translate
) -> list[FieldError]:
    if question.type != "credit_code" or value is None:
        return []
    if identifiers.check_credit_code(value) is not identifiers.Verdict.BAD_CHECK:
        return []
    message = _(
        "The check character of “${label}” does not fit. Compare it with the business licence; "
        "if it stands there so, go on, an officer will look at it.",
        mapping={"label": question.label.in_locale(locale)},
    )
    return [FieldError(question.key, translate(message))]


def facts_of(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """The facts a form states, by their names in the policy vocabulary; ``values`` as stored."""
    found: dict[str, Any] = {}
    for question in form.questions:
        if question.key not in values:
            continue
        for fact, part in question.facts.items():
            value = _part(values[question.key], part, form.provinces)
            if value is not None:
                found[fact] = value
    return found


def _part(value: Any, part: str, provinces: Mapping[str, str]) -> Any:
    if part == "province":
        return provinces.get(identifiers.province_code(value))
    if part == "entity_kind":
        return identifiers.entity_kind(value)
    return value if part == "value" else value[part]
