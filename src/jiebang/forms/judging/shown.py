"""Which questions and sections the answers so far call for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from jiebang.forms.language.conditions import all_hold
from jiebang.forms.language.definition import Form, Section


def shown_questions(form: Form, values: Mapping[str, Any]) -> frozenset[str]:
    """The keys of the questions that the answers so far call for.

    An answer to a question that is itself not asked meets no condition, however deep the chain.
    """
    visible = dict(values)
    while True:
        shown = {
            question.key
            for section in form.sections
            if all_hold(section.shown_when, visible)
            for question in section.questions
            if all_hold(question.shown_when, visible)
        }
        if visible.keys() <= shown:
            return frozenset(shown)
        visible = {key: value for key, value in visible.items() if key in shown}


def shown_sections(form: Form, values: Mapping[str, Any]) -> tuple[Section, ...]:
    """The sections that the answers so far call for, those of text alone too."""
    shown = shown_questions(form, values)
    visible = {key: value for key, value in values.items() if key in shown}
    return tuple(
        section
        for section in form.sections
        if all_hold(section.shown_when, visible)
        and (section.text or any(one.key in shown for one in section.questions))
    )


def brought_in(form: Form, opened: Collection[str]) -> frozenset[str]:
    """Opened questions, and those that another answer to one of them may call for."""
    reached = set(opened)
    while True:
        more = {
            question.key
            for section in form.sections
            for question in section.questions
            if question.key not in reached
            and reached.intersection(
                one.field
                for one in (
                    *section.shown_when,
                    *question.shown_when,
                    *question.required_when,
                )
            )
        }
        if not more:
            return frozenset(reached)
        reached |= more
