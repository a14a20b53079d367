"""Sections get the numbers that official papers have."""

from __future__ import annotations

import pytest

from jiebang.documents.numbering import chinese_number, number_sections
from jiebang.documents.sheet import Run, Section, Sheet, Signature
from tests.unit.documents.sheets import filled

TEXT = [[Run("双方应当保密。")]]
AGREEMENT = [
    Section("a", "甲方"),
    Section("b", "目的", paragraphs=TEXT),
    Section("c", "联系"),
    Section("d", "", paragraphs=TEXT),
    Section("s", "签章", entries=[Signature("s", "甲方")]),
    Section("o", "收件", paragraphs=TEXT, office=True),
]


def numbers(sheet: Sheet) -> list[str]:
    return [one.number for one in sheet.sections]


def test_a_form():
    sheet = filled(sections=[Section("a", "甲"), Section("b", ""), Section("c", "丙")])
    assert numbers(number_sections(sheet, articles=False)) == ["一、", "", "二、"]
    english = filled(locale="en", sections=[Section("a", "A"), Section("b", "B")])
    assert numbers(number_sections(english, articles=False)) == ["1. ", "2. "]


def test_a_single_section_has_none():
    sheet = filled(sections=[Section("a", "甲"), Section("b", "")])
    assert numbers(number_sections(sheet, articles=False)) == ["", ""]


def test_articles_begin_with_the_first_text():
    found = numbers(number_sections(filled(sections=AGREEMENT), articles=True))
    assert found == ["", "第一条　", "第二条　", "", "", ""]
    english = number_sections(filled(locale="en", sections=AGREEMENT), articles=True)
    assert numbers(english) == ["", "Article 1 ", "Article 2 ", "", "", ""]


@pytest.mark.parametrize("own", ["一、甲", "第一条 甲", "第十二章 甲", "1. A", "Article 1 A"])
def test_titles_that_bring_their_number_keep_it(own: str):
    for articles in (False, True):
        sections = [Section("a", own, paragraphs=TEXT), Section("b", "乙")]
        found = number_sections(filled(sections=sections), articles=articles)
        assert numbers(found) == ["", ""]


def test_texts_that_bring_their_number():
    sections = [Section("a", "甲", paragraphs=[[Run("第一条 保密。")]]), Section("b", "乙")]
    assert numbers(number_sections(filled(sections=sections), articles=True)) == ["", ""]


def test_no_text_at_all():
    assert numbers(number_sections(filled(sections=AGREEMENT[:1]), articles=True)) == [""]


@pytest.mark.parametrize(
    ("number", "said"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五")]
)
def test_chinese_numbers(number: int, said: str):
    assert chinese_number(number) == said
