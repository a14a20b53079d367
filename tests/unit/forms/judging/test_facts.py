"""The facts that answers state, part by part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jiebang.forms import FormBook
from jiebang.forms.book import facts_of


@pytest.mark.parametrize(
    ("field", "answer", "facts"),
    [
        ("type: signature, fact: {by: name, day: date}", {"name": "经办人员", "date": "2019-08-05"},
         {"by": "经办人员", "day": "2019-08-05"}),
        ("type: signature, fact: {signed: filled}", {"name": "经办人员", "date": "2019-08-05"},
         {"signed": True}),
        ("type: signature, fact: {signed: filled}", None, {"signed": False}),
        ("type: year_range, fact: {a: from, b: to}", {"from": 2019, "to": 2021}, {"a": 2019, "b": 2021}),
        ("type: rating, list: rating-5, fact: {a: rating, b: reason}", {"rating": "4", "reason": "因"},
         {"a": "4", "b": "因"}),
        ("type: credit_code, fact: {c: value, k: entity_kind}", "91310115MA1K00023E",
         {"c": "91310115MA1K00023E", "k": "enterprise"}),
        (("type: table, max: 3, fact: {all: value, many: count, names: name}, columns: ["
         "{key: name, type: text, max: 9, label: {zh: 名}}, {key: score, type: integer, label: {zh: 分}}]"),
         [{"name": "甲", "score": 1}, {"score": 2}],
         {"all": [{"name": "甲", "score": 1}, {"score": 2}], "many": 2, "names": ["甲"]}),
        (("type: table, max: 3, fact: {all: value, many: count, names: name}, columns: ["
         "{key: name, type: text, max: 9, label: {zh: 名}}]"), None, {"many": 0}),
        ("type: money, fact: sum", 100, {"sum": 100}),
        ("type: money, fact: sum", None, {}),
        ("type: reference, refers_to: demand, several: true, fact: refs", ["A-1", "A-2"],
         {"refs": ["A-1", "A-2"]}),
    ],
)  # fmt: skip
def test_parts(asking: Callable[..., FormBook], field: str, answer: Any, facts: dict[str, Any]):
    form = asking("{key: it, label: {zh: 某项}, " + field + "}")["probe"]
    assert facts_of(form, {} if answer is None else {"it": answer}) == facts


def test_the_question_that_was_answered_states_the_fact(asking: Callable[..., FormBook]):
    book = asking(
        "{key: kind, type: yes_no, label: {zh: 单位}}",
        "{key: firm, type: text, max: 9, label: {zh: 名}, shown_when: {field: kind, is: true}, "
        "fact: {name: value, named: filled}}",
        "{key: man, type: text, max: 9, label: {zh: 姓名}, shown_when: {field: kind, is: false}, "
        "fact: {name: value, named: filled}}",
    )
    for data in ({"kind": True, "firm": "甲"}, {"kind": False, "man": "甲"}):
        assert book.validate(book["probe"], data, locale="en").facts == {
            "name": "甲",
            "named": True,
        }
    assert book.validate(book["probe"], {}, locale="en").facts == {"named": False}


def test_a_part_that_there_is_not(asking: Callable[..., FormBook]):
    with pytest.raises(Exception, match="没有“day”这一部分"):
        asking("{key: it, type: signature, label: {zh: 签字}, fact: {when: day}}")
