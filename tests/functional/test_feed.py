"""The feed under worker processes that are killed: nothing is lost, a letter is doubled at most."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from jiebang import clock
from jiebang.casework import demo
from jiebang.casework.followers import rebuild
from jiebang.casework.letters.cases import ACCOUNT, compose
from jiebang.outbox.following import cursor_of
from jiebang.outbox.loop import LEASE, transaction_on
from jiebang.search.catalog import VALUES, catalog_of
from tests.functional.conftest import Mailbox, mail_server
from tests.living import Living, living, settings
from tests.storages import STORAGES

CASES = 30
KILLS = 2


class SlowMailbox(Mailbox):
    """Takes its time, so that a worker can be killed in the middle of its letters."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(0.02)
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def mailbox() -> Mailbox:
    return SlowMailbox()


@pytest.fixture
def site(tmp_path: Path, mailbox: Mailbox) -> Iterator[Living]:
    """A site on ZEO, since its worker is another process, with cases, and letters to everybody."""
    with STORAGES["zeo"](tmp_path) as uri, mail_server(mailbox) as mail:
        changed = {"zodbconn.uri": uri, "jiebang.mail": mail}
        lines = settings(tmp_path, **changed).items()
        (tmp_path / "site.ini").write_text(
            "[app:main]\nuse = egg:jiebang\n"
            + "\n".join(f"{key} = {value}" for key, value in lines)
        )
        with living(tmp_path, **changed) as one:
            fill(one)
            yield one


def fill(site: Living) -> None:
    registry = site.registry
    rules = registry.rulebook["shanghai-2019"]
    demo.fill(
        db=registry.database,
        rules=rules,
        decider=registry.decider,
        numbers=registry.numbers,
        cases=CASES,
        seed=1,
    )
    with transaction_on(registry.database) as root:
        for person in root["people"].values():
            for letter in ACCOUNT:
                root.feed.append(
                    at=clock.now(), path=f"/people/{person.id}", kind="letter", letter=letter
                )


@contextmanager
def worker(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """``jiebang worker`` as a process."""
    command = [str(Path(sys.executable).parent / "jiebang"), "worker", str(folder / "site.ini")]
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


def expected_letters(site: Living) -> Counter[tuple[str, str]]:
    with transaction_on(site.registry.database) as root:
        return Counter(
            (letter.to, letter.subject)
            for _shard, _number, change in root.feed.after({})
            for letter in compose(
                site=root, change=change, settings=site.settings, rulebook=site.registry.rulebook
            )
        )


def followed(site: Living, name: str) -> bool:
    with transaction_on(site.registry.database) as root:
        return not list(root.feed.after(cursor_of(root, name).seen))


def indexed(site: Living) -> list[tuple[str, dict[str, Any]]]:
    """What the catalog says of every case."""
    with transaction_on(site.registry.database) as root:
        catalog = catalog_of(root)
        return sorted(
            (path, {name: index._rev_index[docid] for name, index in catalog.indexes.items()})
            for docid, path in catalog.paths.items()
        )


def in_the_tree(site: Living) -> list[tuple[str, dict[str, Any]]]:
    """What it should say."""
    with transaction_on(site.registry.database) as root:
        cases = root["editions"]["shanghai-2019"]["demands"].values()
        return sorted(
            (
                f"/editions/shanghai-2019/demands/{case.number}",
                {name: value(case) for name, value in VALUES.items()},
            )
            for case in cases
        )


def test_workers_killed_in_the_middle_lose_nothing(
    site: Living, mailbox: Mailbox, tmp_path: Path
) -> None:
    expected = expected_letters(site)
    assert expected.total() >= CASES
    for kill in range(1, KILLS + 1):
        with worker(tmp_path) as process:
            eventually(lambda kill=kill: len(mailbox.letters) >= 8 * kill)
            process.kill()
        with transaction_on(site.registry.database) as root:
            # As if the fifteen seconds had passed.
            root.derived[LEASE].until = clock.now()
    assert len(mailbox.letters) < expected.total()
    with worker(tmp_path) as process:
        eventually(lambda: all(followed(site, name) for name in ("catalog", "mail")))
        # A worker may run meanwhile.
        assert rebuild(db=site.registry.database, fulltext=site.registry.fulltext) == CASES
        process.terminate()
        assert process.wait(30) == 0, (tmp_path / "worker.log").read_text("utf-8")[-3000:]

    sent = Counter((letter["To"], letter["Subject"]) for letter in mailbox.letters)
    assert expected - sent == Counter()
    assert (sent - expected).total() <= KILLS
    assert len(indexed(site)) == CASES
    assert indexed(site) == in_the_tree(site)
    number = site.registry.fulltext.find("SH2019-0001")
    assert number == {"/editions/shanghai-2019/demands/SH2019-0001"}
