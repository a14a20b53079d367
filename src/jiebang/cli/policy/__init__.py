"""``jiebang policy …``: policy books at the command line. One module for each group of commands."""

from __future__ import annotations

from typing import Any

from jiebang.cli.intermixed import Intermixed
from jiebang.cli.policy import benching, checking, deciding, diffing, publishing


def register(subparsers: Any) -> None:
    """Add ``policy`` and its commands to the command's parser."""
    group = subparsers.add_parser(
        "policy", help="check, test, ask, compare and publish policy books"
    )
    commands = group.add_subparsers(dest="policy_command", required=True, parser_class=Intermixed)
    for module in (checking, deciding, diffing, publishing, benching):
        module.register(commands)
