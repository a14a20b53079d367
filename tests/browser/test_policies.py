"""The pages of policies in a real Chromium: sound, accessible, and narrow enough for a telephone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import sign_in
from tests.living import Living

BOOKS = "/policy/shanghai-2019/"
PAGES = {
    "matters": BOOKS,
    "policy": f"{BOOKS}rule/demander-eligibility",
    "table": f"{BOOKS}rule/innovation-voucher",
    "award": f"{BOOKS}rule/winning-challenger",
}
#: Wide and narrow, in pixels.
WIDTHS = (1280, 320)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_pages_of_policies(
    browser: Browser,
    site: Living,
    language: str,
    axe: Callable[[Page], None],
    html_check: Callable[[str], None],
    screenshots: Path,
) -> None:
    page = browser.new_context(viewport={"width": WIDTHS[0], "height": 900}).new_page()
    page.set_default_timeout(15_000)
    sign_in(page, site, "policy_editor")
    if language == "en":
        with page.expect_navigation():
            page.click('button[name="to"]')
    for name, path in PAGES.items():
        answer = page.goto(f"{site.settings.site_url}{path}")
        assert answer is not None
        assert answer.status == 200
        html_check(answer.text())
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.screenshot(path=screenshots / f"{name}-{language}-{width}.png", full_page=True)
    page.context.close()
