"""What a verb needs of its surroundings, and who is acting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jiebang.casework.rulebook import Rules
from jiebang.model.cases import Demand
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

    def roles_on(self, case: Demand) -> frozenset[str]:
        """The roles this person has on one case.

        Roles of the office count everywhere; a role held for an organisation counts on the cases the
        organisation owns or was given access to.
        """
        own = self.memberships.get(case.owner, frozenset()) & {"demander"}
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
