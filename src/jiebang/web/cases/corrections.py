"""Returning a document for correction (退回补正), and beginning the correction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config, view_defaults

from jiebang import clock
from jiebang.casework.filing.correcting import (
    LONGEST,
    Wrong,
    begin_correction,
    ended,
    may_correct,
    reasons_against_return,
    return_for_correction,
)
from jiebang.casework.filing.opening import questions_of
from jiebang.casework.filing.reading import reading_of
from jiebang.errors import Refused
from jiebang.forms.language.definition import Form
from jiebang.forms.showing.answers import Answer
from jiebang.i18n import _
from jiebang.model.cases import Case
from jiebang.model.corrections import Correction, Mark
from jiebang.web.posted import posted_number, posted_text
from jiebang.wording import Wording

_PLACE = re.compile(r"[a-z][a-z0-9_]*(\.[0-9]{1,4})?")


class Marked(NamedTuple):
    """One place of a correction as people read it."""

    label: Wording
    row: int | None
    reason: str


class Waiting(NamedTuple):
    """A correction with its form and its places, as pages list it; ``mine``: this person answers it."""

    correction: Correction
    form: Form
    marks: list[Marked]
    mine: bool


def marks_of(form: Form, correction: Correction) -> list[Marked]:
    """The places of a correction in words; rows counted from 1."""
    labels = {one.key: one.label for one in form.questions}
    found = []
    for mark in correction.marks:
        row = mark.field.partition(".")[2]
        label = labels.get(mark.question, Wording(zh=mark.question))
        found.append(Marked(label, int(row) + 1 if row else None, mark.reason))
    return found


def waiting_corrections(request: Request, case: Case) -> Iterator[Waiting]:
    """The corrections of a case that wait for its filer and can still be answered."""
    for one in case.corrections:
        if not one.is_open or ended(desk=request.desk, case=case, form_id=one.form_id):
            continue
        if one.form_id in request.rules.forms:
            form = request.rules.forms[one.form_id]
            mine = may_correct(case=case, correction=one, actor=request.actor)
            yield Waiting(one, form, marks_of(form, one), mine)


@view_config(context=Case, name="correct", request_method="POST", permission="view_case")
def correct(context: Case, request: Request) -> HTTPSeeOther:
    """Begin or go on with a correction: ``correct/<form>``."""
    found = context.open_correction("/".join(request.subpath))
    if found is None or not may_correct(case=context, correction=found, actor=request.actor):
        raise HTTPNotFound
    if reasons := ended(desk=request.desk, case=context, form_id=found.form_id):
        raise Refused(reasons)
    draft = begin_correction(
        desk=request.desk, case=context, correction=found, actor=request.actor, at=clock.now()
    )
    return HTTPSeeOther(request.resource_path(draft))


@view_defaults(
    context=Case,
    name="return",
    permission="return_document",
    renderer="jiebang.web.cases:templates/return.pt",
)
class ReturnPage:
    """The newest version of a document with a mark and a reason at every question: ``return/<form>``."""

    def __init__(self, context: Case, request: Request) -> None:
        self.case, self.request = context, request
        document = context.document("/".join(request.subpath))
        if document is None:
            raise HTTPNotFound
        self.version, self.form_id = document.current, document.form_id
        if document.form_id not in request.rules.forms:
            raise Refused(ended(desk=request.desk, case=context, form_id=document.form_id))
        self.form: Form = request.rules.forms[document.form_id]

    @view_config(request_method="GET")
    def ask(self) -> dict[str, Any]:
        """The answers, each with room for a mark."""
        return self._page({}, ())

    @view_config(request_method="POST")
    def give(self) -> Any:
        """Return it with every mark. What was typed stays on the page when that is not possible."""
        try:
            return_for_correction(
                desk=self.request.desk,
                case=self.case,
                form_id=self.form_id,
                version=self._seen(),
                marks=list(self._marks()),
                until=self._until(),
                actor=self.request.actor,
                at=clock.now(),
            )
        except Refused as refused:
            self.request.response.status_int = 422
            typed = {name: posted_text(self.request, name) for name in self.request.POST}
            return self._page(typed, refused.reasons)
        self.request.tell(
            _(
                "Returned for correction. Whoever filed it is told, and only what you marked is open."
            )
        )
        return HTTPSeeOther(self.request.resource_path(self.case))

    def _page(self, typed: Mapping[str, str], errors: tuple[object, ...]) -> dict[str, Any]:
        reading = reading_of(
            desk=self.request.desk,
            case=self.case,
            form_id=self.form_id,
            version=self.version,
            actor=self.request.actor,
        )
        earlier = [one for one in self.case.corrections if one.form_id == self.form_id]
        asked = questions_of(self.form, "filer")
        return {
            "case": self.case,
            "form": self.form,
            "version": self.version,
            "answers": [
                one for one in reading.answers(self.request.locale_name) if one.key in asked
            ],
            "places": _places,
            "before": [(one, marks_of(self.form, one)) for one in earlier],
            "shut": reasons_against_return(
                desk=self.request.desk, case=self.case, form_id=self.form_id
            ),
            "errors": errors,
            "wrong_at": {one.at for one in errors if isinstance(one, Wrong)},
            "typed": typed,
            "longest": LONGEST,
            "files": self.version.attachments,
        }

    def _seen(self) -> int:
        return posted_number(self.request, "version")

    def _marks(self) -> Iterator[Mark]:
        """Every place that was ticked, or at which a reason was written, in the order of the page."""
        given = self.request.POST
        places = dict.fromkeys(
            name.partition(":")[2] for name in given if name.startswith(("mark:", "reason:"))
        )
        for place in places:
            reason = posted_text(self.request, f"reason:{place}").strip()
            if _PLACE.fullmatch(place) and (f"mark:{place}" in given or reason):
                yield Mark(place, reason)

    def _until(self) -> date | None:
        typed = posted_text(self.request, "until").strip()
        try:
            return date.fromisoformat(typed) if typed else None
        except ValueError:
            text = _("The day by which to correct is no date. Write it like 2019-08-05.")
            raise Refused([Wrong(text, "until")]) from None


def _places(answer: Answer) -> list[tuple[str, int | None]]:
    """Where a mark may stand: at the question, and at each row of a table, counted from 1."""
    rows = [(f"{answer.key}.{index}", index + 1) for index in range(len(answer.rows))]
    return [(answer.key, None), *rows]
