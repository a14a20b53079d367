"""Steps that bring an older database to the shape of today. One module per generation.

Every change of a stored shape adds ``evolve<n>.py`` and raises ``GENERATION`` to ``n``. A database of
a later generation than this program knows is refused.
"""

from __future__ import annotations

from ZODB.DB import DB
from zope.component import provideUtility
from zope.generations.generations import EVOLVEMINIMUM, SchemaManager, evolve
from zope.generations.interfaces import ISchemaManager

GENERATION = 3


def evolve_database(db: DB) -> None:
    """Install the site in an empty database, or evolve an older one, in a transaction per step."""
    manager = SchemaManager(
        minimum_generation=GENERATION, generation=GENERATION, package_name=__name__
    )
    provideUtility(manager, ISchemaManager, name="jiebang")
    evolve(db, EVOLVEMINIMUM)
