"""The ``jiebang`` command."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence

from jiebang.cli import policy, site


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
    code: int = arguments.run(arguments)
    return code
