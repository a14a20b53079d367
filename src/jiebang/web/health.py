"""``/healthz`` for the supervisor and ``/metrics`` for the monitoring."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config


@view_config(route_name="health", renderer="json")
def health(request: Request) -> dict[str, str]:
    """``ok`` when the database answers; an exception, and so a 500, otherwise."""
    request.site["editions"].keys()
    return {"status": "ok"}


@view_config(route_name="metrics")
def metrics(_request: Request) -> Response:
    """Prometheus text. Counts only: no label holds what a person typed."""
    return Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def includeme(config: Configurator) -> None:
    """Two plain routes outside the tree."""
    config.add_route("health", "/healthz")
    config.add_route("metrics", "/metrics")
