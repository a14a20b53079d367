"""The layout (版式) of each form, and whether a blank sheet can be set by it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from jiebang.casework.paper.sheets import Around, Paper
from jiebang.documents.layouts import BadLayout
from jiebang.documents.sheet import Sheet
from jiebang.documents.typesetting import try_layout
from jiebang.forms import Form, FormBook
from jiebang.forms.book import Choices
from jiebang.i18n import DEFAULT_LOCALE
from jiebang.yamlfile import Finding

#: The folder of shared layouts beside the forms.
LAYOUTS = "print"


def layout_of(folder: Path, form: Form) -> Path:
    """The layout of a form in a folder of forms: its own, or the shared one that it names."""
    own = folder / f"{form.id}.typ"
    return own if own.exists() else folder / LAYOUTS / f"{form.print}.typ"


def check_layouts(
    *, folder: Path, forms: FormBook, choices: Choices, only: Collection[str] | None = None
) -> Iterator[Finding]:
    """What is wrong with the layouts of ``folder``: each form is set blank, some 20 ms a form.

    A layout that is not there is no finding of this: the form that names it is at fault.
    """
    for name, form in forms.forms.items():
        layout = layout_of(folder, form)
        if (only is not None and name not in only) or not layout.is_file():
            continue
        try:
            try_layout(_blank(forms, form, choices), layout)
        except BadLayout as bad:
            yield _finding(folder, bad)
        except KeyError:
            # A list of options that nobody brings is told by itself.
            continue


def _blank(forms: FormBook, form: Form, choices: Choices) -> Sheet:
    paper = Paper(
        forms=forms,
        form=form,
        data=None,
        locale=DEFAULT_LOCALE,
        choices=choices,
        around=Around(),
        masked=(),
        withheld=(),
    )
    return paper.sheet()


def _finding(folder: Path, bad: BadLayout) -> Finding:
    path = bad.path.resolve()
    within = path.is_relative_to(folder.resolve())
    name = path.relative_to(folder.resolve()).as_posix() if within else path.name
    return Finding(f"{folder.name}/{name}", bad.line, bad.column, "layout", bad.zh, bad.en)
