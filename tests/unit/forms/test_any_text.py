"""Whatever somebody types: stored, or refused with a reason, and shown again as it was typed."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from jiebang.forms import FormBook
from jiebang.forms.book import Choices
from jiebang.forms.signs import refused_sign

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=120)
FIELDS = ("org_name", "country", "uscc", "district", "contact", "mobile", "email", "need_brief")


@settings(max_examples=80, deadline=None)
@given(text=ANY_TEXT)
def test_any_text_in_any_field(book: FormBook, choices: Choices, text: str) -> None:
    form = book["pre-registration"]
    data = dict.fromkeys(FIELDS, text)
    for locale in ("zh_CN", "en"):
        result = book.validate(form, data, locale=locale, choices=choices)
        wrong = {error.field for error in result.errors}
        assert all(error.message for error in result.errors)
        lines = text.replace("\r\n", "\n").replace("\r", "\n")
        if refused_sign(lines) is None and lines.strip():
            kept = unicodedata.normalize("NFC", lines).strip()
            assert "need_brief" not in wrong
            assert result.values["need_brief"] == kept
        else:
            assert "need_brief" in wrong
        page = book.render(
            form,
            data=data,
            errors=result.errors,
            locale=locale,
            choices=choices,
            csrf_token="T",
            action="/",
        )
        area = html.fromstring(str(page)).xpath(".//*[@id='f-need_brief']")[0]
        if refused_sign(text) is None:
            assert (area.text or "").removeprefix("\n") == text
