"""The reviewer's queue of judgements: one question, its evidence beside it, answer and opinion, next."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config, view_defaults

from jiebang import clock
from jiebang.casework.filing.drafts import open_draft
from jiebang.casework.filing.reading import reading_of
from jiebang.casework.filing.versions import Invalid, file_draft
from jiebang.casework.policies.judging import questions, waiting
from jiebang.forms.judging.check import FieldError
from jiebang.forms.screen.page import Button
from jiebang.i18n import _
from jiebang.model.cases import Demand
from jiebang.model.documents import Draft
from jiebang.model.site import Site
from jiebang.web.files import keep_uploads, stored_files


@view_config(
    context=Site,
    name="judgements",
    permission="judgement_queue",
    renderer="jiebang.web.reviewer:templates/judgements.pt",
)
def judgements(context: Site, request: Request) -> dict[str, Any]:
    """Every judgement some case waits for, the oldest first."""
    found = waiting(desk=request.desk)
    return {"waiting": found, "organisations": context["organisations"]}


@view_defaults(
    context=Demand,
    name="judge",
    permission="judge",
    renderer="jiebang.web.reviewer:templates/judge.pt",
)
class JudgementPage:
    """One judgement on one case: ``judge/<fact>``."""

    def __init__(self, context: Demand, request: Request) -> None:
        self.case, self.request, self.forms = context, request, request.rules.forms
        asked = [
            one
            for one in questions(desk=request.desk, case=context)
            if request.subpath[:1] == (one.fact,)
        ]
        if not asked:
            raise HTTPNotFound
        self.question = asked[0]
        self.form = self.question.form
        self.spoken = {"locale": request.locale_name, "choices": request.rules.choices()}

    @view_config(request_method="GET")
    def ask(self) -> dict[str, Any]:
        """The question beside what the demander filed."""
        return self._page({}, None, ())

    @view_config(request_method="POST")
    def answer(self) -> Any:
        """File the judgement and go on to the next one waiting. What is wrong is kept as a draft."""
        at = clock.now()
        parsed = self.forms.parse(self.form, None, self.request.POST.items(), **self.spoken)
        draft = open_draft(
            desk=self.request.desk,
            actor=self.request.actor,
            organisation=None,
            form_id=self.form.id,
            case=self.case,
            at=at,
        )
        draft.save(data={**draft.data, **parsed.data}, at=at)
        refused = keep_uploads(request=self.request, draft=draft, parsed=parsed)
        errors = [*parsed.errors, *refused]
        if not errors and not parsed.act:
            try:
                file_draft(
                    desk=self.request.desk,
                    draft=draft,
                    actor=self.request.actor,
                    locale=self.request.locale_name,
                    at=at,
                )
            except Invalid as invalid:
                errors += invalid.result.errors
        if errors or parsed.act:
            self.request.response.status_int = 422 if errors else 200
            return self._page(draft.data, draft, tuple(errors))
        self.request.tell(
            _(
                "Judged. The case ${number} has been decided again.",
                mapping={"number": self.case.number},
            )
        )
        return HTTPSeeOther("/judgements")

    def _page(
        self, data: dict[str, Any], draft: Draft | None, errors: tuple[FieldError, ...]
    ) -> dict[str, Any]:
        opening = self.request.rules.opening_form.id
        filed = self.case.current(opening)
        if filed is None:
            raise HTTPNotFound
        return {
            "case": self.case,
            "question": self.question,
            "failed": bool(errors),
            "rendered": self.forms.render(
                self.form,
                data=data,
                errors=errors,
                files=stored_files(draft, self.request.resource_path(draft)) if draft else {},
                csrf_token=self.request.session.get_csrf_token(),
                action=self.request.path,
                buttons=(Button("save", _("Judge and decide again")),),
                **self.spoken,
            ),
            "answers": reading_of(
                desk=self.request.desk,
                case=self.case,
                form_id=opening,
                version=filed,
                actor=self.request.actor,
            ).answers(self.request.locale_name),
            "files": filed.attachments,
            "file_url": self.request.resource_path(
                self.case, "document", opening, str(filed.number), "file", ""
            ),
        }
