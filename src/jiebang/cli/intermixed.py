"""A parser that takes what has no flag wherever it stands, as in ``publish BOOK --effective DATE INI``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence


class Intermixed(argparse.ArgumentParser):
    """``ArgumentParser`` for commands, whose options may stand between what has no flag."""

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
