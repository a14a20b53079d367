"""Error pages: what happened, what was kept, what to do. Nothing typed is lost."""

from __future__ import annotations

import json
from typing import Any

import structlog
from pyramid.exceptions import BadCSRFOrigin, BadCSRFToken
from pyramid.httpexceptions import HTTPBadRequest, HTTPForbidden, HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import exception_view_config, forbidden_view_config, notfound_view_config
from transaction.interfaces import TransientError
from ZODB.POSException import StorageError

from jiebang.errors import Refused
from jiebang.i18n import _
from jiebang.web.pages import identity_of, kept_fields

log = structlog.get_logger("jiebang.problems")

#: First path segments that hold nothing for the public. Whoever is not signed in gets the same
#: sign-in page for all of them, whether or not the thing exists.
PRIVATE = frozenset(
    {
        "my",
        "drafts",
        "imports",
        "queue",
        "queue.xlsx",
        "submissions",
        "submissions.xlsx",
        "judgements",
        "batches",
        "people",
        "account",
        "status",
        "policy",
        "organisations",
        "start",
        "publish",
        "sign-out",
        "sign-out-everywhere",
        "second-factor",
        "second-factor.svg",
        "another-role",
        "change-password",
        "letters-language",
        "approve-member",
        "decline-member",
    }
)


def _is_private(request: Request) -> bool:
    parts = [part for part in request.path.split("/") if part]
    return bool(parts) and (
        parts[0] in PRIVATE
        or (parts[0] == "editions" and parts[2:3] in (["demands"], ["submissions"]))
        or (parts[0] == "forms" and parts[2:3] == ["start"])
    )


def _sign_in_first(request: Request, status: int) -> dict[str, Any]:
    request.response.status_int = status
    request.override_renderer = "jiebang.web:templates/kept_sign_in.pt"
    return {
        "kept": json.dumps(kept_fields(request), ensure_ascii=False),
        "target": request.path_qs if request.method in {"GET", "POST"} else "/",
        "posted": request.method == "POST",
    }


@notfound_view_config(renderer="jiebang.web:templates/problem.pt")
@forbidden_view_config(renderer="jiebang.web:templates/problem.pt")
def not_found(request: Request) -> dict[str, Any]:
    """The same answer for what does not exist and for what is not this visitor's to see."""
    if identity_of(request) is None and _is_private(request):
        return _sign_in_first(request, 401)
    request.response.status_int = 404
    return {
        "title": _("Page not found"),
        "explanation": _("There is no such page, or it is not open to you."),
        "remedy": _("Check the address, or go back to the front page."),
        "kept": [],
    }


@exception_view_config(BadCSRFToken, renderer="jiebang.web:templates/problem.pt")
@exception_view_config(BadCSRFOrigin, renderer="jiebang.web:templates/problem.pt")
def expired(request: Request) -> dict[str, Any]:
    """A form posted after its session ended: sign in again, or press once more; nothing is lost."""
    if identity_of(request) is None and _is_private(request):
        return _sign_in_first(request, 401)
    request.response.status_int = 400
    return {
        "title": _("This page had expired"),
        "explanation": _("What you typed has been kept below. It has not been sent yet."),
        "remedy": _("Press the button to send it now."),
        "kept": kept_fields(request),
        "target": request.path_qs,
    }


@exception_view_config(Refused, renderer="jiebang.web:templates/refused.pt")
def refused(context: Refused, request: Request) -> dict[str, Any]:
    """An act that is not possible now, with every reason."""
    request.response.status_int = 409
    return {"reasons": context.reasons, "kept": kept_fields(request), "target": request.path_qs}


@exception_view_config(TransientError, last_retry_attempt=False)
def tried_again(request: Request) -> Response:
    """A conflict that pyramid_retry will try again: this answer is thrown away, so it costs nothing."""
    return Response(status=503)


@exception_view_config(
    TransientError, last_retry_attempt=True, renderer="jiebang.web:templates/problem.pt"
)
@exception_view_config(StorageError, renderer="jiebang.web:templates/problem.pt")
def busy(context: Exception, request: Request) -> dict[str, Any]:
    """The store cannot answer now: give the form back with a button that sends it again."""
    log.warning("busy", error=type(context).__name__)
    request.response.status_int = 503
    request.response.headers["Retry-After"] = "5"
    return {
        "title": _("The service is busy"),
        "explanation": _("What you sent could not be saved just now. It is kept below."),
        "remedy": _("Wait a few seconds, then press the button to send it again."),
        "kept": kept_fields(request),
        "target": request.path_qs,
    }


@exception_view_config(HTTPBadRequest, renderer="jiebang.web:templates/problem.pt")
@exception_view_config(UnicodeDecodeError, renderer="jiebang.web:templates/problem.pt")
def malformed(request: Request) -> dict[str, Any]:
    """A request that no page of this site sends."""
    request.response.status_int = 400
    return {
        "title": _("The request could not be read"),
        "explanation": _("Part of it was damaged on the way, or was not sent by this site."),
        "remedy": _("Go back, reload the page and try again."),
        "kept": [],
    }


@exception_view_config(Exception, renderer="jiebang.web:templates/problem.pt")
def failed(context: Exception, request: Request) -> dict[str, Any]:
    """A defect of ours: logged with its request id, and the form given back."""
    if isinstance(context, HTTPNotFound | HTTPForbidden):
        return not_found(request)
    log.error("failed", exc_info=context)
    request.response.status_int = 500
    return {
        "title": _("Something went wrong on our side"),
        "explanation": _("The problem has been recorded. Nothing was changed."),
        "remedy": _("Try again. If it happens again, tell the service line this number:"),
        "number": request.environ.get("jiebang.request_id", ""),
        "kept": kept_fields(request),
        "target": request.path_qs,
    }
