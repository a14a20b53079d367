"""Fixtures of functional tests: a site with real storage, and browsers signed in as its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from webtest import TestApp

from tests.living import Living, living


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Living]:
    with living(tmp_path) as one:
        yield one


@pytest.fixture
def client(site: Living) -> Callable[..., TestApp]:
    return site.client
