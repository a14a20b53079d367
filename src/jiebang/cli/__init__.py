"""The ``jiebang`` command."""

from __future__ import annotations

import argparse
import configparser
import logging
import sys
import warnings
from collections.abc import Sequence

from zc.lockfile import LockError

from jiebang.casework.demo import SeedUsed
from jiebang.settings import BadSettings
from jiebang.yamlfile import BadFile

# Pyramid still reads pkg_resources (hence setuptools<81); whoever runs a command cannot help it.
warnings.filterwarnings("ignore", message="pkg_resources is deprecated")

from jiebang.cli import policy, site  # noqa: E402 - after the filter, which they need

#: Exit code of a command that could not begin; argparse uses the same.
UNUSABLE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and answer its exit code."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING, stream=sys.stderr)
    parser = argparse.ArgumentParser(
        prog="jiebang", description="揭榜: run a public innovation challenge"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    site.register(commands)
    policy.register(commands)
    arguments = parser.parse_args(argv)
    try:
        code: int = arguments.run(arguments)
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
