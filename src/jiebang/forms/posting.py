"""From what a browser posted to the data of a draft. Nothing is judged, nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import colander
import deform
import peppercorn

from jiebang.forms.check import FieldError, Translate
from jiebang.forms.definition import Form, Question
from jiebang.i18n import _

_ACTS = ("add", "remove", "up", "down")
_ALWAYS_SENT = frozenset(
    {"text", "longtext", "int", "money", "date", "credit_code", "phone", "email"}
)
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

    ``data`` holds the questions of the posted section as typed; merge it into the draft. ``act``
    is true when a button changed rows or files: show the same page again, do not check it.
    ``errors`` tell which answers arrived damaged; those are not in ``data``, so the draft keeps
    what it held.
    """

    data: dict[str, Any]
    uploads: tuple[Upload, ...] = ()
    act: bool = False
    errors: tuple[FieldError, ...] = ()


def parse_posted(
    form: Form,
    section: str | None,
    schema: colander.SchemaNode,
    items: Iterable[tuple[str, Any]],
    translate: Translate,
) -> Parsed:
    """Read posted pairs in the order of the page."""
    pairs: list[tuple[str, str]] = []
    uploads: list[Upload] = []
    act: Sequence[str] = ()
    asked = {one.key: one for part in form.asked(section) for one in part.questions}
    for name, value in items:
        if name.startswith(UPLOAD):
            if getattr(value, "filename", "") and name.removeprefix(UPLOAD) in asked:
                uploads.append(Upload(name.removeprefix(UPLOAD), value.filename, value.file))
        elif name.split(":", 1)[0] in {*_ACTS, REMOVE_FILE} and ":" in name:
            act = name.split(":", 2)
        elif isinstance(value, str):
            pairs.append((name, value))
    try:
        posted = peppercorn.parse(pairs)
    except (ValueError, IndexError):
        message = _("The form arrived damaged and was not read. Please send it again.")
        return Parsed({}, tuple(uploads), errors=(FieldError("", translate(message)),))
    errors: list[FieldError] = []
    try:
        data = deform.Form(schema, focus="off").deserialize(posted)
    except colander.Invalid as error:
        data = error.value
        errors = [FieldError(child.node.name, translate(child.msg)) for child in error.children]
    for key, question in asked.items():
        # A browser always sends a text field that was on the page: without it there was no such field.
        if key not in posted and question.type in _ALWAYS_SENT:
            data.pop(key, None)
    return Parsed(data, tuple(uploads), _act(data, act, asked), tuple(errors))


def _act(data: dict[str, Any], act: Sequence[str], asked: Mapping[str, Question]) -> bool:
    """Do in ``data`` what a row or file button asks; a senseless one changes nothing."""
    if len(act) < 2 or act[1] not in asked:
        return False
    question, entries = asked[act[1]], data.get(act[1])
    if not isinstance(entries, list) or question.type != (
        "files" if act[0] == REMOVE_FILE else "table"
    ):
        return False
    if act[0] == "add":
        # An empty table is shown with the rows it needs at least, so those are posted too.
        if question.max is None or len(entries) < question.max:
            entries.append({})
    elif act[0] == REMOVE_FILE:
        entries[:] = [one for one in entries if one != ":".join(act[2:])]
    elif len(act) == 3 and re.fullmatch("[0-9]{1,6}", act[2]) and int(act[2]) < len(entries):
        _move(entries, act[0], int(act[2]))
    return True


def _move(rows: list[Any], act: str, at: int) -> None:
    if act == "remove":
        del rows[at]
        return
    other = at - 1 if act == "up" else at + 1
    if 0 <= other < len(rows):
        rows[at], rows[other] = rows[other], rows[at]
