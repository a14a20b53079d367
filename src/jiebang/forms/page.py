"""The form element, and what deform fields look at to show themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import colander
import deform
from chameleon.utils import Markup
from deform.template import ZPTRendererFactory

from jiebang.forms.check import FieldError, Translate
from jiebang.forms.definition import Form, Question, Section
from jiebang.forms.uploads import UploadLimits
from jiebang.forms.widgets import condition_data, element_id
from jiebang.i18n import _

#: What forms.js says; it puts in what stands in braces.
SCRIPT_TEXTS: Mapping[str, object] = {
    "saved": _("Saved at ${time}", mapping={"time": "{time}"}),
    "offline": _("Not saved to the server. What you typed is kept in this browser."),
    "signed-out": _(
        "You have been signed out. What you typed is kept in this browser; sign in again to go on."
    ),
    "conflict": _("This form was changed elsewhere. Save to compare the two."),
    "restored": _("What you typed before has been put back. Check it and save."),
    "left": _("${n} characters left", mapping={"n": "{n}"}),
    "over": _("${n} characters too many", mapping={"n": "{n}"}),
    "row-added": _("Row ${n} added", mapping={"n": "{n}"}),
    "row-removed": _("Row ${n} removed", mapping={"n": "{n}"}),
    "row-moved": _("The row is now row ${n}", mapping={"n": "{n}"}),
}

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class StoredFile:
    """A file that is already attached, as the page shows it; ``url`` may be empty."""

    name: str
    size: int
    url: str = ""

    @property
    def size_text(self) -> str:
        """The size as people read it."""
        if self.size >= 1_000_000:
            return f"{self.size / 1_000_000:.1f} MB"
        return f"{max(1, self.size // 1000)} kB"


@dataclass(frozen=True)
class Button:
    """A submit button: the name it posts and its text."""

    name: str
    label: object


@dataclass(frozen=True)
class Item:
    """What stands around one control: optional mark, help, example, error, and their ids."""

    optional: bool
    help: str
    example: str
    error: str | None
    help_id: str
    error_id: str
    describedby: str | None


@dataclass(frozen=True)
class Page:
    """What every field of one rendering may look at."""

    form: Form
    locale: str
    translate: Translate
    uploads: UploadLimits
    errors: Mapping[str, str]
    warnings: Mapping[str, str]
    files: Mapping[str, StoredFile] = field(default_factory=dict)

    def describe(self, question: Question, path: str) -> Item:
        """What stands around the control of a question."""
        base = element_id(path)
        error = self.errors.get(path)
        help_text = question.help.in_locale(self.locale) if question.help else ""
        example = question.example.in_locale(self.locale) if question.example else ""
        ids = []
        if help_text or example or question.type == "files":
            ids.append(f"{base}-help")
        if self.warnings.get(path):
            ids.append(f"{base}-warning")
        if error:
            ids.append(f"{base}-error")
        return Item(
            optional=not question.required and question.required_when is None,
            help=help_text,
            example=example,
            error=error,
            help_id=f"{base}-help",
            error_id=f"{base}-error",
            describedby=" ".join(ids) or None,
        )


def renderer_for(translate: Translate) -> ZPTRendererFactory:
    """Our templates, speaking one language."""
    return ZPTRendererFactory((str(TEMPLATES),), auto_reload=False, translator=translate)


def render_page(
    schema: colander.SchemaNode,
    renderer: ZPTRendererFactory,
    page: Page,
    sections: Sequence[Section],
    data: Mapping[str, Any],
    errors: Sequence[FieldError],
    *,
    csrf_token: str,
    action: str,
    left_out: frozenset[str],
    buttons: Sequence[Button],
    hidden: Mapping[str, str],
    autosave_url: str,
    draft_id: str,
) -> Markup:
    """The form element with error summary, questions (but those ``left_out``) and buttons."""
    fields = deform.Form(schema, focus="off", renderer=renderer, page=page)
    cells = {question.key: question for section in sections for question in section.questions}
    known = {key: value for key, value in data.items() if key in cells}
    html = fields.render(
        known,
        form_id=page.form.id,
        sections=[
            {
                "id": f"s-{section.id}",
                "title": section.title.in_locale(page.locale),
                "help": section.help.in_locale(page.locale) if section.help else "",
                "shown": condition_data(section.shown_when),
                "keys": [
                    question.key for question in section.questions if question.key not in left_out
                ],
            }
            for section in sections
        ],
        summary=[(_anchor(error.field, cells), error.message) for error in errors],
        csrf_token=csrf_token,
        action=action,
        buttons=buttons or (Button("save", _("Save and continue")),),
        hidden=hidden,
        autosave_url=autosave_url or None,
        draft_id=draft_id or None,
        has_files=any(question.type == "files" for question in cells.values()),
        titled=len(sections) > 1,
        texts={f"data-text-{name}": page.translate(said) for name, said in SCRIPT_TEXTS.items()},
    )
    return Markup(html)


def _anchor(path: str, asked: Mapping[str, Question]) -> str | None:
    """Where the summary links to: only questions on this page have a place."""
    question = asked.get(path.split(".", 1)[0])
    if question is None:
        return None
    # A rating has two controls; what is wrong with it as a whole begins at the first.
    whole_rating = question.type == "rating" and "." not in path
    return f"#{element_id(f'{path}.rating' if whole_rating else path)}"
