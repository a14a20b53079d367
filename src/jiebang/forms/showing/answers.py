"""Answers as people read them: for check-answers pages, case pages, print and the task list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import colander

from jiebang.forms.judging.outcome import FieldError
from jiebang.forms.judging.shown import shown_questions
from jiebang.forms.kinds.telling import Teller
from jiebang.forms.language.definition import Form, Section
from jiebang.forms.language.question import Kind
from jiebang.i18n import Translate, _

Status = Literal["not_started", "in_progress", "done", "cannot_start"]
STATUS_WORDS: Mapping[Status, object] = {
    "not_started": _("Not started"),
    "in_progress": _("In progress"),
    "done": _("Done"),
    "cannot_start": _("Cannot start yet"),
}


@dataclass(frozen=True)
class Answer:
    """One question and its answer as shown: ``rows`` of a table, ``files`` by attachment id.

    ``masked``: part of it is starred out for this reader.
    """

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
    type: Kind = "text"
    masked: bool = False


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
    teller: Teller,
    *,
    locale: str,
) -> Iterator[Answer]:
    """Every question that was asked, answered or not; what could not be read stands as typed."""
    shown = shown_questions(form, values)
    for section in form.sections:
        for question in section.questions:
            if question.key not in shown:
                continue
            value = values.get(question.key)
            if value is None and question.type != "computed":
                value = data.get(question.key)
            yield Answer(
                section=section.id,
                section_title=section.title.in_locale(locale),
                key=question.key,
                label=question.label.in_locale(locale),
                confidential=question.confidential,
                personal=question.personal,
                hideable=question.hideable,
                type=question.type,
                **_told(schema[question.key], value, teller),
            )


def _told(node: colander.SchemaNode, value: Any, teller: Teller) -> dict[str, Any]:
    if node.question.type == "files":
        ids = value if isinstance(value, list) else ()
        return {"text": "", "files": tuple(one for one in ids if isinstance(one, str))}
    if node.question.type == "table":
        columns = tuple(column.title for column in node.children[0].children)
        return {"text": "", "columns": columns, "rows": teller.rows(node, value)}
    return {"text": teller.say(node, value)}


def section_statuses(
    form: Form,
    sections: Sequence[Section],
    data: Mapping[str, Any],
    values: Mapping[str, Any],
    errors_of: Callable[[str], Sequence[FieldError]],
    *,
    locale: str,
    translate: Translate,
) -> list[SectionStatus]:
    """The task list: those of ``sections`` that ask something, in order, each with its status."""
    shown = shown_questions(form, values)
    complete = {section.id for section in form.sections if section not in sections}
    lines: list[SectionStatus] = []
    for section in sections:
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
