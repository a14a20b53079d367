"""Structured logs with a request id and no personal data."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import structlog
from prometheus_client import Counter, Histogram
from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response
from pyramid.tweens import INGRESS

REQUESTS = Counter("jiebang_requests_total", "Requests answered", ["method", "status"])
SECONDS = Histogram("jiebang_request_seconds", "Time to answer a request", ["method"])

log = structlog.get_logger("jiebang.requests")


def request_log(
    handler: Callable[[Request], Response], _registry: Any
) -> Callable[[Request], Response]:
    """Give each request an id, count it and write one line when it is answered."""

    def logged(request: Request) -> Response:
        identifier = uuid.uuid4().hex
        request.environ["jiebang.request_id"] = identifier
        start = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=identifier):
            response = handler(request)
            seconds = time.perf_counter() - start
            REQUESTS.labels(request.method, response.status_int).inc()
            SECONDS.labels(request.method).observe(seconds)
            # Read as it came: a path that is no UTF-8 must not stop the log.
            # The path names a case but no person; queries and bodies may hold what people typed.
            log.info(
                "request",
                method=request.method,
                path=quote(request.environ["PATH_INFO"].encode("latin-1")),
                status=response.status_int,
                ms=round(seconds * 1000, 1),
            )
        response.headers["X-Request-Id"] = identifier
        return response

    return logged


def configure() -> None:
    """Write every log line as JSON to standard error through the standard library's loggers."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )


def includeme(config: Configurator) -> None:
    """Log every request."""
    configure()
    config.add_tween("jiebang.web.logs.request_log", under=INGRESS)
