"""Nothing typed is lost: by a closed page, an ended sign-in, a second window."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect

from jiebang.outbox.loop import transaction_on
from tests.browser.conftest import sign_in
from tests.living import Living


def begin(browser: Browser, site: Living) -> tuple[Page, str]:
    """A demander with a fresh draft, at the page that asks for the need."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.set_default_timeout(15_000)
    sign_in(page, site, "demander")
    press(page, 'form[action="/start"] button')
    draft = f"{site.settings.site_url}{urlsplit(page.url).path}"
    page.goto(f"{draft}section/need")
    return page, draft


def press(page: Page, selector: str) -> None:
    """Send a form and wait for the page that comes."""
    with page.expect_navigation():
        page.locator(selector).click()


def stored(site: Living, draft: str) -> dict[str, object]:
    with transaction_on(site.registry.database) as root:
        return dict(root.at(urlsplit(draft).path).data)


def test_a_draft_saves_itself_and_says_so(browser: Browser, site: Living) -> None:
    page, draft = begin(browser, site)
    page.fill('[name="need_title"]', "自动保存的需求")
    expect(page.locator("[data-autosave-status]")).to_contain_text("已保存", timeout=30_000)
    assert stored(site, draft)["need_title"] == "自动保存的需求"
    page.context.close()
    again = browser.new_context().new_page()
    sign_in(again, site, "demander")
    again.goto(f"{draft}section/need")
    expect(again.locator('[name="need_title"]')).to_have_value("自动保存的需求")


def test_typing_outlives_an_ended_sign_in(browser: Browser, site: Living) -> None:
    page, draft = begin(browser, site)
    page.context.clear_cookies()
    page.fill('[name="need_title"]', "登录过期后仍在")
    expect(page.locator("[data-autosave-status]")).not_to_be_empty(timeout=30_000)
    assert stored(site, draft).get("need_title") is None
    press(page, '.form-actions [name="save"]')
    expect(page.locator("main")).to_contain_text("已保留")
    page.fill("#email", site.accounts["demander"].email)
    page.fill("#password", site.accounts["demander"].password)
    press(page, 'main form[action="/sign-in"] .btn-act')
    press(page, "main form .btn-act")
    assert stored(site, draft)["need_title"] == "登录过期后仍在"


def test_a_second_window_overwrites_nothing(browser: Browser, site: Living) -> None:
    page, draft = begin(browser, site)
    other = page.context.new_page()
    other.goto(f"{draft}section/need")
    other.fill('[name="need_title"]', "先保存的")
    expect(other.locator("[data-autosave-status]")).to_contain_text("已保存", timeout=30_000)
    page.fill('[name="need_title"]', "后填写的")
    press(page, '.form-actions [name="save"]')
    expect(page.locator("table")).to_contain_text("先保存的")
    expect(page.locator("table")).to_contain_text("后填写的")
    assert stored(site, draft)["need_title"] == "先保存的"
    press(page, "main form .btn-act")
    assert stored(site, draft)["need_title"] == "后填写的"
