"""Acting for an organisation (代表单位): registering it, asking its members, being let in."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jiebang.casework.policies.rulebook import Rules
from jiebang.errors import Refused
from jiebang.i18n import _
from jiebang.identifiers import division_code, entity_kind, normalise, province_code
from jiebang.model.people import Identifier, Organisation, Person
from jiebang.model.permissions import OUTSIDE

#: Where a foreign organisation is registered, as a fact.
ABROAD = "境外"
#: Answers that forms may begin with later, under the names by which they ask for them.
_DETAILS = ("country_name", "reg_no", "org_attr")
#: Answers that say no more about a body than its credit code does.
_COARSE = {"enterprise", "other"}


def join(
    *, site: Any, rules: Rules, person: Person, answers: Mapping[str, Any], at: datetime
) -> bool:
    """Let a person act in a role as the answers of ``user-registration`` say (ST-3.0).

    An organisation is registered once, under its credit code or its country and number. When it is
    registered already, its members are asked; the answer tells whether the role is in force now.
    """
    role = answers["role"]
    if role not in OUTSIDE:
        return False
    identifier = _identifier(answers)
    if identifier is None:
        enter(site=site, organisation=_own_person(site, person, at), person=person, role=role)
        return True
    known = site.identifiers.get(identifier.key)
    if known is None:
        organisation = _register(site, rules, identifier, answers, at)
    else:
        organisation = site["organisations"][known]
        if person.id not in organisation.members and not _is_expected(organisation, person):
            _ask_members(site, organisation, person, role, at)
            return False
    enter(site=site, organisation=organisation, person=person, role=role)
    return True


def registered(
    *, site: Any, rules: Rules, answers: Mapping[str, Any], at: datetime
) -> Organisation | None:
    """The organisation that a form is about, for which somebody else files it (代报).

    It is registered now if it was not, without members: who signs up with the e-mail address of the
    answers claims it. ``None`` when the answers do not identify one.
    """
    identifier = _identifier(answers)
    if identifier is None:
        return None
    known = site.identifiers.get(identifier.key)
    organisation: Organisation = (
        _register(site, rules, identifier, answers, at)
        if known is None
        else site["organisations"][known]
    )
    if not organisation.members and answers.get("email"):
        organisation.expected |= {str(answers["email"]).lower()}
    return organisation


def identifier_key(answers: Mapping[str, Any]) -> str:
    """What identifies the organisation of a form; empty when its answers do not."""
    identifier = _identifier(answers)
    return identifier.key if identifier else ""


def approve(
    *, site: Any, organisation: Organisation, person_id: str, actor: Person, at: datetime
) -> None:
    """Let somebody who asked act for an organisation; a member decides. Raises ``Refused``."""
    role = _take_request(organisation, person_id, actor)
    person = site["people"][person_id]
    enter(site=site, organisation=organisation, person=person, role=role)
    _record(site, "approve-member", organisation, person, role, actor, at)


def decline(
    *, site: Any, organisation: Organisation, person_id: str, actor: Person, at: datetime
) -> None:
    """Turn a request down; a member decides. Raises ``Refused``."""
    role = _take_request(organisation, person_id, actor)
    _record(site, "decline-member", organisation, site["people"][person_id], role, actor, at)


def enter(*, site: Any, organisation: Organisation, person: Person, role: str) -> None:
    """Put a role for an organisation into force."""
    organisation.members.add(person.id)
    held = person.memberships.get(organisation.id, frozenset())
    person.memberships[organisation.id] = held | {role}
    if role == "agency":
        site.agencies.add(organisation.id)


def _is_expected(organisation: Organisation, person: Person) -> bool:
    # The first who signs up with a code must not be given what an office has filed under it.
    return not organisation.members and person.email.lower() in organisation.expected


def _register(
    site: Any, rules: Rules, identifier: Identifier, answers: Mapping[str, Any], at: datetime
) -> Organisation:
    organisation = Organisation(identifier=identifier, name=answers["org_name"], at=at)
    organisation.attributes.update(_attributes(answers, identifier, rules))
    organisation.details = {key: answers[key] for key in _DETAILS if answers.get(key)}
    site.identifiers.claim(identifier.key, _add(site, organisation))
    return organisation


def _ask_members(
    site: Any, organisation: Organisation, person: Person, role: str, at: datetime
) -> None:
    organisation.requests[person.id] = role
    for member in organisation.members:
        site.feed.append(at=at, path=f"/people/{member}", kind="letter", letter="join-request")


def _take_request(organisation: Organisation, person_id: str, actor: Person) -> str:
    if actor.id not in organisation.members or person_id not in organisation.requests:
        raise Refused([_("This request is no longer open.")])
    return str(organisation.requests.pop(person_id))


def _record(
    site: Any,
    act: str,
    organisation: Organisation,
    person: Person,
    role: str,
    actor: Person,
    at: datetime,
) -> None:
    """Write a member's decision to the journal of roles and let the asker know."""
    site.role_changes.write(
        at=at, actor=actor.id, act=act, person=person.id, organisation=organisation.id, role=role
    )
    site.feed.append(at=at, path=f"/people/{person.id}", kind="letter", letter=act)


def _own_person(site: Any, person: Person, at: datetime) -> Organisation:
    """The entry under which a natural person acts for themselves; made on first use."""
    for key in person.memberships:
        own: Organisation = site["organisations"][key]
        if own.identifier is None:
            return own
    own = Organisation(identifier=None, name=person.name, at=at)
    own.attributes["entity_type"] = "other"
    _add(site, own)
    return own


def _add(site: Any, organisation: Organisation) -> str:
    key = secrets.token_hex(8)
    site["organisations"][key] = organisation
    return key


def _identifier(answers: Mapping[str, Any]) -> Identifier | None:
    if answers.get("uscc"):
        return Identifier("CN", normalise(answers["uscc"]))
    if answers.get("reg_no"):
        # Small letters keep a country that somebody typed as CN apart from credit codes.
        return Identifier(answers["country_name"].casefold(), normalise(answers["reg_no"]))
    return None


def _attributes(answers: Mapping[str, Any], identifier: Identifier, rules: Rules) -> dict[str, Any]:
    """What policies read of a party: its kind and where it is registered."""
    declared = answers.get("org_attr", "other")
    if not identifier.is_credit_code:
        return {"entity_type": declared, "registered_province": ABROAD}
    by_code = entity_kind(identifier.number)
    provinces = {one.code: one.label.zh for one in rules.forms.shared_list("provinces")}
    districts = {one.code for one in rules.districts}
    division = division_code(identifier.number)
    return {
        # The code tells an enterprise from others; which other, the organisation may say itself.
        "entity_type": by_code if by_code == "enterprise" or declared in _COARSE else declared,
        "registered_province": provinces.get(province_code(identifier.number)),
        # Only a first proposal: a municipal code names no district, and bodies move.
        "district": division if division in districts else None,
    }
