"""From what a browser posted to the data of a draft. Nothing is judged, nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import colander
import deform
import peppercorn

from jiebang.forms.judging.check import FieldError
from jiebang.forms.language.definition import Section
from jiebang.forms.language.question import Question
from jiebang.i18n import Translate, _

_ACTS = ("add", "remove", "up", "down")
#: Of these nothing is sent while nothing is chosen, so the page says that it asked them.
_SILENT = frozenset({"one_of", "yes_no", "consent"})
ASKED = "asked:"
REMOVE_FILE = "remove-file"
UPLOAD = "upload:"


@dataclass(frozen=True)
class Upload:
    """A file that came with the form, not yet looked at."""

    field: str
    filename: str
    file: BinaryIO


@dataclass(frozen=True)
class Parsed:
    """What was posted.

    ``data`` holds the questions that the page asked, as typed; merge it into the draft.
    ``acted_on`` is the question whose rows or files a button changed: show the same page again
    there, do not check it. ``errors`` tell which answers arrived damaged; those are not in ``data``,
    so the draft keeps what it held.
    """

    data: dict[str, Any]
    uploads: tuple[Upload, ...] = ()
    acted_on: str = ""
    errors: tuple[FieldError, ...] = ()

    @property
    def act(self) -> bool:
        """Whether a button for rows or files was pressed."""
        return bool(self.acted_on)


def parse_posted(
    sections: Sequence[Section],
    schema: colander.SchemaNode,
    items: Iterable[tuple[str, Any]],
    translate: Translate,
    opened: frozenset[str] | None = None,
) -> Parsed:
    """Read posted pairs in the order of the page.

    Of questions that are not ``opened`` nothing is read, whatever was posted; ``None`` opens all.
    """
    asked = {
        one.key: one
        for part in sections
        for one in part.questions
        if one.type != "computed" and (opened is None or one.key in opened)
    }
    sent = _Sent(asked, items)
    try:
        posted = peppercorn.parse(sent.pairs)
    except (ValueError, IndexError):
        message = _("The form arrived damaged and was not read. Please send it again.")
        return Parsed({}, sent.uploads, errors=(FieldError("", translate(message)),))
    errors: list[FieldError] = []
    try:
        data = deform.Form(schema, focus="off").deserialize(posted)
    except colander.Invalid as error:
        data = error.value
        errors = [
            FieldError(child.node.name, translate(child.msg))
            for child in error.children
            if child.node.name in asked
        ]
    # What was not on the page, since another answer made it pointless, stays as the draft has it.
    there = {
        key
        for key, question in asked.items()
        if key in posted or (question.type in _SILENT and key in sent.silent)
    }
    data = {key: value for key, value in data.items() if key in there}
    return Parsed(data, sent.uploads, _act(data, sent.act, asked), tuple(errors))


class _Sent:
    """Posted pairs by what they are: answers, files, the button, questions asked."""

    def __init__(self, asked: Mapping[str, Question], items: Iterable[tuple[str, Any]]) -> None:
        self.pairs: list[tuple[str, str]] = []
        self.silent: set[str] = set()
        self.act: Sequence[str] = ()
        uploads: list[Upload] = []
        for name, value in items:
            if name.startswith(UPLOAD):
                if getattr(value, "filename", "") and name.removeprefix(UPLOAD) in asked:
                    uploads.append(Upload(name.removeprefix(UPLOAD), value.filename, value.file))
            elif name.startswith(ASKED):
                self.silent.add(name.removeprefix(ASKED))
            elif name.split(":", 1)[0] in {*_ACTS, REMOVE_FILE} and ":" in name:
                self.act = name.split(":", 2)
            elif isinstance(value, str):
                self.pairs.append((name, value))
        self.uploads = tuple(uploads)


def _act(data: dict[str, Any], act: Sequence[str], asked: Mapping[str, Question]) -> str:
    """Do in ``data`` what a row or file button asks, and say where; a senseless one is ignored."""
    if len(act) < 2 or act[1] not in asked:
        return ""
    question, entries = asked[act[1]], data.get(act[1])
    if not isinstance(entries, list) or question.type != (
        "files" if act[0] == REMOVE_FILE else "table"
    ):
        return ""
    if act[0] == "add":
        # An empty table is shown with the rows it needs at least, so those are posted too.
        if question.max is None or len(entries) < question.max:
            entries.append({})
    elif act[0] == REMOVE_FILE:
        entries[:] = [one for one in entries if one != ":".join(act[2:])]
    elif len(act) == 3 and re.fullmatch("[0-9]{1,6}", act[2]) and int(act[2]) < len(entries):
        _move(entries, act[0], int(act[2]))
    return act[1]


def _move(rows: list[Any], act: str, at: int) -> None:
    if act == "remove":
        del rows[at]
        return
    other = at - 1 if act == "up" else at + 1
    if 0 <= other < len(rows):
        rows[at], rows[other] = rows[other], rows[at]
