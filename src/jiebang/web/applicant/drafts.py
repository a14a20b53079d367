"""Writing a form: task list, sections, autosave, files, check answers, filing, receipt."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPBadRequest, HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from jiebang import clock
from jiebang.casework.drafts import discard_draft, open_draft, save_draft
from jiebang.casework.filing import Invalid, file_draft
from jiebang.errors import Stale
from jiebang.forms.check import FieldError
from jiebang.forms.definition import Form
from jiebang.forms.page import Button
from jiebang.forms.posting import Parsed
from jiebang.i18n import _
from jiebang.model.documents import Draft
from jiebang.model.site import Site
from jiebang.web.cases.filings import require_filing
from jiebang.web.files import keep_uploads, send_file, stored_files
from jiebang.web.prefill import prefill


@view_config(context=Site, name="start", request_method="POST", permission="start_demand")
def start(context: Site, request: Request) -> HTTPSeeOther:
    """Begin a pre-registration (预报名) for one of the person's own organisations."""
    organisation = request.POST.get("organisation", "")
    if "demander" not in request.actor.memberships.get(organisation, ()):
        raise HTTPNotFound
    draft = open_draft(
        desk=request.desk,
        actor=request.actor,
        organisation=organisation,
        form_id="pre-registration",
        data=prefill(context["organisations"][organisation], request.identity.person),
        at=clock.now(),
    )
    return HTTPSeeOther(request.resource_path(draft))


@view_defaults(context=Draft, permission="edit_draft")
class DraftPages:
    """The pages of one draft."""

    def __init__(self, context: Draft, request: Request) -> None:
        self.draft, self.request, self.forms = context, request, request.rules.forms
        self.form: Form = self.forms[context.form_id]
        self.spoken = {"locale": request.locale_name, "choices": request.rules.choices()}
        self.here = request.resource_path(context)

    @view_config(request_method="GET", renderer="jiebang.web.applicant:templates/tasks.pt")
    def tasks(self) -> dict[str, Any]:
        """The task list: what is done, what is left."""
        if self.draft.receipt:
            raise HTTPSeeOther(f"{self.here}receipt")
        sections = self.forms.statuses(self.form, self.draft.data, **self.spoken)
        return {"form": self.form, "sections": sections, "ready": all(s.complete for s in sections)}

    @view_config(
        name="section", request_method="GET", renderer="jiebang.web.applicant:templates/section.pt"
    )
    def section(self) -> dict[str, Any]:
        """One page of questions."""
        errors: tuple[FieldError, ...] = ()
        if "check" in self.request.GET:
            errors = self._validate(self._section_id).errors
        return self._page(self.draft.data, errors)

    @view_config(
        name="section", request_method="POST", renderer="jiebang.web.applicant:templates/section.pt"
    )
    def save_section(self) -> Any:
        """Keep what was typed, whatever is wrong with it; go on when nothing is."""
        section_id = self._section_id
        parsed = self._parse(section_id)
        try:
            self._keep(parsed)
        except Stale:
            return self._conflict(parsed)
        refused = keep_uploads(request=self.request, draft=self.draft, parsed=parsed)
        if parsed.act:
            return HTTPSeeOther(self.request.path)
        checked = self._validate(section_id)
        errors = (*parsed.errors, *refused, *checked.errors)
        if errors:
            self.request.response.status_int = 422
            return self._page(self.draft.data, errors)
        return HTTPSeeOther(self._after(section_id))

    @view_config(name="autosave", request_method="POST", renderer="json")
    def autosave(self) -> dict[str, Any]:
        """Keep what is being typed. Answers when it was saved, or that somebody else saved since."""
        parsed = self._parse(self.request.POST.get("section") or None)
        try:
            self._keep(parsed)
        except Stale:
            self.request.response.status_int = 409
            return {"conflict": True}
        saved = clock.show_time(self.draft.saved_at, self.request.locale_name).split()[-1]
        return {"saved_at_text": saved, "revision": self.draft.revision}

    @view_config(name="file", request_method="GET")
    def file(self) -> Response:
        """One of the draft's own files."""
        return send_file(self.draft.attachments, self.request)

    @view_config(
        name="check", request_method="GET", renderer="jiebang.web.applicant:templates/check.pt"
    )
    def check(self) -> dict[str, Any]:
        """Every answer once more before filing, each with a link to change it."""
        result = self.forms.validate(self.form, self.draft.data, **self.spoken)
        return {
            "form": self.form,
            "answers": self.forms.answers(self.form, self.draft.data, **self.spoken),
            "errors": result.errors,
            "warnings": result.warnings,
            "files": self.draft.attachments,
            "revision": self.draft.revision,
            "section_of": {
                question.key: section.id
                for section in self.form.sections
                for question in section.questions
            },
        }

    @view_config(
        name="submit", request_method="POST", renderer="jiebang.web.applicant:templates/check.pt"
    )
    def submit(self) -> Any:
        """File the draft. Sending it twice shows the same receipt."""
        shown = self.request.POST.get("revision")
        if not self.draft.receipt and shown != str(self.draft.revision):
            # What would be filed is not what was checked: look again.
            self.request.tell(
                _("The answers changed since you checked them. Check them again before filing.")
            )
            return HTTPSeeOther(f"{self.here}check")
        if self.draft.case and not self.draft.receipt:
            # Who may file on the case is asked again: rights and stages change while people type.
            case = self.request.desk.edition["demands"][self.draft.case]
            require_filing(self.request, case, self.draft.form_id)
        try:
            file_draft(
                desk=self.request.desk,
                draft=self.draft,
                actor=self.request.actor,
                locale=self.request.locale_name,
                at=clock.now(),
            )
        except Invalid as invalid:
            self.request.response.status_int = 422
            return {**self.check(), "errors": invalid.result.errors}
        return HTTPSeeOther(f"{self.here}receipt")

    @view_config(
        name="receipt", request_method="GET", renderer="jiebang.web.applicant:templates/receipt.pt"
    )
    def receipt(self) -> dict[str, Any]:
        """The receipt (回执): number, time, digest, what happens next."""
        if not self.draft.receipt:
            raise HTTPSeeOther(self.here)
        case = self.request.desk.edition["demands"][self.draft.receipt.number]
        return {
            "form": self.form,
            "receipt": self.draft.receipt,
            "case": case,
            "stage": self.request.rules.workflow.stage(case.stage),
        }

    @view_config(name="discard", request_method="POST")
    def discard(self) -> HTTPSeeOther:
        """Throw the draft away."""
        if not self.draft.receipt:
            discard_draft(desk=self.request.desk, draft=self.draft)
            self.request.tell(_("The draft has been deleted."))
        return HTTPSeeOther("/my")

    @property
    def _section_id(self) -> str:
        ids = [section.id for section in self.form.sections]
        if (
            self.draft.receipt
            or self.request.subpath[:1] == ()
            or self.request.subpath[0] not in ids
        ):
            raise HTTPNotFound
        return str(self.request.subpath[0])

    def _page(self, data: dict[str, Any], errors: tuple[FieldError, ...]) -> dict[str, Any]:
        section_id = self._section_id
        rendered = self.forms.render(
            self.form,
            section=section_id,
            data=data,
            errors=errors,
            warnings=self._validate(section_id).warnings,
            files=stored_files(self.draft, self.here),
            csrf_token=self.request.session.get_csrf_token(),
            action=self.request.path,
            buttons=(Button("save", _("Save and continue")),),
            hidden={"revision": str(self.draft.revision), "section": section_id},
            autosave_url=f"{self.here}autosave",
            draft_id=self.draft.__name__,
            **self.spoken,
        )
        return {
            "form": self.form,
            "section": self.form.section(section_id),
            "rendered": rendered,
            "failed": bool(errors),
            "saved_at": self.draft.saved_at,
            "revision": self.draft.revision,
        }

    def _conflict(self, parsed: Parsed) -> dict[str, Any]:
        """What was typed here beside what stands there, with the choice left to the person."""
        self.request.override_renderer = "jiebang.web.applicant:templates/conflict.pt"
        self.request.response.status_int = 409
        return {
            "form": self.form,
            "mine": self.forms.answers(
                self.form, {**self.draft.data, **parsed.data}, **self.spoken
            ),
            "theirs": self.forms.answers(self.form, self.draft.data, **self.spoken),
            "revision": self.draft.revision,
            "pairs": [
                (name, value)
                for name, value in self.request.POST.items()
                if isinstance(value, str) and name not in {"csrf_token", "revision"}
            ],
        }

    def _validate(self, section_id: str | None) -> Any:
        return self.forms.validate(self.form, self.draft.data, section=section_id, **self.spoken)

    def _parse(self, section_id: str | None) -> Parsed:
        if self.draft.receipt:
            raise HTTPBadRequest
        if section_id is not None and section_id not in {one.id for one in self.form.sections}:
            raise HTTPBadRequest
        parsed: Parsed = self.forms.parse(
            self.form, section_id, self.request.POST.items(), **self.spoken
        )
        return parsed

    def _keep(self, parsed: Parsed) -> None:
        revision = self.request.POST.get("revision", "")
        save_draft(
            draft=self.draft,
            data={**self.draft.data, **parsed.data},
            revision=int(revision) if revision.isdecimal() else -1,
            at=clock.now(),
        )

    def _after(self, section_id: str) -> str:
        """The next section that is still incomplete, or the check page."""
        statuses = self.forms.statuses(self.form, self.draft.data, **self.spoken)
        ids = [one.id for one in statuses]
        later = statuses[ids.index(section_id) + 1 :] if section_id in ids else statuses
        following = next(
            (one.id for one in later if not one.complete or one.status == "not_started"), None
        )
        if following:
            return f"{self.here}section/{following}"
        return f"{self.here}check" if all(one.complete for one in statuses) else self.here
