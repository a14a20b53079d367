"""What every page shares: the layout, the language, how things are shown, and the error pages."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pyramid.config import Configurator
from pyramid.events import BeforeRender, subscriber
from pyramid.i18n import TranslationString, get_localizer
from pyramid.renderers import get_renderer
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from transaction.interfaces import NoTransaction

from jiebang import clock
from jiebang.i18n import DEFAULT_LOCALE, LOCALES
from jiebang.web.countdown import countdown
from jiebang.web.security import Identity
from jiebang.wording import Wording

LANGUAGE_COOKIE = "language"
_A_YEAR = 365 * 24 * 3600


def negotiate_locale(request: Request) -> str:
    """The language the visitor chose, else Chinese."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LOCALES else DEFAULT_LOCALE


def is_local_path(path: str) -> bool:
    """Whether a path given by a browser stays on this site."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path


class Show:
    """How values are shown on a page, in the request's language."""

    def __init__(self, request: Request) -> None:
        self._request, self._locale = request, request.locale_name

    def __call__(self, value: Any) -> str:
        """Text for a wording, a message, a date or a moment."""
        match value:
            case None:
                return ""
            case Wording():
                return value.in_locale(self._locale)
            case TranslationString(mapping=words):
                # What policy staff worded may stand in a message of ours.
                told = value % {key: self(one) for key, one in words.items()} if words else value
                return str(get_localizer(self._request).translate(told))
            case datetime():
                return clock.show_time(value, self._locale)
            case date():
                return clock.show_date(value, self._locale)
            case {"zh": str(), **rest} if rest.keys() <= {"en"}:
                return Wording.model_validate(value).in_locale(self._locale)
            case _:
                return str(value)


@subscriber(BeforeRender)
def add_page_globals(event: BeforeRender) -> None:
    """Names every template may use."""
    request: Request | None = event["request"]
    if request is None:
        return
    event["layout"] = get_renderer("jiebang.web:templates/layout.pt").implementation()
    show = Show(request)
    event["show"] = show
    event["countdown"] = lambda deadline: countdown(deadline, clock.now(), show)
    event["identity"] = identity_of(request)
    event["may"] = request.has_permission
    event["static"] = lambda path: request.static_path(f"jiebang.web:static/{path}")


def identity_of(request: Request) -> Identity | None:
    """Who is asking; nobody on a page shown after the transaction ended with nobody known."""
    try:
        identity: Identity | None = request.identity
    except (NoTransaction, AttributeError):
        return None
    return identity


@view_config(route_name="language", request_method="POST")
def choose_language(request: Request) -> Response:
    """Remember the language in a cookie and go back to where the visitor was."""
    back = request.POST.get("back", "/")
    response = Response(status=303, location=back if is_local_path(back) else "/")
    chosen = request.POST.get("to")
    if chosen in LOCALES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            chosen,
            max_age=_A_YEAR,
            httponly=True,
            samesite="Lax",
            secure=request.registry.settings["jiebang"].secure_cookies,
        )
    return response


def tell(request: Request, message: object) -> None:
    """Show a message on the next page. Translated now: a session keeps plain text only."""
    request.session.flash(request.localizer.translate(message))


def kept_fields(request: Request) -> list[list[str]]:
    """What a posted form held, in order, without tokens and files: enough to post it again."""
    if request.method != "POST":
        return []
    return [
        [name, value]
        for name, value in request.POST.items()
        if isinstance(value, str)
        and name not in {"csrf_token", "code"}
        and not name.startswith("password")
    ]


def parse_kept(text: str) -> list[list[str]]:
    """Read back what ``kept_fields`` wrote; anything else is taken for nothing kept."""
    try:
        pairs = json.loads(text)
    except ValueError:
        return []
    if not isinstance(pairs, list):
        return []
    return [
        pair
        for pair in pairs
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair)
    ]


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def includeme(config: Configurator) -> None:
    """Static files that may be cached for ever, languages, and the language switch."""
    # The digest is a folder of the address, so that a module that imports another finds its equal.
    static = f"static/{_digest(Path(__file__).parent / 'static')}"
    config.add_static_view(static, "jiebang.web:static", cache_max_age=_A_YEAR)
    config.add_translation_dirs(str(config.registry.settings["jiebang"].locales.resolve()))
    config.set_locale_negotiator(negotiate_locale)
    config.add_request_method(tell)
    config.add_route("language", "/language")
