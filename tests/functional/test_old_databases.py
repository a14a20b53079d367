"""Stored data is for years: every generation there ever was opens, reads and goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jiebang.casework.replaying import replay_site
from jiebang.main import main
from jiebang.model.evolve import GENERATION
from jiebang.outbox.loop import transaction_on
from jiebang.policy import canonical_json
from tests.functional.filling import PRE_REGISTRATION
from tests.living import settings
from tests.old_databases import stored, unpack

#: How the decisions of each generation come out when they are replayed. Versions of books are kept
#: from the second on; where these are not the same bytes, ``EXPLANATION`` has not been raised.
REPLAYS = {1: {"no_version"}, 2: {"same", "explained"}}


def replayed(site: Any, app: Any) -> Iterator[str]:
    for one in replay_site(site=site, decider=app.registry.decider):
        assert one.unsealed == (one.verdict == "no_version")
        yield one.verdict


def test_every_generation_is_kept() -> None:
    assert [n for n in range(1, GENERATION + 1) if not stored(n).exists()] == []


@pytest.mark.parametrize("generation", range(1, GENERATION + 1))
def test_an_old_database_opens_and_goes_on(generation: int, tmp_path: Path) -> None:
    unpack(generation, tmp_path)
    app = main({}, **settings(tmp_path))
    with transaction_on(app.registry.database) as site:
        [case] = site.edition("shanghai-2019")["demands"].values()
        filed = case.current("pre-registration")
        assert filed.data["need_title"] == PRE_REGISTRATION["need"]["need_title"]
        assert len(filed.sha256) == 64
        assert list(case.journal.broken_links()) == []
        assert case.stage == "eligible"
        assert case.decision("demander-eligibility").outcome == "grant"
        assert app.registry.numbers.next("SH2019") > case.number
        newest = case.decision("demander-eligibility")
        assert canonical_json(newest.content) == newest.answer
        assert newest.book == newest.content["book"]
        assert newest.as_of.isoformat() == newest.content["as_of"]
        assert set(replayed(site, app)) <= REPLAYS[generation]
        assert [one.version for one in site["policy"].books("shanghai-2019").publications]
    app.registry.decider.close()
    app.registry.database.close()
