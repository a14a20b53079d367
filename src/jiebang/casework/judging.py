"""Judgements (认定): what no register knows, a reviewer answers, with evidence and an opinion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from jiebang.casework.advancing import proceed
from jiebang.casework.desk import Actor, Desk
from jiebang.casework.filing import Invalid, file_on_case
from jiebang.model.cases import Demand
from jiebang.model.documents import Attachment, Filed
from jiebang.policy.language.vocabulary import JudgementSource


class Question(NamedTuple):
    """A judgement a case waits for: the fact, and the form that asks for it."""

    fact: str
    source: JudgementSource


def questions(*, desk: Desk, case: Demand) -> Iterator[Question]:
    """The judgements that the newest undetermined decisions of a case lack."""
    seen: set[str] = set()
    for policy in {decision.policy for decision in case.decisions}:
        decision = case.decision(policy)
        if decision is None or decision.outcome != "undetermined":
            continue
        for fact in decision.content["missing"]:
            source = desk.rules.book.vocabulary[fact].source
            if isinstance(source, JudgementSource) and fact not in seen:
                seen.add(fact)
                yield Question(fact, source)


def waiting(*, desk: Desk) -> list[tuple[Demand, Question]]:
    """Every judgement some case of the edition waits for, the oldest case first."""
    stages = {stage.id for stage in desk.rules.workflow.stages if stage.acts == "reviewer"}
    cases = sorted(
        (one for one in in_stages(desk.site, desk.rules.edition.id, stages)),
        key=lambda case: case.stage_since,
    )
    return [(case, question) for case in cases for question in questions(desk=desk, case=case)]


def judge(
    *,
    desk: Desk,
    case: Demand,
    fact: str,
    data: Mapping[str, Any],
    attachments: Mapping[str, Attachment],
    actor: Actor,
    locale: str,
    at: datetime,
) -> None:
    """File a judgement (购买能力认定 and its like, SH-3.1(1)) and let the case be decided again.

    ``data`` are the answers of the judgement's form: the answer itself, the evidence and the opinion.
    Raises ``Invalid``. Side effects: document, journal, feed, decisions, stage.
    """
    source = desk.rules.book.vocabulary[fact].source
    form = desk.rules.forms[source.form]
    result = desk.rules.forms.validate(form, data, locale=locale, choices=desk.rules.choices())
    if result.errors:
        raise Invalid(result)
    version = file_on_case(
        desk=desk,
        case=case,
        form_id=form.id,
        data=result.values,
        attachments=attachments,
        filed=Filed(at=at, person=actor.person, organisation=None),
    )
    case.judgements[fact] = {
        "answer": result.facts[fact],
        "document": f"{form.id}/{version.number}",
        "by": actor.person,
    }
    proceed(desk=desk, case=case, at=at)
