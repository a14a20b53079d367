"""Signed session cookies and the token every post must carry."""

from __future__ import annotations

from pyramid.config import Configurator
from pyramid.session import SignedCookieSessionFactory

from jiebang.settings import Settings


def includeme(config: Configurator) -> None:
    """Sessions last as long as the settings say and travel only where they must."""
    settings: Settings = config.registry.settings["jiebang"]
    seconds = settings.session_minutes * 60
    factory = SignedCookieSessionFactory(
        settings.session_secret,
        cookie_name="jiebang",
        timeout=seconds,
        reissue_time=seconds // 10,
        max_age=None,
        secure=settings.secure_cookies,
        httponly=True,
        samesite="Lax",
        hashalg="sha512",
    )
    config.set_session_factory(factory)
    config.set_default_csrf_options(require_csrf=True)
