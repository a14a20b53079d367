from concurrent.futures import ThreadPoolExecutor

import pytest
import ZODB

from jiebang.model.evolve import evolve_database
from jiebang.model.numbers import Numbers


@pytest.fixture
def database() -> ZODB.DB:
    database = ZODB.DB(None)
    evolve_database(database)
    yield database
    database.close()


def test_numbers_run_in_order(database: ZODB.DB) -> None:
    numbers = Numbers(database)
    assert [numbers.next("SH2019") for _ in range(3)] == [
        "SH2019-0001",
        "SH2019-0002",
        "SH2019-0003",
    ]


def test_each_series_counts_for_itself(database: ZODB.DB) -> None:
    numbers = Numbers(database)
    assert [numbers.next("SH2019"), numbers.next("JS2020")] == ["SH2019-0001", "JS2020-0001"]


def test_threads_and_processes_never_share_a_number(database: ZODB.DB) -> None:
    # Two givers on one database stand for two processes.
    givers = [Numbers(database), Numbers(database)]
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda index: givers[index % 2].next("SH2019"), range(400)))
    assert len(set(given)) == 400


def test_a_new_process_goes_on_behind_the_last_block(database: ZODB.DB) -> None:
    before = Numbers(database).next("SH2019")
    after = Numbers(database).next("SH2019")
    assert before == "SH2019-0001"
    assert after > before
