"""The ``jiebang`` command."""

from __future__ import annotations

import argparse
import logging
import sys
import warnings
from collections.abc import Sequence

# Pyramid still reads pkg_resources (hence setuptools<81); whoever runs a command cannot help it.
warnings.filterwarnings("ignore", message="pkg_resources is deprecated")

from jiebang.cli import policy, site  # noqa: E402 - after the filter, which they need


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
