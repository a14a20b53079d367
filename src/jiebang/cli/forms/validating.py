"""``jiebang form validate``: whether answers in a file could be stored, and what they state."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jiebang.casework.policies.facts import as_json
from jiebang.cli.forms.answers import read_answers
from jiebang.cli.forms.folders import (
    add_edition,
    add_folders,
    add_language,
    locale_of,
    read_choices,
    read_form,
)
from jiebang.cli.saying import CLEAN, FINDINGS, Unusable, say, say_json, unusable
from jiebang.forms import FieldError, Result


def register(commands: Any) -> None:
    """Add the command."""
    validate = commands.add_parser("validate", help="judge the answers in a file")
    validate.add_argument("form", metavar="FORM")
    validate.add_argument("--data", type=Path, required=True, metavar="FILE")
    validate.add_argument("--json", action="store_true")
    add_language(validate)
    add_folders(validate)
    add_edition(validate)
    validate.set_defaults(run=run_validate)


def run_validate(args: argparse.Namespace) -> int:
    """Judge answers as they would be stored. 0 valid, 1 invalid, 2 unusable."""
    try:
        forms, form = read_form(args)
        choices, answers = read_choices(args, forms), read_answers(args.data)
    except Unusable as error:
        return unusable(str(error))
    result = forms.validate(form, answers, locale=locale_of(args), choices=choices, strict=True)
    if args.json:
        say_json(_as_dict(result))
    else:
        _show(result)
    return CLEAN if result.ok else FINDINGS


def _as_dict(result: Result) -> dict[str, Any]:
    return {
        "valid": result.ok,
        "errors": _listed(result.errors),
        "warnings": _listed(result.warnings),
        "facts": as_json(result.facts),
    }


def _listed(errors: Iterable[FieldError]) -> list[dict[str, str]]:
    return [{"field": one.field, "message": one.message} for one in errors]


def _show(result: Result) -> None:
    for mark, told in (("✗", result.errors), ("!", result.warnings)):
        for one in told:
            say(f"{mark} {one.field}  {one.message}")
    for name, value in as_json(result.facts).items():
        say(f"  {name} = {value}")
    say("可以提交 / valid" if result.ok else f"{len(result.errors)} 处须改正 / to be corrected")
