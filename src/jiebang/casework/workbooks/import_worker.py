"""The consumer that works on imports: a step at a time, each a transaction, so that a crash loses none."""

from __future__ import annotations

from typing import Any

import structlog
from ZODB.DB import DB
from ZODB.POSException import ConflictError

from jiebang import clock
from jiebang.casework.desk import Desk
from jiebang.casework.policies.rulebook import Rulebook
from jiebang.casework.workbooks.importing import step, stop
from jiebang.model.imports import Import
from jiebang.model.numbers import Numbers
from jiebang.outbox.loop import transaction_on
from jiebang.policy import Decider

log = structlog.get_logger("jiebang.imports")


class Importer:
    """Checks and files the rows of imports. One that fails is stopped and holds up no other."""

    name = "imports"

    def __init__(self, rulebook: Rulebook, decider: Decider) -> None:
        self._rulebook, self._decider = rulebook, decider
        self._numbers: Numbers | None = None
        #: The import that had the last turn: the next one has the next.
        self._last = ""

    def catch_up(self, db: DB) -> int:
        """Do a step of the next import that waits; 0 when none does."""
        numbers = self._numbers = self._numbers or Numbers(db)
        with transaction_on(db) as site:
            waiting = site["imports"].waiting
            if not waiting:
                return 0
            later = waiting.keys(self._last, excludemin=True)
            self._last = next(iter(later), None) or waiting.minKey()
        try:
            with transaction_on(db) as site:
                one: Import | None = site["imports"].get(self._last)
                # Somebody may have thrown it away meanwhile.
                if one is not None:
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

    def _desk(self, site: Any, one: Import, numbers: Numbers) -> Desk:
        rules = self._rulebook[one.edition]
        return Desk(site=site, rules=rules, decider=self._decider, numbers=numbers)
