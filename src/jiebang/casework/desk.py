"""What a verb needs of its surroundings, and who is acting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jiebang.casework.policies.rulebook import Rules
from jiebang.model.cases import Case, Demand
from jiebang.model.numbers import Numbers
from jiebang.model.permissions import OUTSIDE
from jiebang.model.site import Edition, Site
from jiebang.policy import Decider


@dataclass(frozen=True)
class Actor:
    """Who acts: a person, with the roles in force for this session."""

    person: str
    roles: frozenset[str]
    #: Organisation id to the roles held for it.
    memberships: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def owns(self, case: Case) -> bool:
        """Whether the case is this person's: held for the owner in the owning role, or filed for none."""
        if not case.owner:
            return bool(case.person == self.person)
        return case.owner_role in self.memberships.get(case.owner, ())

    def roles_on(self, case: Demand) -> frozenset[str]:
        """The roles this person has on one case.

        Roles of the office count everywhere; a role held for an organisation counts on the cases the
        organisation owns or was given access to.
        """
        own = {case.owner_role} if self.owns(case) else frozenset()
        granted = {
            grant.role
            for grant in case.grants
            if grant.role in self.memberships.get(grant.organisation, ())
        }
        return (self.roles - set(OUTSIDE)) | own | granted


#: The system itself, for what follows from a decision without anybody's hand.
SYSTEM = Actor(person="system", roles=frozenset({"system"}))


@dataclass(frozen=True)
class Desk:
    """The tree, the rules in force for one edition, the policy engine and the number giver."""

    site: Site
    rules: Rules
    decider: Decider
    numbers: Numbers

    @property
    def edition(self) -> Edition:
        """The edition's own part of the tree."""
        edition: Edition = self.site.edition(self.rules.edition.id)
        return edition

    def case(self, number: str) -> Case | None:
        """The demand or submission of a number, if the edition has one."""
        demand: Case | None = self.edition["demands"].get(number)
        return demand or self.edition["submissions"].get(number)
