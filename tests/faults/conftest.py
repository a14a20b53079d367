"""One server for the tests that leave it as they found it; those that do not start their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.running import Prepared, Server, prepare

#: Firms of the common database.
FIRMS = 64


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(tmp_path_factory.mktemp("site"), firms=FIRMS)


@pytest.fixture(scope="session")
def server(prepared: Prepared) -> Iterator[Server]:
    one = Server(prepared.folder)
    one.start()
    yield one
    one.kill()
