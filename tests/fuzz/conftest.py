"""What the fuzz tests are run with."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing

import pytest

from jiebang.policy import Decider


@pytest.fixture
def decider() -> Iterator[Decider]:
    """A decider that waits for its engine, however busy the machine is."""
    with closing(Decider(limit=10)) as one:
        yield one


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """A disagreement is told by the test, made small; not by the log, as often as it is met."""
    caplog.set_level(logging.CRITICAL, logger="jiebang.policy")
