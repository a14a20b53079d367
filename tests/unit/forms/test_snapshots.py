"""A form kept with what was filed: read back years later, it asks and says what it did."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from jiebang.forms import Form, FormBook, Option
from jiebang.wording import Wording
from tests.unit.forms.conftest import FORMS

FIELDS = (
    "{key: grade, type: one_of, list: rating-5, label: {zh: 评价, en: Grade}}",
    "{key: session, type: one_of, options_from: edition.sessions, label: {zh: 专场, en: Session}}",
    (
        "{key: rows, type: table, max: 3, label: {zh: 表}, columns: ["
        "{key: score, type: one_of, list: rating-5, label: {zh: 分}}]}"
    ),
    "{block: contact, prefix: our_}",
)
MORE = "checks:\n  - {id: some, at: our_email, any_of: [our_email, session], message: {zh: 至少一项。}}\n"
SESSIONS = {"edition.sessions": [Option(code="3", label=Wording(zh="专场三", en="Session 3"))]}
DATA = {"grade": "4", "session": "3", "rows": [{"score": "5"}]}


@pytest.fixture
def book(asking: Callable[..., FormBook]) -> FormBook:
    return asking(*FIELDS, more=MORE)


def test_it_needs_nothing_else(book: FormBook, folder: Path, asking: Callable[..., FormBook]):
    kept = book["probe"].snapshot(SESSIONS)
    (folder / "lists" / "rating-5.yaml").write_text(
        "list: rating-5\ntitle: {zh: 评价}\nsource: R\noptions: [{code: x, label: 另}]\n", "utf-8"
    )
    later = asking("{key: other, type: one_of, list: rating-5, label: {zh: 另}}")
    old = Form.from_snapshot(kept)
    told = later.answers(old, DATA, locale="zh_CN")
    assert [one.text for one in told[:2]] == ["较高", "专场三"]
    assert told[2].rows == (("很高",),)
    assert old.checks == book["probe"].checks
    errors = later.validate(old, {"session": "9"}, locale="en").errors
    assert [one.field for one in errors] == ["session", "our_contact", "our_mobile"]
    # Two forms of one id are told apart by what they say.
    assert later.answers(later["probe"], {"other": "x"}, locale="zh_CN")[0].text == "另"
    assert later.answers(old, DATA, locale="zh_CN")[0].text == "较高"


def test_it_is_canonical(book: FormBook):
    form = book["probe"]
    kept = form.snapshot(SESSIONS)
    assert Form.from_snapshot(kept).snapshot() == kept
    assert (
        json.dumps(json.loads(kept), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        == kept
    )
    assert Form.from_snapshot(form.snapshot()).content == form.content
    assert form.content != Form.from_snapshot(kept).content


def test_the_list_must_come_from_somewhere(book: FormBook):
    bare = Form.from_snapshot(book["probe"].snapshot())
    with pytest.raises(KeyError):
        book.answers(bare, DATA, locale="en")
    assert book.answers(bare, DATA, locale="en", choices=SESSIONS)[1].text == "Session 3"


def test_what_is_no_snapshot():
    for text in ("", "{}", '{"id": "x"}', "[1]"):
        with pytest.raises(ValueError, match="validation error"):
            Form.from_snapshot(text)


def test_a_form_of_stricter_days_to_come_is_still_read(book: FormBook):
    plain = json.loads(book["probe"].snapshot())
    # A bound that a form file may no longer give.
    plain["sections"][0]["questions"][0]["max"] = 3
    assert Form.from_snapshot(json.dumps(plain)).questions[0].max == 3


def test_every_form_of_the_site():
    for form in FormBook.load(FORMS).forms.values():
        again = Form.from_snapshot(form.snapshot())
        assert again == form
        assert again.content == form.content
