"""The form element, and what deform fields look at to show themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import colander
import deform
from chameleon.utils import Markup
from deform.template import ZPTRendererFactory

from jiebang.forms.attachments.limits import UploadLimits
from jiebang.forms.judging.check import FieldError
from jiebang.forms.language.computing import computed_type
from jiebang.forms.language.definition import Form, Section
from jiebang.forms.language.question import Question
from jiebang.forms.screen.widgets import condition_data, element_id
from jiebang.forms.showing.answers import Answer
from jiebang.i18n import Translate, _
from jiebang.wording import Wording

#: What the script says; it puts in what stands in braces.
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
    "row-emptied": _("Row ${n} emptied", mapping={"n": "{n}"}),
    "row-moved": _("The row is now row ${n}", mapping={"n": "{n}"}),
    "search": _("Choose, or type to search"),
    "join": _("list separator", default=", "),
    "found-none": _("Nothing in the list fits"),
}

TEMPLATES = Path(__file__).parent / "templates"
_ANSWER_IN_TEXT = re.compile(r"\{([a-z][a-z0-9_]*)\}")
#: Where the first control of an answer of several parts is.
_FIRST_PARTS = {"rating": "rating", "year_range": "from", "signature": "name"}


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
    """What stands around one control. The ids of its notes begin with ``id``."""

    id: str
    mark: str
    help: str
    example: str
    has_help: bool
    reason: str
    warning: str
    error: str

    @property
    def describedby(self) -> str | None:
        """The ids of the notes that are there, in the order of the page."""
        notes = {
            "asked": self.reason,
            "help": self.has_help,
            "warning": self.warning,
            "error": self.error,
        }
        return " ".join(f"{self.id}-{kind}" for kind, there in notes.items() if there) or None


@dataclass(frozen=True)
class Piece:
    """A piece of a paragraph: words, or the answer to the question that it ``shows``."""

    words: str
    shows: str | None = None
    blank: str | None = None


@dataclass(frozen=True)
class Page:
    """What every field of one rendering may look at.

    ``answers`` are those that the page shows as text. ``opened`` are the questions that can be
    changed, all of them for ``None``; ``reasons`` say at a question, or at a row of a table
    (``indicators.0``), why it was opened again.
    """

    form: Form
    locale: str
    translate: Translate
    uploads: UploadLimits
    errors: Mapping[str, str]
    warnings: Mapping[str, str]
    files: Mapping[str, StoredFile] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    opened: frozenset[str] | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)

    def closed(self, key: str) -> bool:
        """Whether the answer to a question can only be read here."""
        return self.opened is not None and key not in self.opened

    def mark(self, question: Question) -> str:
        """The mark of a question that need not be answered, or should be."""
        if question.required or question.required_when or question.type == "computed":
            return ""
        return self.translate(_("(recommended)") if question.recommended else _("(optional)"))

    def describe(self, question: Question, path: str) -> Item:
        """What stands around the control of a question."""
        help_text = question.help.in_locale(self.locale) if question.help else ""
        example = question.example.in_locale(self.locale) if question.example else ""
        return Item(
            id=element_id(path),
            mark=self.mark(question),
            help=help_text,
            example=example,
            has_help=bool(help_text or example or question.type == "files"),
            reason="\n".join(self._reasons(path)),
            warning=self.warnings.get(path, ""),
            error=self.errors.get(path, ""),
        )

    def _reasons(self, path: str) -> list[str]:
        """Why a question was opened again; rows by their number, since they may move."""
        found = [self.reasons[path]] if path in self.reasons else []
        for place, reason in self.reasons.items():
            table, _dot, row = place.partition(".")
            if table == path and row.isdecimal():
                words = {"n": int(row) + 1, "reason": reason}
                found.append(self.translate(_("Row ${n}: ${reason}", mapping=words)))
        return found

    def sums_money(self, question: Question) -> bool:
        """Whether a computed answer is an amount."""
        return computed_type(question, {one.key: one for one in self.form.questions}) == "money"

    def pieces(self, paragraph: Wording) -> list[Piece]:
        """A paragraph with the answers put in; where one is missing stands what is asked there."""
        labels = {one.key: one.label.in_locale(self.locale) for one in self.form.questions}
        found: list[Piece] = []
        for at, words in enumerate(_ANSWER_IN_TEXT.split(paragraph.in_locale(self.locale))):
            if at % 2 == 0:
                found.append(Piece(words))
            else:
                said = self.answers[words].text if words in self.answers else ""
                blank = f"[{labels.get(words, words)}]"
                found.append(Piece(said or blank, words, blank))
        return found


def needs_answers(sections: Sequence[Section], opened: frozenset[str] | None) -> bool:
    """Whether a page shows any answer as text: in a paragraph, worked out, or closed."""
    return (
        opened is not None
        or any(section.text for section in sections)
        or any(one.type == "computed" for section in sections for one in section.questions)
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
    asked = {
        key
        for key in cells
        if key not in left_out and (key in page.answers or not page.closed(key))
    }
    html = fields.render(
        known,
        asked=asked,
        form_id=page.form.id,
        sections=[_section(page, section, asked) for section in sections],
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


def _section(page: Page, section: Section, asked: set[str]) -> dict[str, Any]:
    return {
        "id": f"s-{section.id}",
        "title": section.title.in_locale(page.locale),
        "help": section.help.in_locale(page.locale) if section.help else "",
        "office": section.filled_by == "office",
        "text": [page.pieces(paragraph) for paragraph in section.text],
        "shown": condition_data(section.shown_when),
        "keys": [question.key for question in section.questions if question.key in asked],
    }


def _anchor(path: str, asked: Mapping[str, Question]) -> str | None:
    """Where the summary links to: only questions on this page have a place."""
    question = asked.get(path.split(".", 1)[0])
    if question is None:
        return None
    # What is wrong with an answer of several parts as a whole begins at the first.
    first = _FIRST_PARTS.get(question.type)
    return f"#{element_id(f'{path}.{first}' if first and '.' not in path else path)}"
