"""A printed form as plain data: what stands on the paper, not how it looks.

One sheet is printed as PDF (``documents.typesetting``, by a layout of the policy staff) and as DOCX
(``documents.word``). Nothing that is not shown may be in here: layouts are handed all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

#: How far a blank reaches: part of a line, or lines of its own.
Width = Literal["brief", "wide"]


@dataclass(frozen=True)
class Run:
    """A piece of a paragraph. ``answer``: it was filled in, or is to be (``text`` empty: a blank).

    ``whole`` is never broken over two lines.
    """

    text: str
    answer: bool = False
    #: How wide a blank is, in characters.
    room: int = 8
    whole: bool = False


@dataclass(frozen=True)
class Choice:
    """An option with its box: □ or ☑."""

    text: str
    chosen: bool = False


@dataclass(frozen=True)
class Entry:
    """A question and its answer.

    ``choices`` stand with their boxes, before ``text``. Where ``text`` is empty, ``room`` lines are
    left for handwriting, and nothing at all for 0. ``unit`` follows a number; ``note`` is small print
    under the label. ``said``: a paragraph of the sheet shows the answer already.
    """

    key: str
    label: str
    text: str = ""
    choices: Sequence[Choice] = ()
    unit: str = ""
    note: str = ""
    room: int = 1
    width: Width = "wide"
    said: bool = False
    kind: Literal["entry"] = field(default="entry", init=False)


@dataclass(frozen=True)
class Grid:
    """A table with its head. ``blanks`` empty rows follow, ``blank`` being what stands in each."""

    key: str
    label: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]] = ()
    note: str = ""
    blanks: int = 0
    blank: Sequence[str] = ()
    said: bool = False
    kind: Literal["grid"] = field(default="grid", init=False)


@dataclass(frozen=True)
class Signature:
    """A place to sign (签字), with a place for the seal (盖章处) where there is to be one."""

    key: str
    label: str
    name: str = ""
    date: str = ""
    note: str = ""
    seal: bool = True
    kind: Literal["signature"] = field(default="signature", init=False)


@dataclass(frozen=True)
class Section:
    """A part of the sheet; ``note`` is small print beside its title, ``number`` stands before it.

    ``office``: for those who handle the form to fill in (办理栏).
    """

    id: str
    title: str
    note: str = ""
    paragraphs: Sequence[Sequence[Run]] = ()
    entries: Sequence[Entry | Grid | Signature] = ()
    office: bool = False
    number: str = ""

    @property
    def only_signatures(self) -> bool:
        """Whether it is nothing but a place to sign."""
        signs = [isinstance(one, Signature) for one in self.entries]
        return bool(signs) and all(signs) and not self.paragraphs


@dataclass(frozen=True)
class Words:
    """What a sheet says of itself, in its language. ``page`` has ``{page}`` and ``{pages}``."""

    number: str
    digest: str
    page: str
    sign: str
    seal: str
    date: str
    day: str
    office: str
    notes: str
    draft: str


@dataclass(frozen=True)
class Sheet:
    """A form, filled or blank, in one language (``zh_CN`` or ``en``).

    ``number`` is the case's, ``digest`` the SHA-256 of what was filed (64 hex digits), ``edition`` says
    which version of form and document this is; each may be empty. ``notes`` say how to fill the form in.
    ``day`` dates the file itself; a sheet without one carries no date in its metadata.
    """

    title: str
    locale: str
    words: Words
    sections: Sequence[Section]
    subtitle: str = ""
    number: str = ""
    digest: str = ""
    edition: str = ""
    notes: Sequence[str] = ()
    day: date | None = None
    blank: bool = False
    draft: bool = False

    @property
    def chinese(self) -> bool:
        """Whether it is set in Chinese typography."""
        return self.locale.startswith("zh")
