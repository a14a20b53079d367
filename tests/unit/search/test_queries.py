from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import ZODB

from jiebang import clock
from jiebang.model.cases import Demand
from jiebang.model.evolve import evolve_database
from jiebang.outbox.loop import transaction_on
from jiebang.search.catalog import catalog_of
from jiebang.search.queries import Filters, cases_in_stages, find_cases

EDITION = "shanghai-2019"


@pytest.fixture
def site() -> Iterator[Any]:
    database = ZODB.DB(None)
    evolve_database(database)
    with transaction_on(database) as root:
        for number in range(1, 61):
            at = clock.now() - timedelta(days=number)
            case = Demand(
                owner="o", edition=EDITION, stage="filed" if number % 3 else "eligible", at=at
            )
            case.title, case.session = f"需求{number:02d}", number % 2
            case.district = "310112" if number % 5 else "310115"
            case.officer = "me" if number % 4 == 0 else None
            name = f"SH2019-{number:04d}"
            root.edition(EDITION)["demands"][name] = case
            catalog_of(root).index(f"/editions/{EDITION}/demands/{name}", case)
        yield root
    database.close()


def numbers(site: Any, filters: Filters = Filters(), **more: Any) -> list[int]:  # noqa: B008
    asked = {"order": "number", "descending": False, "page": 1, "size": 60, "districts": None}
    found = find_cases(site, edition=EDITION, filters=filters, **{**asked, **more})
    assert len(found.cases) <= found.total
    return [int(case.number[-4:]) for case in found.cases]


def test_every_filter_narrows(site: Any) -> None:
    every = range(1, 61)
    assert numbers(site, Filters(stage="eligible")) == [n for n in every if n % 3 == 0]
    assert numbers(site, Filters(district="310115")) == [n for n in every if n % 5 == 0]
    assert numbers(site, Filters(session=1)) == [n for n in every if n % 2 == 1]
    assert numbers(site, Filters(officer="me")) == [n for n in every if n % 4 == 0]
    assert numbers(site, Filters(officer="")) == [n for n in every if n % 4]
    assert numbers(site, Filters(min_age_days=50)) == list(range(50, 61))
    path = f"/editions/{EDITION}/demands/SH2019-0007"
    assert numbers(site, Filters(matching={path, "/gone"})) == [7]
    assert numbers(site, Filters(stage="eligible", officer="me")) == [12, 24, 36, 48, 60]


def test_pages_and_order(site: Any) -> None:
    assert numbers(site, page=2, size=25) == list(range(26, 51))
    assert numbers(site, page=3, size=25) == list(range(51, 61))
    assert numbers(site, page=4, size=25) == []
    assert numbers(site, order="number", descending=True, size=3) == [60, 59, 58]
    assert numbers(site, order="stage_since", size=3) == [60, 59, 58]


def test_a_district_sees_and_counts_its_own_alone(site: Any) -> None:
    found = find_cases(
        site,
        edition=EDITION,
        filters=Filters(),
        order="number",
        descending=False,
        page=1,
        size=60,
        districts={"310115"},
    )
    assert {case.district for case in found.cases} == {"310115"}
    assert found.total == 12
    assert sum(found.stage_counts.values()) == 12
    assert numbers(site, Filters(district="310112"), districts={"310115"}) == []
    assert numbers(site, districts=frozenset()) == []


def test_counts_tell_what_the_other_stages_hold(site: Any) -> None:
    found = find_cases(
        site,
        edition=EDITION,
        filters=Filters(stage="eligible"),
        order="number",
        descending=False,
        page=1,
        size=5,
        districts=None,
    )
    assert dict(found.stage_counts) == {"eligible": 20, "filed": 40}


def test_a_case_that_moved_since_it_was_indexed_is_looked_at_as_it_is(site: Any) -> None:
    site.edition(EDITION)["demands"]["SH2019-0003"].stage = "published"
    found = {case.number for case in cases_in_stages(site, edition=EDITION, stages=["eligible"])}
    assert "SH2019-0003" not in found
    assert len(found) == 19


def test_the_ten_thousandth_case_comes_after_the_thousands(site: Any) -> None:
    for number in (9999, 10000, 100000):
        case = Demand(owner="o", edition=EDITION, stage="filed", at=clock.now())
        name = f"SH2019-{number:04d}"
        site.edition(EDITION)["demands"][name] = case
        catalog_of(site).index(f"/editions/{EDITION}/demands/{name}", case)
    found = find_cases(
        site,
        edition=EDITION,
        filters=Filters(),
        order="number",
        descending=True,
        page=1,
        size=4,
        districts=None,
    )
    shown = [case.number for case in found.cases]
    assert shown == ["SH2019-100000", "SH2019-10000", "SH2019-9999", "SH2019-0060"]
