"""Accounts (用户): signing up, proving an address, signing in, roles for organisations and the site.

Nothing here tells a stranger whether an address is registered: the answer is always a letter.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from jiebang.casework.rulebook import Rules
from jiebang.errors import Refused
from jiebang.i18n import _
from jiebang.identifiers import entity_kind, normalise, province_code
from jiebang.model.people import Credentials, Identifier, Organisation, Person
from jiebang.model.permissions import OUTSIDE, STAFF
from jiebang.settings import Settings

HASHER = PasswordHasher()
#: Checked when nobody has the address, so that the answer takes as long as for somebody.
_NOBODY = HASHER.hash(secrets.token_hex(16))
SHORTEST_PASSWORD = 10
#: Where a foreign organisation is registered, as a fact.
ABROAD = "境外"


def sign_up(*, site: Any, answers: Mapping[str, Any], locale: str, at: datetime) -> None:
    """Register a person (用户注册, ST-3.0) from the answers of the form, and send a link.

    Roles and the organisation come into force once the address is proved. An address that is
    registered already gets a letter that says so, and nothing else happens.
    """
    email = answers["email"].strip().lower()
    known = site.emails.get(email)
    if known is not None:
        person = site["people"][known]
        send(site=site, person=person, letter="known" if person.confirmed_at else "confirm", at=at)
        return
    person = Person(
        name=answers.get("person_name") or answers["contact"],
        email=email,
        credentials=Credentials(HASHER.hash(secrets.token_hex(16))),
        at=at,
    )
    person.phone, person.locale, person.profile = answers.get("mobile", ""), locale, dict(answers)
    person_id = secrets.token_hex(8)
    site["people"][person_id] = person
    site.emails.claim(email, person_id)
    send(site=site, person=person, letter="confirm", at=at)


def send(*, site: Any, person: Person, letter: str, at: datetime) -> None:
    """Have a letter written to a person. The feed holds its kind and no secret."""
    site.feed.append(at=at, path=f"/people/{person.id}", kind="letter", letter=letter)


def ask_for_reset(*, site: Any, email: str, at: datetime) -> None:
    """Send a link for a new password, if the address is registered."""
    known = site.emails.get(email.strip().lower())
    if known is not None:
        send(site=site, person=site["people"][known], letter="reset", at=at)


def prove_address(*, site: Any, rules: Rules, person: Person, password: str, at: datetime) -> None:
    """Set the password of somebody who followed a link; on the first time the roles come into force.

    Every other session of the person ends. Raises ``Refused`` for a password that is too short.
    """
    set_password(person=person, password=password)
    if person.confirmed_at is None:
        person.confirmed_at = at
        _join(site, rules, person, at)


def set_password(*, person: Person, password: str) -> None:
    """Change a password; every session ends, and a lock with it. Raises ``Refused``."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refused(
            [_("The password needs at least ${n} characters.", mapping={"n": SHORTEST_PASSWORD})]
        )
    credentials = person.credentials
    credentials.password = HASHER.hash(password)
    credentials.failures, credentials.locked_until = 0, None
    credentials.epoch += 1


def check_password(
    *, site: Any, email: str, password: str, settings: Settings, at: datetime
) -> Person | None:
    """The person whose address and password these are, or ``None``.

    Counts failures and locks the account for a while; a locked, an unproved and an unknown account
    all answer alike, after the same time.
    """
    known = site.emails.get(email.strip().lower())
    person: Person | None = site["people"].get(known) if known else None
    credentials = person.credentials if person else None
    right = _matches(credentials.password if credentials else _NOBODY, password)
    if person is None or credentials is None:
        return None
    locked = credentials.locked_until is not None and at < credentials.locked_until
    if locked or person.confirmed_at is None:
        return None
    if not right:
        credentials.failures += 1
        if credentials.failures >= settings.lockout_failures:
            credentials.failures = 0
            credentials.locked_until = at + timedelta(minutes=settings.lockout_minutes)
        return None
    credentials.failures, credentials.locked_until = 0, None
    if HASHER.check_needs_rehash(credentials.password):
        credentials.password = HASHER.hash(password)
    return person


def sign_out_everywhere(*, person: Person) -> None:
    """End every session of a person (全部退出)."""
    person.credentials.epoch += 1


def approve(*, site: Any, organisation: Organisation, person_id: str, actor: Person) -> None:
    """Let somebody who asked act for an organisation; a member decides. Raises ``Refused``."""
    if actor.id not in organisation.members or person_id not in organisation.requests:
        raise Refused([_("This request is no longer open.")])
    _enter(organisation, site["people"][person_id], organisation.requests.pop(person_id))


def set_roles(
    *,
    site: Any,
    person: Person,
    roles: frozenset[str],
    districts: frozenset[str],
    by: Person,
    at: datetime,
) -> None:
    """Give and take the roles a person holds for the site. Raises ``Refused``.

    Nobody changes their own. Every change stands in the journal of roles; sessions end at once.
    """
    if person.id == by.id:
        raise Refused([_("Nobody changes their own roles. Ask another administrator.")])
    person.roles = roles & {*STAFF, "expert"}
    person.districts = districts
    person.credentials.epoch += 1
    site.role_changes.write(
        at=at,
        actor=by.id,
        act="set-roles",
        person=person.id,
        roles=sorted(person.roles),
        districts=sorted(districts),
    )


def unlock(*, site: Any, person: Person, by: Person, at: datetime) -> None:
    """Take a lock off an account."""
    person.credentials.failures, person.credentials.locked_until = 0, None
    site.role_changes.write(at=at, actor=by.id, act="unlock", person=person.id)


def _matches(hashed: str, password: str) -> bool:
    try:
        return HASHER.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _join(site: Any, rules: Rules, person: Person, at: datetime) -> None:
    """Enter the organisation somebody signed up for, or ask its members when it exists already."""
    answers = person.profile
    role = answers["role"]
    if role not in OUTSIDE:
        return
    identifier = _identifier(answers)
    known = site.identifiers.get(identifier.key) if identifier else None
    if known is not None:
        organisation: Organisation = site["organisations"][known]
        organisation.requests[person.id] = role
        for member in organisation.members:
            send(site=site, person=site["people"][member], letter="join-request", at=at)
        return
    organisation = Organisation(
        identifier=identifier, name=answers.get("org_name") or person.name, at=at
    )
    organisation.attributes.update(_attributes(answers, identifier, rules))
    organisation_id = secrets.token_hex(8)
    site["organisations"][organisation_id] = organisation
    if identifier:
        site.identifiers.claim(identifier.key, organisation_id)
    _enter(organisation, person, role)


def _enter(organisation: Organisation, person: Person, role: str) -> None:
    organisation.members.add(person.id)
    held = person.memberships.get(organisation.id, frozenset())
    person.memberships[organisation.id] = held | {role}
    if role == "agency":
        organisation.attributes["agency"] = True


def _identifier(answers: Mapping[str, Any]) -> Identifier | None:
    if answers.get("uscc"):
        return Identifier("CN", normalise(answers["uscc"]))
    if answers.get("reg_no"):
        return Identifier(answers["country_name"], answers["reg_no"])
    return None


def _attributes(
    answers: Mapping[str, Any], identifier: Identifier | None, rules: Rules
) -> dict[str, Any]:
    """What policies read of a party: its kind and where it is registered."""
    if identifier is None:
        return {"entity_type": "other"}
    declared = answers["org_attr"]
    if not identifier.is_credit_code:
        return {"entity_type": declared, "registered_province": ABROAD}
    by_code = entity_kind(identifier.number)
    # The code tells an enterprise from others; which other, the organisation says itself.
    kind = declared if by_code != "enterprise" and declared != "enterprise" else by_code
    provinces = {one.code: one.label.zh for one in rules.forms.shared_list("provinces")}
    return {
        "entity_type": kind,
        "registered_province": provinces.get(province_code(identifier.number)),
    }
