"""Accounts (用户): signing up, proving an address, signing in, roles for organisations and the site.

Nothing here tells a stranger whether an address is registered: the answer is always a letter.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from jiebang.casework.accounts.joining import join
from jiebang.casework.accounts.lockout import count_failure, forget_failures, is_locked
from jiebang.casework.policies.rulebook import Rules
from jiebang.errors import Refused
from jiebang.i18n import LOCALES, _
from jiebang.model.people import Credentials, Person
from jiebang.model.permissions import STAFF
from jiebang.settings import Settings

HASHER = PasswordHasher()
#: Checked when nobody has the address, so that the answer takes as long as for somebody.
_NOBODY = HASHER.hash(secrets.token_hex(16))
SHORTEST_PASSWORD = 10


def sign_up(*, site: Any, answers: Mapping[str, Any], locale: str, at: datetime) -> None:
    """Register a person (用户注册, ST-3.0) from the answers of the form, and send a link.

    Roles and the organisation come into force once the address is proved. An address that is
    registered already gets a letter that says so, and nothing else happens.
    """
    email = answers["email"].strip().lower()
    known = site.emails.get(email)
    person = site["people"][known] if known else _new_person(site, email, at)
    if person.confirmed_at is not None:
        send(site=site, person=person, letter="known", at=at)
        return
    # Nobody has proved the address yet: the newest answers count, and earlier links die.
    person.name = answers.get("person_name") or answers["contact"]
    person.phone, person.locale, person.profile = answers.get("mobile", ""), locale, dict(answers)
    person.credentials.epoch += 1
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
        join(site=site, rules=rules, person=person, answers=person.profile, at=at)


def set_password(*, person: Person, password: str) -> None:
    """Change a password; every session ends, and a lock with it. Raises ``Refused``."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refused(
            [_("The password needs at least ${n} characters.", mapping={"n": SHORTEST_PASSWORD})]
        )
    credentials = person.credentials
    credentials.password = HASHER.hash(password)
    forget_failures(credentials=credentials)
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
    if is_locked(credentials=credentials, at=at) or person.confirmed_at is None:
        return None
    if not right:
        count_failure(credentials=credentials, settings=settings, at=at)
        return None
    # With a second factor, only the right code ends the count: else a stolen password would give
    # any number of tries at the code.
    if not credentials.totp_secret:
        forget_failures(credentials=credentials)
    if HASHER.check_needs_rehash(credentials.password):
        credentials.password = HASHER.hash(password)
    return person


def choose_language(*, person: Person, locale: str) -> None:
    """Write letters to a person in another language. Raises ``Refused`` for one we do not speak."""
    if locale not in LOCALES:
        raise Refused([_("Letters are written in Chinese or in English.")])
    person.locale = locale


def sign_out_everywhere(*, person: Person) -> None:
    """End every session of a person (全部退出)."""
    person.credentials.epoch += 1


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
    _not_oneself(person, by)
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


def drop_second_factor(*, site: Any, person: Person, by: Person, at: datetime) -> None:
    """Forget the second factor of somebody whose device is lost. Raises ``Refused`` for one's own.

    Sessions end; roles of the office stay without force until a new one is set up.
    """
    _not_oneself(person, by)
    person.credentials.totp_secret, person.credentials.totp_step = None, 0
    person.credentials.epoch += 1
    site.role_changes.write(at=at, actor=by.id, act="drop-second-factor", person=person.id)
    send(site=site, person=person, letter="drop-second-factor", at=at)


def unlock(*, site: Any, person: Person, by: Person, at: datetime) -> None:
    """Take a lock off an account (解锁). It stands in the journal of roles."""
    forget_failures(credentials=person.credentials)
    site.role_changes.write(at=at, actor=by.id, act="unlock", person=person.id)


def _not_oneself(person: Person, by: Person) -> None:
    if person.id == by.id:
        raise Refused([_("Nobody changes their own roles. Ask another administrator.")])


def _matches(hashed: str, password: str) -> bool:
    try:
        return HASHER.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _new_person(site: Any, email: str, at: datetime) -> Person:
    """Somebody without a password yet, who cannot sign in."""
    # A hash that no password has takes as long to check as any other, and no time to make.
    person = Person(name="", email=email, credentials=Credentials(_NOBODY), at=at)
    person_id = secrets.token_hex(8)
    site["people"][person_id] = person
    site.emails.claim(email, person_id)
    return person
