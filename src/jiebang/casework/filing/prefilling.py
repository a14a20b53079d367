"""Prefill (带入): first answers from what is known already, so that nobody types it again.

A question lists origins in ``prefill:``; the first that has an answer is taken. What the person may not
read is not known here, so nothing of it can be filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jiebang.clock import SHANGHAI
from jiebang.forms.language.definition import Form
from jiebang.model.people import Organisation, Person

#: The answers of a form filed before, by the id of the form; ``None`` where there is none to read.
Earlier = Callable[[str], Mapping[str, Any] | None]


def _none_earlier(_form_id: str) -> None:
    return None


@dataclass(frozen=True)
class Known:
    """What a person who begins a form may read: themselves, the organisation they file for, the case.

    ``number`` and ``title`` are those of the case or of the demand it is about.
    """

    person: Person
    organisation: Organisation | None = None
    number: str = ""
    title: str = ""
    earlier: Earlier = _none_earlier


def prefilled(*, form: Form, known: Known, at: datetime) -> dict[str, Any]:
    """The answers that a form starts with, by their questions."""
    found = {
        question.key: _first(question.prefill, known, at)
        for question in form.questions
        if question.prefill
    }
    return {key: value for key, value in found.items() if value not in (None, "", [], {})}


def _first(origins: tuple[str, ...], known: Known, at: datetime) -> Any:
    for origin in origins:
        value = _look(origin, known, at)
        if value not in (None, "", [], {}):
            return value
    return None


def _look(origin: str, known: Known, at: datetime) -> Any:
    place, _dot, name = origin.partition(".")
    match place:
        case "party":
            return _of_party(known.organisation, name)
        case "person":
            return getattr(known.person, name, None) if name in _PERSON else None
        case "case":
            return {"number": known.number, "title": known.title}.get(name)
        case "clock":
            today = at.astimezone(SHANGHAI).date()
            return {"today": today.isoformat(), "year": today.year}.get(name)
        case form_id:
            answers = known.earlier(form_id)
            return answers.get(name) if answers else None


#: What a form may take from the account of the person; nothing else of it.
_PERSON = frozenset({"name", "phone", "email"})
#: What is known of an organisation from its registration.
_REGISTERED = frozenset({"name", "credit_code", "country", "country_name", "reg_no", "district"})


def _of_party(organisation: Organisation | None, name: str) -> Any:
    if organisation is None:
        return None
    identifier = organisation.identifier
    match name:
        case "name":
            return organisation.name
        case "credit_code":
            return identifier.number if identifier and identifier.is_credit_code else None
        case "country":
            if identifier is None:
                return None
            return "domestic" if identifier.is_credit_code else "overseas"
        case attribute:
            return organisation.attributes.get(attribute) or organisation.details.get(attribute)


def remember_party(*, form: Form, values: Mapping[str, Any], organisation: Organisation) -> None:
    """Keep what members answered about their organisation, for the next form that asks for it.

    An answer belongs to the organisation where its question would have begun with ``party.…``. What
    the organisation was registered with stays as it is.
    """
    details = dict(organisation.details)
    for question in form.questions:
        for origin in question.prefill:
            place, _dot, name = origin.partition(".")
            if place == "party" and name not in _REGISTERED and question.key in values:
                details[name] = values[question.key]
    if details != organisation.details:
        organisation.details = details
