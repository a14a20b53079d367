"""Databases of earlier generations, kept so that every later program can be shown to open them.

``python -m tests.old_databases`` adds one of the present generation; it never replaces one.
"""

from __future__ import annotations

import gzip
import shutil
import sys
import tempfile
from pathlib import Path

from jiebang.model.evolve import GENERATION
from tests.functional.filling import judge, pre_register
from tests.functional.plausible import file_alone
from tests.living import living

FOLDER = Path(__file__).parent / "fixtures"


def stored(generation: int) -> Path:
    """Where the database of a generation is kept."""
    return FOLDER / f"generation-{generation}.fs.gz"


def unpack(generation: int, folder: Path) -> None:
    """Lay a kept database out as the database of a site in ``folder``."""
    with gzip.open(stored(generation)) as packed, (folder / "Data.fs").open("wb") as target:
        shutil.copyfileobj(packed, target)


def keep() -> int:
    """Make a site with one case that was judged and one submission, and keep its database."""
    if stored(GENERATION).exists():
        sys.stderr.write(f"{stored(GENERATION).name} is kept already\n")
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with living(folder) as site:
            judge(site.client("reviewer"), pre_register(site.client("demander")))
            file_alone(site, "demander", "demand-survey")
            site.registry.database.pack()
        FOLDER.mkdir(exist_ok=True)
        with (
            (folder / "Data.fs").open("rb") as source,
            gzip.open(stored(GENERATION), "wb") as packed,
        ):
            shutil.copyfileobj(source, packed)
    return 0


if __name__ == "__main__":
    sys.exit(keep())
