"""Judging what was typed: stored values, errors, warnings, and the facts a policy may read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import colander

from jiebang.forms.judging.across import broken_checks
from jiebang.forms.judging.facts import facts_of
from jiebang.forms.judging.needed import missing, warnings_of
from jiebang.forms.judging.outcome import Asking, FieldError, Read, Result
from jiebang.forms.judging.shown import shown_questions
from jiebang.forms.judging.strictly import strict_errors
from jiebang.forms.kinds.telling import Teller
from jiebang.forms.language.computing import work_out
from jiebang.forms.language.definition import Form
from jiebang.forms.language.question import Question
from jiebang.i18n import Translate

__all__ = ["Asking", "FieldError", "Read", "Result", "Translate", "check", "read_answers"]


def check(
    form: Form,
    schema: colander.SchemaNode,
    data: Mapping[str, Any],
    asking: Asking,
    teller: Teller,
) -> Result:
    """Check ``data`` against the schema of the whole form; ``teller`` puts answers into its messages.

    Conditions may look at answers of other sections, so every answer is read, whatever the section.
    """
    read = read_answers(form, schema, data, asking)
    errors: list[FieldError] = []
    warnings: list[FieldError] = []
    here = _judged(form, read, asking)
    for question, asked in here.values():
        if question.key in read.wrong:
            told = read.wrong[question.key]
            errors += [FieldError(path, message) for path, message in told.items()]
        else:
            errors += missing(question, read.values, asking, asked=asked)
            value = read.values.get(question.key)
            warnings += warnings_of(question, value, asking, asked=asked)
    for broken in broken_checks(read, asking):
        if here.get(broken.field.partition(".")[0], (None, False))[1]:
            message = broken.check.message.in_locale(asking.locale)
            answers = {**read.values, **broken.row}
            found = FieldError(broken.field, teller.fill(message, answers, broken.check.rows))
            (warnings if broken.check.warns else errors).append(found)
    if asking.strict:
        errors += strict_errors(data, read, asking)
    values = read.closed | read.values
    return Result(values, tuple(errors), tuple(warnings), facts_of(form, read.values))


def read_answers(
    form: Form, schema: colander.SchemaNode, data: Mapping[str, Any], asking: Asking
) -> Read:
    """Understand every answer, leave out those that are not asked, and work out what follows."""
    values: dict[str, Any] = {}
    wrong: dict[str, dict[str, str]] = {}
    for node in schema.children:
        try:
            value = _understood(node, data.get(node.name))
        except colander.Invalid as error:
            wrong[node.name] = error.asdict(translate=asking.translate)
        else:
            if value is not None:
                values[node.name] = value
    shown = shown_questions(form, values)
    answers = {key: value for key, value in values.items() if key in shown}
    work_out(form.by_key, answers, wrong.keys() & shown)
    answers = {key: value for key, value in answers.items() if key in shown}
    shut = set() if asking.opened is None else wrong.keys() - asking.opened
    return Read(
        form=form,
        values=answers,
        shown=shown,
        wrong={key: told for key, told in wrong.items() if key not in shut},
        closed={key: data[key] for key in sorted(shut & shown)},
    )


def _understood(node: colander.SchemaNode, typed: Any) -> Any:
    value = node.deserialize(colander.null if typed is None or typed == "" else typed)
    question: Question = node.question
    if question.type == "table" and value is not None:
        # A row in which nothing stands was never filled in; a cell in which nothing stands is none.
        rows = ({key: one for key, one in (row or {}).items() if one is not None} for row in value)
        return [row for row in rows if row] or None
    if isinstance(value, dict) and not any(part is not None for part in value.values()):
        return None
    return value


def _judged(form: Form, read: Read, asking: Asking) -> dict[str, tuple[Question, bool]]:
    """The questions whose answers may be wrong, and whether each has to be answered."""
    opened = asking.opened
    return {
        question.key: (question, asking.asks(section))
        for section in form.asked(asking.section)
        for question in section.questions
        if question.key in read.shown and (opened is None or question.key in opened)
    }
