"""The rules in force and the policy engine, held once for the application and handed to each request."""

from __future__ import annotations

from functools import partial
from typing import Any

from pyramid.config import Configurator
from pyramid.events import ContextFound, subscriber
from pyramid.i18n import make_localizer
from pyramid.interfaces import ITranslationDirectories
from pyramid.request import Request
from ZODB.DB import DB

from jiebang import clock
from jiebang.casework.desk import Actor, Desk
from jiebang.casework.policies.books import SHELF, MissingVersion
from jiebang.casework.policies.publishing import publish_first
from jiebang.casework.policies.rulebook import Rulebook, Rules
from jiebang.outbox.loop import repeat_on_conflict, transaction_on
from jiebang.policy import Book, Decider
from jiebang.settings import Settings


def desk_of(request: Request) -> Desk:
    """What verbs need, for the edition of the request's context or else the current one."""
    return Desk(
        site=request.site,
        rules=request.rules,
        decider=request.registry.decider,
        numbers=request.registry.numbers,
    )


def rules_of(request: Request) -> Rules:
    """The rules of the context's edition, or of the edition the front page shows."""
    settings: Settings = request.registry.settings["jiebang"]
    edition = getattr(getattr(request, "context", None), "edition", None)
    rules: Rules = request.registry.rulebook[
        edition if isinstance(edition, str) else settings.edition
    ]
    return rules


def actor_of(request: Request) -> Actor:
    """The signed-in person as verbs know them. Views that use it name a permission, so there is one."""
    identity = request.identity
    return Actor(person=identity.person.id, roles=identity.roles, memberships=identity.memberships)


def _published(database: DB, edition: str) -> Book | None:
    """The book in force now, for an edition whose files are broken when the site starts."""
    with transaction_on(database) as site:
        books = site["policy"].books(edition)
        found = books.in_force(clock.today())
        try:
            return SHELF.read(books, found.version) if found else None
        except MissingVersion:
            return None


def _publish_first(registry: Any) -> None:
    with transaction_on(registry.database) as site:
        publish_first(site=site, rulebook=registry.rulebook, at=clock.now())


@subscriber(ContextFound)
def note_rules(event: Any) -> None:
    """Leave the rules where the layout finds them, also on pages shown after the transaction."""
    event.request.environ["jiebang.rules"] = event.request.rules


def includeme(config: Configurator) -> None:
    """Read every edition once; a broken one is logged and shown on the status page."""
    settings: Settings = config.registry.settings["jiebang"]
    registry = config.registry

    def translate(message: object, locale: str) -> str:
        # Making one reads the catalogs: a hundred messages of a form would take a second.
        if locale not in registry.localizers:
            directories = registry.queryUtility(ITranslationDirectories, default=[])
            registry.localizers[locale] = make_localizer(locale, directories)
        return str(registry.localizers[locale].translate(message))

    registry.localizers, registry.translate = {}, translate
    registry.rulebook = Rulebook(
        rules=settings.rules,
        forms=settings.forms,
        reload=settings.reload_rules,
        translator=translate,
        published=partial(_published, registry.database),
    )
    repeat_on_conflict(partial(_publish_first, registry))
    registry.decider = Decider()
    config.add_request_method(rules_of, "rules", reify=True)
    config.add_request_method(desk_of, "desk", reify=True)
    config.add_request_method(actor_of, "actor", reify=True)
