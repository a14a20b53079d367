"""The whole story in Chromium, as people see it: both languages, wide and narrow."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.browser.conftest import at_each_width, sign_in
from tests.functional.filling import ANALYSIS, PRE_REGISTRATION
from tests.living import Living

HIDDEN = ("演示企业", "联系岗", "13800000000", "desk@example.com", "91310000MA1K00015N")
ENDINGS = {
    "zh_CN": {"judged": "已重新作出决定", "published": "第 1 批已发布"},
    "en": {"judged": "has been decided again", "published": "Batch 1 is published"},
}


class Person:
    """Somebody at a browser, whose every page is checked and pictured."""

    def __init__(self, page: Page, look: Callable[[Page, str], None], site: Living) -> None:
        self.page, self._look, self._site = page, look, site

    def go(self, path: str) -> Person:
        self.page.goto(f"{self._site.settings.site_url}{path}")
        return self

    def see(self, name: str) -> None:
        self._look(self.page, name)

    def press(self, selector: str) -> None:
        """Follow a link or send a form, and wait for the page that comes."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def sign_in(self, role: str) -> Person:
        sign_in(self.page, self._site, role)
        return self

    def answer(self, answers: dict[str, object]) -> None:
        """Type answers into a page of questions and go on."""
        form = self.page.locator("form[data-form]")
        for key, value in answers.items():
            for index, one in enumerate(value if isinstance(value, list) else [value]):
                control = form.locator(f'[name="{key}"]')
                if control.first.get_attribute("type") == "radio":
                    form.locator(f'[name="{key}"][value="{one}"]').check()
                elif control.nth(index).evaluate("one => one.tagName") == "SELECT":
                    control.nth(index).select_option(str(one))
                else:
                    control.nth(index).fill(str(one))
        with self.page.expect_navigation():
            form.locator('.form-actions [name="save"]').click()

    def fill(self, sections: dict[str, dict[str, object]], name: str) -> None:
        """Answer the sections of the draft that is open, check and file it."""
        draft = urlsplit(self.page.url).path
        self.see(f"{name}-tasks")
        for section, answers in sections.items():
            self.go(f"{draft}section/{section}")
            self.answer(answers)
            self.see(f"{name}-after-{section}")
        self.go(f"{draft}check")
        self.see(f"{name}-check")
        self.press('form[action$="submit"] button')
        expect(self.page).to_have_url(f"{self._site.settings.site_url}{draft}receipt")
        self.see(f"{name}-receipt")


@pytest.mark.parametrize(("language", "width"), [("zh_CN", 320), ("en", 1280)])
def test_the_whole_story(  # noqa: PLR0915 - one story, told in order
    *,
    browser: Browser,
    site: Living,
    screenshots: Path,
    axe: Callable[[Page], None],
    language: str,
    width: int,
) -> None:
    said = ENDINGS[language]
    violations: list[str] = []

    def look(page: Page, name: str) -> None:
        for wide in at_each_width(page):
            axe(page)
            page.screenshot(path=screenshots / f"{language}-{wide}-{name}.png", full_page=True)

    def somebody(role: str | None = None) -> Person:
        context = browser.new_context(viewport={"width": width, "height": 800})
        context.add_cookies(
            [{"name": "language", "value": language, "url": site.settings.site_url}]
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on(
            "console",
            lambda message: (
                violations.append(message.text)
                if "Content Security Policy" in message.text
                else None
            ),
        )
        person = Person(page, look, site)
        return person.sign_in(role) if role else person

    demander, officer, reviewer = (
        somebody("demander"),
        somebody("case_officer"),
        somebody("reviewer"),
    )
    demander.see("my")
    demander.press('form[action="/start"] button')
    demander.fill(PRE_REGISTRATION, "pre-registration")
    demander.press("main .btn-act")
    case = urlsplit(demander.page.url).path
    demander.see("case-waiting")
    demander.go(f"{case}decision/1").see("decision")

    reviewer.go("/judgements").see("judgements")
    reviewer.press("table a")
    reviewer.see("judge")
    reviewer.answer({"answer": "yes", "evidence": "合同与审计报告。", "opinion": "具备。"})
    expect(reviewer.page.locator(".notice")).to_contain_text(said["judged"])

    officer.page.wait_for_timeout(2500)  # the worker's turn: the queue follows the feed
    officer.go("/queue").see("queue")
    officer.press("tbody th a")
    officer.press('form[action$="/claim"] button')
    officer.see("case-claimed")
    officer.press('form[action$="/fill/demand-analysis"] button')
    officer.fill(ANALYSIS, "analysis")

    demander.go(case).press('form[action$="/fill/redaction-wishes"] button')
    demander.fill({"wishes": {"hide_name": "yes", "hide_contact": "yes"}}, "wishes")
    demander.go(f"{case}announcement").see("consent")
    demander.press('form[action$="/consent"] button')
    demander.see("case-consented")

    officer.go(case).press('form[action$="/schedule"] button')
    officer.go("/batches").see("batches")
    officer.press('form[action="/publish"] button')
    expect(officer.page.locator(".notice")).to_contain_text(said["published"])
    officer.go(f"{case}journal").see("journal")

    public = somebody()
    public.go("/").see("home")
    public.go("/announcements").see("announcements")
    public.press(".task-list a")
    public.see("announcement")
    shown = public.page.locator("main").inner_text()
    answer = public.page.request.get(
        site.settings.site_url
        + (public.page.locator("main a[href*=pdf]").get_attribute("href") or "")
    )
    printed = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(answer.body())).pages)
    for channel in (shown, printed):
        assert str(PRE_REGISTRATION["need"]["need_title"]) in channel
        assert not [word for word in HIDDEN if word in channel]
    assert not violations


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_pages_for_everybody(
    *,
    browser: Browser,
    forms_site: Living,
    screenshots: Path,
    axe: Callable[[Page], None],
    html_checks: Callable[[Sequence[str]], None],
    language: str,
) -> None:
    address = forms_site.settings.site_url
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    page = context.new_page()
    sources = []
    pages = (
        "",
        "about",
        "sessions",
        "organisers",
        "contact",
        "clauses",
        "forms",
        "sign-up",
        "sign-in",
        "nowhere",
    )
    for name in pages:
        response = page.goto(f"{address}/{name}")
        assert response is not None
        sources.append(response.text())
        for width in at_each_width(page):
            axe(page)
            page.screenshot(
                path=screenshots / f"{language}-{width}-{name or 'front'}.png", full_page=True
            )
    html_checks(sources)
    context.close()
