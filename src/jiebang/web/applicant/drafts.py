"""Writing a form: task list, sections, autosave, files, check answers, filing."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPBadRequest, HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from jiebang import clock
from jiebang.casework.filing.correcting import answers_correction
from jiebang.casework.filing.draft_reading import DraftReading
from jiebang.casework.filing.drafts import catch_up, open_draft, save_draft
from jiebang.casework.filing.opening import is_of_office
from jiebang.casework.filing.prefilling import Known, prefilled
from jiebang.casework.filing.submitting import closes_at
from jiebang.casework.filing.tasks import task_list
from jiebang.casework.filing.versions import Invalid, check_draft, file_draft
from jiebang.errors import Stale
from jiebang.forms.judging.check import FieldError
from jiebang.forms.language.definition import Form
from jiebang.forms.screen.page import Button
from jiebang.forms.screen.posting import Parsed
from jiebang.forms.showing.answers import Answer
from jiebang.i18n import _
from jiebang.model.documents import Draft
from jiebang.model.site import Site
from jiebang.web.applicant.sight import require_sight
from jiebang.web.cases.corrections import marks_of
from jiebang.web.cases.filings import require_right_to_file
from jiebang.web.files import keep_uploads, send_file, stored_files
from jiebang.web.posted import posted_number, posted_text


@view_config(context=Site, name="start", request_method="POST", permission="start_demand")
def start(context: Site, request: Request) -> HTTPSeeOther:
    """Begin a pre-registration (预报名) for one of the person's own organisations."""
    organisation = posted_text(request, "organisation")
    if "demander" not in request.actor.memberships.get(organisation, ()):
        raise HTTPNotFound
    at, form = clock.now(), request.rules.opening_form
    known = Known(
        person=request.identity.person, organisation=context["organisations"][organisation]
    )
    draft = open_draft(
        desk=request.desk,
        actor=request.actor,
        organisation=organisation,
        form_id=form.id,
        data=prefilled(form=form, known=known, at=at),
        at=at,
    )
    return HTTPSeeOther(request.resource_path(draft))


@view_defaults(context=Draft, permission="edit_draft")
class DraftPages:
    """The pages of one draft."""

    def __init__(self, context: Draft, request: Request) -> None:
        self.draft, self.request, self.forms = context, request, request.rules.forms
        self.desk = request.desk
        self.form: Form = self.forms[context.form_id]
        self.spoken = {"locale": request.locale_name, "choices": request.rules.choices()}
        self.here = request.resource_path(context)
        self.case = self.desk.case(context.case) if context.case else None
        self.office = is_of_office(self.form, context)
        self.reading = DraftReading(self.desk, context)
        require_sight(request, context)

    @view_config(request_method="GET", renderer="jiebang.web.applicant:templates/tasks.pt")
    def tasks(self) -> dict[str, Any]:
        """The task list: what is done, what is left; of a correction, what was asked for."""
        if self.draft.receipt:
            raise HTTPSeeOther(f"{self.here}receipt")
        sections = self._tasks()
        return {
            "form": self.form,
            "sections": sections,
            "ready": all(s.complete for s in sections),
            "deadline": self._deadline(),
            **self._asked_for(),
        }

    @view_config(
        name="section", request_method="GET", renderer="jiebang.web.applicant:templates/section.pt"
    )
    def section(self) -> dict[str, Any]:
        """One page of questions."""
        errors: tuple[FieldError, ...] = ()
        if "check" in self.request.GET:
            errors = self._errors(self._section_id)
        return self._page(self.reading.data, errors)

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
        unread = (*parsed.errors, *refused)
        if parsed.act and not unread:
            return HTTPSeeOther(f"{self.request.path}#q-{parsed.acted_on}")
        errors = unread if parsed.act else (*unread, *self._errors(section_id))
        if errors:
            self.request.response.status_int = 422
            return self._page(self.reading.data, errors)
        return HTTPSeeOther(self._after(section_id))

    @view_config(name="autosave", request_method="POST", renderer="json")
    def autosave(self) -> dict[str, Any]:
        """Keep what is being typed. Answers when it was saved, or that somebody else saved since."""
        parsed = self._parse(posted_text(self.request, "section") or None)
        try:
            self._keep(parsed)
        except Stale:
            self.request.response.status_int = 409
            return {"conflict": True}
        saved = clock.show_time(self.draft.saved_at, self.request.locale_name).split()[-1]
        return {"saved_at_text": saved, "revision": self.draft.revision}

    @view_config(name="file", request_method="GET")
    def file(self) -> Response:
        """A file that an answer of the draft names."""
        if self.draft.receipt:
            raise HTTPNotFound
        return send_file(self.reading.files, self.request)

    @view_config(
        name="check", request_method="GET", renderer="jiebang.web.applicant:templates/check.pt"
    )
    def check(self) -> dict[str, Any]:
        """Every answer once more before filing, each that may change with a link to change it."""
        if self.draft.receipt:
            raise HTTPSeeOther(f"{self.here}receipt")
        result = check_draft(desk=self.desk, draft=self.draft, locale=self.request.locale_name)
        opened = self._opened
        return {
            "form": self.form,
            "answers": self._answers(self.reading.data),
            "errors": result.errors,
            "warnings": [one for one in result.warnings if _key(one) in opened],
            "files": self.reading.files,
            "revision": self.draft.revision,
            "changeable": opened,
            "section_of": {
                question.key: section.id
                for section in self.form.sections
                for question in section.questions
                if question.key in opened
            },
            "deadline": self._deadline(),
            **self._asked_for(),
        }

    @view_config(
        name="submit", request_method="POST", renderer="jiebang.web.applicant:templates/check.pt"
    )
    def submit(self) -> Any:
        """File the draft. Sending it twice shows the same receipt."""
        shown = posted_number(self.request, "revision")
        if not self.draft.receipt and shown != self.draft.revision:
            # What would be filed is not what was checked: look again.
            self.request.tell(
                _("The answers changed since you checked them. Check them again before filing.")
            )
            return HTTPSeeOther(f"{self.here}check")
        if not self.draft.receipt:
            # Who may file is asked again: rights and stages change while people type.
            require_right_to_file(self.request, self.draft)
            if self._overtaken():
                return HTTPSeeOther(f"{self.here}check")
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

    @property
    def _section_id(self) -> str:
        if self.draft.receipt or not self._sections.intersection(self.request.subpath[:1]):
            raise HTTPNotFound
        return str(self.request.subpath[0])

    @property
    def _sections(self) -> frozenset[str]:
        """The sections that this draft shows: those with a question that it may change."""
        opened = self._opened
        return frozenset(
            one.id
            for one in self.form.asked(None, office=self.office)
            if any(question.key in opened for question in one.questions)
        )

    @property
    def _opened(self) -> frozenset[str]:
        return self.reading.opened

    def _page(self, data: dict[str, Any], errors: tuple[FieldError, ...]) -> dict[str, Any]:
        section_id = self._section_id
        correction = answers_correction(case=self.case, draft=self.draft)
        rendered = self.forms.render(
            self.form,
            section=section_id,
            data=data,
            errors=errors,
            warnings=self.forms.validate(
                self.form, data, section=section_id, **self.spoken
            ).warnings,
            files=stored_files(self.draft, self.here),
            csrf_token=self.request.session.get_csrf_token(),
            action=self.request.path,
            buttons=(Button("save", _("Save and continue")),),
            hidden={"revision": str(self.draft.revision), "section": section_id},
            autosave_url=f"{self.here}autosave",
            draft_id=self.draft.__name__,
            opened=self._opened,
            reasons=correction.reasons if correction else None,
            office=self.office,
            **self.spoken,
        )
        return {
            "form": self.form,
            "section": self.form.section(section_id),
            "rendered": rendered,
            "failed": bool(errors),
            "saved_at": self.draft.saved_at,
            "revision": self.draft.revision,
            "deadline": self._deadline(),
        }

    def _asked_for(self) -> dict[str, Any]:
        """What a correction asks for, where the draft answers one."""
        correction = answers_correction(case=self.case, draft=self.draft)
        return {
            "correction": correction,
            "marks": marks_of(self.form, correction) if correction else [],
        }

    def _deadline(self) -> Any:
        """The moment until which the draft is wanted: of the form's phase, or of the correction."""
        if self.case is None:
            return closes_at(self.request.rules, self.form)
        correction = answers_correction(case=self.case, draft=self.draft)
        return clock.end_of(correction.until) if correction and correction.until else None

    def _overtaken(self) -> bool:
        """Whether somebody filed a version since the draft was begun; told once, then it stands."""
        newest = catch_up(
            desk=self.desk,
            draft=self.draft,
            locale=self.request.locale_name,
            at=clock.now(),
        )
        if newest is None:
            return False
        self.request.tell(
            _(
                "Version ${number} was filed after you began. Your answers are kept; compare them with "
                "it on the case page, then file.",
                mapping={"number": newest.number},
            )
        )
        return True

    def _answers(self, data: dict[str, Any]) -> list[Answer]:
        return self.reading.answers(data, self.request.locale_name)

    def _tasks(self) -> list[Any]:
        return task_list(desk=self.desk, draft=self.draft, locale=self.request.locale_name)

    def _conflict(self, parsed: Parsed) -> dict[str, Any]:
        """What was typed here beside what stands there, with the choice left to the person."""
        self.request.override_renderer = "jiebang.web.applicant:templates/conflict.pt"
        self.request.response.status_int = 409
        return {
            "form": self.form,
            "mine": self._answers({**self.draft.data, **parsed.data}),
            "theirs": self._answers(self.draft.data),
            # A page cannot keep chosen files, so their names are told.
            "unkept": [
                (self.form.by_key[one.field].label, one.filename)
                for one in parsed.uploads
                if one.field in self._opened
            ],
            "files": self.reading.files,
            "revision": self.draft.revision,
            "pairs": [
                (name, value)
                for name, value in self.request.POST.items()
                if isinstance(value, str) and name not in {"csrf_token", "revision"}
            ],
        }

    def _errors(self, section_id: str) -> tuple[FieldError, ...]:
        """What filing would find wrong in a section."""
        keys = {one.key for one in self.form.section(section_id).questions}
        result = check_draft(desk=self.desk, draft=self.draft, locale=self.request.locale_name)
        return tuple(one for one in result.errors if _key(one) in keys)

    def _parse(self, section_id: str | None) -> Parsed:
        if self.draft.receipt:
            raise HTTPBadRequest
        if section_id is not None and section_id not in self._sections:
            raise HTTPBadRequest
        parsed: Parsed = self.forms.parse(
            self.form,
            section_id,
            self.request.POST.items(),
            opened=self._opened,
            office=self.office,
            **self.spoken,
        )
        return parsed

    def _keep(self, parsed: Parsed) -> None:
        save_draft(
            desk=self.desk,
            draft=self.draft,
            typed=parsed.data,
            revision=posted_number(self.request, "revision"),
            at=clock.now(),
        )

    def _after(self, section_id: str) -> str:
        """The next section that is still incomplete, or the check page."""
        statuses = self._tasks()
        ids = [one.id for one in statuses]
        later = statuses[ids.index(section_id) + 1 :] if section_id in ids else statuses
        following = next(
            (one.id for one in later if not one.complete or one.status == "not_started"), None
        )
        if following:
            return f"{self.here}section/{following}"
        return f"{self.here}check" if all(one.complete for one in statuses) else self.here


def _key(error: FieldError) -> str:
    return error.field.partition(".")[0]
