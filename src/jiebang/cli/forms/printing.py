"""``jiebang form print``: a form on paper or as a workbook, blank or filled."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Literal

from jiebang.casework.paper.printing import Around, print_form
from jiebang.casework.workbooks.forms import form_workbook
from jiebang.cli.forms.answers import read_answers
from jiebang.cli.forms.folders import (
    add_edition,
    add_folders,
    add_language,
    locale_of,
    read_choices,
    read_form,
)
from jiebang.cli.saying import CLEAN, Unusable, unusable
from jiebang.documents.layouts import BadLayout
from jiebang.documents.typesetting import FontsMissing

Output = Literal["pdf", "docx", "xlsx"]
_FONTS = Path("node_modules/@expo-google-fonts")
_OUTPUTS: dict[str, Output] = {".pdf": "pdf", ".docx": "docx", ".xlsx": "xlsx"}


def register(commands: Any) -> None:
    """Add the command."""
    prints = commands.add_parser("print", help="a form on paper or as a workbook")
    prints.add_argument("form", metavar="FORM")
    prints.add_argument("--data", type=Path, metavar="FILE")
    prints.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.pdf|.docx|.xlsx")
    prints.add_argument("--fonts", type=Path, default=_FONTS, metavar="FOLDER")
    add_language(prints)
    add_folders(prints)
    add_edition(prints)
    prints.set_defaults(run=run_print)


def run_print(args: argparse.Namespace) -> int:
    """Print a form. On paper, answers that could not be filed are a draft. 0 printed, 2 unusable."""
    try:
        output = _output(args.output)
        forms, form = read_form(args)
        choices = read_choices(args, forms)
        answers = read_answers(args.data) if args.data else None
        locale = locale_of(args)
        if output == "xlsx":
            printed = form_workbook(
                forms=forms, form=form, data=answers, locale=locale, choices=choices
            )
        else:
            filed = answers is None or (
                forms.validate(form, answers, locale=locale, choices=choices, strict=True).ok
            )
            printed = print_form(
                forms=forms,
                form=form,
                layouts=args.forms.resolve(),
                fonts=args.fonts.resolve(),
                output=output,
                data=answers,
                locale=locale,
                choices=choices,
                around=Around(draft=not filed),
            )
        args.output.write_bytes(printed)
    except (Unusable, FontsMissing, BadLayout) as error:
        return unusable(str(error))
    except OSError as error:
        return unusable(f"{args.output}: 写不进去 / cannot be written: {error}")
    return CLEAN


def _output(path: Path) -> Output:
    kind = _OUTPUTS.get(path.suffix.lower())
    if kind is None:
        zh, en = "文件名要以 .pdf、.docx、.xlsx 结尾", "the name must end in .pdf, .docx or .xlsx"
        raise Unusable(f"{path}: {zh} / {en}")
    return kind
