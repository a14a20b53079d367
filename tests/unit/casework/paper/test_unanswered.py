"""Questions without an answer: struck out once filed, open in a draft and where the office writes."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from jiebang.casework.paper.sheets import Around, Paper
from jiebang.casework.policies.choices import choices_of
from jiebang.documents.sheet import Entry, Grid, Sheet
from jiebang.documents.typesetting import sheet_pdf
from jiebang.documents.word import sheet_docx
from jiebang.edition.loading import load_edition
from jiebang.forms import FormBook
from jiebang.i18n import DEFAULT_LOCALE
from tests.unit.casework.paper.test_printing import word_text
from tests.unit.documents.sheets import FONT_FOLDER, LAYOUTS, ROOT, text_of

FILED = Around(number="SH2019-0001", version=1)


@cache
def forms() -> FormBook:
    return FormBook.load(ROOT / "forms")


def sheet(form: str, data: dict[str, Any], around: Around = FILED) -> Sheet:
    paper = Paper(
        forms=forms(),
        form=forms()[form],
        data=data,
        locale=DEFAULT_LOCALE,
        choices=choices_of(load_edition(ROOT / "rules" / "shanghai-2019"), forms()),
        around=around,
        masked=(),
        withheld=(),
    )
    return paper.sheet()


def entry(found: Sheet, key: str) -> Any:
    return next(one for section in found.sections for one in section.entries if one.key == key)


def test_what_was_not_answered_is_struck_out_once_it_is_filed():
    filed, draft = (sheet("demand-survey", {}, one) for one in (FILED, Around(draft=True)))
    assert entry(filed, "website").text == "／"
    assert entry(draft, "website").text == ""
    indicators = entry(filed, "indicators")
    assert isinstance(indicators, Grid)
    assert [set(row) for row in indicators.rows] == [{"／"}]
    assert indicators.blanks == 0
    assert (entry(draft, "indicators").rows, entry(draft, "indicators").blanks) == ([], 1)


def test_boxes_that_nobody_ticked_stay_empty():
    kind = entry(sheet("demand-survey", {}), "org_attr")
    assert isinstance(kind, Entry)
    assert kind.text == ""
    assert kind.choices
    assert not any(one.chosen for one in kind.choices)


def test_what_the_office_has_yet_to_write_is_open():
    opened = sheet("demand-survey", {})
    opinion, day = (entry(opened, key) for key in ("form_review_opinion", "form_review_date"))
    assert (opinion.text, opinion.room > 1) == ("", True)
    assert day.text == opened.words.day
    told = sheet("demand-survey", {"form_review_date": "2019-08-05"})
    assert "2019" in entry(told, "form_review_date").text


def test_amounts_of_a_table_have_their_unit_in_its_head():
    form = forms()["challenge-document"]
    table = next(
        one
        for one in form.questions
        if one.type == "table" and any(column.type == "money" for column in one.columns)
    )
    money = next(at for at, column in enumerate(table.columns) if column.type == "money")
    row = {table.columns[money].key: 5_000_000}
    found = entry(sheet("challenge-document", {table.key: [row]}), table.key)
    assert "万元" in found.columns[money]
    assert found.rows[0][money] == "5.00"


@pytest.mark.parametrize("layout", ["document", "table", "agreement"])
def test_every_layout_shows_the_question(layout: str):
    found = sheet("announcement", {"need_title": "焊接变形"})
    label = forms()["announcement"].by_key["industry"].label.zh
    pdf = text_of(sheet_pdf(found, LAYOUTS / f"{layout}.typ", FONT_FOLDER))
    word = word_text(sheet_docx(found, layout=layout))
    for told in (pdf, word):
        assert label in told
        assert "／" in told
