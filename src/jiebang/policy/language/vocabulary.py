"""Every fact a policy may read: its type, its label, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from jiebang.policy.language.types import TYPES, Type, read_type
from jiebang.wording import Wording
from jiebang.yamlfile import BadFile, Finding, fit, load, nearest, said

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


def _which(value: Any) -> str:
    keys = ("form", "party", "judgement", "journal", "case")
    return next((key for key in keys if isinstance(value, Mapping) and key in value), "form")


FactSource = Annotated[
    Annotated[FormField, Tag("form")]
    | Annotated[PartyAttribute, Tag("party")]
    | Annotated[Judged, Tag("judgement")]
    | Annotated[JournalEntry, Tag("journal")]
    | Annotated[CaseAttribute, Tag("case")],
    Discriminator(_which),
]


class Fact(_Strict):
    """One fact: ``options`` lists the values of a code, ``unit`` what numbers count."""

    type: str
    label: Wording
    unit: str = ""
    options: dict[str, Wording] = Field(default_factory=dict)
    source: FactSource
    owner_can_change: bool = False

    @model_validator(mode="after")
    def _known_type(self) -> Fact:
        if self.type not in TYPES:
            hint = nearest(self.type, TYPES)
            raise said(
                f"不认识的类型“{self.type}”" + (f"，是否想写“{hint}”？" if hint else ""),
                f'unknown type "{self.type}"' + (f', did you mean "{hint}"?' if hint else ""),
            )
        if self.type == "money" and self.unit not in {"元", "万元"}:
            raise said("金额要写单位 元 或 万元", "money needs the unit 元 or 万元")
        if self.options and self.type not in {"code", "list of code"}:
            raise said("只有 code 类型可以有 options", "only a code has options")
        return self

    @property
    def typed(self) -> Type:
        """The parsed type."""
        return read_type(self.type, self.unit)


class _VocabularyFile(_Strict):
    facts: dict[Annotated[str, Field(pattern=_NAME)], Fact]


@dataclass(frozen=True)
class Vocabulary:
    """The facts by their dotted names, such as ``demander.registered_province``."""

    facts: Mapping[str, Fact]

    def nearest(self, word: str) -> str:
        """The fact most like a misspelt one, or an empty string."""
        return nearest(word, self.facts)


def load_vocabulary(files: Iterable[tuple[Path, str]]) -> Vocabulary:
    """Read vocabulary files, each with the name that findings give it.

    A later file may add facts, never change one. Raises ``BadFile`` with every finding.
    """
    facts: dict[str, Fact] = {}
    findings: list[Finding] = []
    for path, name in files:
        try:
            source = load(path, name)
            added = fit(source, _VocabularyFile).facts
        except BadFile as bad:
            findings += bad.findings
            continue
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
    if findings:
        raise BadFile(findings)
    return Vocabulary(MappingProxyType(facts))
