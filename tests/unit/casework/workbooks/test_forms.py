"""Whatever a form keeps stands in its workbook, and comes back as it was."""

from __future__ import annotations

import io
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from jiebang.casework.workbooks.batches import Batch, BatchRow, Marked
from jiebang.casework.workbooks.cells import Cells, slots_of
from jiebang.casework.workbooks.forms import form_workbook, questions_asked, read_form
from jiebang.documents.workbook import DIGITS
from jiebang.documents.workbook_reading import Formula
from jiebang.forms import Form, FormBook
from tests.unit.forms.valid_answers import answers, brought

FORMS = Path(__file__).parents[4] / "forms"
IDS = sorted(path.stem for path in FORMS.glob("*.yaml") if path.stem != "uploads")
FEW = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))


@cache
def book() -> FormBook:
    return FormBook.load(FORMS)


def in_cells(form: Form, values: dict[str, Any]) -> dict[str, Any]:
    asked = {one.key for one in questions_asked(form)}
    return {key: value for key, value in values.items() if key in asked}


@pytest.mark.parametrize("form_id", IDS)
@pytest.mark.parametrize("locale", ["zh_CN", "en"])
@FEW
@given(data=st.data())
def test_answers_come_back_from_a_workbook_as_they_were(
    form_id: str, locale: str, data: st.DataObject
) -> None:
    form = book()[form_id]
    how = {"locale": locale, "choices": brought(form)}
    values = book().validate(form, data.draw(answers(form)), **how).values
    written = form_workbook(forms=book(), form=form, data=values, **how)
    typed = read_form(io.BytesIO(written), forms=book(), form=form, **how)
    assert not typed.errors
    # Whatever cells cannot hold is as it was.
    whole = {**values, **typed.data}
    assert in_cells(form, book().validate(form, whole, **how).values) == in_cells(form, values)
    assert typed.data.keys() == in_cells(form, values).keys()


@pytest.mark.parametrize("form_id", IDS)
@FEW
@given(data=st.data())
def test_rows_of_a_batch_come_back_as_they_were(form_id: str, data: st.DataObject) -> None:
    """Whatever form may be brought in by and by; also through the text that a row is kept as."""
    form = book()[form_id]
    how = {"locale": "zh_CN", "choices": brought(form)}
    values = book().validate(form, data.draw(answers(form)), **how).values
    batch = Batch(book(), form, **how)
    rows = [BatchRow(3, *in_row(batch, form, values)), BatchRow(4, {first_cell(form): "x"})]
    content = io.BytesIO(batch.marked([Marked(one, ()) for one in rows]))
    kept = [BatchRow.from_text(one.number, one.as_text()) for one in batch.read(content)]
    assert kept == [one for one in rows if one.cells]
    for one in kept:
        if one.number == 3:
            typed = batch.typed(one)
            assert not typed.errors
            whole = {**values, **typed.data}
            again = book().validate(form, whole, **how).values
            assert in_cells(form, again) == in_cells(form, values)


def first_cell(form: Form) -> str:
    return next(
        slot.key for one in questions_asked(form) for slot in slots_of(one) if one.type != "table"
    )


def in_row(batch: Batch, form: Form, values: dict[str, Any]) -> tuple[Any, Any]:
    """The cells of stored answers, and of their tables, as somebody would have written them."""
    cells = Cells(book(), form, batch.locale, brought(form))
    row: dict[str, Any] = {}
    tables: dict[str, Any] = {}
    for question in questions_asked(form):
        value = values.get(question.key)
        if question.type == "table":
            lines = [
                {
                    slot.key: as_read(cell)
                    for column in question.columns
                    for slot, cell in cells.spread(column, line.get(column.key))
                    if cell is not None
                }
                for line in value or ()
            ]
            if lines:
                tables[question.key] = lines
        else:
            spread = cells.spread(question, value)
            row |= {slot.key: as_read(cell) for slot, cell in spread if cell is not None}
    return row, tables if row else {}


def as_read(cell: Any) -> Any:
    """A cell as a spreadsheet has it: whole numbers are whole, and long ones are text."""
    if isinstance(cell, Decimal):
        if len(cell.normalize().as_tuple().digits) > DIGITS:
            return f"{cell:f}"
        return int(cell) if cell == cell.to_integral_value() else cell.normalize()
    return cell


def test_a_person_may_write_labels_codes_and_full_width_signs() -> None:
    form = book()["pre-registration"]
    choices = brought(form)
    batch = Batch(book(), form, "zh_CN", choices)

    def typed(**cells: Any) -> dict[str, Any]:
        return dict(batch.typed(BatchRow(3, cells)).data)

    assert typed(country="中国境内") == typed(country="domestic") == {"country": "domestic"}
    assert typed(country=" 中国 境内 ") == {"country": "domestic"}
    assert typed(reward_mode="Yes") == typed(reward_mode=True) == {"reward_mode": True}
    assert typed(reward_mode="ＮＯ") == {"reward_mode": False}
    # A telephone number that the spreadsheet took for a number; full-width digits.
    found = typed(
        country="domestic", mobile=13800000000, uscc="９１３１０１１５ＭＡ１Ｋ０００２３Ｅ"
    )
    values = book().validate(form, found, locale="zh_CN", choices=choices).values
    assert (values["mobile"], values["uscc"]) == ("13800000000", "91310115MA1K00023E")


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (Formula("=A1"), "formula"),
        (10**17, "15th"),
        ("没有这一项", "among the choices"),
    ],
)
def test_a_cell_that_holds_no_answer_says_why(cell: Any, said: str) -> None:
    form = book()["pre-registration"]
    batch = Batch(book(), form, "en", brought(form))
    [error] = batch.typed(BatchRow(3, {"tech_field": cell})).errors
    assert error.field == "tech_field"
    assert said in error.message


def test_masked_answers_are_starred_out() -> None:
    form = book()["pre-registration"]
    content = form_workbook(
        forms=book(),
        form=form,
        data={"mobile": "13800000000"},
        locale="en",
        choices=brought(form),
        masked={"mobile"},
    )
    shared = load_workbook(io.BytesIO(content)).worksheets[0]
    shown = [str(cell.value) for row in shared.iter_rows() for cell in row]
    assert "138****0000" in shown
    assert "13800000000" not in shown
