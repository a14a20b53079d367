"""``jiebang form list | schema``: which forms there are, and one of them for other programs."""

from __future__ import annotations

import argparse
from typing import Any

from jiebang.cli.forms.folders import add_edition, add_folders, read_choices, read_form, read_forms
from jiebang.cli.saying import CLEAN, Unusable, say, say_json, unusable
from jiebang.forms import Form
from jiebang.forms.jsonschema.document import describe


def register(commands: Any) -> None:
    """Add the commands."""
    lists = commands.add_parser("list", help="the forms there are")
    lists.add_argument("--json", action="store_true")
    lists.set_defaults(run=run_list)
    schema = commands.add_parser("schema", help="the JSON Schema of what a form takes")
    schema.add_argument("form", metavar="FORM")
    add_edition(schema)
    schema.set_defaults(run=run_schema)
    for command in (lists, schema):
        add_folders(command)


def run_list(args: argparse.Namespace) -> int:
    """Print every form. 0 listed, 2 unusable."""
    try:
        forms = read_forms(args).forms.values()
    except Unusable as error:
        return unusable(str(error))
    if args.json:
        say_json([_as_dict(one) for one in forms])
        return CLEAN
    for one in forms:
        title = f"{one.title.zh} / {one.title.in_locale('en')}"
        say(f"{one.id}\t{one.version}\t{title}\t{len(one.questions)} 项 fields")
    return CLEAN


def _as_dict(form: Form) -> dict[str, Any]:
    return {
        "id": form.id,
        "version": form.version,
        "title": {"zh": form.title.zh, "en": form.title.in_locale("en")},
        "source": form.source,
        "fields": [
            {
                "key": question.key,
                "type": question.type,
                "required": question.required,
                "section": section.id,
                "label": {"zh": question.label.zh, "en": question.label.in_locale("en")},
            }
            for section in form.sections
            for question in section.questions
        ],
    }


def run_schema(args: argparse.Namespace) -> int:
    """Print the JSON Schema of a form. 0 printed, 2 unusable."""
    try:
        forms, form = read_form(args)
        choices = read_choices(args, forms)
    except Unusable as error:
        return unusable(str(error))
    say_json(describe(form, lambda question: forms.options(question, choices)))
    return CLEAN
