"""What is known already, so that nobody types it again."""

from __future__ import annotations

from typing import Any

from jiebang.model.people import Organisation, Person


def prefill(organisation: Organisation, person: Person) -> dict[str, Any]:
    """Answers to the questions of the organisation and contact blocks, under their own keys."""
    identifier = organisation.identifier
    known = {
        "org_name": organisation.name,
        "country": None
        if identifier is None
        else "domestic"
        if identifier.is_credit_code
        else "overseas",
        "uscc": identifier.number if identifier and identifier.is_credit_code else None,
        "district": organisation.attributes.get("district"),
        "contact": person.name,
        "mobile": person.phone,
        "email": person.email,
    }
    return {key: value for key, value in known.items() if value}
