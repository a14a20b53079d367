"""The rules in force and the policy engine, held once for the application."""

from __future__ import annotations

from pyramid.config import Configurator


def includeme(config: Configurator) -> None:
    """Load every edition."""
