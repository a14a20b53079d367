"""The words of a workflow file: stages, transitions, and what opens each. Typed and frozen."""

from __future__ import annotations

from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from jiebang.wording import Wording
from jiebang.yamlfile import said

#: Who moves a case when nobody does: the transitions that follow from a decision.
SYSTEM = "system"

Kind = Literal["document", "consent", "batch", "check"]
Outcome = Literal["grant", "deny", "undetermined"]
Basis = Literal["text", "interpretation", "unverified"]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]


class Strict(BaseModel):
    """Unknown keys are findings; a definition never changes after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Requirement(Strict):
    """Something a case must have before a transition: exactly one of ``Kind``, and what it is.

    ``document`` names a form that was filed, ``consent`` what the owner consented to, ``batch`` is
    ``assigned`` once a demand has its batch (第N批), ``check`` a doubt that an officer must have cleared
    or that nothing returned for correction (补正) is still open.
    """

    document: Id | None = None
    consent: Literal["announcement"] | None = None
    batch: Literal["assigned"] | None = None
    check: Literal["credit-code", "corrected"] | None = None
    unmet: Wording
    clause: str

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(getattr(self, kind) is not None for kind in get_args(Kind)) != 1:
            raise said(
                "每项条件恰好写 document、consent、batch、check 之一",
                "a requirement has exactly one of document, consent, batch, check",
            )
        return self

    @property
    def kind(self) -> Kind:
        """Which kind of thing is asked for."""
        found: Kind = next(kind for kind in get_args(Kind) if getattr(self, kind) is not None)
        return found

    @property
    def name(self) -> str:
        """Which one of that kind, such as the id of a form."""
        return str(getattr(self, self.kind))


class Gate(Strict):
    """A policy that has to come out as ``outcome`` for the transition to open."""

    policy: str
    outcome: Outcome
    unmet: Wording
    clause: str


class Obligation(Strict):
    """What the office owes when a transition was made: tell a role, in these words."""

    inform: str
    say: Wording
    clause: str


class Stage(Strict):
    """A stage (环节). ``acts`` is the role whose move it is; nobody's when it is left out.

    A stage off the main line names the stage of the line it stands ``beside``.
    """

    id: Id
    label: Wording
    public: Wording | None = None
    acts: str | None = None
    next: Wording
    beside: str | None = None


class Transition(Strict):
    """A way from one stage to another. The system tries automatic ones in the file's order."""

    id: Id
    label: Wording
    from_: tuple[str, ...] = Field(alias="from", min_length=1)
    to: str
    by: tuple[str, ...] = Field(min_length=1)
    automatic: bool = False
    clause: str
    basis: Basis = "text"
    requires: tuple[Requirement, ...] = ()
    gates: tuple[Gate, ...] = ()
    obligations: tuple[Obligation, ...] = ()

    @model_validator(mode="after")
    def _system_is_automatic(self) -> Self:
        if self.automatic != (self.by == (SYSTEM,)):
            raise said(
                f"“{self.id}”：automatic: true 与 by: [system] 必须同时写或同时不写",
                f'"{self.id}": automatic: true and by: [system] go together',
            )
        return self


class Opening(Strict):
    """How a demand is opened: the form that does it, and which of its answers lists go by.

    ``title`` names the question whose answer the demand is called by, ``district`` (区) and
    ``session`` (专场) those it is found by; ``again`` is the transition that filing it once more
    makes, where the demand stands at a stage it leads from.
    """

    form: Id
    title: str
    district: str | None = None
    session: str | None = None
    again: Id | None = None


class Filing(Strict):
    """A form that may be filed on a case at some stages, by whoever has the permission.

    ``permission`` is one of the permission table's for a demand.
    """

    form: Id
    label: Wording
    stages: tuple[str, ...] = Field(min_length=1)
    permission: str


class WorkflowFile(Strict):
    """A workflow as its file writes it.

    ``line`` is the main road from ``initial`` to the end, as the stage line shows it; ``roles``
    names in both languages whoever the file speaks of.
    """

    workflow: Id
    title: Wording
    source: str
    roles: dict[str, Wording]
    opening: Opening
    initial: str
    line: tuple[str, ...] = Field(min_length=1)
    stages: tuple[Stage, ...] = Field(min_length=1)
    filings: tuple[Filing, ...] = ()
    transitions: tuple[Transition, ...]
