"""Whatever somebody types: stored, or refused with a reason, and shown again as it was typed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from jiebang.forms import FormBook
from jiebang.forms.book import Choices
from jiebang.forms.signs import refused_sign
from tests.unit.forms.conftest import FORMS
from tests.unit.forms.valid_answers import brought

IDS = sorted(path.stem for path in FORMS.glob("*.yaml") if path.stem != "uploads")
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


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.just("yes"),
    lambda deeper: (
        st.lists(deeper, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "date", "from", "rating", "x"]), deeper, max_size=3
        )
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("form_id", IDS)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_data_in_any_form(book: FormBook, form_id: str, data: st.DataObject) -> None:
    form = book[form_id]
    keys = st.sampled_from([*form.by_key, "no_such_field"])
    given_ = data.draw(st.dictionaries(keys, JSON, max_size=30))
    how = {"locale": "zh_CN", "choices": brought(form), "office": True}
    result = book.validate(form, given_, **how)
    assert all(error.message for error in result.errors)
    # What is said to be wrong names a question that there is.
    assert {error.field.partition(".")[0] for error in result.errors} <= form.by_key.keys()
    again = book.validate(form, result.values, **how).values
    # What follows from an answer that was not understood is not known until that is gone.
    assert {key: again[key] for key in result.values} == result.values
    assert all(form.by_key[key].type == "computed" for key in again.keys() - result.values.keys())
    strict = book.validate(form, given_, strict=True, **how)
    assert len(strict.errors) >= len(result.errors)
    book.answers(form, given_, locale="zh_CN", choices=brought(form), mask=True)
    book.paragraphs(form, given_, locale="zh_CN", choices=brought(form))
    book.statuses(form, given_, **how)
    book.render(form, data=given_, csrf_token="T", action="/", **how)
