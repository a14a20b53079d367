"""The clauses (条款) of the notices: what policies, forms and editions cite."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from jiebang.wording import Wording
from jiebang.yamlfile import Source, fit, load

FILE = "clauses.yaml"
#: Kinds of clause that decide something: each needs a policy that cites it.
DECIDING = frozenset({"duty", "permission", "preference", "deciding"})


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Clause(_Strict):
    """A clause of one of the notices: what kind it is, its words, and an English summary.

    ``reason`` says why no policy cites a clause, where its kind does not say so already.
    """

    kind: Literal["heading", "fact", "procedure", "duty", "permission", "preference", "deciding"]
    zh: str
    en: str
    reason: Wording | None = None


class Document(_Strict):
    """A notice: its number (文号) and the day it was issued."""

    number: str
    issued: date


class Clauses(_Strict):
    """``clauses.yaml``: the notices by the prefix of their clause ids, and every clause by its id."""

    documents: dict[str, Document] = Field(default_factory=dict)
    clauses: dict[str, Clause]

    def document_of(self, clause: str) -> Document | None:
        """The notice in which a clause stands."""
        return self.documents.get(clause.split("-", 1)[0])


def read_clauses(source: Source) -> Clauses:
    """The clauses of a parsed file. Raises ``BadFile`` with every finding."""
    return fit(source, Clauses)


def load_clauses(folder: Path) -> Mapping[str, Clause]:
    """Read every clause by its id: the folder's own, else those beside it. Raises ``BadFile``."""
    own = folder / FILE
    return read_clauses(load(own if own.is_file() else folder.with_name(FILE))).clauses
