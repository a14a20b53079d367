"""Who follows the change feed: the catalog, the full text and the mail. Wired here, run by a worker."""

from __future__ import annotations

from itertools import islice
from typing import Any

from ZODB.DB import DB

from jiebang.casework.letters import compose
from jiebang.casework.rulebook import Rulebook
from jiebang.model.cases import Demand
from jiebang.model.feed import Change
from jiebang.outbox.following import Follower, cursor_of
from jiebang.outbox.loop import Consumer, Loop, transaction_on
from jiebang.outbox.mail import sender_for
from jiebang.search.catalog import CATALOG, follow
from jiebang.search.fulltext import Fulltext
from jiebang.settings import Settings

#: Changes read into the full text at once; its commits are slow and its cursor is cheap.
BATCH = 500


class FulltextFollower:
    """Reads the text of changed cases into the index on this host."""

    name = "fulltext"

    def __init__(self, fulltext: Fulltext) -> None:
        self._fulltext = fulltext

    def catch_up(self, db: DB) -> int:
        """Read a batch of changes; a case that changed often is read once."""
        cursor = self._fulltext.cursor()
        with transaction_on(db) as site:
            pending = list(islice(site.feed.after(cursor), BATCH))
            texts = {
                change.path: text
                for _shard, _number, change in pending
                if (text := _text_of(site, change)) is not None
            }
        if pending:
            seen = {**cursor, **{shard: number for shard, number, _change in pending}}
            self._fulltext.write(texts.items(), seen)
        return len(pending)


def _text_of(site: Any, change: Change) -> str | None:
    try:
        case = site.at(change.path)
    except KeyError:
        return None
    if not isinstance(case, Demand):
        return None
    owner = site["organisations"][case.owner]
    parts = [case.number, case.title, owner.name]
    for form_id in case.documents:
        version = case.current(form_id)
        if version is not None:
            parts += [value for value in version.data.values() if isinstance(value, str)]
    return "\n".join(parts)


def fulltext_for(settings: Settings) -> Fulltext:
    """The full-text index where the settings keep it."""
    return Fulltext(settings.var / "fulltext")


def consumers(*, settings: Settings, rulebook: Rulebook, fulltext: Fulltext) -> list[Consumer]:
    """Every consumer of a site."""
    send = sender_for(settings.mail, mail_from=settings.mail_from)

    def post(site: Any, change: Change) -> None:
        for letter in compose(site=site, change=change, settings=settings, rulebook=rulebook):
            send(letter)

    return [
        Follower("catalog", follow),
        FulltextFollower(fulltext),
        # One change at a time: a crash repeats at most the letters of one change.
        Follower("mail", post, batch=1),
    ]


def worker_loop(*, db: DB, settings: Settings, rulebook: Rulebook, fulltext: Fulltext) -> Loop:
    """The loop a worker runs."""
    return Loop(db, consumers(settings=settings, rulebook=rulebook, fulltext=fulltext))


def rebuild(*, db: DB, fulltext: Fulltext) -> int:
    """Drop the catalog and the full text and build both anew from the tree; answer how many cases.

    Letters are not sent again: mail keeps its cursor.
    """
    with transaction_on(db) as site:
        for key in (CATALOG, "cursor:catalog"):
            site.derived.remove(key)
        cursor = {index: shard.last for index, shard in enumerate(site.feed.shards) if shard.last}
        cursor_of(site, "catalog").seen = cursor
        texts = []
        count = 0
        for edition in site["editions"].values():
            for case in edition["demands"].values():
                path = f"/editions/{case.edition}/demands/{case.number}"
                change = Change(case.stage_since, path, "rebuilt", {})
                follow(site, change)
                texts.append((path, _text_of(site, change) or ""))
                count += 1
    fulltext.write(texts, cursor)
    return count
