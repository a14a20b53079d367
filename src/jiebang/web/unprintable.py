"""When a sheet cannot be set: its layout (版式文件) is broken, or the fonts are not there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import structlog
from pyramid.request import Request
from pyramid.view import exception_view_config

from jiebang.documents.layouts import BadLayout
from jiebang.documents.typesetting import FontsMissing
from jiebang.i18n import _
from jiebang.model.permissions import STAFF
from jiebang.web.pages import identity_of, kept_fields

log = structlog.get_logger("jiebang.problems")


@exception_view_config(BadLayout, renderer="jiebang.web:templates/problem.pt")
@exception_view_config(FontsMissing, renderer="jiebang.web:templates/problem.pt")
def unprintable(context: BadLayout | FontsMissing, request: Request) -> dict[str, Any]:
    """A fault of ours that the office mends: its people see the file and the line, others a number."""
    log.error("cannot print", error=str(context))
    request.response.status_int = 503
    identity = identity_of(request)
    page = {
        "title": _("The sheet cannot be printed now"),
        "explanation": _(
            "Its print layout is faulty, or a font is missing. Nothing that was filled in is lost."
        ),
        "kept": kept_fields(request),
        "target": request.path_qs,
    }
    if identity is None or identity.roles.isdisjoint(STAFF):
        remedy = _(
            "The office has to mend the layout. Try again later; if it lasts, tell the service line this "
            "number:"
        )
        return {**page, "remedy": remedy, "number": request.environ.get("jiebang.request_id", "")}
    if isinstance(context, FontsMissing):
        remedy = _("Whoever runs the site has to put the fonts in place:")
        return {**page, "remedy": remedy, "number": str(context)}
    folder = request.registry.settings["jiebang"].forms.resolve()
    return {
        **page,
        "remedy": _("Mend the layout, then print again. This is where it is wrong:"),
        "number": _place(context, folder, request.locale_name),
    }


def _place(bad: BadLayout, folder: Path, locale: str) -> str:
    """File, line and fault. Of a file outside of the folder of forms, its name alone."""
    path = bad.path.resolve()
    within = path.is_relative_to(folder)
    name = f"{folder.name}/{path.relative_to(folder).as_posix()}" if within else path.name
    return f"{name}:{bad.line}:{bad.column}: {bad.en if locale == 'en' else bad.zh}"
