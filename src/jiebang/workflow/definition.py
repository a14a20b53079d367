"""A workflow (流程): which transitions a stage has, and *every* reason why one is shut.

Pure functions: what a case holds and what a policy says comes in through ``holds`` and ``outcome``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from jiebang.wording import Wording
from jiebang.workflow.checking import check
from jiebang.workflow.shape import Gate, Requirement, Stage, Transition, WorkflowFile
from jiebang.yamlfile import BadFile, fit, load

__all__ = [
    "Definition",
    "Gate",
    "Reason",
    "Requirement",
    "Stage",
    "Step",
    "Transition",
    "automatic",
    "available",
    "line",
    "shut",
]

#: Whether a case meets a requirement.
Holds = Callable[[Requirement], bool]
#: How a policy comes out for a case; ``None`` when it gives no answer.
Outcome = Callable[[str], str | None]


class Definition(WorkflowFile):
    """One checked workflow."""

    @classmethod
    def load(
        cls,
        path: Path,
        *,
        known_policies: Collection[str] | None = None,
        known_forms: Collection[str] | None = None,
    ) -> Definition:
        """Read and check a workflow file. Raises ``BadFile`` with every finding.

        Names of policies and forms are held against those given, else taken on trust.
        """
        source = load(path)
        definition = fit(source, cls)
        findings = check(definition, source, known_policies=known_policies, known_forms=known_forms)
        if findings:
            raise BadFile(findings)
        return definition

    def stage(self, stage_id: str) -> Stage:
        """The stage with this id. Raises ``KeyError``."""
        for stage in self.stages:
            if stage.id == stage_id:
                return stage
        raise KeyError(stage_id)

    def transition(self, transition_id: str) -> Transition:
        """The transition with this id. Raises ``KeyError``."""
        for transition in self.transitions:
            if transition.id == transition_id:
                return transition
        raise KeyError(transition_id)

    def leaving(self, stage_id: str) -> tuple[Transition, ...]:
        """The transitions that start at a stage, in the file's order."""
        return tuple(one for one in self.transitions if stage_id in one.from_)


@dataclass(frozen=True)
class Reason:
    """One reason why a transition is shut.

    ``link`` hints at the place that mends it: ``stage``, ``role``, ``document:<form>``,
    ``consent:announcement``, ``batch:assigned`` or ``policy:<id>``. ``found`` is how that policy
    came out, ``None`` when it gave no answer or the reason is none of a policy's.
    """

    text: Wording
    clause: str
    link: str
    found: str | None = None

    def __str__(self) -> str:
        return str(self.text)


class Step(NamedTuple):
    """One stage on the stage line."""

    stage: Stage
    state: Literal["done", "now", "next"]


def available(
    definition: Definition, *, stage: str, roles: Collection[str]
) -> tuple[Transition, ...]:
    """The transitions somebody with these roles may make by hand from a stage, shut or not."""
    return tuple(
        one
        for one in definition.leaving(stage)
        if not one.automatic and not set(one.by).isdisjoint(roles)
    )


def shut(
    definition: Definition,
    transition: str,
    *,
    stage: str,
    roles: Collection[str],
    holds: Holds,
    outcome: Outcome,
) -> list[Reason]:
    """Every reason why a transition is shut; empty when it is open.

    Raises ``KeyError`` for a stage or transition the workflow does not have.
    """
    wanted = definition.transition(transition)
    reasons = []
    if stage not in wanted.from_:
        reasons.append(_wrong_stage(definition, wanted, stage))
    if set(wanted.by).isdisjoint(roles):
        reasons.append(_wrong_role(definition, wanted))
    reasons += [
        Reason(requirement.unmet, requirement.clause, f"{requirement.kind}:{requirement.name}")
        for requirement in wanted.requires
        if not holds(requirement)
    ]
    for gate in wanted.gates:
        found = outcome(gate.policy)
        if found != gate.outcome:
            reasons.append(Reason(gate.unmet, gate.clause, f"policy:{gate.policy}", found))
    return reasons


def automatic(
    definition: Definition, *, stage: str, holds: Holds, outcome: Outcome
) -> Transition | None:
    """The first automatic transition that is open at a stage, in the file's order, or ``None``.

    A policy is asked only when all the transition requires is there.
    """
    for one in definition.leaving(stage):
        if (
            one.automatic
            and all(map(holds, one.requires))
            and all(outcome(gate.policy) == gate.outcome for gate in one.gates)
        ):
            return one
    return None


def line(definition: Definition, stage: str) -> tuple[Step, ...]:
    """The stage line (环节进度): what is done, where the case stands now, what comes next.

    A stage off the main line stands after the one it is beside; without a way out it ends the line.
    Raises ``KeyError`` for a stage the workflow does not have.
    """
    here = definition.stage(stage)
    place = definition.line.index(here.beside or here.id)
    done = definition.line[: place + 1] if here.beside else definition.line[:place]
    onward = definition.line[place + 1 :] if definition.leaving(stage) else ()
    return (
        *(Step(definition.stage(one), "done") for one in done),
        Step(here, "now"),
        *(Step(definition.stage(one), "next") for one in onward),
    )


def _wrong_stage(definition: Definition, wanted: Transition, stage: str) -> Reason:
    here = definition.stage(stage).label
    starts = [definition.stage(one).label for one in wanted.from_]
    zh = "、".join(f"“{one.zh}”" for one in starts)
    en = ", ".join(f'"{one.in_locale("en")}"' for one in starts)
    return Reason(
        Wording(
            zh=f"现处“{here.zh}”环节；“{wanted.label.zh}”须在{zh}环节办理",
            en=f'The case is at "{here.in_locale("en")}"; '
            f'"{wanted.label.in_locale("en")}" is possible at {en}',
        ),
        wanted.clause,
        "stage",
    )


def _wrong_role(definition: Definition, wanted: Transition) -> Reason:
    who = [definition.roles[role] for role in wanted.by]
    zh = "、".join(one.zh for one in who)
    en = ", ".join(one.in_locale("en") for one in who)
    return Reason(
        Wording(
            zh=f"“{wanted.label.zh}”由{zh}办理",
            en=f'"{wanted.label.in_locale("en")}" is done by {en}',
        ),
        wanted.clause,
        "role",
    )
