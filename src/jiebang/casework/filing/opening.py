"""What a draft may change (可填项): all that the filer answers, marked answers, or office sections."""

from __future__ import annotations

from typing import Any

from jiebang.casework.desk import Desk
from jiebang.forms.judging.shown import brought_in
from jiebang.forms.language.definition import Form
from jiebang.model.documents import Draft, Version


def questions_of(form: Form, filled_by: str) -> frozenset[str]:
    """The keys of the questions in sections that the filer, or the office, answers."""
    return frozenset(
        question.key
        for section in form.sections
        if section.filled_by == filled_by
        for question in section.questions
    )


def is_of_office(form: Form, draft: Draft) -> bool:
    """Whether a draft is of the office sections (办理栏)."""
    return not questions_of(form, "office").isdisjoint(draft.opened or ())


def opened_questions(*, desk: Desk, draft: Draft) -> frozenset[str]:
    """The keys of the questions that a draft may change, with those that depend on them."""
    form = desk.rules.forms[draft.form_id]
    if draft.opened is None:
        return questions_of(form, "filer")
    side = questions_of(form, "office" if is_of_office(form, draft) else "filer")
    return brought_in(form, draft.opened) & side


def base_of(*, desk: Desk, draft: Draft) -> Version | None:
    """The newest version of what a draft changes; ``None`` where it begins something."""
    case = desk.case(draft.case) if draft.case else None
    return case.current(draft.form_id) if case else None


def whole_data(*, desk: Desk, draft: Draft) -> dict[str, Any]:
    """What filing the draft would file: what it may change as typed, the rest as it stands filed."""
    base = base_of(desk=desk, draft=draft)
    if base is None:
        return dict(draft.data)
    opened = opened_questions(desk=desk, draft=draft)
    kept = {key: value for key, value in base.data.items() if key not in opened}
    return {**kept, **{key: value for key, value in draft.data.items() if key in opened}}
