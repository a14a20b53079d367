"""Running a command: what it could not do is said, and never a traceback."""

from __future__ import annotations

import argparse
import configparser
import logging
import os
import sys
from collections.abc import Sequence

from zc.lockfile import LockError

from jiebang.casework.demo import SeedUsed
from jiebang.cli import forms, policy, site
from jiebang.cli.saying import UNUSABLE
from jiebang.settings import BadSettings
from jiebang.yamlfile import BadFile

#: Exit code where the reader of the output left: what a shell gives for SIGPIPE.
CLOSED = 128 + 13


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and answer its exit code."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING, stream=sys.stderr)
    parser = argparse.ArgumentParser(
        prog="jiebang", description="揭榜: run a public innovation challenge"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    site.register(commands)
    policy.register(commands)
    forms.register(commands)
    arguments = parser.parse_args(argv)
    try:
        code: int = arguments.run(arguments)
        # What is still held back is written here, where a reader who left can be told apart.
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has seen enough, as with ``| head``.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED
    except (BadSettings, BadFile, configparser.Error) as error:
        return _unusable(str(error))
    except LockError as error:
        return _unusable(
            f"数据库正被使用，请先停止网站 / the database is in use, stop the site first: {error}"
        )
    except SeedUsed as error:
        return _unusable(
            f"本站已有这一批演示数据，请换一个 --seed / filled already, choose another --seed: {error}"
        )
    return code


def _unusable(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return UNUSABLE
