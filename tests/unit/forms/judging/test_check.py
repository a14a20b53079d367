"""Conditions, tables, ratings and facts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jiebang.forms import FormBook
from jiebang.forms.book import Choices

TABLE = (
    "{key: rows, type: table, min: 1, max: 2, required: true, label: {zh: 表, en: Rows}, columns: ["
    "{key: name, type: text, max: 5, required: true, label: {zh: 名称, en: Name}}, "
    "{key: count, type: integer, label: {zh: 数量, en: Count}}]}"
)
RATING = (
    "{key: truth, type: rating, list: rating-5, max: 5, required: true, "
    "label: {zh: 真实性, en: Truth}}"
)


def errors(book: FormBook, data: dict[str, Any], locale: str = "en", **kw: Any):
    result = book.validate(book["probe"], data, locale=locale, **kw)
    return {error.field: error.message for error in result.errors}


def test_a_question_that_is_not_asked_is_neither_needed_nor_kept(asking: Callable[..., FormBook]):
    book = asking(
        "{key: a, type: yes_no, label: {zh: 甲}}",
        "{key: b, type: text, max: 9, required: true, label: {zh: 乙}, "
        "shown_when: {field: a, is: true}}",
        "{key: c, type: text, max: 9, required: true, label: {zh: 丙}, "
        "shown_when: {field: b, is: x}}",
    )
    assert errors(book, {"a": "no"}) == {}
    assert errors(book, {}) == {}
    assert errors(book, {"a": "yes"}).keys() == {"b"}
    assert errors(book, {"a": "yes", "b": "x"}).keys() == {"c"}
    left = book.validate(book["probe"], {"a": "no", "b": "x", "c": "y"}, locale="en")
    assert left.values == {"a": False}


def test_required_when(asking: Callable[..., FormBook]):
    book = asking(
        "{key: a, type: one_of, label: {zh: 甲}, options: "
        "[{code: p, label: 子}, {code: q, label: 丑}, {code: r, label: 寅}]}",
        "{key: b, type: text, max: 9, required_when: {field: a, in: [p, q]}, label: {zh: 乙}}",
    )
    assert errors(book, {"a": "r"}) == {}
    assert errors(book, {"a": "q"}).keys() == {"b"}
    assert book.validate(book["probe"], {"a": "r", "b": "x"}, locale="en").values["b"] == "x"


def test_rows(asking: Callable[..., FormBook]):
    book = asking(TABLE)
    assert errors(book, {"rows": []}) == {"rows": "Fill in at least one row of “Rows”."}
    assert errors(book, {"rows": [{"name": "", "count": ""}]}).keys() == {"rows"}
    found = errors(book, {"rows": [{"name": "x", "count": "many"}, {"name": "", "count": "1"}]})
    assert found.keys() == {"rows.0.count"}
    found = errors(book, {"rows": [{"name": "x"}, {"name": "", "count": "1"}]}, locale="zh_CN")
    assert found == {"rows.1.name": "请填写第 2 行的“名称”。"}
    assert errors(book, {"rows": [{"name": "x"}] * 3}).keys() == {"rows"}
    blank_between = {"rows": [{"name": " 甲 ", "count": "3"}, {"name": "", "count": " "}]}
    assert book.validate(book["probe"], blank_between, locale="en").values == {
        "rows": [{"name": "甲", "count": 3}]
    }


@pytest.mark.parametrize("shape", ["text", 5, {"name": "x"}, [["x"]], ["x"]])
def test_a_table_of_another_shape_is_an_error_not_a_crash(
    asking: Callable[..., FormBook], shape: object
):
    book = asking(TABLE)
    for locale in ("zh_CN", "en"):
        assert errors(book, {"rows": shape}, locale=locale)


def test_rating(asking: Callable[..., FormBook]):
    book = asking(RATING)
    assert errors(book, {}).keys() == {"truth"}
    assert errors(book, {"truth": {"rating": "", "reason": ""}}).keys() == {"truth"}
    assert errors(book, {"truth": {"rating": "4", "reason": ""}}, locale="zh_CN") == {
        "truth.reason": "请填写“真实性”的理由。"
    }
    assert errors(book, {"truth": {"rating": "", "reason": "x"}}).keys() == {"truth.rating"}
    assert errors(book, {"truth": {"rating": "9", "reason": "x"}}).keys() == {"truth.rating"}
    assert errors(book, {"truth": {"rating": "4", "reason": "x" * 6}}).keys() == {"truth.reason"}
    assert errors(book, {"truth": "4"}).keys() == {"truth"}
    assert errors(book, {"truth": {"rating": "4", "reason": "ok"}}) == {}


def test_a_fact_leads_to_the_form_that_states_it(book: FormBook) -> None:
    found = book.form_stating("demander.purchase_capacity")
    assert found is not None
    assert found.id == "purchase-capacity"
    assert book.form_stating("demander.registered_province") is book["pre-registration"]
    assert book.form_stating("nobody.knows") is None


def test_errors_of_one_section_only(book: FormBook, choices: Choices):
    form = book["pre-registration"]
    result = book.validate(form, {}, section="need", locale="en", choices=choices)
    assert {error.field for error in result.errors} == {"need_title", "need_brief", "tech_field"}


def test_facts_of_a_pre_registration(book: FormBook, choices: Choices):
    form = book["pre-registration"]
    data = {
        "org_name": "某公司",
        "country": "domestic",
        "uscc": "91320500MA1K0004X2",
        "tech_field": "materials",
        "overseas_intent": "no",
    }
    facts = book.validate(form, data, locale="en", choices=choices).facts
    assert facts["demander.registered_province"] == "江苏省"
    assert facts["demander.entity_type"] == "enterprise"
    assert facts["demander.name"] == "某公司"
    assert facts["demand.overseas_intent"] is False
    assert "demand.agency_route" not in facts


def test_a_foreign_body_gives_country_and_number_instead_of_a_code(
    book: FormBook, choices: Choices
):
    form = book["pre-registration"]
    found = book.validate(
        form,
        {"country": "overseas", "uscc": "nonsense"},
        section="company",
        locale="zh_CN",
        choices=choices,
    )
    fields = {error.field: error.message for error in found.errors}
    assert fields["country_name"] == "请填写“国家或地区”。"
    assert "reg_no" in fields
    assert "uscc" not in fields
    assert "demander.registered_province" not in found.facts
