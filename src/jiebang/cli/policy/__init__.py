"""``jiebang policy …``: policy books at the command line. One module for each group of commands."""

from __future__ import annotations

from typing import Any

from jiebang.cli.policy import checking, deciding


def register(subparsers: Any) -> None:
    """Add ``policy`` and its commands to the command's parser."""
    group = subparsers.add_parser(
        "policy", help="check, test, ask, compare and publish policy books"
    )
    commands = group.add_subparsers(dest="policy_command", required=True)
    for module in (checking, deciding):
        module.register(commands)
