"""A draft of a form out of use, drafts that are shut, a sheet that cannot be printed: in Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from jiebang.outbox.loop import transaction_on
from tests.browser.conftest import at_each_width, serving, sign_in
from tests.living import ROOT, Living

FORM = "award-agency"


@pytest.fixture
def own_forms(tmp_path: Path) -> Iterator[Living]:
    """A site on form files of its own, read again when they change."""
    shutil.copytree(ROOT / "forms", tmp_path / "forms")
    changed = {"jiebang.forms": str(tmp_path / "forms"), "jiebang.reload_rules": "true"}
    with serving(tmp_path, **changed) as one:
        yield one


def test_what_is_left_of_a_form_out_of_use(
    *,
    browser: Browser,
    own_forms: Living,
    screenshots: Path,
    axe: Callable[[Page], None],
    html_checks: Callable[[Sequence[str]], None],
) -> None:
    site, address = own_forms, own_forms.settings.site_url
    # The browser notes every refused save on its console, so this page may complain.
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(15_000)
    sources: list[str] = []

    def look(name: str) -> None:
        sources.append(page.content())
        for width in at_each_width(page):
            axe(page)
            page.screenshot(path=screenshots / f"{name}-{width}.png", full_page=True)

    sign_in(page, site, "agency")
    page.goto(f"{address}/forms/{FORM}")
    page.locator(f'form[action="/forms/{FORM}/start"] button').click()
    page.locator(".task-list a").first.click()
    page.locator('[name="nominee_name"]').fill("示例服务机构")
    page.locator('button.btn[name="save"]').click()
    draft = page.url.partition("section/")[0]
    (site.settings.forms / f"{FORM}.yaml").unlink()
    page.locator('[name="nominee_name"]').fill("还没有保存的名称")
    with page.expect_response(lambda one: "/section/" in one.url and one.status == 410):
        page.locator('button.btn[name="save"]').click()
    expect(page.locator("main")).to_contain_text("还没有保存的名称")
    look("unasked-refused")
    page.goto(draft)
    expect(page.locator("main")).to_contain_text("示例服务机构")
    look("unasked-draft")
    with transaction_on(site.registry.database) as root:
        # As after the rules folder of an earlier edition was removed.
        root.at(draft.removeprefix(address)).edition = "shanghai-2018"
    page.goto(f"{address}/my")
    expect(page.locator("#shut")).to_be_visible()
    look("unasked-shut")
    html_checks(sources)
