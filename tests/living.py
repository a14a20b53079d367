"""A whole site for tests: a real database in a folder of its own, real rules, demo accounts."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pyotp
from webtest import TestApp

from jiebang import clock
from jiebang.casework.accounts.demo_accounts import Demo, create_demo_accounts
from jiebang.casework.followers import consumers
from jiebang.main import main
from jiebang.outbox.loop import Consumer, Loop, transaction_on

ROOT = Path(__file__).parent.parent
HOST = "127.0.0.1:6543"


def settings(folder: Path, *, host: str = HOST, **changed: str) -> dict[str, str]:
    """The settings of a site that keeps everything in ``folder`` and answers to ``host``."""
    storage = f"file://{folder}/Data.fs?blobstorage_dir={folder}/blobs"
    return {
        "zodbconn.uri": storage,
        "tm.manager_hook": "pyramid_tm.explicit_manager",
        "retry.attempts": "10",
        "pyramid.default_locale_name": "zh_CN",
        "jiebang.rules": str(ROOT / "rules"),
        "jiebang.forms": str(ROOT / "forms"),
        "jiebang.locales": str(ROOT / "locales"),
        "jiebang.edition": "shanghai-2019",
        "jiebang.var": str(folder),
        "jiebang.fonts": str(ROOT / "node_modules/@expo-google-fonts"),
        "jiebang.site_url": f"http://{host}",
        "jiebang.allowed_hosts": host,
        "jiebang.session_secret": "for tests only: thirty-two characters",
        "jiebang.secure_cookies": "false",
        "jiebang.mail": "console",
        "jiebang.mail_from": "noreply@jiebang.invalid",
        "jiebang.worker": "separate",
        "jiebang.sign_in_rate": "1000",
        **changed,
    }


class Seed(NamedTuple):
    """A database with the demo accounts in it, and their passwords."""

    content: bytes
    accounts: dict[str, Demo]


@cache
def seed() -> Seed:
    """Made once in a process: hashing a dozen passwords takes longer than most tests."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        app = main({}, **settings(folder))
        accounts = populate(app)
        app.registry.decider.close()
        app.registry.database.close()
        return Seed((folder / "Data.fs").read_bytes(), accounts)


def populate(app: Any) -> dict[str, Demo]:
    """Create the demo accounts of a site."""
    rules = app.registry.rulebook[app.registry.settings["jiebang"].edition]
    with transaction_on(app.registry.database) as site:
        made = create_demo_accounts(site=site, rules=rules, at=clock.now())
    return {one.role: one for one in made}


class Living:
    """A site and the people of its demo accounts."""

    def __init__(self, app: Any, accounts: dict[str, Demo]) -> None:
        self.app, self.registry, self.accounts = app, app.registry, accounts
        self.settings = self.registry.settings["jiebang"]
        self._clients: dict[str | None, TestApp] = {}
        self._codes: dict[str, int] = {}

    def client(self, role: str | None = None) -> TestApp:
        """A browser signed in as a demo account, the same one each time; ``None``: nobody."""
        if role not in self._clients:
            fresh = self.stranger()
            if role is not None:
                self.sign_in(fresh, role)
            self._clients[role] = fresh
        return self._clients[role]

    def stranger(self) -> TestApp:
        """A browser that never was here."""
        return TestApp(self.app, extra_environ={"HTTP_HOST": HOST, "REMOTE_ADDR": "127.0.0.1"})

    def sign_in(self, client: TestApp, role: str) -> Any:
        """Sign in the way people do, with the code of the authenticator app where there is one."""
        account = self.accounts[role]
        asked = client.get("/sign-in").forms
        form = next(one for one in asked.values() if one.action == "/sign-in")
        form["email"], form["password"] = account.email, account.password
        response = form.submit()
        if account.totp_secret:
            code = next(one for one in response.forms.values() if one.action == "/sign-in-code")
            code["code"] = self.code(role)
            response = code.submit()
        return response.follow()

    def code(self, role: str) -> str:
        """A one-time code that was not used yet; the clock is moved on when all were."""
        totp = pyotp.TOTP(self.accounts[role].totp_secret)
        return str(totp.at(clock.now() + timedelta(seconds=0)))

    def consumers(self) -> list[Consumer]:
        """The consumers of the feed, as a worker has them that starts now."""
        return consumers(
            settings=self.settings,
            rulebook=self.registry.rulebook,
            fulltext=self.registry.fulltext,
            decider=self.registry.decider,
        )

    def catch_up(self) -> int:
        """Let the consumers of the feed do what a worker would."""
        return Loop(self.registry.database, self.consumers()).run_once()


@contextmanager
def living(folder: Path, *, host: str = HOST, **changed: str) -> Iterator[Living]:
    """A site for the length of a ``with`` block."""
    elsewhere = "zodbconn.uri" in changed
    if not elsewhere:
        (folder / "Data.fs").write_bytes(seed().content)
    app = main({}, **settings(folder, host=host, **changed))
    try:
        yield Living(app, populate(app) if elsewhere else seed().accounts)
    finally:
        app.registry.decider.close()
        app.registry.database.close()
