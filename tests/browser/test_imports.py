"""Workbooks brought in, in Chromium: chosen, watched, looked through, confirmed, done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import at_each_width, serving, sign_in
from tests.functional.workbooks import company, write_rows
from tests.living import Living

#: WebOb leaves posted files to the collector of garbage.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
#: How often a page that waits asks, and a good deal more: milliseconds.
SOON = 15_000


@pytest.fixture
def unhurried(tmp_path: Path) -> Iterator[Living]:
    """A site whose worker does nothing until it is told to, so that waiting can be looked at."""
    with serving(tmp_path, **{"jiebang.worker": "separate"}) as one:
        yield one


def test_a_workbook_from_choosing_to_done(
    *,
    browser: Browser,
    unhurried: Living,
    tmp_path: Path,
    screenshots: Path,
    axe: Callable[[Page], None],
    html_checks: Callable[[Sequence[str]], None],
) -> None:
    site, address = unhurried, unhurried.settings.site_url
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(15_000)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    sources: list[str] = []
    sign_in(page, site, "district_officer")
    template = page.request.get(f"{address}/forms/pre-registration/batch.xlsx").body()

    def look(name: str, language: str) -> None:
        for width in at_each_width(page):
            axe(page)
            picture = f"import-{name}-{language}-{width}.png"
            page.screenshot(path=screenshots / picture, full_page=True)

    def press(selector: str) -> None:
        """Follow a link or send a form; the page that comes is checked with the others."""
        with page.expect_navigation() as coming:
            page.locator(selector).click()
        sources.append(coming.value.text())

    def choose(path: Path) -> None:
        page.goto(f"{address}/imports")
        page.set_input_files("#file", path)
        press('form[action="/imports/"] button')

    (tmp_path / "notes.txt").write_text("no workbook", encoding="utf-8")
    for turn, language in enumerate(("zh_CN", "en")):
        page.context.add_cookies([{"name": "language", "value": language, "url": address}])
        choose(tmp_path / "notes.txt")
        expect(page.locator(".error-summary")).to_be_focused()
        look("refused", language)
        rows = [company(10 * turn + 1), company(10 * turn + 2, mobile="12", uscc=None)]
        (tmp_path / f"{language}.xlsx").write_bytes(write_rows(template, rows))
        choose(tmp_path / f"{language}.xlsx")
        expect(page.locator("#progress progress")).to_be_visible()
        look("waiting", language)
        site.catch_up()
        # The page comes anew by itself once there is something to do.
        expect(page.locator('form[action$="/confirm"] button')).to_be_visible(timeout=SOON)
        expect(page.locator("tbody tr")).to_have_count(1)
        sources.append(page.request.get(page.url).text())
        look("checked", language)
        press('form[action$="/confirm"] button')
        expect(page.locator("#progress progress")).to_be_visible()
        look("filing", language)
        site.catch_up()
        expect(page.locator(".notice--good")).to_be_visible(timeout=SOON)
        sources.append(page.request.get(page.url).text())
        look("done", language)
        page.goto(f"{address}/imports")
        expect(page.locator("tbody tr")).to_have_count(turn + 1)
        sources.append(page.request.get(page.url).text())
        look("list", language)
    html_checks(sources)
    assert not [one for one in said if "Content Security Policy" in one]
    page.context.close()
