"""Guards around every request: one known host, strict headers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response

from jiebang.settings import Settings

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}

Handler = Callable[[Request], Response]


def host_guard(handler: Handler, registry: Any) -> Handler:
    """Answer 400 to a request for a host that is not ours, or for none."""
    settings: Settings = registry.settings["jiebang"]
    allowed = frozenset(settings.allowed_hosts)

    def guard(request: Request) -> Response:
        if request.environ.get("HTTP_HOST", "").lower() not in allowed:
            return Response(
                "400 Bad Request: unknown host\n", status=400, content_type="text/plain"
            )
        return handler(request)

    return guard


def reading_guard(handler: Handler, registry: Any) -> Handler:
    """Answer 400 to a request whose path or form cannot be read at all."""

    def guard(request: Request) -> Response:
        try:
            _ = request.path_info, request.POST
        except ValueError:
            return Response(
                "400 Bad Request: the request cannot be read\n",
                status=400,
                content_type="text/plain",
            )
        return handler(request)

    return guard


def header_guard(handler: Handler, registry: Any) -> Handler:
    """Add the security headers; keep what belongs to one person out of shared caches."""
    settings: Settings = registry.settings["jiebang"]

    def guard(request: Request) -> Response:
        response = handler(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.secure_cookies:
            response.headers.setdefault(
                "Strict-Transport-Security", "max-age=31536000; includeSubDomains"
            )
        if not request.environ["PATH_INFO"].startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return guard


def includeme(config: Configurator) -> None:
    """Put the guards outermost, so that error pages pass through them too."""
    config.add_tween("jiebang.web.guards.host_guard", under="jiebang.web.logs.request_log")
    config.add_tween("jiebang.web.guards.header_guard", under="jiebang.web.guards.host_guard")
    config.add_tween("jiebang.web.guards.reading_guard", under="jiebang.web.guards.header_guard")
