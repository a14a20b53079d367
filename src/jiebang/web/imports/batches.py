"""Workbooks of many forms: choosing one, watching it checked, confirming, and the result."""

from __future__ import annotations

from itertools import islice
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from jiebang import clock
from jiebang.casework.workbooks import importing
from jiebang.casework.workbooks.exporting import list_workbook
from jiebang.documents.workbook import Column, Value
from jiebang.errors import Refused
from jiebang.forms.attachments.inspecting import inspect
from jiebang.forms.attachments.limits import UploadRefused
from jiebang.forms.language.definition import Form
from jiebang.i18n import _
from jiebang.model import imports
from jiebang.model.imports import Import, ImportRow, Imports
from jiebang.web.files import send_workbook
from jiebang.web.imports.words import ROWS, STATES
from jiebang.web.pages import Show
from jiebang.web.posted import posted_text

#: Rows shown on the page; the workbook has them all.
SHOWN = 50


@view_defaults(context=Imports, name="", permission="import_forms")
class ImportsPages:
    """``/imports``: what can be brought in, and what was."""

    def __init__(self, context: Imports, request: Request) -> None:
        self.imports, self.request = context, request
        actor = request.actor
        forms = request.rules.forms.forms.values()
        self.forms = [one for one in forms if importing.roles_for(one, actor)]
        if not self.forms:
            raise HTTPNotFound

    @view_config(request_method="GET", renderer="jiebang.web.imports:templates/imports.pt")
    def show(self) -> dict[str, Any]:
        """The forms with their workbooks, the file to choose, and earlier imports."""
        return self._page(())

    @view_config(request_method="POST", renderer="jiebang.web.imports:templates/imports.pt")
    def bring_in(self) -> Any:
        """Take a workbook in: ``form`` and ``file``. A worker checks it; nothing is filed yet."""
        named = posted_text(self.request, "form")
        form = next((one for one in self.forms if one.id == named), None)
        if form is None:
            raise HTTPNotFound
        try:
            one = self._begin(form, self.request.POST.get("file"))
        except (Refused, UploadRefused) as refused:
            self.request.response.status_int = 422
            reasons = refused.reasons if isinstance(refused, Refused) else (refused.message,)
            return self._page(reasons)
        return HTTPSeeOther(self.request.resource_path(one))

    def _begin(self, form: Form, posted: Any) -> Import:
        if not getattr(posted, "filename", ""):
            raise Refused([_("Choose the workbook that you filled in.")])
        if not posted.filename.lower().endswith(".xlsx"):
            raise Refused([_("Choose a workbook of the type XLSX, as it can be downloaded here.")])
        file = inspect(posted.file, posted.filename, self.request.rules.forms.uploads)
        with file.content:
            return importing.begin_import(
                desk=self.request.desk,
                actor=self.request.actor,
                form=form,
                file=file,
                locale=self.request.locale_name,
                at=clock.now(),
            )

    def _page(self, reasons: Any) -> dict[str, Any]:
        return {
            "forms": self.forms,
            "imports": self.imports.of(self.request.identity.person.id),
            "titles": {key: one.title for key, one in self.request.rules.forms.forms.items()},
            "states": STATES,
            "reasons": reasons,
            "most": self.request.rules.forms.uploads.workbook.max_rows,
        }


@view_defaults(context=Import, permission="own_import")
class ImportPages:
    """One import, for the person who began it."""

    def __init__(self, context: Import, request: Request) -> None:
        self.one, self.request, self.desk = context, request, request.desk
        self.form = request.rules.forms.forms.get(context.form_id)
        self.show = Show(request)

    @view_config(name="", request_method="GET", renderer="jiebang.web.imports:templates/import.pt")
    def page(self) -> dict[str, Any]:
        """How far it is; once checked, what would be imported and what is wrong."""
        wrong = list(islice(self.one.in_state(imports.WRONG), SHOWN))
        same = list(islice(self.one.in_state(imports.SAME), SHOWN))
        return {
            **self._progress(),
            "form": self.form,
            "wrong": [(row, self._named(row)) for row in wrong],
            "same": same,
            "words": ROWS,
            "shown": SHOWN,
            "dropped_at": importing.dropped_at(
                one=self.one, limits=self.request.rules.forms.uploads.workbook
            ),
            "filed": list(islice(self.one.in_state(imports.FILED), SHOWN)),
        }

    @view_config(
        name="progress", request_method="GET", renderer="jiebang.web.imports:templates/progress.pt"
    )
    def progress(self) -> dict[str, Any]:
        """How far it is, to be put into the page; once there is something to do, the page anew."""
        if not self.one.at_work:
            self.request.response.headers["HX-Refresh"] = "true"
        return self._progress()

    @view_config(name="confirm", request_method="POST")
    def confirm(self) -> HTTPSeeOther:
        """Have the good rows filed."""
        self._require_role()
        importing.confirm(desk=self.desk, one=self.one, at=clock.now())
        return HTTPSeeOther(self.request.resource_path(self.one))

    @view_config(name="go-on", request_method="POST")
    def go_on(self) -> HTTPSeeOther:
        """Go on where a fault of ours stopped it."""
        self._require_role()
        importing.go_on(desk=self.desk, one=self.one, at=clock.now())
        return HTTPSeeOther(self.request.resource_path(self.one))

    @view_config(name="discard", request_method="POST")
    def discard(self) -> HTTPSeeOther:
        """Throw it away; what was filed stays."""
        importing.discard(desk=self.desk, one=self.one)
        self.request.tell(_("The workbook has been deleted here. What was imported stays."))
        return HTTPSeeOther("/imports")

    @view_config(name="wrong.xlsx", request_method="GET")
    def wrong(self) -> Response:
        """The bad rows, every bad cell marked, with the reasons in a column."""
        if self.form is None:
            raise HTTPNotFound
        content = importing.marked_workbook(desk=self.desk, one=self.one)
        return send_workbook(content, f"{self.one.form_id}-wrong")

    @view_config(name="result.xlsx", request_method="GET")
    def result(self) -> Response:
        """Every row and what became of it, with the numbers given."""
        columns = [
            Column("row", self.show(_("Row")), kind="integer", width=8),
            Column("state", self.show(_("State")), width=14),
            Column("number", self.show(_("Number")), width=20),
            Column("at", self.show(_("Filed")), width=22),
            Column("sha256", "SHA-256", width=68),
            Column("wrong", self.show(_("What to correct")), width=60),
        ]
        content = list_workbook(
            self.show(_("Result")), columns, [self._result(row) for row in self.one.rows.values()]
        )
        return send_workbook(content, f"{self.one.form_id}-result")

    def _require_role(self) -> None:
        if not importing.may_go_on(one=self.one, form=self.form, actor=self.request.actor):
            raise HTTPNotFound

    def _result(self, row: ImportRow) -> list[Value]:
        receipt = row.receipt
        said = "\n".join(f"{name}：{text}" if name else text for name, text in self._named(row))
        return [
            row.number,
            self.show(ROWS.get(row.state)),
            receipt.number if receipt else row.same_as,
            self.show(receipt.at) if receipt else "",
            receipt.sha256 if receipt else "",
            said,
        ]

    def _named(self, row: ImportRow) -> list[tuple[str, str]]:
        if self.form is None:
            return list(row.problems)
        batch = importing.batch_of(self.desk, self.form, self.request.locale_name)
        return [(batch.name(field), message) for field, message in row.problems]

    def _progress(self) -> dict[str, Any]:
        return {
            "one": self.one,
            "here": self.request.resource_path(self.one),
            "state": STATES[self.one.state],
            "counts": self.one.counts,
        }
