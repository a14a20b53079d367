"""Whatever a form keeps, its own fields show, and a browser sends back, as it was."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from jiebang.forms import Form, FormBook
from jiebang.forms.language.question import offered
from jiebang.forms.screen.schema import build_schema
from tests.unit.forms.conftest import FORMS
from tests.unit.forms.screen.test_posting import successful
from tests.unit.forms.valid_answers import answers, brought

IDS = sorted(path.stem for path in FORMS.glob("*.yaml") if path.stem != "uploads")
FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def typed(form: Form, values: dict[str, Any]) -> dict[str, Any]:
    """What stands in the fields of a form for stored values."""
    lists = brought(form)
    schema = build_schema(form.sections, "en", lambda one: offered(one, form.lists, lists))
    return {node.name: node.serialize(values.get(node.name)) for node in schema.children}


@pytest.mark.parametrize("form_id", IDS)
@FEW
@given(data=st.data())
def test_stored_values_stay_as_they_are(book: FormBook, form_id: str, data: st.DataObject):
    form = book[form_id]
    how = {"locale": "en", "choices": brought(form), "office": True}
    given_ = data.draw(answers(form))
    first = book.validate(form, given_, **how)
    # What is valid by itself is kept, where it is asked.
    kept = {key: unchanged(value) for key, value in given_.items() if key in first.values}
    assert {key: value for key, value in first.values.items() if key in kept} == kept
    again = book.validate(form, first.values, **how)
    assert again == first
    strict = book.validate(form, first.values, strict=True, **how)
    assert strict == first
    assert book.validate(form, typed(form, first.values), **how) == first
    told = book.answers(form, first.values, locale="zh_CN", choices=brought(form))
    assert {one.key for one in told} >= first.values.keys()
    assert all(one.text or one.rows or one.files for one in told if one.key in first.values)


def unchanged(value: Any) -> Any:
    """The answer as text is kept: composed."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {key: unchanged(one) for key, one in value.items()}
    return [unchanged(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("form_id", IDS)
@settings(FEW, max_examples=1)
@given(data=st.data())
def test_a_browser_sends_back_what_is_shown(book: FormBook, form_id: str, data: st.DataObject):
    form = book[form_id]
    how = {"locale": "en", "choices": brought(form), "office": True}
    first = book.validate(form, data.draw(answers(form)), **how)
    page = book.render(form, data=first.values, csrf_token="T", action="/", **how)
    posted = list(successful(html.fromstring(str(page))))
    parsed = book.parse(form, None, posted, **how)
    assert parsed.errors == ()
    back = book.validate(form, parsed.data, **how)
    computed = {one.key for one in form.questions if one.type == "computed"}
    assert {key: value for key, value in back.values.items() if key not in computed} == {
        key: value for key, value in first.values.items() if key not in computed
    }
