"""The documents of a case, of a demand as of a submission: reading, comparing, printing, showing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from jiebang import clock
from jiebang.casework.filing.correcting import reasons_against_return
from jiebang.casework.filing.impartial import reasons_against_handling
from jiebang.casework.filing.reading import Reading, reading_of, reveal
from jiebang.casework.filing.sealing import file_sealed_copy
from jiebang.casework.paper.printing import MEDIA_TYPES, Around, print_form
from jiebang.casework.workbooks.forms import form_workbook
from jiebang.clock import SHANGHAI
from jiebang.errors import Refused
from jiebang.forms.attachments.inspecting import inspect
from jiebang.forms.attachments.limits import UploadRefused
from jiebang.forms.screen.page import StoredFile
from jiebang.forms.showing.comparing import Side, compare
from jiebang.i18n import _
from jiebang.model.cases import Case
from jiebang.model.documents import Document, Version
from jiebang.web.files import send_attachment, send_file, send_workbook
from jiebang.web.posted import posted_text

#: What ``reveal`` may name besides a question: the scan of a sealed copy, which shows everything.
SCAN = "scan"


@view_defaults(context=Case, permission="view_case")
class DocumentPages:
    """One version of a document: ``<view>/<form>/<version>``, and what stands below it."""

    def __init__(self, context: Case, request: Request) -> None:
        self.case, self.request, self.desk = context, request, request.desk
        self.below = tuple(request.subpath)
        self.document = self._document()

    @view_config(
        name="document", request_method="GET", renderer="jiebang.web.cases:templates/document.pt"
    )
    def show(self) -> Any:
        """``document/<form>/<version>``; below it ``file/<id>``, ``scan``, ``print.pdf``, and its like.

        ``document/<form>/compare/<one>/<other>`` shows two versions side by side.
        """
        if self.below[1:2] == ("compare",):
            return self._compare()
        version = self._version()
        rest = self.below[2:]
        if rest:
            return self._part(self._reading(version), rest)
        return self._page(version)

    @view_config(
        name="reveal",
        request_method="POST",
        permission="reveal",
        renderer="jiebang.web.cases:templates/document.pt",
    )
    def reveal(self) -> Any:
        """Show one masked answer in full, or the scan, with a line in the journal: ``field``."""
        version, key = self._version(), posted_text(self.request, "field")
        reading = self._reading(version)
        if key not in reading.masked and not (key == SCAN and version.seal):
            raise HTTPNotFound
        reveal(
            case=self.case,
            form_id=self.document.form_id,
            version=version,
            key=key,
            actor=self.request.actor,
            at=clock.now(),
        )
        if key == SCAN:
            return self._scan(version)
        return self._page(version, revealed={key})

    @view_config(
        name="seal", request_method="POST", renderer="jiebang.web.cases:templates/document.pt"
    )
    def seal(self) -> Any:
        """File the scan of the printed, sealed version: ``scan`` is the file."""
        version = self._version()
        if not self._may_seal(version):
            raise HTTPNotFound
        posted = self.request.POST.get("scan")
        try:
            if not getattr(posted, "filename", ""):
                raise Refused([_("Choose the scan of the sealed paper.")])
            scan = inspect(posted.file, posted.filename, self.desk.rules.forms.uploads)
            with scan.content:
                filed = file_sealed_copy(
                    desk=self.desk,
                    case=self.case,
                    form_id=self.document.form_id,
                    number=version.number,
                    scan=scan,
                    actor=self.request.actor,
                    at=clock.now(),
                )
        except (Refused, UploadRefused) as refused:
            self.request.response.status_int = 422
            reasons = refused.reasons if isinstance(refused, Refused) else (refused.message,)
            return {**self._page(version), "seal_errors": reasons}
        self.request.tell(
            _("The sealed copy is version ${number}.", mapping={"number": filed.number})
        )
        return HTTPSeeOther(self._url(filed.number))

    def _page(self, version: Version, revealed: Collection[str] = frozenset()) -> dict[str, Any]:
        reading = self._reading(version, revealed)
        may_show = self.request.has_permission("reveal", self.case)
        return {
            "case": self.case,
            "form": reading.form,
            "document": self.document,
            "version": version,
            "person": self.request.site["people"].get(version.filed.person),
            "sections": reading.sections(self.request.locale_name),
            "files": version.attachments,
            "masked": reading.masked if may_show else frozenset(),
            "scan": version.attachments.get(version.seal.scan) if version.seal else None,
            "scan_open": reading.own,
            "scan_shown": may_show,
            "may_seal": self._may_seal(version),
            "may_return": self.request.has_permission("return_document", self.case)
            and version.number == self.document.last
            and not reasons_against_handling(case=self.case, actor=self.request.actor)
            and not reasons_against_return(
                desk=self.desk, case=self.case, form_id=self.document.form_id
            ),
            "seal_errors": (),
        }

    def _compare(self) -> Any:
        numbers = self.below[2:4]
        if len(self.below) != 4:
            raise HTTPNotFound
        one, other = (self._numbered(part) for part in numbers)
        self.request.override_renderer = "jiebang.web.cases:templates/compare.pt"
        before, after = self._reading(one), self._reading(other)
        hidden = before.withheld | after.withheld
        found = compare(self._side(before, hidden), self._side(after, hidden))
        everything = "all" in self.request.GET
        return {
            "case": self.case,
            "form": after.form,
            "document": self.document,
            "before": one,
            "after": other,
            "differences": [each for each in found if everything or each.state != "same"],
            "same": sum(each.state == "same" for each in found),
            "everything": everything,
            "hidden": bool(hidden),
            "files": {**one.attachments, **other.attachments},
        }

    def _side(self, reading: Reading, hidden: Collection[str]) -> Side:
        answers = reading.answers(self.request.locale_name)
        return Side(reading.version.data, [one for one in answers if one.key not in hidden])

    def _part(self, reading: Reading, rest: tuple[str, ...]) -> Response:
        version = reading.version
        match rest:
            case ("file", _id):
                named = {
                    key for one in reading.answers(self.request.locale_name) for key in one.files
                }
                self.request.subpath = (rest[1],)
                files = {key: one for key, one in version.attachments.items() if key in named}
                return send_file(files, self.request)
            case ("scan",) if version.seal and reading.own:
                return self._scan(version)
            case ("print.pdf",):
                return self._print(reading, "pdf")
            case ("print.docx",):
                return self._print(reading, "docx")
            case ("print.xlsx",):
                return self._workbook(reading)
            case _:
                raise HTTPNotFound

    def _print(self, reading: Reading, output: Any) -> Response:
        version, settings = reading.version, self.request.registry.settings["jiebang"]
        content = print_form(
            forms=self.desk.rules.forms,
            form=reading.form,
            layouts=settings.forms,
            fonts=settings.fonts,
            output=output,
            data=reading.data,
            locale=self.request.locale_name,
            choices=self.desk.rules.choices(),
            around=Around(
                number=self.case.number,
                version=version.number,
                digest=version.sha256,
                day=version.filed.at.astimezone(SHANGHAI).date(),
                files={
                    key: StoredFile(name=one.name, size=one.size)
                    for key, one in version.attachments.items()
                },
            ),
            masked=reading.masked,
            withheld=reading.withheld,
        )
        response = Response(body=content, content_type=MEDIA_TYPES[output])
        # The name says which case and form it is, and nothing that was filed.
        name = f"{self.case.number}-{self.document.form_id}-{version.number}.{output}"
        response.content_disposition = f"attachment; filename={name}"
        return response

    def _workbook(self, reading: Reading) -> Response:
        content = form_workbook(
            forms=self.desk.rules.forms,
            form=reading.form,
            data=reading.data,
            locale=self.request.locale_name,
            choices=self.desk.rules.choices(),
            masked=reading.masked,
        )
        number = reading.version.number
        return send_workbook(content, f"{self.case.number}-{self.document.form_id}-{number}")

    def _scan(self, version: Version) -> Response:
        scan = version.attachments.get(version.seal.scan) if version.seal else None
        if scan is None:
            raise HTTPNotFound
        return send_attachment(scan)

    def _may_seal(self, version: Version) -> bool:
        """Who filed it brings the paper back, or the office where the paper arrived."""
        if version.number != self.document.last or version.seal:
            return False
        return self._reading(version).own or bool(
            self.request.has_permission("return_document", self.case)
        )

    def _reading(self, version: Version, revealed: Collection[str] = frozenset()) -> Reading:
        return reading_of(
            desk=self.desk,
            case=self.case,
            form_id=self.document.form_id,
            version=version,
            actor=self.request.actor,
            revealed=revealed,
        )

    def _url(self, number: int) -> str:
        return str(
            self.request.resource_path(self.case, "document", self.document.form_id, str(number))
        )

    def _document(self) -> Document:
        document = self.case.document(self.below[0]) if self.below else None
        if document is None:
            raise HTTPNotFound
        return document

    def _version(self) -> Version:
        return self._numbered(self.below[1] if self.below[1:] else "")

    def _numbered(self, part: str) -> Version:
        number = int(part) if part.isdecimal() and len(part) < 9 else 0
        if not 1 <= number <= self.document.last:
            raise HTTPNotFound
        version: Version = self.document[number]
        return version
