"""Every official form that is filed by itself: begun, filled, filed and read, by the roles it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from ruamel.yaml import YAML

from jiebang.model.permissions import OUTSIDE
from tests.functional.filling import publish_one
from tests.functional.plausible import file_alone
from tests.living import ROOT, Living, living

#: Who signs in where a form may be filed by everybody who did.
SIGNED_IN = "expert"


class Filed(NamedTuple):
    """A form and one of the roles that file it."""

    form: str
    role: str


def _all() -> list[Filed]:
    """Each form once, and each of its roles at least once over all forms."""
    found, seen = [], set()
    for path in sorted((ROOT / "forms").glob("*.yaml")):
        filing = YAML(typ="safe").load(path.read_text("utf-8")).get("filing") or {}
        for at, role in enumerate(filing.get("by", ())):
            if at == 0 or role not in seen:
                found.append(Filed(path.stem, role))
                seen.add(role)
    return found


class World(NamedTuple):
    site: Living
    demand: str


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A site with a demand that everybody can see."""
    with living(tmp_path_factory.mktemp("forms")) as site:
        yield World(site, publish_one(site.client).rstrip("/").rsplit("/", 1)[-1])


@pytest.mark.parametrize("filed", _all(), ids=lambda one: f"{one.form}-{one.role}")
def test_a_form_is_filed_by_a_role_it_names_and_read_by_who_handles_it(
    world: World, filed: Filed
) -> None:
    site, who = world.site, SIGNED_IN if filed.role == "signed_in" else filed.role
    asked = site.registry.rulebook["shanghai-2019"].forms[filed.form].filing
    about = {"about": world.demand} if asked.about == "demand" else {}
    case = file_alone(site, who, filed.form, **about)
    document = f"{case}document/{filed.form}/1"
    assert site.client(who).get(document).html.select("dl.facts dd")
    for handler in set(asked.handled_by) - {"district_officer"}:
        assert site.client(handler).get(document).html.select("dl.facts dd")
    for stranger in set(OUTSIDE) - {who}:
        site.client(stranger).get(document, status=404)


def test_the_roles_of_every_form_are_tried() -> None:
    tried = {one.role for one in _all()}
    assert {*OUTSIDE, "case_officer", "district_officer", "signed_in"} <= tried
