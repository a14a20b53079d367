"""Checks across answers, answers that are worked out, sections of the office, questions opened again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from jiebang.forms import FormBook

TODAY = date(2019, 8, 5)
FIELDS = (
    "{key: kind, type: one_of, label: {zh: 类}, options: [{code: a, label: 甲}, {code: b, label: 乙}]}",
    "{key: start, type: year, label: {zh: 起}}",
    "{key: end, type: year, label: {zh: 止}}",
    "{key: fund, type: money, label: {zh: 投入}}",
    "{key: due, type: date, label: {zh: 到期}}",
    "{key: share, type: decimal, label: {zh: 比例}}",
    "{key: tel, type: phone, label: {zh: 电话}}",
    "{key: mobile, type: phone, label: {zh: 手机}}",
    "{key: code, type: credit_code, label: {zh: 代码}}",
    "{key: signed, type: signature, label: {zh: 签字}}",
    (
        "{key: stages, type: table, max: 9, label: {zh: 进度}, columns: ["
        "{key: from, type: date, label: {zh: 起}}, {key: to, type: date, label: {zh: 止}}, "
        "{key: cost, type: money, unit: 元, label: {zh: 费用}}]}"
    ),
)


def check(**said: Any) -> str:
    """A check as its file writes it; a plain number, text or mapping is written as JSON would be."""
    said = {"id": "only", "message": {"zh": "不符。", "en": "Wrong."}} | said
    words = ", ".join(f"{key.rstrip('_')}: {_yaml(value)}" for key, value in said.items())
    return f"checks:\n  - {{{words}}}\n"


def _yaml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_yaml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_yaml, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)


def errors(book: FormBook, data: dict[str, Any], **how: Any) -> dict[str, str]:
    result = book.validate(book["probe"], data, locale="en", today=TODAY, **how)
    return {error.field: error.message for error in result.errors}


ORDER = check(at="end", that={"field": "end"}, is_="at_least", than={"field": "start"})


@pytest.mark.parametrize(
    ("rule", "wrong", "right"),
    [
        (ORDER, {"start": "2020", "end": "2019"}, {"start": "2019", "end": "2019"}),
        (
            check(at="end", that={"field": "end"}, is_="more_than", than={"clock": "year"}),
            {"end": "2019"},
            {"end": "2020"},
        ),
        (
            check(at="due", that={"field": "due"}, is_="at_least", than={"clock": "today"}),
            {"due": "2019-08-04"},
            {"due": "2019-08-05"},
        ),
        (
            check(at="fund", that={"field": "fund"}, is_="at_least", than={"number": 3}),
            {"fund": "2.999999"},
            {"fund": "3"},
        ),
        (
            check(at="share", that={"field": "share"}, is_="less_than", than={"number": 1}),
            {"share": "1.00"},
            {"share": "0.99"},
        ),
        (
            check(at="fund", that={"sum": "stages.cost"}, is_="equal", than={"field": "fund"}),
            {"fund": "1", "stages": [{"cost": "9999.99"}, {"from": "2019-08-05"}]},
            {"fund": "1", "stages": [{"cost": "9999.99"}, {"cost": "0.01"}]},
        ),
        (
            check(at="stages", that={"count": "stages"}, is_="at_most", than={"number": 1}),
            {"stages": [{"cost": "1"}, {"cost": "2"}]},
            {"stages": [{"cost": "1"}]},
        ),
        (
            check(
                at="code",
                that={"field": "code", "part": "entity_kind"},
                is_="different",
                than={"value": "enterprise"},
            ),
            {"code": "91310115MA1K00023E"},
            {"code": "12310115MA1K00023E"},
        ),
        (
            check(
                at="signed",
                that={"field": "signed", "part": "date"},
                is_="at_most",
                than={"clock": "today"},
            ),
            {"signed": {"name": "经办人员", "date": "2019-08-06"}},
            {"signed": {"name": "经办人员", "date": "2019-08-05"}},
        ),
        (check(at="tel", any_of=["tel", "mobile"]), {}, {"mobile": "13800000000"}),
        (
            check(at="end", when={"field": "kind", "is": "b"}, any_of=["end"]),
            {"kind": "b"},
            {"kind": "a"},
        ),
        (check(at="kind", when=[{"field": "kind", "is": "b"}]), {"kind": "b"}, {"kind": "a"}),
    ],
)
def test_a_check(
    asking: Callable[..., FormBook], rule: str, wrong: dict[str, Any], right: dict[str, Any]
):
    book = asking(*FIELDS, more=rule)
    at = book["probe"].checks[0].at
    assert errors(book, wrong) == {at: "Wrong."}
    assert errors(book, right) == {}


@pytest.mark.parametrize("data", [{}, {"start": "2020"}, {"end": "2019"}])
def test_a_check_without_its_answers_says_nothing(
    asking: Callable[..., FormBook], data: dict[str, str]
):
    assert errors(asking(*FIELDS, more=ORDER), data) == {}


def test_what_was_not_understood_is_told_once(asking: Callable[..., FormBook]):
    assert errors(asking(*FIELDS, more=ORDER), {"start": "20", "end": "2019"}).keys() == {"start"}
    some = asking(*FIELDS, more=check(at="tel", any_of=["tel", "mobile"]))
    assert errors(some, {"mobile": "12"}).keys() == {"mobile"}


def test_rows(asking: Callable[..., FormBook]):
    rule = check(
        rows="stages",
        at="to",
        that={"field": "to"},
        is_="more_than",
        than={"field": "from"},
        message={"zh": "第{to}行", "en": "{to} is not after {from} ({due})."},
    )
    book = asking(*FIELDS, more=rule)
    rows = [
        {"from": "2019-08-05", "to": "2019-08-06"},
        {"from": "2019-08-05", "to": "2019-08-05"},
        {"from": "2019-08-05"},
    ]
    assert errors(book, {"stages": rows}) == {
        "stages.1.to": "5 August 2019 is not after 5 August 2019 (____)."
    }


def test_rows_against_the_form(asking: Callable[..., FormBook]):
    rule = check(rows="stages", at="to", that={"field": "to"}, is_="at_most", than={"field": "due"})
    book = asking(*FIELDS, more=rule)
    data = {"due": "2019-08-05", "stages": [{"to": "2019-08-05"}, {"to": "2019-08-06"}]}
    assert errors(book, data).keys() == {"stages.1.to"}


def test_a_warning_never_blocks(asking: Callable[..., FormBook]):
    book = asking(*FIELDS, more=ORDER.replace("message:", "warns: true, message:"))
    result = book.validate(book["probe"], {"start": "2020", "end": "2019"}, locale="zh_CN")
    assert result.ok
    assert [(one.field, one.message) for one in result.warnings] == [("end", "不符。")]


def test_recommended(asking: Callable[..., FormBook]):
    book = asking("{key: site, type: url, recommended: true, label: {zh: 网址, en: Website}}")
    result = book.validate(book["probe"], {}, locale="en")
    assert result.ok
    assert [one.field for one in result.warnings] == ["site"]
    assert "“Website”" in result.warnings[0].message
    assert not book.validate(book["probe"], {"site": "www.example.com"}, locale="en").warnings


class TestWorkedOut:
    FIELDS = (
        "{key: own, type: money, label: {zh: 自筹}}",
        "{key: loan, type: money, unit: 元, label: {zh: 贷款}}",
        "{key: total, type: computed, label: {zh: 合计}, computed: {sum: [own, loan]}}",
        "{key: gap, type: computed, label: {zh: 差额}, computed: {difference: [total, own]}}",
        (
            "{key: criteria, type: table, max: 9, label: {zh: 评分}, columns: ["
            "{key: score, type: decimal, label: {zh: 分}}, {key: weight, type: integer, label: {zh: 权重}}]}"
        ),
        (
            "{key: mean, type: computed, label: {zh: 总分}, "
            "computed: {weighted: [criteria.score, criteria.weight]}}"
        ),
        "{key: rows, type: computed, label: {zh: 行数}, computed: {count: criteria}}",
        "{key: points, type: computed, label: {zh: 分数}, computed: {sum: [criteria.score]}}",
    )

    def values(self, book: FormBook, data: dict[str, Any]) -> dict[str, Any]:
        values = book.validate(book["probe"], data, locale="en").values
        return {key: values.get(key) for key in ("total", "gap", "mean", "rows", "points")}

    def test_exactly(self, asking: Callable[..., FormBook]):
        book = asking(*self.FIELDS)
        scores = [{"score": "0.1", "weight": "30"}, {"score": "0.2", "weight": "70"}]
        assert self.values(book, {"own": "0.1", "loan": "0.2", "criteria": scores}) == {
            "total": 100_020,
            "gap": 20,
            "mean": "0.17",
            "rows": 2,
            "points": "0.3",
        }

    def test_what_is_claimed_is_ignored(self, asking: Callable[..., FormBook]):
        book = asking(*self.FIELDS)
        assert (
            self.values(book, {"own": "1", "total": 5, "gap": "x", "rows": [1]})["total"]
            == 1_000_000
        )
        assert book.validate(book["probe"], {"total": {"x": 1}}, locale="en").ok

    def test_half_of_what_is_needed(self, asking: Callable[..., FormBook]):
        book = asking(*self.FIELDS)
        nothing = {"total": None, "gap": None, "mean": None, "rows": 0, "points": None}
        assert self.values(book, {}) == nothing
        assert self.values(book, {"loan": "1"}) == nothing | {"total": 100}
        assert self.values(book, {"own": "?", "loan": "1"}) == nothing
        partly = [{"score": "1", "weight": "60"}, {"score": "2", "weight": "30"}]
        assert self.values(book, {"criteria": partly})["mean"] is None
        unscored = [{"score": "1", "weight": "60"}, {"weight": "40"}]
        assert self.values(book, {"criteria": unscored})["mean"] is None

    def test_in_words(self, asking: Callable[..., FormBook]):
        book = asking(*self.FIELDS)
        data = {"own": "1.000001", "loan": "1", "criteria": [{"score": "86.5", "weight": "100"}]}
        told = {one.key: one.text for one in book.answers(book["probe"], data, locale="zh_CN")}
        assert told["total"] == "1.000101 万元"
        assert told["own"] == "1.000001 万元"
        assert told["loan"] == "1.00 元"
        assert (told["mean"], told["rows"]) == ("86.5", "1")

    def test_of_answers_that_are_not_asked(self, asking: Callable[..., FormBook]):
        book = asking(
            "{key: a, type: yes_no, label: {zh: 甲}}",
            "{key: m, type: integer, label: {zh: 数}, shown_when: {field: a, is: true}}",
            "{key: s, type: computed, label: {zh: 和}, computed: {sum: [m]}}",
        )
        form = book["probe"]
        assert book.validate(form, {"a": "no", "m": "1"}, locale="en").values == {"a": False}
        assert book.validate(form, {"a": "yes", "m": "1"}, locale="en").values["s"] == 1


OFFICE = """\
  - id: office
    title: {zh: 办理栏, en: Office}
    filled_by: office
    fields:
      - {key: opinion, type: text, max: 9, required: true, label: {zh: 意见, en: Opinion}}
      - {key: fit, type: yes_no, label: {zh: 符合}, fact: {fit.said: filled, fit: value}}
checks:
  - {id: only, at: opinion, any_of: [fit], message: {zh: 不符。, en: Wrong.}}
"""
ASKED = "{key: a, type: text, max: 9, required: true, label: {zh: 甲}, fact: {a.said: filled}}"


class TestTheOffice:
    def test_is_asked_only_when_it_answers(self, asking: Callable[..., FormBook]):
        book = asking(ASKED, more=OFFICE)
        assert errors(book, {"a": "x"}) == {}
        assert errors(book, {"a": "x"}, office=True).keys() == {"opinion"}
        assert errors(book, {"a": "x", "opinion": "行"}, office=True) == {"opinion": "Wrong."}
        assert errors(book, {"a": "x", "opinion": "行", "fit": True}, office=True) == {}

    def test_what_it_answered_is_kept_and_of_its_type(self, asking: Callable[..., FormBook]):
        book = asking(ASKED, more=OFFICE)
        kept = book.validate(book["probe"], {"a": "x", "opinion": "行"}, locale="en")
        assert kept.values == {"a": "x", "opinion": "行"}
        assert errors(book, {"a": "x", "opinion": "0123456789"}).keys() == {"opinion"}

    def test_its_section_is_not_in_the_list_of_others(self, asking: Callable[..., FormBook]):
        book = asking(ASKED, more=OFFICE)
        for office, ids in ((False, ["only"]), (True, ["only", "office"])):
            lines = book.statuses(book["probe"], {}, locale="en", office=office)
            assert [line.id for line in lines] == ids

    def test_nothing_is_read_or_shown_of_it_elsewhere(self, asking: Callable[..., FormBook]):
        book = asking(ASKED, more=OFFICE)
        posted = [("a", "x"), ("opinion", "行")]
        assert book.parse(book["probe"], None, posted, locale="en").data == {"a": "x"}
        told = book.parse(book["probe"], None, posted, locale="en", office=True).data
        assert told["opinion"] == "行"
        page = {"data": {}, "locale": "en", "csrf_token": "T", "action": "/"}
        assert "f-opinion" not in book.render(book["probe"], **page)
        assert "f-opinion" in book.render(book["probe"], office=True, **page)
        with pytest.raises(KeyError):
            book.parse(book["probe"], "office", posted, locale="en")

    def test_that_it_did_not_say_is_a_fact_only_once_it_began(
        self, asking: Callable[..., FormBook]
    ):
        book = asking(ASKED, more=OFFICE)
        facts = [
            book.validate(book["probe"], data, locale="en").facts
            for data in ({}, {"a": "x"}, {"opinion": "行"}, {"fit": False})
        ]
        assert facts == [
            {"a.said": False},
            {"a.said": True},
            {"a.said": False, "fit.said": False},
            {"a.said": False, "fit.said": True, "fit": False},
        ]


class TestOpenedAgain:
    FIELDS = (
        "{key: a, type: yes_no, required: true, label: {zh: 甲}}",
        "{key: b, type: text, max: 9, required: true, label: {zh: 乙}, shown_when: {field: a, is: true}}",
        "{key: c, type: integer, required: true, label: {zh: 丙}}",
        "{key: d, type: computed, label: {zh: 丁}, computed: {sum: [c]}}",
    )

    def test_only_what_is_open_can_be_wrong(self, asking: Callable[..., FormBook]):
        book = asking(*self.FIELDS)
        assert errors(book, {}, opened=frozenset({"c"})).keys() == {"c"}
        assert errors(book, {"c": "x"}, opened=frozenset({"c"})).keys() == {"c"}

    def test_and_what_it_brings_in(self, asking: Callable[..., FormBook]):
        book = asking(*self.FIELDS)
        assert errors(book, {"a": "yes"}, opened=frozenset({"a"})).keys() == {"b"}

    def test_what_is_closed_stands_as_it_was_filed(self, asking: Callable[..., FormBook]):
        book = asking(*self.FIELDS)
        filed = {"a": False, "c": "as once filed"}
        result = book.validate(book["probe"], filed, locale="en", opened=frozenset({"a"}))
        assert result.ok
        assert result.values == filed
