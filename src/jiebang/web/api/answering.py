"""Answers of the API: JSON that may be cached and asked for again, and problems (RFC 9457)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from jiebang.i18n import DEFAULT_LOCALE, LOCALES
from jiebang.web.pages import LANGUAGE_COOKIE

PROBLEM = "application/problem+json"
#: Seconds for which an answer may be used again unasked; after that its tag settles it cheaply.
FRESH = 300


def answer(data: Any, media_type: str = "application/json") -> Response:
    """Data that is the same for everybody. Who has it already is told so (304)."""
    body = _body(data)
    response = Response(body=body, content_type=media_type, conditional_response=True)
    response.etag = hashlib.sha256(body).hexdigest()
    response.cache_control = f"public, max-age={FRESH}"
    return response


def problem(request: Request, status: int, title: object, detail: object) -> Response:
    """What went wrong, in the language of who asked."""
    locale = _language(request)
    translate = request.registry.translate
    told = {
        "type": "about:blank",
        "status": status,
        "title": translate(title, locale),
        "detail": translate(detail, locale),
        "instance": request.path,
    }
    response = Response(body=_body(told), status=status, content_type=PROBLEM)
    response.content_language = locale.replace("_", "-")
    response.vary = ("Accept-Language", "Cookie")
    return response


def _body(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _language(request: Request) -> str:
    """The language chosen on the site, else the one that the program asks for, else Chinese."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LOCALES:
        return chosen
    offered = {one.replace("_", "-"): one for one in LOCALES}
    wanted = request.accept_language.lookup([*offered], default=DEFAULT_LOCALE.replace("_", "-"))
    return offered.get(wanted, DEFAULT_LOCALE)
