"""Every form as people see it: sound, accessible, narrow enough for a telephone, filled by keys alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from webtest import TestApp

from tests.browser.conftest import WIDTHS, at_each_width, sign_in
from tests.browser.keyboard import Keyboard
from tests.browser.samples import TYPED, Samples
from tests.browser.sheets import STATES, Sheets
from tests.functional.filling import pre_register
from tests.living import Living

#: Pictured in every state; the others would be many pictures of the same.
PICTURED = ("every-type", "demand-survey")
#: The longest, with the answers that rules across questions want otherwise than the samples.
LONGEST: dict[str, dict[str, Any]] = {
    "technology-contract": {"bank_account": "1001000000000000000"},
    "demand-survey": {},
    "voucher-application": {},
}


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_every_form_in_every_state(
    *,
    page: Page,
    forms_site: Living,
    locale: str,
    axe: Callable[[Page], None],
    html_checks: Callable[[Sequence[str]], None],
    screenshots: Path,
) -> None:
    sheets = Sheets(page, forms_site, locale)
    sources = []
    for form in sheets.book.forms.values():
        for state in STATES:
            sources.append(sheets.html(form, state, office=True))
            if state == "blank":
                continue  # the page with errors has all of it, and more
            sheets.show(sources[-1])
            for width in at_each_width(page):
                axe(page)
                if form.id in PICTURED:
                    name = f"form-{form.id}-{state}-{locale}-{width}.png"
                    page.screenshot(path=screenshots / name, full_page=True)
    html_checks(sources)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("form_id", LONGEST)
def test_the_longest_forms_are_filled_by_keys_alone(
    *, page: Page, forms_site: Living, form_id: str, width: int, tmp_path: Path
) -> None:
    site = forms_site
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, site, "demander")
    rules = site.registry.rulebook[site.settings.edition]
    form = rules.forms[form_id]
    answers = Samples(rules.forms, rules.choices(), TYPED).filled(form) | LONGEST[form_id]
    (tmp_path / "paper.txt").write_text("证明", encoding="utf-8")
    keyboard = Keyboard(page, form, answers, str(tmp_path / "paper.txt"))
    page.goto(f"{site.settings.site_url}/forms/{form_id}")
    if form.filing.about == "demand":
        page.fill("#about", demand(site))
    keyboard.press_button("main .btn-act")
    page.goto(f"{page.url}section/{form.sections[0].id}")
    for _section in form.sections:
        if "/section/" not in page.url:
            break
        here = page.url
        keyboard.fill()
        assert page.url != here, page.locator("[data-error-summary]").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page).to_have_url(re.compile("/check$"))
    keyboard.press_button("main .btn-act")
    expect(page.locator("main h1")).to_contain_text("已提交")


def demand(site: Living) -> str:
    """The number of a demand that the demander filed."""
    client = TestApp(site.app, extra_environ={"HTTP_HOST": site.settings.allowed_hosts[0]})
    site.sign_in(client, "demander")
    return pre_register(client).rstrip("/").rpartition("/")[2]
