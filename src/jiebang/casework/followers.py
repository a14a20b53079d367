"""Who follows the change feed: the catalog, the full text and the mail. Wired here, run by a worker."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from ZODB.DB import DB

from jiebang.casework.letters.cases import compose
from jiebang.casework.policies.rulebook import Rulebook
from jiebang.casework.workbooks.import_worker import Importer
from jiebang.model.cases import Case, Demand
from jiebang.model.feed import Change
from jiebang.model.submissions import Submission
from jiebang.outbox.courier import Courier
from jiebang.outbox.following import Follower, cursor_of
from jiebang.outbox.loop import (
    Consumer,
    Loop,
    repeat_on_conflict,
    transaction_on,
    worker_set_aside,
)
from jiebang.outbox.mail import Letter, sender_for
from jiebang.policy import Decider
from jiebang.search.catalog import CATALOG, catalog_of
from jiebang.search.fulltext import Fulltext
from jiebang.search.submissions import SUBMISSIONS, index_submission
from jiebang.settings import Settings

#: Cases after which a long walk over the tree makes room in memory.
ROOM = 1000
#: Changes read into the full text at once; its commits are slow and its cursor is cheap.
BATCH = 500


def follow(site: Any, change: Change) -> None:
    """Index the case a change is about; other changes say nothing to the catalogs."""
    try:
        case = site.at(change.path)
    except KeyError:
        return
    if isinstance(case, Demand):
        catalog_of(site).index(change.path, case)
    elif isinstance(case, Submission):
        index_submission(site, change.path, case)


class FulltextFollower:
    """Reads the text of changed cases into the index on this host."""

    name = "fulltext"

    def __init__(self, fulltext: Fulltext) -> None:
        self._fulltext = fulltext

    def catch_up(self, db: DB) -> int:
        """Read a batch of changes; a case that changed often is read once."""
        cursor = self._fulltext.cursor()
        with transaction_on(db) as site:
            if any(number > site.feed.shards[shard].last for shard, number in cursor.items()):
                # The index has read more than was ever told here: it belongs to another database, or
                # to this one before it was restored. What it holds may be somebody else's case.
                self._fulltext.replace([], cursor := {})
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


def consumers(
    *, settings: Settings, rulebook: Rulebook, fulltext: Fulltext, decider: Decider
) -> list[Consumer]:
    """Every consumer of a site. ``decider`` decides cases that imports open."""

    def letters(site: Any, change: Change) -> Iterator[Letter]:
        return compose(site=site, change=change, settings=settings, rulebook=rulebook)

    return [
        Follower("catalog", follow),
        FulltextFollower(fulltext),
        Importer(rulebook, decider),
        Courier("mail", letters, sender_for(settings.mail, mail_from=settings.mail_from)),
    ]


def worker_loop(
    *, db: DB, settings: Settings, rulebook: Rulebook, fulltext: Fulltext, decider: Decider
) -> Loop:
    """The loop a worker runs."""
    return Loop(
        db,
        consumers(settings=settings, rulebook=rulebook, fulltext=fulltext, decider=decider),
    )


def rebuild(*, db: DB, fulltext: Fulltext) -> int:
    """Drop the catalog and the full text and build both anew from the tree; answer how many cases.

    The site may be serving meanwhile: lists and searches show the old ones until the new ones stand,
    and the worker pauses. Letters are not sent again: mail keeps its cursor.
    """
    with worker_set_aside(db):
        # The worker may be in the middle of a batch.
        count = repeat_on_conflict(lambda: _rebuild_catalog(db))
        with transaction_on(db) as site:
            fulltext.replace(
                (
                    (path, text)
                    for path, change in _as_changes(site)
                    if (text := _text_of(site, change)) is not None
                ),
                _end_of_feed(site),
            )
    return count


def _rebuild_catalog(db: DB) -> int:
    with transaction_on(db) as site:
        for key in (CATALOG, SUBMISSIONS, "cursor:catalog"):
            site.derived.remove(key)
        count = 0
        for _path, change in _as_changes(site):
            follow(site, change)
            count += 1
        cursor_of(site, "catalog").seen = _end_of_feed(site)
    return count


def _end_of_feed(site: Any) -> dict[int, int]:
    return {index: shard.last for index, shard in enumerate(site.feed.shards) if shard.last}


def _as_changes(site: Any) -> Iterator[tuple[str, Change]]:
    """Every case, as if it had changed just now."""
    count = 0
    for edition in site["editions"].values():
        cases: Iterator[Case] = chain(edition["demands"].values(), edition["submissions"].values())
        for case in cases:
            yield case.path, Change(case.opened_at, case.path, "rebuilt", {})
            count += 1
            if count % ROOM == 0:
                site._p_jar.cacheGC()  # noqa: SLF001 - ZODB's public name
