"""The task list of a draft (办事进度): the sections it may change, and what each still lacks."""

from __future__ import annotations

from dataclasses import replace

from jiebang.casework.desk import Desk
from jiebang.casework.filing.opening import base_of, is_of_office, opened_questions, whole_data
from jiebang.casework.filing.versions import check_draft
from jiebang.forms.showing.answers import STATUS_WORDS, SectionStatus, Status
from jiebang.model.documents import Draft


def task_list(*, desk: Desk, draft: Draft, locale: str) -> list[SectionStatus]:
    """The sections with questions that the draft may change, with the errors filing would find.

    A draft that may change only some questions begins with answers to all of them: there a section is
    not started until one of its answers was changed.
    """
    forms, form = desk.rules.forms, desk.rules.forms[draft.form_id]
    data, opened = whole_data(desk=desk, draft=draft), opened_questions(desk=desk, draft=draft)
    base = base_of(desk=desk, draft=draft)
    before = base.data if base else {}
    wrong = check_draft(desk=desk, draft=draft, locale=locale).errors
    lines: list[SectionStatus] = []
    told = forms.statuses(
        form,
        data,
        locale=locale,
        choices=desk.rules.choices(),
        office=is_of_office(form, draft),
    )
    for line in told:
        keys = {one.key for one in form.section(line.id).questions} & opened
        if not keys:
            continue
        errors = tuple(one for one in wrong if one.field.partition(".")[0] in keys)
        status: Status = line.status
        if draft.opened is not None:
            changed = any(data.get(key) != before.get(key) for key in keys)
            status = ("in_progress" if errors else "done") if changed else "not_started"
        elif status in {"in_progress", "done"}:
            status = "in_progress" if errors else "done"
        said = forms.translate(STATUS_WORDS[status], locale)
        lines.append(replace(line, status=status, status_text=said, errors=errors))
    return lines
