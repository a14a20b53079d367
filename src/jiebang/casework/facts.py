"""Gathering facts (事实): the vocabulary says where each comes from, this module goes and looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from jiebang.casework.announcing import WISHES, consent_stands
from jiebang.casework.desk import Desk
from jiebang.forms.book import facts_of
from jiebang.model.cases import Demand
from jiebang.policy.language.vocabulary import CaseAttribute, FormField, Judged, PartyAttribute


class Gathered(NamedTuple):
    """The facts found, by name, and where each came from. What was not found is in neither."""

    facts: dict[str, Any]
    origin: dict[str, str]


def gather(*, desk: Desk, case: Demand, names: Iterable[str]) -> Gathered:
    """Look up facts on a case. A fact nobody stated is left out: the decision then lacks it."""
    facts: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for name in names:
        source = desk.rules.book.vocabulary.facts[name].source
        value, where = _look(desk, case, name, source)
        if value is not None:
            facts[name], origin[name] = value, where
    return Gathered(facts, origin)


def _look(desk: Desk, case: Demand, name: str, source: object) -> tuple[Any, str]:
    match source:
        case FormField(form=form_id):
            version = case.current(form_id)
            if version is None:
                return None, ""
            stated: Mapping[str, Any] = facts_of(desk.rules.forms[form_id], version.data)
            return stated.get(name), f"form:{form_id}/{version.number}"
        case PartyAttribute(attribute=attribute):
            organisation = desk.site["organisations"][case.owner]
            return organisation.attributes.get(attribute), f"party:{case.owner}/{attribute}"
        case Judged():
            judged = case.judgements.get(name)
            if judged is None:
                return None, ""
            return judged["answer"], f"judgement:{judged['by']}/{judged['version']}"
        case CaseAttribute(case=attribute):
            return ATTRIBUTES[attribute](desk, case), f"case:{attribute}"
        case _:
            # Other sources belong to policies that no story asks yet: unknown, never guessed.
            return None, ""


#: What the vocabulary may name as ``case:`` attributes.
ATTRIBUTES: Mapping[str, Callable[[Desk, Demand], Any]] = {
    "wishes_recorded": lambda _desk, case: case.current(WISHES) is not None,
    "consented": lambda desk, case: consent_stands(desk=desk, case=case),
}
