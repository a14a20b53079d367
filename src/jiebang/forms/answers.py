"""Answers as people read them: for check-answers pages, case pages and the task list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import colander

from jiebang.clock import show_date
from jiebang.forms.check import FieldError, Translate, shown_questions
from jiebang.forms.definition import CHOOSING, Form, Question
from jiebang.forms.signs import showable
from jiebang.i18n import _
from jiebang.money import from_fen

Status = Literal["not_started", "in_progress", "done", "cannot_start"]
STATUS_WORDS: Mapping[Status, object] = {
    "not_started": _("Not started"),
    "in_progress": _("In progress"),
    "done": _("Done"),
    "cannot_start": _("Cannot start yet"),
}


@dataclass(frozen=True)
class Answer:
    """One question and its answer as shown: ``rows`` of a table, ``files`` by attachment id."""

    section: str
    section_title: str
    key: str
    label: str
    text: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    files: tuple[str, ...] = ()
    confidential: bool = False
    personal: bool = False
    hideable: bool = False


@dataclass(frozen=True)
class SectionStatus:
    """A line of the task list. ``errors`` is what still keeps the section from being complete."""

    id: str
    title: str
    status: Status
    status_text: str
    errors: tuple[FieldError, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing here keeps the form from being sent; optional questions never do."""
        return not self.errors


def show_answers(
    form: Form,
    schema: colander.SchemaNode,
    data: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    locale: str,
    translate: Translate,
) -> Iterator[Answer]:
    """Every question that was asked, answered or not; what could not be read stands as typed."""
    shown = shown_questions(form, dict(values))
    for section in form.sections:
        for question in section.questions:
            if question.key not in shown:
                continue
            value = values.get(question.key, data.get(question.key))
            told = _tell(question, schema[question.key], value, locale, translate)
            yield Answer(
                section=section.id,
                section_title=section.title.in_locale(locale),
                key=question.key,
                label=question.label.in_locale(locale),
                confidential=question.confidential,
                personal=question.personal,
                hideable=question.hideable,
                **told,
            )


def _tell(
    question: Question, node: colander.SchemaNode, value: Any, locale: str, translate: Translate
) -> dict[str, Any]:
    if question.type == "files":
        return {"text": "", "files": tuple(value) if isinstance(value, list) else ()}
    if question.type == "table":
        rows = value if isinstance(value, list) else []
        columns = node.children[0].children
        return {
            "text": "",
            "columns": tuple(column.title for column in columns),
            "rows": tuple(
                tuple(
                    say(column.question, column, row.get(column.name), locale, translate)
                    for column in columns
                )
                for row in rows
            ),
        }
    return {"text": say(question, node, value, locale, translate)}


def say(
    question: Question, node: colander.SchemaNode, value: Any, locale: str, translate: Translate
) -> str:
    """One value in the reader's language; an empty string where there is none."""
    if value in (None, "", {}):
        return ""
    if isinstance(value, bool):
        return translate(_("Yes") if value else _("No"))
    if question.type in CHOOSING:
        return _say_chosen(question, node, value, translate)
    if question.type == "money" and isinstance(value, int):
        return f"{from_fen(value, question.unit):,.2f} {question.unit}"
    if question.type == "date":
        try:
            return show_date(date.fromisoformat(str(value)), locale)
        except ValueError:
            return showable(str(value))
    return showable(str(value))


def _say_chosen(
    question: Question, node: colander.SchemaNode, value: Any, translate: Translate
) -> str:
    texts = {choice.code: choice.text for choice in node.choices}
    if question.type == "several_of" and isinstance(value, list):
        chosen = [texts.get(one, showable(str(one))) for one in value]
        return translate(_("list separator", default=", ")).join(chosen)
    if question.type == "rating" and isinstance(value, dict):
        grade = texts.get(str(value.get("rating")), "")
        reason = showable(str(value.get("reason") or ""))
        return "\n".join(part for part in (grade, reason) if part)
    return str(texts.get(value, showable(str(value))))


def section_statuses(
    form: Form,
    data: Mapping[str, Any],
    values: Mapping[str, Any],
    errors_of: Callable[[str], Sequence[FieldError]],
    *,
    locale: str,
    translate: Translate,
) -> list[SectionStatus]:
    """The task list: sections that are asked, in order, each with its status."""
    shown = shown_questions(form, dict(values))
    complete: set[str] = set()
    lines: list[SectionStatus] = []
    for section in form.sections:
        asked = [question for question in section.questions if question.key in shown]
        if not asked:
            complete.add(section.id)
            continue
        errors = tuple(errors_of(section.id))
        touched = any(_given(data.get(question.key)) for question in asked)
        status: Status
        if not complete.issuperset(section.after):
            status = "cannot_start"
        elif not touched:
            status = "not_started"
        else:
            status = "in_progress" if errors else "done"
        if not errors and status != "cannot_start":
            complete.add(section.id)
        title = section.title.in_locale(locale)
        lines.append(
            SectionStatus(section.id, title, status, translate(STATUS_WORDS[status]), errors)
        )
    return lines


def _given(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_given(one) for one in value.values())
    if isinstance(value, list):
        return any(_given(one) for one in value)
    return value is not None and value != ""
