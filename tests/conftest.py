"""Tests that draw at random tell what they drew, with the seed, also when all is well."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.seed import SEED

#: The property of a test that holds what it tells.
_TOLD = "drawn"


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Keep a line for the summary."""
    return lambda line: record_property(_TOLD, f"seed {SEED}: {line}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the lines that the tests told."""
    reports = [one for listed in terminalreporter.stats.values() for one in listed]
    for one in reports:
        if getattr(one, "when", "") == "call":
            for name, line in one.user_properties:
                if name == _TOLD:
                    terminalreporter.write_line(f"{one.location[2]}: {line}")
