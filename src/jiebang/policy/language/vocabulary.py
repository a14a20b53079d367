"""Every fact a policy may read: its type, its label, and where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from jiebang.policy.language.formulas import BadFormula, parse_formula
from jiebang.policy.language.terms import Formula
from jiebang.policy.language.tree import POLICY_FACT
from jiebang.policy.language.types import (
    RECORDS,
    SCALARS,
    TYPES,
    Type,
    Value,
    read_type,
    typed_reader,
)
from jiebang.wording import Wording
from jiebang.yamlfile import BadFile, Finding, Source, fit, nearest, said

#: The Python types of values that are short.
_SHORT: Final[Mapping[str, type]] = {
    "code": str,
    "boolean": bool,
    "integer": int,
    "decimal": Decimal,
    "money": int,
    "date": date,
}
_NAME = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FormField(_Strict):
    """The answer to a field of a form, or a part of that answer."""

    form: str
    field: str
    part: str = "value"


class PartyAttribute(_Strict):
    """What the register knows of a party to the case, such as ``registered_province``."""

    party: str
    attribute: str


class Judgement(_Strict):
    """What a role must judge, and what it must bring to do so."""

    by: str
    question: Wording
    needs: tuple[Literal["evidence", "opinion"], ...] = ()


class Judged(_Strict):
    """A judgement (认定) by a named role."""

    judgement: Judgement


class JournalEntry(_Strict):
    """The day of the first journal entry of this kind."""

    journal: str


class CaseAttribute(_Strict):
    """What the case itself knows."""

    case: str


class PolicyResult(_Strict):
    """What another policy says: its outcome, or one of its values."""

    policy: str
    value: str = ""


class Computed(_Strict):
    """A formula over other facts."""

    formula: str


class Clock(_Strict):
    """The day on which is decided."""

    clock: Literal["today"]


class CaseCount(_Strict):
    """How many cases there are of a kind. ``same`` stands for the value of the case asked about."""

    count: str
    where: dict[str, str] = Field(default_factory=dict)


class CaseSum(_Strict):
    """A fact summed over the cases of a kind."""

    sum: str
    of: str
    where: dict[str, str] = Field(default_factory=dict)


def _which(value: Any) -> str:
    given = type(value).model_fields if isinstance(value, BaseModel) else value
    return next((key for key in _SOURCES if isinstance(given, Mapping) and key in given), "form")


_SOURCES = (
    "form", "party", "judgement", "journal", "case", "policy", "formula", "clock", "count", "sum"
)  # fmt: skip

FactSource = Annotated[
    Annotated[FormField, Tag("form")]
    | Annotated[PartyAttribute, Tag("party")]
    | Annotated[Judged, Tag("judgement")]
    | Annotated[JournalEntry, Tag("journal")]
    | Annotated[CaseAttribute, Tag("case")]
    | Annotated[PolicyResult, Tag("policy")]
    | Annotated[Computed, Tag("formula")]
    | Annotated[Clock, Tag("clock")]
    | Annotated[CaseCount, Tag("count")]
    | Annotated[CaseSum, Tag("sum")],
    Discriminator(_which),
]


class RecordField(_Strict):
    """One field of the records of a list."""

    type: str
    label: Wording
    unit: str = ""
    options: dict[str, Wording] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known_type(self) -> Self:
        known = self._types()
        if self.type not in known:
            hint = nearest(self.type, known)
            raise said(
                f"不认识的类型“{self.type}”" + (f"，是否想写“{hint}”？" if hint else ""),
                f'unknown type "{self.type}"' + (f', did you mean "{hint}"?' if hint else ""),
            )
        if self.type == "money" and self.unit not in {"元", "万元"}:
            raise said("金额要写单位 元 或 万元", "money needs the unit 元 or 万元")
        if self.options and self.type not in {"code", "list of code"}:
            raise said("只有 code 类型可以有 options", "only a code has options")
        return self

    @classmethod
    def _types(cls) -> tuple[str, ...]:
        return SCALARS

    @property
    def typed(self) -> Type:
        """The parsed type."""
        return read_type(self.type, self.unit)


class Fact(RecordField):
    """One fact: ``options`` lists the values of a code, ``unit`` what numbers count."""

    fields: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], RecordField] = Field(
        default_factory=dict
    )
    source: FactSource
    owner_can_change: bool = False

    @classmethod
    def _types(cls) -> tuple[str, ...]:
        return TYPES

    @model_validator(mode="after")
    def _has_fields(self) -> Self:
        if bool(self.fields) != (self.type == RECORDS):
            raise said(
                "记录列表要写 fields，也只有它可以写", "a list of records has fields, no other"
            )
        return self

    @cached_property
    def typed(self) -> Type:
        """The parsed type, with the fields of a record."""
        fields = tuple((name, one.typed) for name, one in self.fields.items())
        return read_type(self.type, self.unit, fields)

    def unknown_codes(self, value: Value) -> list[object]:
        """The codes in a value, its items or their fields that are none of the options."""
        items = value if isinstance(value, tuple) else (value,)
        if self.fields:
            return [
                code
                for item in items
                if isinstance(item, Mapping)
                for name, code in item.items()
                if self.fields[name].options and code not in self.fields[name].options
            ]
        return [one for one in items if one not in self.options] if self.options else []

    def described(self, field: str) -> RecordField:
        """A field of its records; the ``value`` of a list of scalars is described like the list."""
        return self.fields.get(field, self)


class _VocabularyFile(_Strict):
    facts: dict[Annotated[str, Field(pattern=_NAME)], Fact]
    obligations: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Wording] = Field(
        default_factory=dict
    )


@dataclass(frozen=True)
class Vocabulary:
    """The facts by their dotted names, such as ``demander.registered_province``.

    ``formulas`` holds, parsed, those of the facts that are computed. ``obligations`` are the duties
    (义务) that outcomes may carry, with their words.
    """

    facts: Mapping[str, Fact]
    formulas: Mapping[str, Formula] = field(default_factory=lambda: MappingProxyType({}))
    obligations: Mapping[str, Wording] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def brought(self) -> Mapping[str, tuple[Callable[[object], Value], Collection[str] | None]]:
        """The facts that a case may bring: what reads the value of each, and its codes if it has any."""
        return {
            name: (typed_reader(one.typed), (one.type == "code" and one.options) or None)
            for name, one in self.facts.items()
            if not name.startswith(POLICY_FACT)
        }

    @cached_property
    def admitted(self) -> Mapping[str, tuple[type, set[object]]]:
        """For each fact of one short value its Python type, and room for values lately found right."""
        return {
            name: (_SHORT[one.type], set())
            for name, one in self.facts.items()
            if name in self.brought and one.type in _SHORT
        }

    def nearest(self, word: str) -> str:
        """The fact most like a misspelt one, or an empty string."""
        return nearest(word, self.facts)


def load_vocabulary(files: Iterable[Source]) -> Vocabulary:
    """Read vocabulary files.

    A later file may add facts, never change one. Raises ``BadFile`` with every finding.
    """
    facts: dict[str, Fact] = {}
    places: dict[str, Source] = {}
    obligations: dict[str, Wording] = {}
    findings: list[Finding] = []
    for source in files:
        try:
            read = fit(source, _VocabularyFile)
        except BadFile as bad:
            findings += bad.findings
            continue
        added = read.facts
        obligations |= read.obligations
        for fact in added.keys() & facts.keys():
            findings.append(
                source.finding(
                    ("facts", fact),
                    "fact_twice",
                    f"事实“{fact}”已在通用词表中定义，不能重新定义",
                    f'the fact "{fact}" is already defined and cannot be redefined',
                )
            )
        facts |= added
        places |= dict.fromkeys(added, source)
    formulas: dict[str, Formula] = {}
    for name, one in facts.items():
        try:
            if isinstance(one.source, Computed):
                formulas[name] = _formula(one, one.source.formula, facts)
        except BadFormula as bad_formula:
            path = ("facts", name, "source", "formula")
            findings.append(
                places[name].finding(
                    path, "formula", bad_formula.zh, bad_formula.en, bad_formula.hint
                )
            )
    if findings:
        raise BadFile(findings)
    return Vocabulary(
        MappingProxyType(facts), MappingProxyType(formulas), MappingProxyType(obligations)
    )


def _formula(fact: Fact, text: str, facts: Mapping[str, Fact]) -> Formula:
    formula = parse_formula(
        text,
        facts=lambda name: facts[name].typed if name in facts else None,
        parameters=lambda _name: None,
        known=tuple(facts),
    )
    if fact.type not in {"money", "decimal"} or (fact.type == "money") != formula.term.money:
        raise BadFormula(
            f"公式的结果是{'金额' if formula.term.money else '数'}，与类型 {fact.type} 不符",
            f"the formula yields {'money' if formula.term.money else 'a number'}, not a {fact.type}",
        )
    return formula
