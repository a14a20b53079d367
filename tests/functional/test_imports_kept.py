"""How long a workbook that was brought in is kept when nobody confirms it."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from webtest import TestApp

from jiebang import clock
from jiebang.outbox.loop import transaction_on
from tests.functional.filling import form
from tests.functional.test_imports import checked, demands, template
from tests.functional.workbooks import company, write_rows
from tests.living import ROOT, Living, living

Client = Callable[..., TestApp]

#: WebOb leaves posted files to the collector of garbage, since a request may be tried again with them.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Posted files are collected while their warnings are passed over, not in some other test."""
    yield
    gc.collect()


def days(site: Living) -> int:
    kept = site.registry.rulebook["shanghai-2019"].forms.uploads.workbook.unconfirmed_days
    assert kept
    return int(kept)


def kept(site: Living) -> list[Any]:
    with transaction_on(site.registry.database) as root:
        return [one.state for one in root["imports"].values()]


def test_what_nobody_confirms_is_dropped_after_the_days_of_the_file(
    site: Living, client: Client
) -> None:
    officer, limit = client("district_officer"), days(site)
    rows = [company(1), company(2, mobile="12")]
    page = checked(site, officer, write_rows(template(officer), rows))
    assert page.html.find("p", string=lambda text: bool(text) and "未确认导入的" in text)
    with clock.shifted(timedelta(days=limit, minutes=-5)):
        site.catch_up()
        assert kept(site) == ["checked"]
    with clock.shifted(timedelta(days=limit, minutes=5)):
        site.catch_up()
        assert kept(site) == []
        with transaction_on(site.registry.database) as root:
            person = next(one for one in root["people"].values() if "district_officer" in one.roles)
            assert root["imports"].of(person.id) == []
            assert not root["imports"].waiting
    assert demands(site) == []
    officer.get(page.request.path, status=404)
    assert officer.get("/imports").status_int == 200


def test_what_was_confirmed_stays(site: Living, client: Client) -> None:
    officer, limit = client("district_officer"), days(site)
    page = checked(site, officer, write_rows(template(officer), [company(1)]))
    form(page, "/confirm").submit(status=303)
    late = timedelta(days=limit * 3)
    with clock.shifted(late):
        # It waited for a worker all the time, and is worked on now.
        site.catch_up()
        assert kept(site) == ["done"]
    with clock.shifted(2 * late):
        site.catch_up()
        assert kept(site) == ["done"]
    assert len(demands(site)) == 1


def test_one_worker_looks_again_as_time_goes_by(site: Living, client: Client) -> None:
    officer, limit = client("district_officer"), days(site)
    checked(site, officer, write_rows(template(officer), [company(1)]))
    importer = next(one for one in site.consumers() if one.name == "imports")
    assert importer.catch_up(site.registry.database) == 0
    with clock.shifted(timedelta(days=limit + 1)):
        assert importer.catch_up(site.registry.database) == 1
        assert importer.catch_up(site.registry.database) == 0
    assert kept(site) == []


def test_a_file_may_say_never(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "forms", tmp_path / "forms")
    uploads = tmp_path / "forms" / "uploads.yaml"
    text = uploads.read_text("utf-8")
    changed = text.replace("unconfirmed_days: 30", "unconfirmed_days: null")
    assert changed != text
    uploads.write_text(changed, "utf-8")
    with living(tmp_path, **{"jiebang.forms": str(tmp_path / "forms")}) as site:
        officer = site.client("district_officer")
        page = checked(site, officer, write_rows(template(officer), [company(1)]))
        assert "未确认导入的" not in page.text
        with clock.shifted(timedelta(days=4000)):
            site.catch_up()
            assert kept(site) == ["checked"]
