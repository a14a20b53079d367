"""Filling forms without a mouse: where the focus is, and the keys that answer what stands there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from playwright.sync_api import Page, expect

from jiebang.forms.language.definition import Form
from jiebang.forms.language.question import Question

_FOCUS = """() => {
  const one = document.activeElement;
  const row = one.closest("tr");
  const search = one.closest(".ts-wrapper")?.previousElementSibling;
  const real = search ?? one;
  return {
    id: one.id,
    tag: real.tagName,
    kind: search ? "search" : one.type ?? "",
    name: real.name ?? "",
    value: real.value ?? "",
    checked: real.checked ?? false,
    act: one.dataset.act ?? "",
    item: one.closest("[data-item]")?.dataset.item ?? "",
    row: row ? row.sectionRowIndex : 0,
    offers: real.tagName === "SELECT" ? [...real.options].map((option) => option.value) : [],
  };
}"""
#: More stops than any page has.
_STOPS = 600


class Focus(NamedTuple):
    """What has the focus."""

    id: str
    tag: str
    kind: str
    name: str
    value: str
    checked: bool
    act: str
    item: str
    row: int
    offers: list[str]


class Keyboard:
    """Somebody who fills a form with nothing but keys; ``answers`` as samples give them."""

    def __init__(self, page: Page, form: Form, answers: Mapping[str, Any], file: str) -> None:
        self.page, self.answers = page, answers
        page.on("filechooser", lambda chooser: chooser.set_files(file))
        self._questions: dict[str, Question] = {one.key: one for one in form.questions}
        self._done: set[tuple[str, str, str]] = set()
        self._added: set[str] = set()

    @property
    def focus(self) -> Focus:
        return Focus(**self.page.evaluate(_FOCUS))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def skip_to_content(self) -> None:
        """Past the header, as the first link of every page offers."""
        self.press("Tab", "Enter")

    def fill(self) -> None:
        """Answer all that the page asks, in the order of the page, and send it."""
        self._done.clear()
        self._added.clear()
        self.skip_to_content()
        for _stop in range(_STOPS):
            self.press("Tab")
            focus = self.focus
            if focus.name == "save":
                with self.page.expect_navigation():
                    self.press("Enter")
                return
            if focus.item:
                self._answer(focus)
        raise AssertionError(f"no way to the button of {self.page.url}")

    def press_button(self, selector: str) -> None:
        """Go to the button that a selector means and press it."""
        self.skip_to_content()
        for _stop in range(_STOPS):
            self.press("Tab")
            if self.page.evaluate("one => document.activeElement.matches(one)", selector):
                with self.page.expect_navigation():
                    self.press("Enter")
                return
        shown = self.page.locator("main").inner_text()
        raise AssertionError(f"no way to “{selector}” on {self.page.url}: {shown}")

    def _answer(self, focus: Focus) -> None:
        question = self._questions[focus.item]
        if question.type == "table":
            self._cell(question, focus)
            return
        wanted = self.answers.get(question.key)
        if question.type == "several_of":
            wanted = focus.value if focus.value in wanted else None
        elif isinstance(wanted, dict):
            part = focus.name.removeprefix(f"{question.key}-")
            wanted = wanted[part]
        elif isinstance(wanted, list):
            wanted = "\n".join(wanted)
        self._once(focus, wanted)

    def _cell(self, table: Question, focus: Focus) -> None:
        rows = self.answers[table.key]
        if focus.act == "add" and table.key not in self._added and len(rows) > 1:
            self._added.add(table.key)
            self.press("Enter")
            focus = self.focus
            assert (focus.item, focus.row) == (table.key, 1), "the new row has the focus"
        if not focus.act:
            self._once(focus, rows[min(focus.row, len(rows) - 1)].get(focus.name))

    def _once(self, focus: Focus, wanted: Any) -> None:
        """Answer a control on the first visit; the parts of a date are stops of their own."""
        place = (focus.item, focus.name, focus.id)
        if place in self._done or focus.tag == "BUTTON" or wanted is None:
            return
        self._done.add(place)
        self._type(focus, "yes" if wanted is True else "no" if wanted is False else str(wanted))

    def _type(self, focus: Focus, wanted: str) -> None:
        match focus.kind:
            case "radio":
                self._choose(focus, wanted)
            case "checkbox":
                self.press(*[] if focus.checked else ["Space"])
            case "search":
                self.page.keyboard.type(self._offer(focus, wanted))
                self.press("Enter")
            case "select-one":
                self._step(focus.offers, focus.value, wanted)
            case "date":
                year, month, day = wanted.split("-")
                # In the order of the browser's own language, which conftest sets.
                self.page.keyboard.type(month + day + year)
            case "file":
                self.press("Space")
                expect(self.page.locator(f"#{focus.id}")).not_to_have_value("")
            case _:
                self.press("Control+A")
                self.page.keyboard.type(wanted)

    def _choose(self, focus: Focus, wanted: str) -> None:
        self.press("Space")
        codes = self.page.evaluate(
            "name => [...document.getElementsByName(name)].map(one => one.value)", focus.name
        )
        self._step(codes, focus.value, wanted)

    def _step(self, codes: list[str], there: str, wanted: str) -> None:
        steps = codes.index(wanted) - codes.index(there)
        self.press(*["ArrowDown" if steps > 0 else "ArrowUp"] * abs(steps))

    def _offer(self, focus: Focus, wanted: str) -> str:
        return str(
            self.page.evaluate(
                "([id, code]) => [...document.getElementById(id).options]"
                ".find(one => one.value === code).text",
                [focus.id.removesuffix("-ts-control"), wanted],
            )
        )
