"""The consumer that works on imports: a step at a time, each a transaction, so that a crash loses none.

When none waits it drops, now and then, those that nobody confirmed in time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from ZODB.DB import DB
from ZODB.POSException import ConflictError

from jiebang import clock
from jiebang.casework.desk import Desk
from jiebang.casework.policies.rulebook import Rulebook, UnknownEdition
from jiebang.casework.workbooks.importing import dropped_at, step, stop
from jiebang.model.imports import Import
from jiebang.model.numbers import Numbers
from jiebang.outbox.loop import transaction_on
from jiebang.policy import Decider

log = structlog.get_logger("jiebang.imports")

#: How often imports are looked through for those to be dropped; they wait for days.
SWEEPING = timedelta(hours=1)


class Importer:
    """Checks and files the rows of imports. One that fails is stopped and holds up no other."""

    name = "imports"

    def __init__(self, rulebook: Rulebook, decider: Decider) -> None:
        self._rulebook, self._decider = rulebook, decider
        self._numbers: Numbers | None = None
        #: The import that had the last turn: the next one has the next.
        self._last = ""
        #: When imports are looked through again; the first time at once.
        self._sweep_at: datetime | None = None

    def catch_up(self, db: DB) -> int:
        """Do a step of the next import that waits, or drop what was not confirmed; 0 with none left."""
        numbers = self._numbers = self._numbers or Numbers(db)
        with transaction_on(db) as site:
            waiting = site["imports"].waiting
            if not waiting:
                return self._sweep(site)
            later = waiting.keys(self._last, excludemin=True)
            self._last = next(iter(later), None) or waiting.minKey()
        try:
            with transaction_on(db) as site:
                one: Import | None = site["imports"].get(self._last)
                if one is None:
                    # Somebody threw it away at the moment when it was confirmed.
                    site["imports"].waiting.remove(self._last)
                else:
                    step(desk=self._desk(site, one, numbers), one=one, at=clock.now())
        except ConflictError:
            raise
        except Exception:
            log.exception("import stopped", id=self._last)
            with transaction_on(db) as site:
                one = site["imports"].get(self._last)
                if one is not None:
                    stop(site=site, one=one, at=clock.now())
        return 1

    def _sweep(self, site: Any) -> int:
        """Drop the imports whose days are over; answers how many."""
        at = clock.now()
        if self._sweep_at and at < self._sweep_at:
            return 0
        self._sweep_at = at + SWEEPING
        over = [one for one in site["imports"].values() if self._is_over(one, at)]
        for one in over:
            # Confirmed at this very moment, it is not over: the two meet as a conflict.
            site._p_jar.readCurrent(one)  # noqa: SLF001
            log.info("import dropped", id=one.__name__, rows=one.total)
            site["imports"].discard(one)
        return len(over)

    def _is_over(self, one: Import, at: datetime) -> bool:
        try:
            limits = self._rulebook[one.edition].forms.uploads.workbook
        except UnknownEdition:
            return False
        end = dropped_at(one=one, limits=limits)
        return end is not None and at >= end

    def _desk(self, site: Any, one: Import, numbers: Numbers) -> Desk:
        rules = self._rulebook[one.edition]
        return Desk(site=site, rules=rules, decider=self._decider, numbers=numbers)
