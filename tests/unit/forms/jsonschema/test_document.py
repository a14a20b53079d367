"""The JSON Schema of a form takes exactly what the form takes, but for what it lists itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from jiebang.casework.policies.choices import choices_of
from jiebang.edition.loading import load_edition
from jiebang.forms import Form, FormBook
from jiebang.forms.jsonschema.digits import decimals_between
from jiebang.forms.jsonschema.document import describe
from jiebang.forms.jsonschema.kinds import LINE, LINES, whole
from jiebang.forms.kinds.shapes import decimal
from jiebang.forms.signs import refused_sign
from tests.unit.forms.conftest import FORMS, ROOT
from tests.unit.forms.drawn_answers import instances, repaired, spoiled
from tests.unit.forms.left_checks import TODAY, failing

IDS = sorted(path.stem for path in FORMS.glob("*.yaml") if path.stem != "uploads")
Json = Any

Asking = Callable[..., FormBook]


@cache
def site() -> tuple[FormBook, Mapping[str, Any]]:
    forms = FormBook.load(FORMS)
    return forms, choices_of(load_edition(ROOT / "rules" / "shanghai-2019"), forms)


def schema_of(forms: FormBook, form: Form, choices: Mapping[str, Any]) -> dict[str, Any]:
    return describe(form, lambda question: forms.options(question, choices))


class Judge:
    """A form and its schema, asked about the same data."""

    def __init__(self, forms: FormBook, form: Form, choices: Mapping[str, Any]) -> None:
        self.forms, self.form, self.choices = forms, form, choices
        self.schema = schema_of(forms, form, choices)
        Draft202012Validator.check_schema(self.schema)
        self.validator = Draft202012Validator(self.schema)

    def agree(self, data: Json) -> bool:
        """Ask both; whether the schema takes the data.

        Of data that it takes, the form finds fault with exactly what fails of the checks it lists.
        """
        told = self.forms.validate(
            self.form, data, locale="en", choices=self.choices, strict=True, today=TODAY
        )
        takes = self.validator.is_valid(data)
        if not takes:
            why = [error.message[:300] for error in self.validator.iter_errors(data)]
            assert not told.ok, (data, why)
            return False
        left = {
            key
            for check in self.schema["x-checks"]
            for key in failing(check, data, self.form, self._worked_out)
        }
        assert {one.field.partition(".")[0] for one in told.errors} == left, (data, told.errors)
        if told.ok:
            worked_out = {one.key for one in self.form.questions if one.computed}
            kept, sent = (
                {key: value for key, value in one.items() if key not in worked_out}
                for one in (told.values, data)
            )
            assert kept == sent
        return True

    def _worked_out(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Data with what follows from it."""
        values = self.forms.validate(self.form, data, locale="en", choices=self.choices).values
        return {
            **data,
            **{key: one for key, one in values.items() if self.form.by_key[key].computed},
        }


def compare(judge: Judge, examples: int) -> None:
    """Put data that the schema takes, and data changed in a few places, to both."""
    properties = judge.schema["properties"]
    strategies = {key: instances(one, judge.schema) for key, one in properties.items()}
    possible = sorted(key for key, one in strategies.items() if not one.is_empty)
    full = st.fixed_dictionaries({key: strategies[key] for key in possible})
    taken = []

    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(data=st.data(), spare=full, chosen=st.sets(st.sampled_from(possible)))
    def look(data: st.DataObject, spare: dict[str, Any], chosen: set[str]) -> None:
        needed = {*judge.schema["required"], *chosen}
        sound = repaired(
            judge.validator, {key: spare[key] for key in possible if key in needed}, spare
        )
        taken.append(judge.agree(sound))
        for _time in range(4):
            judge.agree(spoiled(sound, data.draw, possible))

    look()
    assert any(taken), "no data that the form takes was made"


@pytest.mark.parametrize("form_id", IDS)
def test_the_schema_of_a_form_takes_what_the_form_takes(form_id: str) -> None:
    forms, choices = site()
    compare(Judge(forms, forms[form_id], choices), examples=10)


#: Every type, with the limits and conditions it can have; OPTIONS and LABEL are put in.
EVERYTHING = """
- {key: text, type: text, max: 20, min: 2}
- {key: shaped, type: text, max: 6, shape: {pattern: "[A-Z]{2}[0-9]{1,4}", message: 形}}
- {key: long, type: longtext, max: 60, required: true}
- {key: whole, type: integer, min: -3, max: 40}
- {key: free, type: integer}
- {key: part, type: decimal, min: -2, max: 105, places: 3}
- {key: open, type: decimal}
- {key: cash, type: money, unit: 元, min: 0, max: 9}
- {key: fund, type: money}
- {key: total, type: computed, computed: {sum: [cash, fund]}}
- {key: day, type: date}
- {key: year, type: year}
- {key: years, type: year_range}
- {key: one, type: one_of, required: true, OPTIONS}
- {key: some, type: several_of, max: 2, OPTIONS}
- {key: asked, type: yes_no, required: true, shown_when: {field: one, is: b}}
- {key: deeper, type: text, max: 9, required: true, shown_when: {field: asked, is: true}}
- {key: either, type: date, shown_when: {field: some, in: [a, c]}}
- {key: lacking, type: year, required: true, shown_when: {field: day, filled: false}}
- {key: called, type: phone, required_when: {field: one, is: c}}
- {key: agree, type: consent}
- {key: code, type: credit_code}
- {key: place, type: division}
- {key: trade, type: industry}
- {key: mail, type: email}
- {key: site, type: url}
- {key: files, type: files, max: 2}
- {key: about, type: reference, refers_to: demand}
- {key: abouts, type: reference, refers_to: demand, several: true, max: 2}
- {key: grade, type: rating, max: 30, OPTIONS}
- {key: signed, type: signature}
- {key: rows, type: table, min: 1, max: 3, columns: [{key: from_day, type: date, LABEL},
    {key: to_day, type: date, LABEL}, {key: kind, type: one_of, OPTIONS, LABEL},
    {key: mark, type: yes_no, LABEL}, {key: share, type: decimal, min: 0, max: 100, LABEL}]}
- {key: listed, type: table, max: 2, columns: [{key: name, type: text, max: 9, required: true, LABEL}]}
"""
CHECKS = """
- {id: days, rows: rows, at: to_day, that: {field: to_day}, is: at_least, than: {field: from_day}}
- {id: shares, at: rows, that: {sum: rows.share}, is: equal, than: {number: 100}}
- {id: cost, at: cash, that: {field: cash}, is: at_most, than: {field: total}, when: {field: one, is: a}}
- {id: least, at: fund, that: {field: fund}, is: at_least, than: {number: 2}}
- {id: past, at: day, that: {field: day}, is: at_most, than: {clock: today}}
- {id: signed, at: signed, that: {field: signed, part: date}, is: more_than, than: {field: day}}
- {id: two, at: some, that: {count: some}, is: more_than, than: {number: 1}}
- {id: apart, at: text, that: {field: text}, is: different, than: {field: long}}
- {id: reach, at: mail, any_of: [mail, called, site], when: {field: one, in: [a, b]}}
- {id: named, rows: rows, at: kind, any_of: [kind, mark]}
- {id: gently, at: text, that: {field: text}, is: equal, than: {value: 甲}, warns: true}
"""


@pytest.mark.parametrize(
    ("code", "taken"),
    [("C", True), ("C39", True), ("C392", True), ("C3921", True), ("C492", False),
     ("C4921", False), ("C39211", False), ("C3", False), ("3921", False)],
)  # fmt: skip
def test_an_industry_may_be_a_class_below_a_group_of_the_list(code: str, *, taken: bool) -> None:
    forms, choices = site()
    judge = Judge(forms, forms["award-demand"], choices)
    trade = judge.schema["properties"]["industry_code"]
    assert Draft202012Validator(trade).is_valid(code) is taken
    told = forms.validate(
        judge.form, {"industry_code": code}, locale="en", choices=choices, strict=True
    )
    assert ("industry_code" not in {one.field for one in told.errors}) is taken


@pytest.fixture
def everything(asking: Asking) -> FormBook:
    """A form that asks everything."""
    label = "label: {zh: 问, en: Asked}"
    options = "options: [{code: a, label: 甲}, {code: b, label: 乙}, {code: c, label: 丙}]"
    fields = EVERYTHING.replace("OPTIONS", options).replace("LABEL", label)
    entries = [one.replace("type:", f"{label}, type:", 1) for one in fields.split("\n- ")[1:]]
    checks = CHECKS.replace("}\n", ", message: 有误}\n").replace("\n", "\n  ")
    return asking(*entries, more=f"checks:{checks}\n")


def test_the_schema_takes_what_a_form_of_every_type_takes(everything: FormBook) -> None:
    compare(Judge(everything, everything["probe"], {}), examples=150)


def test_a_schema_says_what_can_be_said_and_lists_the_rest(everything: FormBook) -> None:
    schema = schema_of(everything, everything["probe"], {})
    assert schema["required"] == ["long", "one"]
    assert schema["properties"]["cash"] | {"title": ""} == {
        "title": "",
        "x-label": {"zh": "问", "en": "Asked"},
        "type": "integer",
        "minimum": 0,
        "maximum": 900,
        "x-unit": "fen",
        "x-typed-in": "元",
    }
    assert schema["properties"]["one"]["enum"] == ["a", "b", "c"]
    assert schema["properties"]["one"]["x-enum-labels"]["a"]["zh"] == "甲"
    assert "310115" in schema["$defs"]["division"]["enum"]
    left = [one["id"] for one in schema["x-checks"]]
    assert left == ["year-range", "composed", "days", "shares", "cost", "least", "past", "signed",
                    "two", "apart", "named"]  # fmt: skip
    assert json.loads(json.dumps(schema)) == schema
    json.dumps(schema, ensure_ascii=False).encode()


@pytest.mark.parametrize("form_id", IDS)
def test_no_section_of_the_office_is_needed(form_id: str) -> None:
    forms, choices = site()
    form = forms[form_id]
    schema = schema_of(forms, form, choices)
    office = {
        question.key
        for section in form.sections
        if section.filled_by == "office"
        for question in section.questions
    }
    assert office.isdisjoint(schema["required"])
    for rule in schema.get("allOf", ()):
        assert office.isdisjoint(rule.get("then", {}).get("required", ()))


def test_text_that_is_kept_is_text_without_refused_signs_and_outer_blanks() -> None:
    line, lines = re.compile(whole(LINE)), re.compile(whole(LINES))
    for sign in map(chr, range(0x110000)):
        kept = refused_sign(sign) is None
        assert (
            bool(lines.search(sign)) == bool(line.search(sign)) == (kept and sign == sign.strip())
        )
        assert bool(lines.search(f"技{sign}术")) == kept
        assert bool(line.search(f"技{sign}术")) == (kept and sign != "\n")


BOUNDS = st.none() | st.integers(-1200, 1200)


@given(BOUNDS, BOUNDS, st.integers(1, 3), st.decimals(-1300, 1300, places=3))
def test_decimals_between_bounds(
    least: int | None, most: int | None, places: int, number: Decimal
) -> None:
    if least is not None and most is not None and least > most:
        least, most = most, least
    pattern = re.compile(decimals_between(least, most, places))
    near = [one for one in (least, most) if one is not None]
    for written in (f"{number:f}", f"{number.normalize():f}", *map(str, near), "-0", "0", "007"):
        canonical = re.fullmatch(decimal(places), written) is not None
        value = Decimal(written)
        inside = (least is None or value >= least) and (most is None or value <= most)
        assert bool(pattern.fullmatch(written)) == (canonical and inside), written
