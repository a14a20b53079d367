"""The same story on every storage, and what the storages must all keep to."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jiebang.casework.followers import rebuild
from jiebang.outbox.loop import transaction_on
from jiebang.search.queries import Filters, find_cases
from tests.functional.filling import PRE_REGISTRATION, publish_one
from tests.living import Living, living
from tests.storages import STORAGES


@pytest.fixture(params=["zeo", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Living]:
    """A site on a storage other than the one of every other test."""
    with STORAGES[request.param](tmp_path) as uri, living(tmp_path, **{"zodbconn.uri": uri}) as one:
        yield one


def listed(site: Living) -> list[tuple[str, str]]:
    with transaction_on(site.registry.database) as root:
        found = find_cases(
            root,
            edition="shanghai-2019",
            filters=Filters(),
            order="number",
            descending=False,
            page=1,
            size=50,
            districts=None,
        )
        return [(case.number, case.stage) for case in found.cases]


def test_the_whole_story_and_what_is_derived_from_it(site: Living) -> None:
    case = publish_one(site.client)
    number = case.rstrip("/").rsplit("/", 1)[-1]
    page = site.client(None).get("/announcements").click(PRE_REGISTRATION["need"]["need_title"])
    assert number in page.text
    assert page.click(href="pdf").content_type == "application/pdf"
    assert site.catch_up() > 0
    followed = listed(site)
    assert followed == [(number, "published")]
    assert rebuild(db=site.registry.database, fulltext=site.registry.fulltext) == 1
    assert listed(site) == followed
    assert site.registry.fulltext.find("焊接变形") == {case.rstrip("/")}


def test_numbers_are_given_once(site: Living) -> None:
    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(lambda _: site.registry.numbers.next("SH2019"), range(80)))
    assert len(set(given)) == 80
