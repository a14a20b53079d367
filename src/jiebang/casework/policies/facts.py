"""Gathering facts (事实): the vocabulary says where each comes from, this module goes and looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from jiebang.casework.demands.announcing import WISHES, consent_stands
from jiebang.casework.desk import Desk
from jiebang.clock import SHANGHAI
from jiebang.forms.book import facts_of
from jiebang.model.cases import Demand
from jiebang.policy import Fact, Vocabulary
from jiebang.policy.language.vocabulary import (
    CaseAttribute,
    FormField,
    JournalEntry,
    Judged,
    PartyAttribute,
)


class Gathered(NamedTuple):
    """The facts found, by name, and where each came from. What was not found is in neither.

    Facts are JSON data that the policy room reads back as what they were.
    """

    facts: dict[str, Any]
    origin: dict[str, str]


def gather(*, desk: Desk, case: Demand, vocabulary: Vocabulary, names: Iterable[str]) -> Gathered:
    """Look up facts on a case. A fact nobody stated is left out: the decision then lacks it.

    Facts that other facts, other policies or the clock yield are left to the policy room.
    """
    facts: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for name in names:
        fact = vocabulary.facts[name]
        value, where = _look(desk, case, name, fact.source)
        if value is not None:
            facts[name], origin[name] = as_json(of_records(fact, value)), where
    return Gathered(facts, origin)


def of_records(fact: Fact, value: Any) -> Any:
    """A value without the columns of a table that the records of its fact do not have."""
    if not fact.fields or not isinstance(value, list | tuple):
        return value
    return [{key: one for key, one in row.items() if key in fact.fields} for row in value]


def as_json(value: Any) -> Any:
    """A fact as JSON data: dates in ISO form, decimals as text, money in fen as it is."""
    if isinstance(value, Mapping):
        return {name: as_json(one) for name, one in value.items() if one is not None}
    if isinstance(value, list | tuple):
        return [as_json(one) for one in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def _look(desk: Desk, case: Demand, name: str, source: object) -> tuple[Any, str]:
    match source:
        case FormField(form=form_id):
            version = case.current(form_id)
            if version is None:
                return None, ""
            stated: Mapping[str, Any] = facts_of(desk.rules.forms[form_id], version.data)
            return stated.get(name), f"form:{form_id}/{version.number}"
        case PartyAttribute(party="demander", attribute=attribute):
            organisation = desk.site["organisations"][case.owner]
            return organisation.attributes.get(attribute), f"party:{case.owner}/{attribute}"
        case Judged():
            judged = case.judgements.get(name)
            if judged is None:
                return None, ""
            return judged["answer"], f"judgement:{judged['by']}/{judged['version']}"
        case JournalEntry(journal=act):
            days = (one.at for one in case.journal if one.act == act)
            first = next(days, None)
            day = datetime.fromisoformat(first).astimezone(SHANGHAI).date() if first else None
            return day, f"journal:{act}"
        case CaseAttribute(case=attribute) if attribute in ATTRIBUTES:
            return ATTRIBUTES[attribute](desk, case), f"case:{attribute}"
        case _:
            # Worked out by the policy room, or asked by no story yet: unknown here, never guessed.
            return None, ""


#: What the vocabulary may name as ``case:`` attributes.
ATTRIBUTES: Mapping[str, Callable[[Desk, Demand], Any]] = {
    "wishes_recorded": lambda _desk, case: case.current(WISHES) is not None,
    "consented": lambda desk, case: consent_stands(desk=desk, case=case),
}
