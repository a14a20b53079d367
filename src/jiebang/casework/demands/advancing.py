"""Stages (环节): open the gates the workflow names, or say every reason why one is shut."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache, partial

import structlog

from jiebang.casework.demands.batches import leave_batch
from jiebang.casework.demands.requirements import holds
from jiebang.casework.desk import SYSTEM, Actor, Desk
from jiebang.casework.policies.deciding import decide, weigh
from jiebang.casework.telling import tell
from jiebang.errors import Refused
from jiebang.model.cases import Decision, Demand, Task
from jiebang.policy import EngineUnavailable
from jiebang.workflow.definition import Reason, Transition, automatic, available, shut

log = structlog.get_logger("jiebang.casework")

#: The transition that only publishing a batch makes.
PUBLISH = "publish"


def transitions_open_to(*, desk: Desk, case: Demand, actor: Actor) -> list[Transition]:
    """The transitions this person could make from the case's stage, shut or not."""
    return list(available(desk.rules.workflow, stage=case.stage, roles=actor.roles_on(case)))


def reasons_against(
    *, desk: Desk, case: Demand, transition: str, actor: Actor, at: datetime
) -> list[Reason]:
    """Every reason why a transition is shut now; empty when it is open. Nothing is written."""
    return _shut(desk, case, transition, actor, partial(weigh, desk=desk, case=case, at=at))


def advance(*, desk: Desk, case: Demand, transition: str, actor: Actor, at: datetime) -> None:
    """Make a transition by hand. Raises ``Refused`` with every reason when it is shut.

    Side effects: journal, tasks, change feed, and whatever follows automatically.
    """
    decider = partial(decide, desk=desk, case=case, at=at)
    reasons = _shut(desk, case, transition, actor, decider)
    if reasons:
        raise Refused(reasons)
    _move(desk, case, desk.rules.workflow.transition(transition), actor, at)
    proceed(desk=desk, case=case, at=at)


def proceed(*, desk: Desk, case: Demand, at: datetime) -> None:
    """Make every automatic transition that is open, one after the other.

    When the policy engine cannot answer the case stays where it is, with a note in its journal, until
    an officer has it decided again: what was filed is never lost to a fault of ours.
    """
    for _step in desk.rules.workflow.stages:
        try:
            found = automatic(
                desk.rules.workflow,
                stage=case.stage,
                holds=lambda requirement: holds(desk=desk, case=case, requirement=requirement),
                outcome=_outcomes(partial(decide, desk=desk, case=case, at=at)),
            )
        except EngineUnavailable:
            log.exception("undecided", case=case.number)
            case.journal.write(at=at, actor=SYSTEM.person, act="undecided")
            tell(desk=desk, case=case, kind="undecided", at=at)
            return
        if found is None:
            return
        _move(desk, case, found, SYSTEM, at)


def _outcomes(decider: Callable[..., Decision]) -> Callable[[str], str]:
    """Decide each policy once for one look at the gates, however many gates name it."""
    return cache(lambda policy: decider(policy=policy).outcome)


def _shut(
    desk: Desk, case: Demand, transition: str, actor: Actor, decider: Callable[..., Decision]
) -> list[Reason]:
    return shut(
        desk.rules.workflow,
        transition,
        stage=case.stage,
        roles=actor.roles_on(case),
        holds=lambda requirement: holds(desk=desk, case=case, requirement=requirement),
        outcome=_outcomes(decider),
    )


def _move(desk: Desk, case: Demand, transition: Transition, actor: Actor, at: datetime) -> None:
    publishing = desk.rules.workflow.transition(PUBLISH)
    if case.stage in publishing.from_ and transition.id != PUBLISH:
        # Whatever else happens to a demand that waits for publication, its batch goes without it.
        leave_batch(desk=desk, case=case)
    before, case.stage, case.stage_since = case.stage, transition.to, at
    done = tuple(
        task if task.outlives_stage else task.done(at=at, by=actor.person) for task in case.tasks
    )
    stage = desk.rules.workflow.stage(transition.to)
    case.tasks = (*done, Task(kind=stage.id, role=stage.acts, opened_at=at)) if stage.acts else done
    case.journal.write(
        at=at, actor=actor.person, act=transition.id, before=before, after=transition.to
    )
    tell(desk=desk, case=case, kind="moved", at=at, transition=transition.id, stage=transition.to)
