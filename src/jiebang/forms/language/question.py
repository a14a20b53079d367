"""One question of a form: its type, its limits, where it comes from and who may see it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Protocol, Self, get_args

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from jiebang.forms.language.conditions import KEY, Basis, Computed, Conditions, Strict
from jiebang.forms.language.patterns import fault
from jiebang.wording import Wording
from jiebang.yamlfile import said

Kind = Literal[
    "text",
    "longtext",
    "integer",
    "decimal",
    "money",
    "date",
    "year",
    "year_range",
    "one_of",
    "several_of",
    "yes_no",
    "consent",
    "credit_code",
    "division",
    "industry",
    "phone",
    "email",
    "url",
    "files",
    "reference",
    "table",
    "rating",
    "signature",
    "computed",
]
#: The context in which a question is read that was asked before: it was judged then, by the rules of
#: its day, and has to be readable whatever those have become.
KEPT = "kept"
Unit = Literal["元", "万元"]
#: How a personal answer is hidden from those who do not work on it (脱敏).
Mask = Literal["phone", "identity", "account", "name"]

KINDS: tuple[str, ...] = get_args(Kind)
CHOOSING = frozenset({"one_of", "several_of", "rating"})
#: Types whose answer is text of any content, so that their longest length must be said.
WORDED = frozenset({"text", "longtext"})
NUMERIC = frozenset({"integer", "decimal", "money", "year", "computed"})
#: What may stand in a row of a table: one control each.
IN_A_ROW = frozenset(KINDS) - {
    "year_range", "several_of", "consent", "files", "table", "rating", "signature", "computed",
}  # fmt: skip
#: Types of which there can be too much or too little.
_BOUNDED = WORDED | {
    "integer", "decimal", "money", "year", "year_range", "several_of", "files", "table",
    "reference", "rating", "url",
}  # fmt: skip
#: Parts an answer of any type has: itself, and whether it was given.
ANY_PART = ("value", "filled")
#: What else a fact may take from an answer, by type. A table also has ``count`` and its columns.
PARTS = {
    "credit_code": ("province", "entity_kind"),
    "rating": ("rating", "reason"),
    "year_range": ("from", "to"),
    "signature": ("name", "date"),
    "table": ("count",),
}


def _some(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class Option(Strict):
    """One choice: the code that is stored and the text that is shown."""

    code: str = Field(min_length=1)
    label: Wording
    help: Wording | None = None

    @field_validator("code")
    @classmethod
    def _plain(cls, value: str, info: ValidationInfo) -> str:
        # It is stored for years and written into workbooks: curly quotes get in by mistake.
        if info.context != KEPT and re.fullmatch(r"[\w.-]+", value) is None:
            raise said(
                f"选项代码 {value} 不对：只能用字母、数字、点、连字符和下划线",
                f"the option code {value} is wrong: letters, digits, dots, hyphens and underscores "
                "only",
            )
        return value


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


class Shape(Strict):
    """A shape that a text must have from its first character to its last, and how to say so."""

    pattern: str
    message: Wording

    @field_validator("pattern")
    @classmethod
    def _sound(cls, value: str, info: ValidationInfo) -> str:
        wrong = None if info.context == KEPT else fault(value)
        if wrong is not None:
            raise said(*wrong)
        return value


class Question(Strict):
    """One field of a form.

    ``max`` and ``min`` bound the length of text, the value of a number (money in ``unit``), or how
    many choices, files or rows there may be. ``source`` is the tag of the field list the question
    was taken from, ``clause`` the clause of the notice. ``fact`` names what a policy may read, or maps
    such names to parts of the answer. ``recommended`` warns when there is no answer. ``prefill`` lists
    where a first answer may come from, such as ``party.name`` or ``pre-registration.need_title``.
    """

    key: str = Field(pattern=KEY)
    type: Kind
    label: Wording
    help: Wording | None = None
    example: Wording | None = None
    source: str = ""
    clause: str = ""
    basis: Basis = "text"
    required: bool = False
    required_when: Conditions = ()
    recommended: bool = False
    shown_when: Conditions = ()
    min: int | None = None
    max: int | None = None
    unit: Unit = "万元"
    #: The most decimal places of a ``decimal``.
    places: int = Field(default=2, ge=1, le=6)
    shape: Shape | None = None
    options: tuple[Option, ...] = ()
    list: str = ""
    options_from: str = ""
    columns: tuple[Question, ...] = ()
    #: What a ``reference`` leads to: ``demand``, ``organisation``, ``agency``, ``expert`` or a form's id.
    refers_to: str = ""
    #: Whether a ``reference`` may name several, up to ``max``.
    several: bool = False
    #: Whether print leaves room for a seal (盖章处) beside the signature.
    seal: bool = True
    computed: Computed | None = None
    fact: str | dict[str, str] = ""
    prefill: Annotated[tuple[str, ...], BeforeValidator(_some)] = ()
    autocomplete: str = ""
    confidential: bool = False
    personal: bool = False
    hideable: bool = False
    mask: Mask | None = None

    @model_validator(mode="after")
    def _has_what_its_type_needs(self, info: ValidationInfo) -> Self:
        if info.context == KEPT:
            return self
        named = [bool(self.options), bool(self.list), bool(self.options_from)].count(True)
        if self.type in CHOOSING and named != 1:
            raise said(
                f"“{self.key}”要写 options、list、options_from 其中之一",
                f'"{self.key}" needs exactly one of options, list, options_from',
            )
        if self.type in WORDED and self.max is None:
            raise said(
                f"“{self.key}”缺少字数上限 max", f'"{self.key}" needs max, its longest length'
            )
        if self.type == "table" and self.max is None:
            raise said(
                f"表格“{self.key}”缺少行数上限 max", f'"{self.key}" needs max, its most rows'
            )
        for attribute, kind in _BELONGS.items():
            if (self.type == kind) != bool(getattr(self, attribute)):
                needs, zh = ("needs", "要写") if self.type == kind else ("cannot have", "不能写")
                raise said(
                    f"“{self.key}”是 {self.type}，{zh} {attribute}",
                    f'"{self.key}" is {self.type} and {needs} {attribute}',
                )
        return self

    @model_validator(mode="after")
    def _has_nothing_else(self, info: ValidationInfo) -> Self:
        if info.context == KEPT:
            return self
        for attribute, kinds in _ONLY_FOR.items():
            if self._says(attribute) and self.type not in kinds:
                raise said(
                    f"“{self.key}”是 {self.type}，不能写 {attribute}",
                    f'"{self.key}" is {self.type} and cannot have {attribute}',
                )
        if self.type == "computed" and (self.required or self.required_when or self.prefill):
            raise said(
                f"“{self.key}”由系统算出，不能要求填写",
                f'"{self.key}" is worked out, so nobody can be asked for it',
            )
        return self

    @model_validator(mode="after")
    def _columns_and_facts(self, info: ValidationInfo) -> Self:
        if info.context == KEPT:
            return self
        for column in self.columns:
            if column.type not in IN_A_ROW:
                raise said(
                    f"表格“{self.key}”的列不能是 {column.type}",
                    f'a column of "{self.key}" cannot be {column.type}',
                )
            if column.several:
                raise said(
                    f"表格“{self.key}”的列只能写一个编号",
                    f'a column of "{self.key}" can name only one',
                )
            if column.shown_when or column.required_when or column.fact or column.prefill:
                raise said(
                    f"表格“{self.key}”的列不能带条件、fact 或 prefill",
                    f'a column of "{self.key}" cannot have conditions, a fact or prefill',
                )
        for part in self.facts.values():
            if part not in self.parts:
                raise said(
                    f"“{self.key}”没有“{part}”这一部分", f'"{self.key}" has no part called "{part}"'
                )
        return self

    def _says(self, attribute: str) -> bool:
        value = getattr(self, attribute)
        # A bound of 0 is a bound.
        return bool(value) or (isinstance(value, int) and not isinstance(value, bool))

    @property
    def parts(self) -> tuple[str, ...]:
        """What a fact or a check may take from the answer."""
        columns = tuple(column.key for column in self.columns)
        return (*ANY_PART, *PARTS.get(self.type, ()), *columns)

    @property
    def facts(self) -> Mapping[str, str]:
        """Fact name to the part of the answer that it takes."""
        if isinstance(self.fact, str):
            return {self.fact: "value"} if self.fact else {}
        return self.fact


#: Lists that come from elsewhere, by the name a form file uses (``edition.sessions``).
Choices = Mapping[str, Sequence[Offered]]
#: The list of GB/T 4754, for answers that are an ``industry``.
INDUSTRIES = "industries"


def offered(
    question: Question, lists: Mapping[str, Sequence[Offered]], choices: Choices
) -> Sequence[Offered] | None:
    """What can be chosen; ``None`` where nothing is offered or a reference may name anything.

    Of what a reference leads to, ``choices`` may bring the list ``reference.<refers_to>``. Raises
    ``KeyError`` when neither ``lists`` nor ``choices`` has a list that the question names.
    """
    if question.list:
        return lists[question.list]
    if question.options_from:
        return lists.get(question.options_from) or choices[question.options_from]
    if question.type == "industry":
        return lists.get(INDUSTRIES)
    if question.type == "reference":
        return choices.get(brought(question))
    return question.options or None


def brought(question: Question) -> str:
    """The name of the list that a caller has to, or may, bring for a question; empty for none."""
    if question.type == "reference":
        return f"reference.{question.refers_to}"
    return question.options_from


#: Attributes that one type must have and no other may.
_BELONGS = {"columns": "table", "refers_to": "reference", "computed": "computed"}
#: Attributes that only some types may have.
_ONLY_FOR: dict[str, Any] = {
    "options": CHOOSING,
    "list": CHOOSING,
    "options_from": CHOOSING,
    "shape": {"text"},
    "several": {"reference"},
    "mask": {"text", "phone", "signature"},
    "min": _BOUNDED - {"rating", "url"},
    "max": _BOUNDED,
}
