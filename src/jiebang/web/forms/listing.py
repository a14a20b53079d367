"""The forms of the challenge (表格一览): what each is for, blank to print, and a place to begin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from jiebang import clock
from jiebang.casework.filing.prefilling import Known
from jiebang.casework.filing.submitting import (
    Standing,
    begin_submission,
    closes_at,
    require_in_time,
    standings,
)
from jiebang.casework.paper.printing import MEDIA_TYPES, print_form
from jiebang.casework.workbooks.forms import form_workbook
from jiebang.casework.workbooks.importing import batch_of
from jiebang.forms.language.definition import Form
from jiebang.i18n import _
from jiebang.model.cases import Demand
from jiebang.model.site import Site
from jiebang.web.accounts.words import ROLES
from jiebang.web.cases.filings import announced_as, demand_to_file_about
from jiebang.web.files import send_workbook
from jiebang.web.forms.words import FILERS
from jiebang.web.posted import posted_text
from jiebang.web.prefill import earlier_answers

LIST_SEPARATOR = _("list separator", default=", ")
#: Characters of the number of a demand that an address may carry.
LONGEST_NUMBER = 40
#: The blank form to print, below ``/forms/<form>/``.
BLANK = {"blank.pdf": "pdf", "blank.docx": "docx"}


class Choice(NamedTuple):
    """As what a form may be filed: what is posted, and the name or role shown."""

    code: str
    label: object


@view_defaults(context=Site, name="forms")
class FormPages:
    """``/forms``, ``/forms/<form>``, the blank form below it, and ``/forms/<form>/start``."""

    def __init__(self, context: Site, request: Request) -> None:
        self.site, self.request, self.rules = context, request, request.rules

    @view_config(
        request_method="GET",
        permission="view_public",
        renderer="jiebang.web.forms:templates/forms.pt",
    )
    def show(self) -> Any:
        """All forms, one of them, or one blank."""
        match tuple(self.request.subpath):
            case ():
                return self._list(self.request.GET.get("about", "")[:LONGEST_NUMBER])
            case (form_id,):
                self.request.override_renderer = "jiebang.web.forms:templates/form.pt"
                return self._page(self._form(form_id), self.request.GET.get("about", ""))
            case (form_id, name) if name in BLANK:
                return self._blank(self._form(form_id), BLANK[name])
            case (form_id, "blank.xlsx"):
                return self._workbook(self._form(form_id))
            case (form_id, "batch.xlsx") if self._form(form_id).batch:
                return self._batch(self._form(form_id))
            case _:
                raise HTTPNotFound

    @view_config(
        request_method="POST",
        permission="file_forms",
        renderer="jiebang.web.forms:templates/form.pt",
    )
    def start(self) -> Any:
        """Begin a form as one of those that the person may file as: ``as``, and ``about``."""
        if tuple(self.request.subpath[1:]) != ("start",):
            raise HTTPNotFound
        form = self._form(self.request.subpath[0])
        chosen = posted_text(self.request, "as")
        standing = next((one for one in self._standings(form) if _code(one) == chosen), None)
        if form.filing is None or standing is None:
            raise HTTPNotFound
        require_in_time(
            rules=self.rules, form=form, locale=self.request.locale_name, at=clock.now()
        )
        number = posted_text(self.request, "about").strip()
        about = None
        if form.filing.about == "demand":
            about = demand_to_file_about(self.request, number, standing)
        if form.filing.about == "demand" and about is None:
            self.request.response.status_int = 422
            error = _(
                "There is no demand of this number that you can file this form about. Compare the "
                "number with the announcement or with your case."
            )
            return {**self._page(form, number), "error": error, "chosen": chosen}
        draft = begin_submission(
            desk=self.request.desk,
            actor=self.request.actor,
            form=form,
            standing=standing,
            known=self._known(standing, about),
            about=about,
            at=clock.now(),
        )
        return HTTPSeeOther(self.request.resource_path(draft))

    def _list(self, about: str) -> dict[str, Any]:
        """All forms, those first that the person can fill in; or those about the demand ``about``."""
        forms = sorted(self.rules.forms.forms.values(), key=lambda one: one.id)
        alone = [one for one in forms if one.filing and (not about or _concerns_demand(one))]
        mine = [one for one in alone if self._begins(one)]
        query = f"?{urlencode({'about': about})}" if about else ""
        return {
            "mine": mine,
            "alone": [one for one in alone if one not in mine],
            "others": [] if about else [one for one in forms if not one.filing],
            "filers": self._filers,
            "about": about,
            "query": query,
            "sign_in": f"/sign-in?{urlencode({'target': f'/forms{query}'})}",
        }

    def _page(self, form: Form, about: str) -> dict[str, Any]:
        end = closes_at(self.rules, form)
        return {
            "form": form,
            "filers": self._filers,
            "choices": list(self._choices(form)),
            "chosen": "",
            "about": about,
            "error": None,
            "deadline": end,
            "over": end is not None and clock.now() >= end,
        }

    def _form(self, form_id: str) -> Form:
        if form_id not in self.rules.forms:
            raise HTTPNotFound
        form: Form = self.rules.forms[form_id]
        return form

    def _filers(self, form: Form) -> str:
        """Who files a form, as one phrase."""
        say = self.request.localizer.translate
        named = form.filing.by if form.filing else ()
        return str(say(LIST_SEPARATOR)).join(str(say(FILERS[one])) for one in named)

    def _standings(self, form: Form) -> list[Standing]:
        if form.filing is None or self.request.identity is None:
            return []
        return standings(form.filing, self.request.actor)

    def _begins(self, form: Form) -> bool:
        end = closes_at(self.rules, form)
        return bool(self._standings(form)) and (end is None or clock.now() < end)

    def _choices(self, form: Form) -> Iterator[Choice]:
        """As what the person may file; the role is named where an organisation has several."""
        found = self._standings(form)
        for one in found:
            name = self._name(one)
            same = [other for other in found if other.organisation == one.organisation]
            if one.organisation and len(same) > 1:
                say = self.request.localizer.translate
                words = {"organisation": name, "role": say(ROLES[one.role])}
                name = _("${organisation} (${role})", mapping=words)
            yield Choice(_code(one), name)

    def _name(self, standing: Standing) -> Any:
        if standing.organisation:
            return self.site["organisations"][standing.organisation].name
        return ROLES.get(standing.role, _("Myself"))

    def _known(self, standing: Standing, about: Demand | None) -> Known:
        organisations = self.site["organisations"]
        return Known(
            person=self.request.identity.person,
            organisation=organisations[standing.organisation] if standing.organisation else None,
            number=about.number if about else "",
            title=self._title(about) if about else "",
            earlier=earlier_answers(self.request, about, standing.organisation),
        )

    def _title(self, demand: Demand) -> str:
        """The title as the person may read it: of the case, or as it was published."""
        if self.request.has_permission("view_case", demand):
            return demand.title
        announced = announced_as(self.request, demand)
        subject = self.rules.edition.announcement.subject
        lines = announced.content["lines"] if announced else []
        return next((one["text"]["zh_CN"] for one in lines if one["key"] == subject), "")

    def _blank(self, form: Form, output: Any) -> Response:
        settings = self.request.registry.settings["jiebang"]
        content = print_form(
            forms=self.rules.forms,
            form=form,
            layouts=settings.forms,
            fonts=settings.fonts,
            output=output,
            data=None,
            locale=self.request.locale_name,
            choices=self.rules.choices(),
        )
        response = Response(body=content, content_type=MEDIA_TYPES[output])
        response.content_disposition = f"attachment; filename={form.id}.{output}"
        return response

    def _workbook(self, form: Form) -> Response:
        content = form_workbook(
            forms=self.rules.forms,
            form=form,
            data=None,
            locale=self.request.locale_name,
            choices=self.rules.choices(),
        )
        return send_workbook(content, form.id)

    def _batch(self, form: Form) -> Response:
        content = batch_of(self.request.desk, form, self.request.locale_name).template()
        return send_workbook(content, f"{form.id}-batch")


def _code(standing: Standing) -> str:
    return f"{standing.role}:{standing.organisation or ''}"


def _concerns_demand(form: Form) -> bool:
    """Whether a form is filed about a demand, or names one: the entry of a challenger does."""
    return (form.filing is not None and form.filing.about == "demand") or any(
        one.refers_to == "demand" and one.required for one in form.questions
    )
