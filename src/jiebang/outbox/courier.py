"""The consumer that sends letters: at least once each, and twice only when it dies in between."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import islice
from typing import Any

import structlog
from transaction.interfaces import TransientError
from ZODB.DB import DB

from jiebang import clock
from jiebang.model.derived import Cursor
from jiebang.model.feed import Change
from jiebang.outbox.following import BATCH, cursor_of
from jiebang.outbox.loop import transaction_on
from jiebang.outbox.mail import Letter, NotNow, Sender

log = structlog.get_logger("jiebang.mail")

#: How long a letter is offered to a server that does not take it: RFC 5321, 4.5.4.1, "4-5 days".
GIVE_UP = timedelta(days=5)
#: Seconds until a letter is offered again: the first time, and at most.
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 3600.0

Compose = Callable[[Any, Change], Iterable[Letter]]


class Courier:
    """Sends what each change calls for, in the order of its shard; commits right after each letter.

    A letter that cannot go out now holds up its own shard alone. A server that cannot be reached holds
    up all: ``catch_up`` raises ``OSError``, and the loop tries again later.
    """

    def __init__(self, name: str, compose: Compose, send: Sender) -> None:
        self.name, self._compose, self._send = name, compose, send
        #: Shard to how often its next letter failed, and when to offer it again.
        self._late: dict[int, tuple[int, float]] = {}

    def catch_up(self, db: DB) -> int:
        """Pass changes that call for no letter, then send one letter; answer how many steps it took."""
        steps = 0
        with transaction_on(db) as site:
            cursor = cursor_of(site, self.name)
            waiting = {shard for shard, (_times, at) in self._late.items() if time.monotonic() < at}
            passed = {**cursor.seen, **{shard: site.feed.shards[shard].last for shard in waiting}}
            for shard, number, change in islice(site.feed.after(passed), BATCH):
                if shard in waiting:
                    continue
                sent = self._serve(site, cursor, shard, number, change)
                if sent is None:
                    waiting.add(shard)
                    continue
                steps += 1
                if sent:
                    break
        return steps

    def _serve(
        self, site: Any, cursor: Cursor, shard: int, number: int, change: Change
    ) -> bool | None:
        """Send the next letter of a change. Answers whether there was one, ``None`` for not now."""
        done = cursor.partly.get(shard, frozenset())
        try:
            letters = [one for one in self._compose(site, change) if _mark(one, number) not in done]
            if letters:
                self._send(letters[0])
        except (TransientError, OSError):
            raise
        except NotNow:
            if clock.now() - change.at < GIVE_UP:
                self._postpone(shard)
                return None
            log.exception("a letter was given up", number=number, shard=shard)
        except Exception:
            log.exception("a letter cannot be composed", number=number, shard=shard)
            self._postpone(shard)
            return None
        self._late.pop(shard, None)
        if len(letters) > 1:
            cursor.note(shard, _mark(letters[0], number))
        else:
            cursor.move(shard, number)
        return bool(letters)

    def _postpone(self, shard: int) -> None:
        times = self._late.get(shard, (0, 0.0))[0]
        pause = min(FIRST_PAUSE * 2**times, LONGEST_PAUSE)
        self._late[shard] = (times + 1, time.monotonic() + pause)


def _mark(letter: Letter, number: int) -> str:
    """Tells the letters of one change apart, and names nobody."""
    return hashlib.sha256(f"{number}\n{letter.to}\n{letter.subject}".encode()).hexdigest()
