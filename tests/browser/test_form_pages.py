"""What pages of questions do while they are filled in: with scripts, and without."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect

from jiebang import clock
from jiebang.forms.book import untranslated
from jiebang.web.countdown import countdown
from tests.browser.conftest import sign_in
from tests.browser.sheets import Sheets
from tests.living import Living

FORM = "every-type"


def sheet(page: Page, site: Living, section: str | None = None, **given: Any) -> Sheets:
    """The form with every type of question, blank, in English."""
    sheets = Sheets(page, site, "en")
    sheets.show(sheets.html(sheets.book[FORM], "blank", section=section, **given))
    ready(page)
    return sheets


def ready(page: Page) -> None:
    """Wait until the script has begun."""
    expect(page.locator("form[data-form]")).to_have_attribute("data-ready", "")


def begin(page: Page, site: Living) -> str:
    """A draft of that form; answers its address."""
    sign_in(page, site, "demander")
    page.goto(f"{site.settings.site_url}/forms/{FORM}")
    page.locator("main .btn-act").click()
    page.wait_for_url("**/drafts/**")
    return f"{site.settings.site_url}{urlsplit(page.url).path}"


def test_questions_come_and_go_with_the_answers(page: Page, forms_site: Living) -> None:
    sheet(page, forms_site, "plain")
    why_not, which = (page.locator(f"[data-item={key}]") for key in ("why_not", "which"))
    expect(why_not).to_be_hidden()
    page.check("[name=sure][value=no]")
    expect(why_not).to_be_hidden()
    page.check("[name=mode][value=joint]")
    expect(why_not).to_be_visible()
    page.check("[name=sure][value=yes]")
    expect(why_not).to_be_hidden()
    page.check("[name=traits][value=other]")
    expect(which).to_be_visible()
    page.uncheck("[name=traits][value=other]")
    expect(which).to_be_hidden()


def test_answers_stand_in_the_text_while_they_are_typed(page: Page, forms_site: Living) -> None:
    sheet(page, forms_site, "plain")
    text = page.locator(".form-paragraphs p").first
    expect(text).to_have_text(
        "Article 1. [Name] (the first party) takes this on from [First year], by [Mode]."
    )
    page.fill("[name=who]", "<b>某公司</b>")
    page.fill("[name=since]", "2020")
    page.check("[name=mode][value=alone]")
    expect(text).to_have_text(
        "Article 1. <b>某公司</b> (the first party) takes this on from 2020, by Alone."
    )


def test_figures_follow_from_what_is_typed(page: Page, forms_site: Living) -> None:
    sheet(page, forms_site, "sums")
    total, gap = page.locator("#f-funds"), page.locator("#f-gap")
    expect(total).to_contain_text("Worked out once")
    page.fill("[name=own]", "1.5")
    expect(total).to_have_text("1.50 万元")
    expect(gap).to_contain_text("Worked out once")
    page.fill("[name=loan]", "１,000 元")
    expect(total).to_have_text("1.60 万元")
    expect(gap).to_have_text("1.40 万元")
    page.fill("[name=loan]", "some")
    expect(total).to_contain_text("Worked out once")


def test_figures_follow_from_rows(page: Page, forms_site: Living) -> None:
    sheet(page, forms_site, "rows")
    expect(page.locator("#f-lines")).to_have_text("0")
    page.fill("#f-items-0-amount", "2")
    page.click("[data-item=items] [data-act=add]")
    page.fill("#f-items-1-amount", "0.5")
    expect(page.locator("#f-spent")).to_have_text("2.50 万元")
    expect(page.locator("#f-lines")).to_have_text("2")
    for row, (point, weight) in enumerate([("80", "33.3"), ("90", "66.7")]):
        page.fill(f"#f-scores-{row}-point", point)
        page.fill(f"#f-scores-{row}-weight", weight)
        if row == 0:
            expect(page.locator("#f-mean")).to_contain_text("Worked out once")
            page.click("[data-item=scores] [data-act=add]")
    expect(page.locator("#f-mean")).to_have_text("86.67")


def test_what_is_left_of_a_long_answer_is_counted(page: Page, forms_site: Living) -> None:
    sheet(page, forms_site, "plain")
    counter = page.locator("#f-about-counter")
    expect(counter).to_have_text("60 characters left")
    page.fill("[name=about]", "一" * 61)
    expect(counter).to_have_text("1 characters too many")
    assert "f-about-counter" in str(page.get_attribute("#f-about", "aria-describedby"))


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.name"))


def test_rows_are_added_moved_and_removed_by_keys(page: Page, forms_site: Living) -> None:
    sheet(page, forms_site, "rows")
    table = page.locator("[data-item=items]")
    said, rows, add = (
        table.locator(part) for part in ("[data-rows-status]", "tbody tr", "[data-act=add]")
    )
    page.fill("#f-items-0-item", "first")
    for number in (2, 3, 4):
        add.focus()
        page.keyboard.press("Enter")
        expect(said).to_have_text(f"Row {number} added")
        assert focused(page) == f"f-items-{number - 1}-item"
    expect(add).to_be_hidden()  # four is the most
    page.keyboard.type("last")
    rows.nth(3).locator("[data-act=up]").focus()
    page.keyboard.press("Space")
    expect(said).to_have_text("The row is now row 3")
    assert focused(page) == "up:items:2", "the button stays under the fingers"
    assert page.input_value("#f-items-2-item") == "last"
    expect(page.locator("#f-items-2-item")).to_have_attribute("aria-label", "Item, row 3")
    rows.nth(0).locator("[data-act=remove]").focus()
    page.keyboard.press("Enter")
    expect(said).to_have_text("Row 1 removed")
    assert focused(page) == "f-items-0-item"
    assert page.input_value("#f-items-1-item") == "last"
    expect(add).to_be_visible()
    for _row in range(3):
        rows.nth(0).locator("[data-act=remove]").click()
    expect(said).to_have_text("Row 1 emptied")
    expect(rows).to_have_count(1)


def test_a_long_list_is_searched_in_the_page_and_in_rows(
    page: Page, forms_site: Living, axe: Callable[[Page], None]
) -> None:
    sheet(page, forms_site)
    page.locator("#f-trade-ts-control").focus()
    page.keyboard.type("software devel")
    page.keyboard.press("Enter")
    assert page.input_value("select[name=trade]") == "I651"
    page.click("[data-item=wide] [data-act=add]")
    search = page.locator("#f-wide-1-w_trade-ts-control")
    search.focus()
    page.keyboard.type("Manufacture")
    axe(page)
    search.fill("")
    page.keyboard.type("C37 ")
    page.keyboard.press("Enter")
    assert page.input_value("#f-wide-1-w_trade") == "C37"
    page.locator("[data-item=wide] [data-act=remove]").first.click()
    assert page.input_value("#f-wide-0-w_trade") == "C37"
    moved = page.locator("#f-wide-0-w_trade-ts-control")
    expect(moved).to_have_attribute("aria-label", "Industry, row 1")
    moved.focus()
    page.keyboard.type("no such trade")
    expect(page.locator(".no-results")).to_have_text("Nothing in the list fits")
    axe(page)


def test_divisions_are_offered_and_named(page: Page, forms_site: Living) -> None:
    sheet(page, forms_site, "plain")
    place = page.locator("#f-place")
    place.focus()
    expect(place).to_have_attribute("list", "divisions")
    place.fill("310112")
    expect(page.locator("output[for=f-place]")).to_have_text("上海市闵行区")
    place.fill("31011")
    expect(page.locator("output[for=f-place]")).to_have_text("")


def test_errors_lead_to_their_questions(page: Page, forms_site: Living) -> None:
    sheets = Sheets(page, forms_site, "en")
    sheets.show(sheets.html(sheets.book[FORM], "wrong"))
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    for words, place in {
        "Industry": "f-trade-ts-control",
        "Period": "f-period-from",
        "Worth": "f-worth-rating",
    }.items():
        summary.get_by_text(re.compile(f"“{words}”")).click()
        assert focused(page) == place
    page.goto("about:blank")
    page.goto(f"{sheets.address}/sheet#q-worth")
    ready(page)
    assert focused(page) == "f-worth-rating"


def test_a_corrected_form_opens_what_was_marked(
    page: Page,
    forms_site: Living,
    axe: Callable[[Page], None],
    html_check: Callable[[str], None],
) -> None:
    sheets = Sheets(page, forms_site, "zh_CN")
    html = sheets.html(
        sheets.book[FORM],
        "filled",
        opened=frozenset({"who", "items", "sign"}),
        reasons={"who": "请写全称。", "items.1": "金额与合同不符。", "sign": "缺日期。"},
    )
    html_check(html)
    sheets.show(html)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator("[name=about]")).to_have_count(0)
    expect(page.locator("#f-items-asked")).to_contain_text("金额与合同不符。")


def test_without_scripts_rows_and_figures_go_by_way_of_the_server(
    browser: Browser, forms_site: Living
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 900})
    page = context.new_page()
    draft = begin(page, forms_site)
    page.goto(f"{draft}section/rows")
    page.fill("#f-items-0-item", "一")
    page.fill("#f-items-0-amount", "2")
    page.click("[data-item=items] [data-act=add]")
    assert page.url.endswith("#q-items"), "back at the question that was worked on"
    page.fill("#f-items-1-item", "二")
    page.fill("#f-items-1-amount", "0.5")
    page.click('[name="up:items:1"]')
    assert page.input_value("#f-items-0-item") == "二"
    expect(page.locator("#f-spent")).to_have_text("2.50 万元")
    page.click('[name="remove:items:0"]')
    expect(page.locator("[data-item=items] tbody tr")).to_have_count(1)
    assert page.input_value("#f-items-0-item") == "一"
    page.goto(f"{draft}section/plain")
    page.fill("[name=place]", "310112")
    page.select_option("[name=trade]", "C37")
    page.click(".form-actions [name=save]")
    expect(page.locator("output[for=f-place]")).to_have_text("上海市闵行区")
    assert page.input_value("[name=trade]") == "C37"
    context.close()


def test_without_scripts_a_file_that_is_refused_is_told_of_whatever_was_pressed(
    browser: Browser, forms_site: Living, tmp_path: Path
) -> None:
    for name in ("paper.txt", "program.exe"):
        (tmp_path / name).write_text("证明", encoding="utf-8")
    page = browser.new_context(java_script_enabled=False).new_page()
    draft = begin(page, forms_site)
    page.goto(f"{draft}section/end")
    page.set_input_files("[name='upload:papers']", tmp_path / "paper.txt")
    page.click(".form-actions [name=save]")
    page.set_input_files("[name='upload:papers']", tmp_path / "program.exe")
    remove = page.locator("[data-item=papers] [name^='remove-file:papers']")
    remove.click()
    expect(page.locator("[data-error-summary] li")).to_have_count(1)
    expect(page.locator("[data-item=papers]")).to_contain_text("program.exe")
    expect(remove).to_have_count(0)
    page.context.close()


def test_typing_outlives_a_page_that_goes_away(page: Page, forms_site: Living) -> None:
    draft = begin(page, forms_site)
    page.route("**/autosave", lambda route: route.abort())
    page.goto(f"{draft}section/rows")
    page.click("[data-item=items] [data-act=add]")
    page.fill("#f-items-1-item", "第二项")
    page.select_option("#f-items-1-kind", "two")
    page.locator("#f-wide-0-w_trade-ts-control").focus()
    page.keyboard.type("C37 ")
    page.keyboard.press("Enter")
    page.wait_for_timeout(600)  # a pause shorter than the one before saving
    other = page.context.new_page()
    page.close(run_before_unload=False)
    other.goto(f"{draft}section/rows")
    expect(other.locator("[data-restored-notice]")).to_be_visible()
    assert other.input_value("#f-items-1-item") == "第二项"
    assert other.input_value("#f-items-1-kind") == "two"
    assert other.input_value("#f-wide-0-w_trade") == "C37"
    expect(other.locator("[data-item=wide] .ts-control .item")).to_contain_text("C37")
    expect(other.locator("[data-autosave-status]")).not_to_be_empty(timeout=30_000)
    other.reload()
    expect(other.locator("[data-restored-notice]")).to_be_hidden()
    assert other.input_value("#f-items-1-item") == "第二项", "now the server has it"


def test_a_deadline_runs_down_by_the_clock_of_the_server(page: Page, forms_site: Living) -> None:
    sheets = Sheets(page, forms_site, "en")
    now = clock.now() - timedelta(days=400)  # the visitor's own clock is far off
    told = countdown(
        now + timedelta(minutes=1, seconds=2), now, lambda one: untranslated(one, "en")
    )
    words = " ".join(f'{name}="{value}"' for name, value in told.words.items())
    page.clock.install()
    sheets.show(
        sheets.framed(
            "Deadline",
            f'<p {words}><span data-countdown-shown="">{told.text}</span>'
            '<span role="status" data-countdown-said=""></span></p>',
        )
    )
    shown, said = page.locator("[data-countdown-shown]"), page.locator("[data-countdown-said]")
    expect(shown).to_contain_text("1 minute")
    expect(said).to_be_empty()
    page.clock.run_for(2_000)
    expect(said).to_be_empty()
    page.clock.run_for(1_000)
    expect(shown).to_have_text("59 seconds left until the deadline")
    expect(said).to_have_text("0 minutes left until the deadline")
    page.clock.run_for(60_000)
    expect(shown).to_have_text("The deadline has passed")
    expect(said).to_have_text("The deadline has passed")


def test_htmx_keeps_to_the_content_policy_and_keeps_no_pages(
    page: Page, forms_site: Living
) -> None:
    page.goto(f"{forms_site.settings.site_url}/about")
    settings = page.evaluate(
        "[htmx.config.includeIndicatorStyles, htmx.config.allowEval, htmx.config.historyCacheSize]"
    )
    assert settings == [False, False, 0]
    page.evaluate("htmx.ajax('GET', '/contact', {target: '#main', select: '#main > *'})")
    expect(page.locator("main h1")).to_have_text(re.compile("联系"))
