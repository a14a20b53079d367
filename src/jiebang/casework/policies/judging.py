"""Judgements (认定): what no register knows, a reviewer answers, with evidence and an opinion.

The vocabulary says which facts are judgements, a form asks for each; filing that form is judging.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from jiebang.casework.desk import Desk
from jiebang.casework.policies.books import book_wording
from jiebang.forms.language.definition import Form
from jiebang.model.cases import Demand
from jiebang.policy.language.vocabulary import Judged, Judgement
from jiebang.search.queries import cases_in_stages


class Question(NamedTuple):
    """A judgement a case waits for: the fact, who judges what, and the form that asks."""

    fact: str
    judgement: Judgement
    form: Form


def questions(*, desk: Desk, case: Demand) -> Iterator[Question]:
    """The judgements that the newest undetermined decisions of a case lack."""
    lacking = {
        fact
        for policy in {decision.policy for decision in case.decisions}
        if (decision := case.decision(policy)) and decision.outcome == "undetermined"
        for fact in decision.content["missing"]
    }
    if not lacking:
        return
    vocabulary = book_wording(desk=desk, case=case).vocabulary
    for fact in sorted(lacking & vocabulary.facts.keys()):
        source = vocabulary.facts[fact].source
        form = desk.rules.forms.form_stating(fact)
        if isinstance(source, Judged) and form is not None:
            yield Question(fact, source.judgement, form)


def waiting(*, desk: Desk) -> list[tuple[Demand, Question]]:
    """Every judgement some case of the edition waits for, the oldest case first."""
    stages = [one.id for one in desk.rules.workflow.stages if one.acts == "reviewer"]
    cases = cases_in_stages(desk.site, edition=desk.rules.edition.id, stages=stages)
    return [
        (case, question)
        for case in sorted(cases, key=lambda case: case.stage_since)
        for question in questions(desk=desk, case=case)
    ]
