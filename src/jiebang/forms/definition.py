"""What a form file may say. Typed, frozen, and the same for every form."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Protocol, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    field_validator,
    model_validator,
)

from jiebang.wording import Wording
from jiebang.yamlfile import said

Kind = Literal[
    "text",
    "longtext",
    "int",
    "money",
    "date",
    "one_of",
    "several_of",
    "yes_no",
    "consent",
    "credit_code",
    "phone",
    "email",
    "files",
    "table",
    "rating",
]
Basis = Literal["text", "interpretation", "unverified"]
Unit = Literal["元", "万元"]

CHOOSING = frozenset({"one_of", "several_of", "rating"})
IN_A_ROW = frozenset({"text", "longtext", "int", "money", "date", "one_of", "phone", "email"})
_KEY = r"^[a-z][a-z0-9_]*$"
_ID = r"^[a-z][a-z0-9-]*$"

#: What a fact may take from an answer besides the answer itself, by kind of question.
PARTS = {"credit_code": ("value", "province", "entity_kind"), "rating": ("rating", "reason")}


def _some(entries: tuple[Any, ...]) -> tuple[Any, ...]:
    # Not min_length: pydantic counts sound entries only, and says so beside the real finding.
    if not entries:
        raise said("至少要有一项", "at least one entry is needed")
    return entries


class Strict(BaseModel):
    """Unknown keys are findings; a definition never changes after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Option(Strict):
    """One choice: the code that is stored and the text that is shown."""

    code: str = Field(min_length=1)
    label: Wording
    help: Wording | None = None


class Offered(Protocol):
    """A choice brought from elsewhere (an edition's sessions, a register); hashable."""

    @property
    def code(self) -> str:
        """What is stored."""

    @property
    def label(self) -> Wording:
        """What is shown."""

    @property
    def help(self) -> Wording | None:
        """What explains it."""


class Condition(Strict):
    """One simple shape: the answer to ``field`` is a value, or is one of several."""

    field: str
    is_: str | bool | None = Field(default=None, alias="is")
    in_: tuple[str, ...] = Field(default=(), alias="in")

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.is_ is None) == (not self.in_):
            raise said("条件要写 is 或 in 其中之一", "a condition has either “is” or “in”")
        return self

    @property
    def wanted(self) -> tuple[str | bool, ...]:
        """Every answer that makes the condition hold."""
        return self.in_ if self.is_ is None else (self.is_,)

    def holds(self, values: dict[str, Any]) -> bool:
        """Whether the answers meet the condition; a question without an answer meets none."""
        found = values.get(self.field)
        if isinstance(found, list):
            return any(one in self.wanted for one in found)
        return any(found is one or (isinstance(one, str) and found == one) for one in self.wanted)


class Question(Strict):
    """One field of a form.

    ``max`` and ``min`` bound the length of text, the value of a number (money in ``unit``), or how
    many choices, files or rows there may be. ``source`` is the tag of the field list the question
    was taken from, ``clause`` the clause of the notice. ``fact`` names what a policy may read.
    """

    key: str = Field(pattern=_KEY)
    type: Kind
    label: Wording
    help: Wording | None = None
    example: Wording | None = None
    source: str = ""
    clause: str = ""
    basis: Basis = "text"
    required: bool = False
    required_when: Condition | None = None
    shown_when: Condition | None = None
    min: int | None = None
    max: int | None = None
    unit: Unit = "万元"
    options: tuple[Option, ...] = ()
    list: str = ""
    options_from: str = ""
    columns: tuple[Question, ...] = ()
    fact: str | dict[str, str] = ""
    autocomplete: str = ""
    confidential: bool = False
    personal: bool = False
    hideable: bool = False

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        named = [bool(self.options), bool(self.list), bool(self.options_from)].count(True)
        if self.type in CHOOSING and named != 1:
            raise said(
                f"“{self.key}”要写 options、list、options_from 其中之一",
                f'"{self.key}" needs exactly one of options, list, options_from',
            )
        if self.type not in CHOOSING and named:
            raise said(
                f"“{self.key}”是 {self.type}，没有选项",
                f'"{self.key}" is {self.type} and has no options',
            )
        if (self.type == "table") != bool(self.columns):
            raise said(
                f"“{self.key}”：只有 table 有 columns，且必须有",
                f'"{self.key}": a table, and nothing else, has columns',
            )
        if self.type in {"text", "longtext"} and self.max is None:
            raise said(
                f"“{self.key}”缺少字数上限 max", f'"{self.key}" needs max, its longest length'
            )
        return self

    @model_validator(mode="after")
    def _columns_and_facts(self) -> Self:
        if self.type == "table" and self.max is None:
            raise said(
                f"表格“{self.key}”缺少行数上限 max", f'"{self.key}" needs max, its most rows'
            )
        for column in self.columns:
            if column.type not in IN_A_ROW:
                raise said(
                    f"表格“{self.key}”的列不能是 {column.type}",
                    f'a column of "{self.key}" cannot be {column.type}',
                )
            if column.shown_when or column.required_when or column.fact:
                raise said(
                    f"表格“{self.key}”的列不能带条件或 fact",
                    f'a column of "{self.key}" cannot have conditions or a fact',
                )
        for part in self.facts.values():
            if part not in PARTS.get(self.type, ("value",)) and part != "value":
                raise said(
                    f"“{self.key}”没有“{part}”这一部分", f'"{self.key}" has no part called "{part}"'
                )
        return self

    @property
    def facts(self) -> dict[str, str]:
        """Fact name to the part of the answer that it takes."""
        if isinstance(self.fact, str):
            return {self.fact: "value"} if self.fact else {}
        return self.fact


class BlockUse(Strict):
    """Ask a shared block here, without ``omit``. Its facts are about ``party``, or left out."""

    block: str
    omit: tuple[str, ...] = ()
    party: str = ""


def _entry(value: object) -> Question | BlockUse:
    if isinstance(value, dict) and "block" in value:
        return BlockUse.model_validate(value)
    return Question.model_validate(value)


class SectionFile(Strict):
    """A section as its file writes it, blocks not yet put in."""

    id: str = Field(pattern=_ID)
    title: Wording
    help: Wording | None = None
    shown_when: Condition | None = None
    after: tuple[str, ...] = ()
    fields: Annotated[
        tuple[Annotated[Question | BlockUse, PlainValidator(_entry)], ...], AfterValidator(_some)
    ]


class FormFile(Strict):
    """A file ``forms/<id>.yaml``."""

    id: str = Field(pattern=_ID)
    version: int = Field(ge=1)
    title: Wording
    help: Wording | None = None
    source: str
    basis: Basis = "text"
    sections: Annotated[tuple[SectionFile, ...], AfterValidator(_some)]

    @field_validator("version", mode="before")
    @classmethod
    def _plain_integer(cls, value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int):
            raise said("版本号应为整数", "the version must be a whole number")
        return value


class ListFile(Strict):
    """A file ``forms/lists/<id>.yaml``: a code list that lives once."""

    list: str = Field(pattern=_ID)
    title: Wording
    source: str
    basis: Basis = "text"
    options: Annotated[tuple[Option, ...], AfterValidator(_some)]


class BlockFile(Strict):
    """A file ``forms/blocks/<id>.yaml``: questions that several forms ask alike."""

    block: str = Field(pattern=_ID)
    title: Wording
    source: str
    fields: Annotated[tuple[Question, ...], AfterValidator(_some)]


class Section(Strict):
    """A section as it is asked: one page of the form."""

    id: str
    title: Wording
    help: Wording | None
    shown_when: Condition | None
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
    sections: tuple[Section, ...]
    #: Two digits (GB/T 2260) to the full Chinese name, for facts that are a ``province``.
    provinces: dict[str, str]

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question in the order of the page."""
        return tuple(question for section in self.sections for question in section.questions)

    def section(self, section_id: str) -> Section:
        """The section with this id. Raises ``KeyError``."""
        for section in self.sections:
            if section.id == section_id:
                return section
        raise KeyError(section_id)

    def asked(self, section_id: str | None) -> tuple[Section, ...]:
        """One section, or all of them for ``None``."""
        return self.sections if section_id is None else (self.section(section_id),)
