"""What a form file may say. Typed, frozen, and the same for every form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, field_validator

from jiebang.forms.language.conditions import ID, Basis, Check, Condition, Conditions, Strict
from jiebang.forms.language.question import KEPT, Offered, Option, Question
from jiebang.wording import Wording
from jiebang.yamlfile import said

#: Who answers a section: those who file the form, or the office that handles it (办理栏).
FilledBy = Literal["filer", "office"]
#: What a form of its own is about: nothing but itself, or a demand of the edition.
About = Literal["nothing", "demand"]
#: The list that turns a credit code into the province of registration.
PROVINCES = "provinces"


def _some(entries: tuple[Any, ...]) -> tuple[Any, ...]:
    # Not min_length: pydantic counts sound entries only, and says so beside the real finding.
    if not entries:
        raise said("至少要有一项", "at least one entry is needed")
    return entries


def _several(value: object) -> object:
    """A list, or its only entry without the list."""
    return value if isinstance(value, list | tuple) else (value,)


class Change(Strict):
    """What a form words or asks otherwise than the block that it uses."""

    label: Wording | None = None
    help: Wording | None = None
    example: Wording | None = None
    required: bool | None = None
    recommended: bool | None = None
    prefill: Annotated[tuple[str, ...], BeforeValidator(_several)] | None = None


class BlockUse(Strict):
    """Ask a shared block here, without ``omit``, with every key behind ``prefix``.

    Its facts are about ``party``, or left out.
    """

    block: str
    omit: tuple[str, ...] = ()
    party: str = ""
    prefix: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*_)?$")] = ""
    shown_when: Conditions = ()
    change: dict[str, Change] = Field(default_factory=dict)


def _entry(value: object) -> Question | BlockUse:
    if isinstance(value, dict) and "block" in value:
        return BlockUse.model_validate(value)
    return Question.model_validate(value)


class SectionFile(Strict):
    """A section as its file writes it, blocks not yet put in.

    ``text`` are paragraphs that stand before the questions, on screen and in print (an article of an
    agreement, a notice); ``{key}`` in them shows an answer. A section has questions, text, or both.
    """

    id: str = Field(pattern=ID)
    title: Wording
    help: Wording | None = None
    text: Annotated[tuple[Wording, ...], BeforeValidator(_several)] = ()
    filled_by: FilledBy = "filer"
    shown_when: Conditions = ()
    after: tuple[str, ...] = ()
    fields: tuple[Annotated[Question | BlockUse, PlainValidator(_entry)], ...] = ()


class Filing(Strict):
    """How a form is filed by itself (not as a step of a demand): who, about what, who handles it.

    ``by`` and ``handled_by`` are roles of the permission table, or ``signed_in``. ``closes`` is the
    phase of the edition with whose end filing ends; ``prefix`` begins its numbers.
    """

    by: Annotated[tuple[str, ...], AfterValidator(_some)]
    handled_by: Annotated[tuple[str, ...], AfterValidator(_some)]
    about: About = "nothing"
    prefix: str = Field(pattern=r"^[A-Z]{2,4}$")
    closes: str = ""


class Batch(Strict):
    """That many of a form may be brought in one workbook, a row each, and by which roles."""

    by: Annotated[tuple[str, ...], AfterValidator(_some)]


class FormFile(Strict):
    """A file ``forms/<id>.yaml``.

    ``print`` names the layout ``forms/print/<layout>.typ``; a file ``forms/<id>.typ`` goes before it.
    """

    id: str = Field(pattern=ID)
    version: int = Field(ge=1)
    title: Wording
    help: Wording | None = None
    source: str
    basis: Basis = "text"
    print: str = Field(default="table", pattern=ID)
    filing: Filing | None = None
    batch: Batch | None = None
    sections: Annotated[tuple[SectionFile, ...], AfterValidator(_some)]
    checks: tuple[Check, ...] = ()

    @field_validator("version", mode="before")
    @classmethod
    def _plain_integer(cls, value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int):
            raise said("版本号应为整数", "the version must be a whole number")
        return value


class ListFile(Strict):
    """A file ``forms/lists/<id>.yaml``: a code list that lives once."""

    list: str = Field(pattern=ID)
    title: Wording
    source: str
    basis: Basis = "text"
    options: Annotated[tuple[Option, ...], AfterValidator(_some)]


class BlockFile(Strict):
    """A file ``forms/blocks/<id>.yaml``: questions that several forms ask alike."""

    block: str = Field(pattern=ID)
    title: Wording
    source: str
    fields: Annotated[tuple[Question, ...], AfterValidator(_some)]


class Section(Strict):
    """A section as it is asked: one page of the form."""

    id: str
    title: Wording
    help: Wording | None
    text: tuple[Wording, ...]
    filled_by: FilledBy
    shown_when: tuple[Condition, ...]
    after: tuple[str, ...]
    questions: tuple[Question, ...]


class Form(Strict):
    """A form ready to be asked. ``version`` is its own number; the book's hash pins its content."""

    id: str
    version: int
    title: Wording
    help: Wording | None
    source: str
    basis: Basis
    print: str
    filing: Filing | None
    batch: Batch | None
    sections: tuple[Section, ...]
    checks: tuple[Check, ...]
    #: The shared lists it uses, by name; those brought from elsewhere too, once it is a snapshot.
    lists: dict[str, tuple[Option, ...]]

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Every question in the order of the page."""
        return tuple(question for section in self.sections for question in section.questions)

    @cached_property
    def by_key(self) -> Mapping[str, Question]:
        """Every question by its key."""
        return {question.key: question for question in self.questions}

    @cached_property
    def content(self) -> str:
        """The hash of all it says: two forms with the same one ask the same."""
        return hashlib.sha256(self.snapshot().encode()).hexdigest()

    def snapshot(self, brought: Mapping[str, Sequence[Offered]] | None = None) -> str:
        """All of it as canonical JSON, to be kept with what was filed and read back years later.

        ``brought`` are the lists from elsewhere (``options_from``) with which it was asked.
        """
        named = {one.options_from for entry in self.questions for one in (entry, *entry.columns)}
        lists = dict(self.lists)
        for name in sorted(named & (brought or {}).keys()):
            lists[name] = tuple(
                Option(code=one.code, label=one.label, help=one.help)
                for one in (brought or {})[name]
            )
        whole = self.model_copy(update={"lists": lists})
        plain = whole.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_snapshot(cls, text: str) -> Form:
        """A form as it was asked. Raises ``ValueError`` for what is no snapshot."""
        return cls.model_validate_json(text, context=KEPT)

    @cached_property
    def provinces(self) -> Mapping[str, str]:
        """Two digits (GB/T 2260) to the full Chinese name, for facts that are a ``province``."""
        return {one.code: one.label.zh for one in self.lists.get(PROVINCES, ())}

    def section(self, section_id: str) -> Section:
        """The section with this id. Raises ``KeyError``."""
        for section in self.sections:
            if section.id == section_id:
                return section
        raise KeyError(section_id)

    def asked(self, section_id: str | None, *, office: bool = True) -> tuple[Section, ...]:
        """One section, or all of them for ``None``; those of the office only where it asks.

        Raises ``KeyError`` for a section that there is not, or not for this side.
        """
        found = tuple(
            one
            for one in self.sections
            if (office or one.filled_by == "filer") and section_id in (None, one.id)
        )
        if section_id is not None and not found:
            raise KeyError(section_id)
        return found
