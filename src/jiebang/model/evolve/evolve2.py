"""Generation 2: policy books live in the tree, and a decision says by itself what it rests on.

The catalog learnt which policies decided a case: it is dropped, and its follower builds it anew.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import transaction

from jiebang.model import policies, site

#: Cases after which what was changed is written out, so that memory stays flat.
ROOM = 1000
#: Decisions made before explanations had a numbered format.
UNNUMBERED = 0


def evolve(context: Any) -> None:
    """Plant the policy room; take version and day of each decision out of its answer."""
    root = context.connection.root()[site.ROOT_KEY]
    root["policy"] = policies.Policies()
    for derived in ("catalog", "cursor:catalog"):
        root.derived.remove(derived)
    cases = (case for edition in root["editions"].values() for case in edition["demands"].values())
    for count, case in enumerate(cases, 1):
        for decision in case.decisions:
            content = decision.content
            decision.book = content["book"]
            decision.as_of = date.fromisoformat(content["as_of"])
            decision.explanation = UNNUMBERED
        if count % ROOM == 0:
            transaction.savepoint(optimistic=True)
            context.connection.cacheGC()
