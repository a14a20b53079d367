"""Stages (环节): open the gates the workflow names, or say every reason why one is shut."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache

from jiebang.casework.batches import leave_batch
from jiebang.casework.deciding import decide
from jiebang.casework.desk import SYSTEM, Actor, Desk
from jiebang.casework.requirements import holds
from jiebang.errors import Refused
from jiebang.model.cases import Demand, Task
from jiebang.workflow.definition import Reason, Transition, automatic, available, shut

#: The transition that only publishing a batch makes.
PUBLISH = "publish"


def transitions_open_to(*, desk: Desk, case: Demand, actor: Actor) -> list[Transition]:
    """The transitions this person could make from the case's stage, shut or not."""
    return list(available(desk.rules.workflow, stage=case.stage, roles=actor.roles_on(case)))


def reasons_against(
    *, desk: Desk, case: Demand, transition: str, actor: Actor, at: datetime
) -> list[Reason]:
    """Every reason why a transition is shut now, deciding its gates anew; empty when it is open."""
    return list(
        shut(
            desk.rules.workflow,
            transition,
            stage=case.stage,
            roles=actor.roles_on(case),
            holds=lambda requirement: holds(desk=desk, case=case, requirement=requirement),
            outcome=_outcomes(desk, case, at),
        )
    )


def advance(*, desk: Desk, case: Demand, transition: str, actor: Actor, at: datetime) -> None:
    """Make a transition by hand. Raises ``Refused`` with every reason when it is shut.

    Side effects: journal, tasks, change feed, and whatever follows automatically.
    """
    reasons = reasons_against(desk=desk, case=case, transition=transition, actor=actor, at=at)
    if reasons:
        raise Refused(reasons)
    _move(desk, case, desk.rules.workflow.transition(transition), actor, at)
    proceed(desk=desk, case=case, at=at)


def proceed(*, desk: Desk, case: Demand, at: datetime) -> None:
    """Make every automatic transition that is open, one after the other."""
    for _step in desk.rules.workflow.stages:
        found = automatic(
            desk.rules.workflow,
            stage=case.stage,
            holds=lambda requirement: holds(desk=desk, case=case, requirement=requirement),
            outcome=_outcomes(desk, case, at),
        )
        if found is None:
            return
        _move(desk, case, found, SYSTEM, at)


def _outcomes(desk: Desk, case: Demand, at: datetime) -> Callable[[str], str]:
    """Decide each policy once for one look at the gates, however many gates name it."""
    return cache(lambda policy: decide(desk=desk, case=case, policy=policy, at=at).outcome)


def _move(desk: Desk, case: Demand, transition: Transition, actor: Actor, at: datetime) -> None:
    publishing = desk.rules.workflow.transition(PUBLISH)
    if case.stage in publishing.from_ and transition.id != PUBLISH:
        # Whatever else happens to a demand that waits for publication, its batch goes without it.
        leave_batch(desk=desk, case=case)
    before, case.stage, case.stage_since = case.stage, transition.to, at
    done = tuple(
        Task(task.kind, task.role, task.opened_at, task.done_at or at, task.done_by or actor.person)
        for task in case.tasks
    )
    stage = desk.rules.workflow.stage(transition.to)
    case.tasks = (*done, Task(kind=stage.id, role=stage.acts, opened_at=at)) if stage.acts else done
    case.journal.write(
        at=at, actor=actor.person, act=transition.id, before=before, after=transition.to
    )
    tell(desk=desk, case=case, kind="moved", at=at, transition=transition.id, stage=transition.to)


def tell(*, desk: Desk, case: Demand, kind: str, at: datetime, **detail: object) -> None:
    """Write a change of a case to the feed. ``detail`` names things; it never holds what was typed."""
    path = f"/editions/{case.edition}/demands/{case.number}"
    desk.site.feed.append(at=at, path=path, kind=kind, **detail)
