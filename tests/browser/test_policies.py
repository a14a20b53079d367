"""The pages of policies in a real Chromium: sound, accessible, and narrow enough for a telephone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.conftest import at_each_width, sign_in
from tests.living import Living

BOOKS = "/policy/shanghai-2019/"
PAGES = {
    "matters": BOOKS,
    "policy": f"{BOOKS}rule/demander-eligibility",
    "table": f"{BOOKS}rule/innovation-voucher",
    "award": f"{BOOKS}rule/winning-challenger",
}


def test_pages_of_policies(
    browser: Browser,
    site: Living,
    axe: Callable[[Page], None],
    html_checks: Callable[[Sequence[str]], None],
    screenshots: Path,
) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(15_000)
    sign_in(page, site, "policy_editor")
    sources = []
    for language in ("zh_CN", "en"):
        page.context.add_cookies(
            [{"name": "language", "value": language, "url": site.settings.site_url}]
        )
        for name, path in PAGES.items():
            answer = page.goto(f"{site.settings.site_url}{path}")
            assert answer is not None
            assert answer.status == 200
            sources.append(answer.text())
            for width in at_each_width(page):
                axe(page)
                page.screenshot(path=screenshots / f"{name}-{language}-{width}.png", full_page=True)
    html_checks(sources)
    page.context.close()
