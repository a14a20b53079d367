"""Decisions (决定): ask the policy book about a case and keep the answer with everything it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from jiebang.casework.desk import SYSTEM, Desk
from jiebang.casework.policies.books import MissingVersion, book_deciding, pin
from jiebang.casework.policies.facts import gather
from jiebang.clock import SHANGHAI
from jiebang.model.cases import Decision, Demand
from jiebang.policy import EXPLANATION, Book, Decider, EngineUnavailable, canonical_json
from jiebang.policy import Decision as Answer


def weigh(*, desk: Desk, case: Demand, policy: str, at: datetime) -> Decision:
    """Decide a policy on a case as of the office's day, without keeping the answer.

    Raises ``EngineUnavailable`` when there is no answer: no verdict is never a grant.
    """
    return _weighed(desk, case, _book(desk, case), policy, at)


def decide(*, desk: Desk, case: Demand, policy: str, at: datetime) -> Decision:
    """Decide a policy on a case and keep the decision with everything it rests on.

    When neither facts nor answer changed since the last decision, that one stands and is answered
    again. Side effects: decision, journal, the version of the book. Raises ``EngineUnavailable``.
    """
    book = _book(desk, case)
    decision = _weighed(desk, case, book, policy, at)
    pin(desk=desk, case=case, book=book, at=at)
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
        book=book.version,
        sha256=decision.sha256,
    )
    return decision


def _book(desk: Desk, case: Demand) -> Book:
    try:
        return book_deciding(desk=desk, case=case)
    except MissingVersion as missing:
        raise EngineUnavailable(f"policy book {missing} of case {case.number}") from missing


def _weighed(desk: Desk, case: Demand, book: Book, policy: str, at: datetime) -> Decision:
    gathered = gather(
        desk=desk, case=case, vocabulary=book.vocabulary, names=book.asks.get(policy, ())
    )
    as_of = at.astimezone(SHANGHAI).date()
    answer = ask(decider=desk.decider, book=book, policy=policy, facts=gathered.facts, as_of=as_of)
    return Decision(
        policy=policy,
        book=book.version,
        as_of=as_of,
        explanation=EXPLANATION,
        answer=answer,
        facts=gathered.facts,
        origin=gathered.origin,
        at=at,
    )


def ask(
    *, decider: Decider, book: Book, policy: str, facts: Mapping[str, Any], as_of: date
) -> bytes:
    """The answer of a book on facts as they are kept, as canonical JSON. Raises as the decider does.

    A version that lacks the policy decides nothing: the workflow has grown a gate since, and the case
    must be moved to a newer version by a person.
    """
    if policy not in book.deciding:
        reason = {
            "rule": "not-in-book",
            "outcome": "undetermined",
            "text": "本案所依的规则书版本没有这项规则，须先改用新版本",
            "text_en": "The version of the rules that this case is on lacks this policy: move it first.",
            "clause": "",
            "basis": "unverified",
        }
        found = Answer(
            policy, book.version, as_of, "undetermined", "NOT_IN_BOOK", reasons=(reason,)
        )
    else:
        found = decider.decide(book, policy, facts, as_of)
    return canonical_json(found.as_dict())
