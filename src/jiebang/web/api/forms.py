"""The forms as data: which there are, what each asks, and what it takes. Nobody's answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import notfound_view_config, view_config

from jiebang.forms import Form, Question
from jiebang.forms.jsonschema.document import Options, describe
from jiebang.forms.language.question import Offered
from jiebang.i18n import _
from jiebang.web.api.answering import answer, problem

#: Of a form, what is for its authors (where a field was taken from, what is reasoned), and the lists
#: whose options stand at each question.
_FOR_AUTHORS = frozenset({"basis", "source", "provinces", "lists", "list", "options_from"})


@view_config(route_name="api.forms", request_method="GET", permission="view_public")
def list_forms(request: Request) -> Response:
    """Every form: its id, version and titles, and where the rest stands."""
    told = [
        {
            "id": form.id,
            "version": form.version,
            "title": form.title.model_dump(),
            "form": request.route_path("api.form", form=form.id),
            "schema": request.route_path("api.schema", form=form.id),
        }
        for form in request.rules.forms.forms.values()
    ]
    return answer({"edition": request.rules.edition.id, "forms": told})


@view_config(route_name="api.form", request_method="GET", permission="view_public")
def show_form(request: Request) -> Response:
    """One form as its file says it, with its blocks and lists of options put in."""
    form, options = _form(request), _options(request)
    told = _public(form.model_dump(mode="json", by_alias=True, exclude_defaults=True))
    for section, shown in zip(form.sections, told["sections"], strict=True):
        _put_options(section.questions, shown.get("questions", ()), options)
    schema = request.route_path("api.schema", form=form.id)
    return answer({**told, "source": form.source, "schema": schema})


@view_config(route_name="api.schema", request_method="GET", permission="view_public")
def show_schema(request: Request) -> Response:
    """The JSON Schema of a form's answers."""
    schema = describe(_form(request), _options(request))
    return answer(schema, "application/schema+json")


def _form(request: Request) -> Form:
    """The form that the path names. Raises ``HTTPNotFound``, which the API answers in its way."""
    try:
        form: Form = request.rules.forms[request.matchdict["form"]]
    except KeyError:
        raise HTTPNotFound from None
    return form


def _options(request: Request) -> Options:
    rules = request.rules
    choices = rules.choices()
    return lambda question: rules.forms.options(question, choices)


def _public(value: Any) -> Any:
    """Plain data without what is for authors, and without what is not said."""
    if isinstance(value, list):
        return [_public(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _public(one)
        for key, one in value.items()
        if key not in _FOR_AUTHORS and one not in (None, "", [], {})
    }


def _put_options(
    questions: Sequence[Question], shown: Sequence[dict[str, Any]], options: Options
) -> None:
    """Write out the options of each question, wherever its file takes them from."""
    for question, told in zip(questions, shown, strict=True):
        offered = options(question)
        if offered:
            told["options"] = [_option(one) for one in offered]
        _put_options(question.columns, told.get("columns", ()), options)


def _option(one: Offered) -> dict[str, Any]:
    told: dict[str, Any] = {"code": one.code, "label": one.label.model_dump()}
    return {**told, "help": one.help.model_dump()} if one.help else told


@view_config(route_name="api.forms", require_csrf=False)
@view_config(route_name="api.form", require_csrf=False)
@view_config(route_name="api.schema", require_csrf=False)
def refuse_method(request: Request) -> Response:
    """Anything but reading."""
    response = problem(
        request,
        405,
        _("Method not allowed"),
        _("This address can only be read, with GET or HEAD."),
    )
    response.allow = ("GET", "HEAD")
    return response


@notfound_view_config(path_info="^/api/")
def not_found(request: Request) -> Response:
    """No such address of the API, or no such form."""
    detail = _("There is nothing at this address. /api/v1/forms lists every form.")
    return problem(request, 404, _("Not found"), detail)


def includeme(config: Configurator) -> None:
    """The addresses of the API, outside the tree."""
    config.add_route("api.forms", "/api/v1/forms")
    config.add_route("api.form", "/api/v1/forms/{form}")
    config.add_route("api.schema", "/api/v1/forms/{form}/schema")
