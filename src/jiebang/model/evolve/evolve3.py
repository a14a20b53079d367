"""Generation 3: submissions, imports, the forms that versions were asked with, and what people file.

Whatever is new in cases, versions and drafts has a value by its class: nothing filed is written again.
"""

from __future__ import annotations

from typing import Any

import transaction
from BTrees.OOBTree import OOTreeSet

from jiebang.model import containers, imports, site

#: People after which what was changed is written out, so that memory stays flat.
ROOM = 1000


def evolve(context: Any) -> None:
    """Plant the submissions of each edition and the register of forms; give people a list of cases."""
    root = context.connection.root()[site.ROOT_KEY]
    root.forms = containers.Register()
    root["imports"] = imports.Imports()
    for edition in root["editions"].values():
        edition["submissions"] = containers.ShardedFolder()
    for count, person in enumerate(root["people"].values(), 1):
        person.cases = OOTreeSet()
        if count % ROOM == 0:
            transaction.savepoint(optimistic=True)
            context.connection.cacheGC()
