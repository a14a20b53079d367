"""Decisions (决定): ask the policy book about a case and keep the answer with everything it rests on."""

from __future__ import annotations

from datetime import datetime

from jiebang.casework.desk import SYSTEM, Desk
from jiebang.casework.facts import gather
from jiebang.clock import SHANGHAI
from jiebang.model.cases import Decision, Demand
from jiebang.policy import canonical_json


def weigh(*, desk: Desk, case: Demand, policy: str, at: datetime) -> Decision:
    """Decide a policy on a case as of the office's day, without keeping the answer.

    Raises ``EngineUnavailable`` when the engine cannot answer: no verdict is never a grant.
    """
    book = desk.rules.book
    gathered = gather(desk=desk, case=case, names=book.asks[policy])
    answer = desk.decider.decide(
        book=book, policy_id=policy, facts=gathered.facts, as_of=at.astimezone(SHANGHAI).date()
    )
    return Decision(
        policy=policy,
        answer=canonical_json(answer.as_dict()),
        facts=gathered.facts,
        origin=gathered.origin,
        at=at,
    )


def decide(*, desk: Desk, case: Demand, policy: str, at: datetime) -> Decision:
    """Decide a policy on a case and keep the decision with everything it rests on.

    When neither facts nor answer changed since the last decision, that one stands and is answered
    again. Side effects: decision, journal. Raises ``EngineUnavailable``.
    """
    decision = weigh(desk=desk, case=case, policy=policy, at=at)
    last = case.decision(policy)
    if last and (last.facts, last.answer) == (decision.facts, decision.answer):
        return last
    case.journal.write(
        at=at,
        actor=SYSTEM.person,
        act="decide",
        policy=policy,
        outcome=decision.outcome,
        decision=case.decisions.append(decision),
        book=desk.rules.book.version,
    )
    return decision
