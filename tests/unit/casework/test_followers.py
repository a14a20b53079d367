"""The full-text follower and the index it finds on its host."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import ZODB

from jiebang.casework.followers import FulltextFollower, rebuild
from jiebang.model.cases import Demand
from jiebang.model.evolve import evolve_database
from jiebang.model.people import Organisation
from jiebang.outbox.loop import Loop, transaction_on
from jiebang.search.fulltext import Fulltext

AT = datetime(2019, 9, 1, tzinfo=UTC)


def filled(*titles: str) -> ZODB.DB:
    """A database with a case of each title."""
    database = ZODB.DB(None)
    evolve_database(database)
    with transaction_on(database) as site:
        site["organisations"]["o"] = Organisation(identifier=None, name="演示企业", at=AT)
        for number, title in enumerate(titles, start=1):
            case = Demand(owner="o", edition="e", stage="filed", at=AT)
            case.title = title
            site.edition("e")["demands"][f"N-{number}"] = case
            site.feed.append(at=AT, path=f"/editions/e/demands/N-{number}", kind="filed")
    return database


@pytest.fixture
def database() -> Iterator[ZODB.DB]:
    database = filled("焊接变形")
    yield database
    database.close()


def test_an_index_of_another_database_is_not_believed(database: ZODB.DB, tmp_path: Path) -> None:
    fulltext = Fulltext(tmp_path)
    other = filled("铸造缺陷", "焊接裂纹", "热处理")
    Loop(other, [FulltextFollower(fulltext)]).run_once()
    other.close()
    assert fulltext.find("铸造") == {"/editions/e/demands/N-1"}

    # The same folder after the database was begun anew, or restored from before these cases.
    Loop(database, [FulltextFollower(fulltext)]).run_once()
    assert fulltext.find("铸造") == fulltext.find("热处理") == set()
    assert fulltext.find("焊接") == {"/editions/e/demands/N-1"}


def test_rebuilding_leaves_the_follower_nothing_to_do(database: ZODB.DB, tmp_path: Path) -> None:
    fulltext = Fulltext(tmp_path)
    fulltext.write([("/editions/e/demands/N-9", "焊接")], {})
    assert rebuild(db=database, fulltext=fulltext) == 1
    assert fulltext.find("焊接") == {"/editions/e/demands/N-1"}
    assert Loop(database, [FulltextFollower(fulltext)]).run_once() == 0
