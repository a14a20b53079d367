"""``jiebang form …``: official forms at the command line. One module for each command or two."""

from __future__ import annotations

from typing import Any

from jiebang.cli.forms import checking, listing, printing, validating
from jiebang.cli.intermixed import Intermixed


def register(subparsers: Any) -> None:
    """Add ``form`` and its commands to the command's parser."""
    group = subparsers.add_parser("form", help="list, check, validate, print and describe forms")
    commands = group.add_subparsers(dest="form_command", required=True, parser_class=Intermixed)
    for module in (listing, checking, validating, printing):
        module.register(commands)
