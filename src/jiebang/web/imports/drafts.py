"""The workbook of one form: taken along to be filled in, and brought back into its draft."""

from __future__ import annotations

import json
from typing import Any

from pyramid.httpexceptions import HTTPBadRequest, HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from jiebang import clock
from jiebang.casework.filing.draft_reading import DraftReading
from jiebang.casework.filing.drafts import save_draft
from jiebang.casework.filing.opening import is_of_office
from jiebang.casework.workbooks.forms import Typed, form_workbook, read_form
from jiebang.errors import Refused, Stale
from jiebang.forms.attachments.inspecting import inspect
from jiebang.forms.attachments.limits import UploadRefused
from jiebang.forms.language.definition import Form
from jiebang.forms.showing.comparing import Side, compare
from jiebang.i18n import _
from jiebang.model.documents import Draft
from jiebang.web.applicant.sight import require_sight
from jiebang.web.files import send_workbook
from jiebang.web.imports.typed import answers_typed
from jiebang.web.posted import posted_number, posted_text


@view_defaults(context=Draft, permission="edit_draft")
class DraftWorkbook:
    """``workbook`` of a draft: download, choose, look at what would change, take it over."""

    def __init__(self, context: Draft, request: Request) -> None:
        self.draft, self.request, self.desk = context, request, request.desk
        self.forms = request.rules.forms
        self.form: Form = self.forms[context.form_id]
        self.spoken = {"locale": request.locale_name, "choices": request.rules.choices()}
        if context.receipt or is_of_office(self.form, context):
            raise HTTPNotFound
        require_sight(request, context)
        self.reading = DraftReading(request.desk, context)

    @view_config(
        name="workbook", request_method="GET", renderer="jiebang.web.imports:templates/draft.pt"
    )
    def show(self) -> dict[str, Any]:
        """Where the workbook is, and where to bring it back."""
        return self._page()

    @view_config(name="workbook.xlsx", request_method="GET")
    def download(self) -> Response:
        """The form as it stands in the draft."""
        content = form_workbook(forms=self.forms, form=self.form, data=self._data, **self.spoken)
        return send_workbook(content, self.form.id)

    @view_config(
        name="workbook", request_method="POST", renderer="jiebang.web.imports:templates/draft.pt"
    )
    def preview(self) -> dict[str, Any]:
        """What a workbook would change: ``file``. Nothing is changed yet."""
        try:
            typed = self._read(self.request.POST.get("file"))
        except (Refused, UploadRefused) as refused:
            self.request.response.status_int = 422
            reasons = refused.reasons if isinstance(refused, Refused) else (refused.message,)
            return {**self._page(), "reasons": reasons}
        opened = self.reading.opened
        taken = {key: value for key, value in typed.data.items() if key in opened}
        after = {**self._data, **taken}
        found = compare(self._side(self._data), self._side(after))
        return {
            **self._page(),
            "typed": json.dumps(taken, ensure_ascii=False),
            "errors": typed.errors,
            "differences": [one for one in found if one.state != "same"],
            "files": self.reading.files,
            "labels": {key: question.label for key, question in self.form.by_key.items()},
        }

    @view_config(name="take-workbook", request_method="POST")
    def take(self) -> HTTPSeeOther:
        """Take over what was previewed: ``typed`` and ``revision``."""
        try:
            typed = answers_typed(self.form, posted_text(self.request, "typed"))
        except ValueError:
            raise HTTPBadRequest from None
        try:
            save_draft(
                desk=self.desk,
                draft=self.draft,
                typed=typed,
                revision=posted_number(self.request, "revision"),
                at=clock.now(),
            )
        except Stale:
            self.request.tell(
                _("The draft was changed meanwhile. Choose the workbook again to see what changes.")
            )
            return HTTPSeeOther(f"{self._here}workbook")
        self.request.tell(_("The answers of the workbook are in the draft now."))
        return HTTPSeeOther(self._here)

    def _read(self, posted: Any) -> Typed:
        if not getattr(posted, "filename", ""):
            raise Refused([_("Choose the workbook that you filled in.")])
        if not posted.filename.lower().endswith(".xlsx"):
            raise Refused([_("Choose a workbook of the type XLSX, as it can be downloaded here.")])
        file = inspect(posted.file, posted.filename, self.forms.uploads)
        with file.content:
            return read_form(file.content, forms=self.forms, form=self.form, **self.spoken)

    def _side(self, data: dict[str, Any]) -> Side:
        # As it is stored: the number 5 in the draft and a typed “5” are no difference.
        values = self.forms.validate(self.form, data, **self.spoken).values
        known = {**data, **values}
        return Side(self.reading.seen(known), self.reading.answers(data, self.request.locale_name))

    def _page(self) -> dict[str, Any]:
        return {
            "form": self.form,
            "here": self._here,
            "reasons": (),
            "errors": (),
            "typed": None,
            "differences": (),
            "revision": self.draft.revision,
        }

    @property
    def _data(self) -> dict[str, Any]:
        return self.reading.data

    @property
    def _here(self) -> str:
        return str(self.request.resource_path(self.draft))
