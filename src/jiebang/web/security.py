"""Who is asking, and what the permission table lets them do."""

from __future__ import annotations

from typing import Any

from pyramid.authorization import ACLHelper, Authenticated, Everyone
from pyramid.config import Configurator
from pyramid.request import Request, RequestLocalCache

from jiebang.model.people import Person
from jiebang.model.permissions import (
    STAFF,
    principal_for_district,
    principal_for_member,
    principal_for_person,
    principal_for_role,
)

#: Session keys.
PERSON, EPOCH, SECOND_FACTOR = "person", "epoch", "second_factor"


class Identity:
    """A signed-in person and the roles in force for this session.

    Names and roles are read once, so that a page shown after the transaction ended can use them.
    """

    def __init__(self, person: Person, *, second_factor: bool) -> None:
        self.person = person
        self.name = person.name
        self.second_factor = second_factor
        held = {role for roles in person.memberships.values() for role in roles}
        #: Staff roles count only after the second factor.
        self.roles = frozenset(
            role for role in held | person.roles if second_factor or role not in STAFF
        )
        #: Organisation id to the roles held for it.
        self.memberships = {key: frozenset(roles) for key, roles in person.memberships.items()}
        self.principals = tuple(self._principals(person))

    def _principals(self, person: Person) -> list[str]:
        found = [Everyone, Authenticated, principal_for_person(person.id)]
        found += [principal_for_role(role) for role in sorted(self.roles)]
        for organisation, roles in self.memberships.items():
            found += [principal_for_member(organisation, role) for role in sorted(roles)]
        if "district_officer" in self.roles:
            found += [principal_for_district(district) for district in sorted(person.districts)]
        return found


class SecurityPolicy:
    """Pyramid's security policy over sessions and ACLs."""

    def __init__(self) -> None:
        self._acl = ACLHelper()
        self._identities = RequestLocalCache(self._identify)

    def identity(self, request: Request) -> Identity | None:
        """The identity of a session whose epoch is still the person's own; asked once a request."""
        identity: Identity | None = self._identities.get_or_create(request)
        return identity

    def _identify(self, request: Request) -> Identity | None:
        person_id = request.session.get(PERSON)
        person = request.site["people"].get(person_id) if person_id else None
        if person is None or person.credentials.epoch != request.session.get(EPOCH):
            return None
        return Identity(person, second_factor=bool(request.session.get(SECOND_FACTOR)))

    def authenticated_userid(self, request: Request) -> str | None:
        """The person's id."""
        identity = request.identity
        return identity.person.id if identity else None

    def permits(self, request: Request, context: Any, permission: str) -> Any:
        """Ask the ACLs from the context up to the site."""
        identity = request.identity
        principals = list(identity.principals) if identity else [Everyone]
        return self._acl.permits(context, principals, permission)

    def remember(self, request: Request, person: Person, **kw: Any) -> list[tuple[str, str]]:
        """Begin a session for a person; ``second_factor=True`` once the code was right."""
        request.session.invalidate()
        self._identities.clear(request)
        request.session[PERSON] = person.id
        request.session[EPOCH] = person.credentials.epoch
        request.session[SECOND_FACTOR] = kw.get("second_factor", False)
        request.session.new_csrf_token()
        return []

    def forget(self, request: Request, **_kw: Any) -> list[tuple[str, str]]:
        """End this session."""
        request.session.invalidate()
        self._identities.clear(request)
        return []


def includeme(config: Configurator) -> None:
    """Set the policy; every view must name a permission or say that it needs none."""
    config.set_security_policy(SecurityPolicy())
