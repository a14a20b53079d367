"""The app factory: ordered includes, nothing else."""

from __future__ import annotations

from typing import Any

from pyramid.config import Configurator
from pyramid.router import Router

from jiebang.settings import Settings


def main(_global_config: dict[str, str], **ini: Any) -> Router:
    """Build the WSGI application from the ini file's settings. Raises ``BadSettings``."""
    settings = Settings.from_ini(ini)
    with Configurator(settings=ini) as config:
        config.registry.settings["jiebang"] = settings
        config.include("jiebang.web.garbage")
        config.include("jiebang.web.logs")
        config.include("pyramid_retry")
        config.include("pyramid_tm")
        config.include("pyramid_chameleon")
        config.include("jiebang.web.tree")
        config.include("jiebang.web.sessions")
        config.include("jiebang.web.security")
        config.include("jiebang.web.guards")
        config.include("jiebang.web.pages")
        config.include("jiebang.web.desk")
        config.include("jiebang.web.worker")
        config.include("jiebang.web.accounts.rate")
        config.include("jiebang.web.health")
        config.include("jiebang.web.api.forms")
        config.include("jiebang.web.applicant.unasked")
        config.scan("jiebang.web")
        router: Router = config.make_wsgi_app()
    return router
