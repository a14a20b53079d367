"""The control of every type of question, alone and in a row."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lxml import html

from jiebang.forms import FieldError, FormBook, Option
from jiebang.forms.book import Choices
from jiebang.wording import Wording


def page(book: FormBook, form_id: str, *, choices: Choices, **kw: Any):
    given = {"data": {}, "locale": "en", "csrf_token": "T", "action": "/x", **kw}
    return html.fromstring(str(book.render(book[form_id], choices=choices, **given)))


ROW = "{key: t, type: table, max: 9, label: {zh: 表, en: Table}, columns: [%s]}"
EVERY_CELL = ", ".join(
    f"{{key: c_{kind}, type: {kind}, {more}label: {{zh: 列, en: {kind}}}}}"
    for kind, more in {
        "text": "max: 9, ",
        "longtext": "max: 9, ",
        "integer": "",
        "decimal": "",
        "money": "",
        "date": "",
        "year": "",
        "one_of": "options: [{code: x, label: {zh: 甲}}], ",
        "yes_no": "",
        "credit_code": "",
        "division": "",
        "phone": "",
        "email": "",
        "url": "",
        "reference": "refers_to: demand, ",
    }.items()
)


def test_every_type_has_a_control_in_a_row_that_is_named(asking: Callable[..., FormBook]):
    root = page(asking(ROW % EVERY_CELL), "probe", choices={}, data={"t": [{}, {}]})
    row = root.xpath(".//tbody/tr")[1]
    controls = row.xpath(".//input[not(@type='hidden')] | .//select | .//textarea")
    names = [one.get("name").removeprefix("c_") for one in controls]
    assert [one.get("aria-label") for one in controls] == [f"{name}, row 2" for name in names]
    assert len(names) == 15
    # Names repeat from row to row, which radio buttons cannot bear.
    assert not row.xpath(".//input[@type='radio']")
    assert row.xpath(".//select[@name='c_yes_no']/option/@value") == ["", "yes", "no"]
    # On a narrow page the heading of its column stands in each cell.
    assert [cell.get("data-column") for cell in row.xpath("./td[@data-column]")] == [
        f"{name}(optional)" for name in names
    ]


def test_a_period_and_a_signature_have_a_label_and_an_error_for_each_part(
    asking: Callable[..., FormBook],
):
    book = asking(
        "{key: period, type: year_range, label: {zh: 期限, en: Period}}",
        "{key: sign, type: signature, label: {zh: 签字, en: Signature}}",
    )
    data = {"period": {"from": "soon", "to": 2021}, "sign": {"name": "经办人员", "date": "明天"}}
    errors = book.validate(book["probe"], data, locale="en", choices={}).errors
    assert {error.field for error in errors} == {"period.from", "sign.date"}
    root = page(book, "probe", choices={}, data=data, errors=errors)
    for path, value in {
        "period-from": "soon",
        "period-to": "2021",
        "sign-name": "经办人员",
        "sign-date": "明天",
    }.items():
        control = root.xpath(f".//*[@id='f-{path}']")[0]
        assert control.get("value") == value
        assert root.xpath(f".//label[@for='f-{path}']")
        wrong = path in {"period-from", "sign-date"}
        assert (control.get("aria-describedby") == f"f-{path}-error") == wrong
        assert (control.get("aria-invalid") == "true") == wrong
    assert root.xpath(".//*[@id='f-sign-date']")[0].get("type") == "text"
    whole = (FieldError("period", "both"), FieldError("sign", "sign here"))
    links = page(book, "probe", choices={}, errors=whole).xpath(
        ".//*[@data-error-summary]//a/@href"
    )
    assert links == ["#f-period-from", "#f-sign-name"]


def test_where_the_seal_goes_is_said_only_where_there_is_one(asking: Callable[..., FormBook]):
    book = asking(
        "{key: a, type: signature, label: {zh: 甲}}",
        "{key: b, type: signature, seal: false, label: {zh: 乙}}",
    )
    root = page(book, "probe", choices={})
    assert "seal over the date" in root.xpath(".//*[@id='q-a']")[0].text_content()
    assert "seal" not in root.xpath(".//*[@id='q-b']")[0].text_content()


def test_a_computed_answer_is_right_without_scripts(asking: Callable[..., FormBook]):
    book = asking(
        "{key: own, type: money, label: {zh: 自筹}}",
        "{key: loan, type: money, unit: 元, label: {zh: 贷款}}",
        "{key: all, type: computed, computed: {sum: [own, loan]}, label: {zh: 合计}}",
    )
    root = page(book, "probe", choices={}, data={"own": "1.5", "loan": 500_00}, locale="zh_CN")
    shown = root.xpath(".//output[@id='f-all']")[0]
    assert shown.text.strip() == "1.55 万元"
    assert json.loads(shown.get("data-computed")) == {"sum": ["own", "loan"]}
    assert shown.get("data-unit") == "万元"
    assert root.xpath(".//label[@for='f-all']")
    assert [one.get("data-unit") for one in root.xpath(".//input[@data-unit]")] == ["万元", "元"]
    assert not root.xpath(".//input[@name='all']")
    assert page(book, "probe", choices={}).xpath("string(.//output)").startswith("Worked out once")


def test_industries_stand_under_their_sections(asking: Callable[..., FormBook], folder: Path):
    (folder / "lists" / "industries.yaml").write_text(
        "list: industries\ntitle: {zh: 行业}\nsource: R\noptions:\n"
        "  - {code: C, label: {zh: 制造业}}\n"
        "  - {code: C39, label: {zh: 计算机制造业}}\n"
        '  - {code: "N", label: {zh: 水利}}\n',
        encoding="utf-8",
    )
    book = asking("{key: trade, type: industry, label: {zh: 行业}}")
    root = page(book, "probe", choices={}, data={"trade": "C39"})
    assert root.xpath(".//optgroup/@label") == ["C 制造业", "N 水利"]
    assert root.xpath(".//optgroup[1]/option/@value") == ["C", "C39"]
    assert root.xpath(".//option[@selected]/@value") == ["C39"]
    # A class (小类) from a file or a workbook stays, with the name of its group.
    root = page(book, "probe", choices={}, data={"trade": "C3921"})
    assert root.xpath(".//option[@selected]/@value") == ["C3921"]
    assert root.xpath("string(.//option[@selected])") == "C3921 计算机制造业"


def test_a_division_says_what_its_code_is_called(asking: Callable[..., FormBook]):
    book = asking("{key: place, type: division, label: {zh: 注册地}}")
    root = page(book, "probe", choices={}, data={"place": "310112"})
    assert root.xpath("string(.//output[@for='f-place'])") == "上海市闵行区"
    typed = page(book, "probe", choices={}, data={"place": "31x"})
    assert typed.xpath("string(.//input[@name='place']/@value)") == "31x"
    assert typed.xpath("string(.//output)") == ""


def test_a_reference_is_chosen_where_something_is_offered(asking: Callable[..., FormBook]):
    book = asking(
        "{key: one, type: reference, refers_to: demand, label: {zh: 需求}}",
        "{key: some, type: reference, refers_to: demand, several: true, label: {zh: 各需求}}",
    )
    free = page(book, "probe", choices={}, data={"one": "D-1", "some": ["D-1", "D-2"]})
    assert free.xpath(".//input[@name='one']/@value") == ["D-1"]
    assert free.xpath(".//textarea[@name='some']")[0].text.split() == ["D-1", "D-2"]
    offered = {"reference.demand": [Option(code="D-1", label=Wording(zh="焊接", en="Welding"))]}
    chosen = page(book, "probe", choices=offered, data={"one": "D-9", "some": ["D-1"]})
    assert chosen.xpath(".//select[@name='one']/option/@value") == ["", "D-1", "D-9"]
    assert chosen.xpath(".//select/option[@selected]/@value") == ["D-9"], "what stands there stays"
    assert chosen.xpath(".//input[@type='checkbox'][@checked]/@value") == ["D-1"]


def test_a_recommended_question_says_so(asking: Callable[..., FormBook]):
    book = asking("{key: a, type: text, max: 9, recommended: true, label: {zh: 甲}}")
    assert "(recommended)" in page(book, "probe", choices={}).xpath("string(.//label)")
