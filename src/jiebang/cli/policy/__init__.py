"""``jiebang policy …``: policy books at the command line. One module for each group of commands."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from jiebang.cli.policy import benching, checking, deciding, diffing, publishing


def register(subparsers: Any) -> None:
    """Add ``policy`` and its commands to the command's parser."""
    group = subparsers.add_parser(
        "policy", help="check, test, ask, compare and publish policy books"
    )
    commands = group.add_subparsers(dest="policy_command", required=True, parser_class=_Intermixed)
    for module in (checking, deciding, diffing, publishing, benching):
        module.register(commands)


class _Intermixed(argparse.ArgumentParser):
    """Takes what has no flag wherever it stands, as in ``publish BOOK --effective DATE INI``."""

    _mixing = False

    def parse_known_args(  # type: ignore[override]  # the namespace is never one of our own here
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """As always, but options first; argparse does so in two passes, each of which comes here."""
        if self._mixing:
            return super().parse_known_args(args, namespace)
        self._mixing = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._mixing = False
