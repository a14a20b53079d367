"""Commands for one site: serve it, work its feed, evolve it, rebuild what is derived, fill it."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import plaster
from pyramid.paster import get_app, setup_logging

from jiebang import clock
from jiebang.casework import demo
from jiebang.casework.accounts.demo_accounts import create_demo_accounts
from jiebang.casework.followers import rebuild, worker_loop
from jiebang.main import main
from jiebang.outbox.loop import transaction_on
from jiebang.settings import Settings
from jiebang.web.worker import stop_worker

DONE = 0


def register(commands: Any) -> None:
    """Add the commands of a site."""
    for name, run, explanation in (
        ("serve", serve, "serve the site with the ini file's server"),
        ("worker", work, "follow the change feed, when the ini says worker = separate"),
        ("evolve", evolve, "bring the database to the shape of today and stop"),
        ("reindex", reindex, "drop the catalog and the full text and build them anew"),
        ("demo", fill, "fill the site with plausible demands"),
    ):
        command = commands.add_parser(name, help=explanation)
        command.add_argument("ini", nargs="?", default="development.ini", type=ini_file)
        command.set_defaults(run=run)
        if name == "demo":
            command.add_argument("--cases", type=int, required=True)
            command.add_argument("--seed", type=int, default=2019)


def serve(arguments: argparse.Namespace) -> int:
    """Serve until stopped. Prints the demo accounts when they are made, and never again."""
    setup_logging(arguments.ini, environment())
    app = get_app(arguments.ini, options=environment())
    settings: Settings = app.registry.settings["jiebang"]
    if settings.demo_accounts:
        with transaction_on(app.registry.database) as site:
            made = create_demo_accounts(
                site=site, rules=app.registry.rulebook[settings.edition], at=clock.now()
            )
        for one in made:
            _say(f"{one.email}  {one.password}  {one.name}  {one.totp_uri}")
    _say(f"揭榜 {settings.site_url}")
    loader = plaster.get_loader(arguments.ini, protocols=["wsgi"])
    # waitress ends well on Ctrl-C alone; supervisors send SIGTERM.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        loader.get_wsgi_server(defaults=environment())(app)
    finally:
        stop_worker(app.registry)
        _close(app.registry)
    return DONE


def work(arguments: argparse.Namespace) -> int:
    """Follow the feed until stopped; a second worker waits for the first one's lease to lapse."""
    setup_logging(arguments.ini, environment())
    with application(arguments) as registry:
        loop = worker_loop(
            db=registry.database,
            settings=registry.settings["jiebang"],
            rulebook=registry.rulebook,
            fulltext=registry.fulltext,
            decider=registry.decider,
        )
        # A supervisor stops with SIGTERM, a person with Ctrl-C: both let the batch in hand end.
        for stop in (signal.SIGTERM, signal.SIGINT):
            signal.signal(stop, lambda *_: loop.stop())
        loop.run()
    return DONE


def evolve(arguments: argparse.Namespace) -> int:
    """Evolve the database: opening the application does it."""
    with application(arguments):
        return DONE


def reindex(arguments: argparse.Namespace) -> int:
    """Rebuild everything derived. The site may be serving meanwhile, unless on a FileStorage."""
    with application(arguments) as registry:
        count = rebuild(db=registry.database, fulltext=registry.fulltext)
    _say(f"{count} cases")
    return DONE


def fill(arguments: argparse.Namespace) -> int:
    """Fill the site with demands."""
    with application(arguments) as registry:
        demo.fill(
            db=registry.database,
            rules=registry.rulebook[registry.settings["jiebang"].edition],
            decider=registry.decider,
            numbers=registry.numbers,
            cases=arguments.cases,
            seed=arguments.seed,
        )
        rebuild(db=registry.database, fulltext=registry.fulltext)
    _say(f"{arguments.cases} cases")
    return DONE


@contextmanager
def application(arguments: argparse.Namespace) -> Iterator[Any]:
    """The registry of the application, for a command that serves nothing: no worker runs beside it."""
    loader = plaster.get_loader(arguments.ini, protocols=["wsgi"])
    lines = loader.get_wsgi_app_settings(defaults=environment())
    registry = main({}, **{**lines, "jiebang.worker": "separate"}).registry
    try:
        yield registry
    finally:
        _close(registry)


def _close(registry: Any) -> None:
    """Close what an application opened. A FileStorage keeps its index then, and opens at once again."""
    registry.decider.close()
    registry.database.close()


def ini_file(text: str) -> str:
    if not (text.endswith(".ini") and Path(text).is_file()):
        raise argparse.ArgumentTypeError(f"没有这个 ini 文件 / no such ini file: {text}")
    return text


def environment() -> dict[str, str]:
    """What an ini file may take from the environment, as ``%(ENV_JIEBANG_…)s``: secrets, mostly."""
    return {
        f"ENV_{name}": value.replace("%", "%%")
        for name, value in os.environ.items()
        if name.startswith("JIEBANG_")
    }


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
