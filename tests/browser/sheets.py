"""Any form on a page of the site, without a draft behind it: blank, with errors, filled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from playwright.sync_api import Page, Route

from jiebang.forms import FormBook
from jiebang.forms.book import Choices
from jiebang.forms.language.definition import Form
from jiebang.web.guards import HEADERS
from tests.browser.samples import Samples
from tests.living import Living

STATES = ("blank", "wrong", "filled")
_MAIN = re.compile(r"(<main[^>]*>).*(</main>)", re.DOTALL)
_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)


class Sheets:
    """Pages of forms within the site's own frame, under its own address and content policy."""

    def __init__(self, page: Page, site: Living, locale: str) -> None:
        self.page, self.locale = page, locale
        self.address = site.settings.site_url
        rules = site.registry.rulebook[site.settings.edition]
        self.book: FormBook = rules.forms
        self.choices: Choices = rules.choices()
        page.context.add_cookies([{"name": "language", "value": locale, "url": self.address}])
        page.goto(f"{self.address}/about")
        self._frame = page.request.get(f"{self.address}/about").text()
        self._body = ""
        page.route("**/sheet", self._send)

    def html(self, form: Form, state: str, **given: Any) -> str:
        """The source of the page."""
        data, errors, warnings = self._state(form, state)
        shown = {"data": data, "errors": errors, "warnings": warnings, **given}
        rendered = self.book.render(
            form,
            locale=self.locale,
            choices=self.choices,
            csrf_token="",
            action="/sheet",
            **shown,
        )
        title = form.title.in_locale(self.locale)
        return self.framed(title, rendered)

    def framed(self, title: str, content: str) -> str:
        """The source of a page with this title and content."""
        main = f"<h1>{title}</h1>{content}"
        whole = _MAIN.sub(lambda found: found[1] + main + found[2], self._frame)
        return _TITLE.sub(lambda _found: f"<title>{title}</title>", whole)

    def show(self, html: str) -> None:
        """Bring a page into the browser."""
        self._body = html
        self.page.goto(f"{self.address}/sheet")

    def _state(self, form: Form, state: str) -> tuple[Mapping[str, Any], Sequence[Any], Any]:
        data = Samples(self.book, self.choices).filled(form) if state == "filled" else {}
        if state == "blank":
            return data, (), ()
        judged = self.book.validate(form, data, locale=self.locale, choices=self.choices)
        return data, judged.errors, judged.warnings

    def _send(self, route: Route) -> None:
        route.fulfill(body=self._body, headers={**HEADERS, "Content-Type": "text/html"})
