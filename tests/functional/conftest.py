"""Fixtures of functional tests: a site with real storage, and browsers signed in as its people."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import transaction
from aiosmtpd.controller import Controller
from webtest import TestApp

from tests.living import HOST, Living, living


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Living]:
    with living(tmp_path) as one:
        yield one


@pytest.fixture
def client(site: Living) -> Callable[..., TestApp]:
    return site.client


class Mailbox:
    """A mail server that keeps what it is given, as the recipients would find it."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        return "250 kept"

    def to(self, address: str) -> list[EmailMessage]:
        """The letters to one address, oldest first."""
        return [one for one in self.letters if one["To"] == address]

    def link(self, address: str) -> str:
        """Where the newest letter to an address leads, as a path of the site."""
        found = re.search(rf"http://{HOST}(/\S+)", self.to(address)[-1].get_content())
        assert found
        return found[1]


@contextmanager
def mail_server(mailbox: Mailbox) -> Iterator[str]:
    """A server in front of a mailbox; where it listens, as the setting ``mail`` has it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        server.stop()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def mailing(tmp_path: Path, mailbox: Mailbox) -> Iterator[Living]:
    """A site that sends its letters to ``mailbox`` over SMTP."""
    with mail_server(mailbox) as mail, living(tmp_path, **{"jiebang.mail": mail}) as one:
        yield one


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Living, Mailbox]]:
    """A site and its mailbox for all tests of a module: see ``undone``."""
    mailbox, folder = Mailbox(), tmp_path_factory.mktemp("lasting")
    with mail_server(mailbox) as mail, living(folder, **{"jiebang.mail": mail}) as one:
        yield one, mailbox


@contextmanager
def undone(site: Living, mailbox: Mailbox) -> Iterator[None]:
    """Take back all that was written inside the block, as if nothing had happened.

    Starting a site takes seconds, this none. The full text is outside of the database and stays.
    """
    db = site.registry.database
    before = db.lastTransaction()
    try:
        yield
    finally:
        mailbox.letters.clear()
        site._clients.clear()
        later = [one for one in db.storage.iterator() if one.tid > before]
        with transaction.manager:
            db.undoMultiple([one["id"] for one in db.undoLog(0, len(later))])
