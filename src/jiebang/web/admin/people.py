"""用户管理: people and the roles they hold for the site. An administrator sees no case."""

from __future__ import annotations

from itertools import islice
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from jiebang import clock
from jiebang.casework.accounts import people as accounts
from jiebang.i18n import _
from jiebang.model.containers import ShardedFolder
from jiebang.model.people import Person
from jiebang.model.permissions import STAFF
from jiebang.web.accounts.words import ROLES

#: People shown at once; a search narrows the rest.
SHOWN = 50
GIVEN = (*STAFF, "expert")


@view_config(
    context=ShardedFolder,
    physical_path="/people",
    request_method="GET",
    permission="manage_people",
    renderer="jiebang.web.admin:templates/people.pt",
)
def people(context: ShardedFolder, request: Request) -> dict[str, Any]:
    """Staff first; with a search, whoever's name or address holds the words."""
    text = request.GET.get("text", "").strip().lower()[:100]
    found = list(
        islice(
            (
                one
                for one in context.values()
                if (text in one.name.lower() or text in one.email if text else one.roles)
            ),
            SHOWN + 1,
        )
    )
    return {
        "text": text,
        "found": sorted(found[:SHOWN], key=lambda one: one.name),
        "more": len(found) > SHOWN,
        "shown": SHOWN,
        "given": GIVEN,
        "role_words": ROLES,
        "districts": request.rules.districts,
        "now": clock.now(),
        "me": request.identity.person.id,
    }


@view_config(context=Person, name="roles", request_method="POST", permission="manage_people")
def set_roles(context: Person, request: Request) -> HTTPSeeOther:
    """Give and take roles. Raises ``Refused`` for one's own."""
    asked = frozenset(request.POST.getall("role"))
    known = {one.code for one in request.rules.districts}
    districts = frozenset(request.POST.getall("district"))
    if not asked <= set(GIVEN) or not districts <= known:
        raise HTTPNotFound
    accounts.set_roles(
        site=request.site,
        person=context,
        roles=asked,
        districts=districts,
        by=request.identity.person,
        at=clock.now(),
    )
    request.tell(_("The roles of ${name} are changed.", mapping={"name": context.name}))
    return HTTPSeeOther("/people")


@view_config(context=Person, name="unlock", request_method="POST", permission="manage_people")
def unlock(context: Person, request: Request) -> HTTPSeeOther:
    """Take a lock off an account."""
    accounts.unlock(site=request.site, person=context, by=request.identity.person, at=clock.now())
    request.tell(_("The account of ${name} is unlocked.", mapping={"name": context.name}))
    return HTTPSeeOther("/people")


@view_config(
    context=Person, name="drop-second-factor", request_method="POST", permission="manage_people"
)
def drop_second_factor(context: Person, request: Request) -> HTTPSeeOther:
    """Forget the second factor of somebody whose device is lost."""
    accounts.drop_second_factor(
        site=request.site, person=context, by=request.identity.person, at=clock.now()
    )
    request.tell(_("The second factor of ${name} is removed.", mapping={"name": context.name}))
    return HTTPSeeOther("/people")
