"""A correction in Chromium, as officer and applicant see it: marked, opened, corrected, compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.test_story import Person
from tests.functional.filling import PRE_REGISTRATION
from tests.living import Living

WRONG = "名称里出现了企业简称，请改写。"
MORE = "请写明现有指标和要求达到的指标。"


@pytest.mark.parametrize("width", [1280, 320])
def test_a_correction_from_mark_to_difference(  # noqa: PLR0915 - one story, told in order
    *,
    browser: Browser,
    site: Living,
    screenshots: Path,
    axe: Callable[[Page], None],
    html_checks: Callable[[list[str]], None],
    width: int,
) -> None:
    sources: list[str] = []

    def look(page: Page, name: str) -> None:
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, page.url)
        page.screenshot(path=screenshots / f"corrections-{width}-{name}.png", full_page=True)
        response = page.request.get(page.url)
        if response.ok:
            sources.append(response.text())

    def somebody(role: str) -> Person:
        context = browser.new_context(viewport={"width": width, "height": 800})
        page = context.new_page()
        page.set_default_timeout(15_000)
        sign_in(page, site, role)
        return Person(page, look, site)

    demander, officer = somebody("demander"), somebody("case_officer")
    demander.go("/forms").see("forms")
    demander.go("/forms/demand-survey").see("form")
    demander.go("/my").press('form[action="/start"] button')
    draft = demander.page.url.removeprefix(site.settings.site_url)
    for section, answers in PRE_REGISTRATION.items():
        demander.go(f"{draft}section/{section}").answer(answers)
    demander.go(f"{draft}check").press('form[action$="submit"] button')
    demander.press("main .btn-act")
    case = demander.page.url.removeprefix(site.settings.site_url)

    officer.go(f"{case}document/pre-registration/1").see("document-of-office")
    officer.press('a[href$="return/pre-registration"]')
    officer.see("return")
    # By keyboard alone: tick, go on to the reason, write it.
    officer.page.locator('[name="mark:need_title"]').focus()
    officer.page.keyboard.press("Space")
    officer.page.keyboard.press("Tab")
    officer.page.keyboard.type(WRONG)
    officer.page.fill('[name="reason:need_brief"]', MORE)
    officer.page.fill('[name="until"]', "2019-01-01")
    officer.press('form[action$="return/pre-registration"] .btn-act')
    expect(officer.page.locator(".error-summary")).to_be_focused()
    officer.see("return-wrong")
    officer.page.fill('[name="until"]', "")
    officer.press('form[action$="return/pre-registration"] .btn-act')
    expect(officer.page.get_by_text(MORE)).to_be_visible()
    officer.see("case-of-office")

    demander.go("/my").see("my")
    demander.go(case).see("case")
    demander.press('form[action$="correct/pre-registration"] button')
    demander.see("tasks")
    draft = demander.page.url.removeprefix(site.settings.site_url)
    demander.go(f"{draft}section/need").see("section")
    demander.answer({"need_title": "薄壁件焊接变形的在线控制", "need_brief": "现有超差0.8毫米。"})
    demander.see("check")
    demander.press('form[action$="submit"] button')
    demander.see("receipt")

    officer.go(f"{case}document/pre-registration/compare/1/2").see("compare")
    assert officer.page.locator("ins").count() >= 2
    officer.go(f"{case}return/pre-registration").see("return-again")
    officer.go("/submissions").see("submissions")
    html_checks(sources)
