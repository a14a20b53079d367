"""``jiebang form check``: what is wrong with forms, and in what they and the rules disagree."""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path
from typing import Any

from jiebang.casework.policies.agreeing import check_forms
from jiebang.cli.forms.folders import add_folders, edition_folders
from jiebang.cli.saying import (
    CLEAN,
    FINDINGS,
    Unusable,
    known,
    no_such_folder,
    say_findings,
    unusable,
)
from jiebang.forms.reading.folder import UPLOADS
from jiebang.forms.reading.wordings import lacking_words
from jiebang.yamlfile import BadFile


def register(commands: Any) -> None:
    """Add the command."""
    check = commands.add_parser("check", help="what is wrong with forms")
    check.add_argument("only", nargs="*", metavar="FORM")
    check.add_argument("--json", action="store_true")
    add_folders(check)
    check.set_defaults(run=run_check)


def run_check(args: argparse.Namespace) -> int:
    """Print every finding of all forms, or of some. 0 clean, 1 findings, 2 unusable.

    A folder with a broken file is told as a whole: what the others name may stand in that file.
    """
    try:
        editions = edition_folders(args.rules.resolve())
        if not args.forms.is_dir():
            raise Unusable(no_such_folder(args.forms))
        for name in args.only:
            known(name, _ids(args.forms), "表单", "form")
    except Unusable as error:
        return unusable(str(error))
    findings = check_forms(args.forms.resolve(), editions, only=args.only or None)
    # A file that cannot be read is told already.
    with suppress(BadFile):
        findings += lacking_words(args.forms.resolve(), args.only)
    say_findings(findings, as_json=args.json)
    return FINDINGS if findings else CLEAN


def _ids(folder: Path) -> list[str]:
    """The forms of a folder, whether or not they can be read."""
    return [path.stem for path in folder.glob("*.yaml") if path.name != UPLOADS]
