"""Answers that an edition and its workflow name (表单栏目): asked by the forms they name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from jiebang.casework.policies.choices import SESSIONS
from jiebang.edition.definition import Edition
from jiebang.edition.loading import FILE as EDITION
from jiebang.forms import Form, FormBook, Question
from jiebang.forms.reading.places import Place
from jiebang.workflow.definition import Definition
from jiebang.yamlfile import Finding, load

#: Where an edition keeps the workflow (流程) of its demands.
WORKFLOW = "workflow/demand.yaml"
#: What the answers have to be that a demand is called by and found by, and how that is said.
_ANSWERS: Mapping[str, tuple[Callable[[Question], bool], str, str]] = {
    "title": (
        lambda one: one.type == "text" and one.required,
        "必填（required: true）的 text 题",
        "a text question that is required: true",
    ),
    "district": (
        lambda one: one.type == "one_of",
        "列出各区的 one_of 题",
        "a one_of question that lists the districts",
    ),
    "session": (
        lambda one: one.type == "one_of" and one.options_from == SESSIONS,
        f"options_from: {SESSIONS} 的 one_of 题",
        f"a one_of question with options_from: {SESSIONS}",
    ),
}


def named(
    *,
    folder: Path,
    edition: Edition,
    workflow: Definition,
    forms: FormBook,
    only: Collection[str] | None = None,
) -> Iterator[Finding]:
    """What is wrong with the answers that an edition names, of ``only`` these forms.

    They make up its announcement (需求公告), and name and sort its demands (立项).
    """
    source = load(folder / EDITION)
    for at, line in enumerate(edition.announcement.lines):
        place = Place(source, ("announcement", "lines", at))
        if only is not None and line.form not in only:
            continue
        if line.form not in forms:
            yield place.at("form").unknown("表单", "form", line.form, forms.forms)
        elif line.field not in forms[line.form].by_key:
            yield _no_such(place.at("field"), forms[line.form], line.field)
    opening = workflow.opening
    if only is None or opening.form in only:
        yield from _opening(Place(load(folder / WORKFLOW), ("opening",)), workflow, forms)


def _opening(place: Place, workflow: Definition, forms: FormBook) -> Iterator[Finding]:
    form = forms[workflow.opening.form]
    for key, (fits, zh, en) in _ANSWERS.items():
        name = getattr(workflow.opening, key)
        if name is None:
            continue
        question = form.by_key.get(name)
        if question is None:
            yield _no_such(place.at(key), form, name)
        elif not fits(question):
            yield place.at(key).says(
                "unfit",
                f"“{name}”在这里用不了：要用{zh}",
                f'"{name}" does not serve here: name {en}',
            )


def _no_such(place: Place, form: Form, name: str) -> Finding:
    return place.unknown(f"字段（{form.id}）", "field", name, form.by_key)
