"""Drafts of a form that was taken out of use: nothing more is asked; what was typed stays readable."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from jiebang.casework.filing.asking import form_of_draft, with_form
from jiebang.casework.filing.draft_reading import DraftReading
from jiebang.casework.filing.opening import base_of
from jiebang.forms.showing.answers import Answer
from jiebang.model.documents import Attachment, Draft
from jiebang.web.applicant.sight import require_sight
from jiebang.web.files import send_file
from jiebang.web.pages import kept_fields

#: What a page posts besides answers.
_NO_ANSWERS = frozenset({"revision", "section", "save", "typed"})


class Unasked:
    """View predicate ``unasked``: whether the form of a draft is no longer among the forms in use."""

    def __init__(self, value: object, _config: Configurator) -> None:
        self._value = value

    def text(self) -> str:
        """What it is called in a list of views."""
        return f"unasked = {self._value}"

    phash = text

    def __call__(self, context: Draft, request: Request) -> bool:
        """Ask it of a draft."""
        return (context.form_id not in request.rules.forms) is self._value


@view_defaults(
    context=Draft,
    permission="edit_draft",
    unasked=True,
    renderer="jiebang.web.applicant:templates/unasked.pt",
)
class UnaskedDraft:
    """Every page of such a draft is one: what was typed, and a way to delete it."""

    def __init__(self, context: Draft, request: Request) -> None:
        self.draft, self.request = context, request
        require_sight(request, context)
        form = form_of_draft(desk=request.desk, draft=context)
        desk = with_form(desk=request.desk, form=form) if form else None
        self.reading = DraftReading(desk, context) if desk else None

    @view_config(request_method="GET")
    @view_config(name="section", request_method="GET")
    @view_config(name="check", request_method="GET")
    @view_config(name="workbook", request_method="GET")
    @view_config(name="workbook.xlsx", request_method="GET")
    def show(self) -> dict[str, Any]:
        """What was typed, by the form as it was kept; where nobody kept it, by keys and values."""
        if self.draft.receipt:
            raise HTTPSeeOther(f"{self.request.resource_path(self.draft)}receipt")
        return self._page()

    @view_config(name="section", request_method="POST")
    @view_config(name="submit", request_method="POST")
    @view_config(name="workbook", request_method="POST")
    @view_config(name="take-workbook", request_method="POST")
    def refuse(self) -> dict[str, Any]:
        """The same, and what was sent just now, which is not saved."""
        self.request.response.status_int = 410
        return self._page()

    @view_config(name="autosave", request_method="POST", renderer="json")
    def autosave(self) -> dict[str, Any]:
        """Nothing is saved any more."""
        self.request.response.status_int = 410
        return {}

    @view_config(name="file", request_method="GET", renderer=None)
    def file(self) -> Response:
        """A file that an answer of the draft names."""
        if self.draft.receipt:
            raise HTTPNotFound
        return send_file(self._files, self.request)

    def _page(self) -> dict[str, Any]:
        reading = self.reading
        told = (
            reading.answers(reading.data, self.request.locale_name)
            if reading
            else list(self._raw())
        )
        labels = {key: one.label for key, one in reading.form.by_key.items()} if reading else {}
        return {
            "title": reading.form.title if reading else self.draft.form_id,
            "known": reading is not None,
            "answers": [one for one in told if one.text or one.rows or one.files],
            "files": self._files,
            "sent": [
                (labels.get(name, name), value)
                for name, value in kept_fields(self.request)
                if value and name not in _NO_ANSWERS and not name.startswith("__")
            ],
        }

    @property
    def _files(self) -> dict[str, Attachment]:
        return self.reading.files if self.reading else dict(self.draft.attachments)

    def _raw(self) -> Iterator[Answer]:
        """What the person typed and nothing of what stands filed: nobody knows who may read that."""
        base = base_of(desk=self.request.desk, draft=self.draft)
        filed = base.data if base else {}
        for key, value in self.draft.data.items():
            mine = self.draft.opened is None or key in self.draft.opened
            if not mine or value in ("", None, [], {}) or filed.get(key) == value:
                continue
            held = isinstance(value, list) and all(one in self._files for one in map(str, value))
            said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            files = tuple(map(str, value)) if held else ()
            yield Answer("", "", key, key, "" if held else said, files=files)


def includeme(config: Configurator) -> None:
    """Let views ask for drafts whose form is no longer in use."""
    config.add_view_predicate("unasked", Unasked)
