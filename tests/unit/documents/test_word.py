"""A sheet as DOCX: what stands in it, that Word can edit it, and what it must not hold."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import zipfile
from typing import Any

import pytest
from docx import Document
from docx.document import Document as Word
from docx.oxml.ns import qn
from lxml import etree

from jiebang.documents.sheet import Choice, Entry, Grid, Run, Section, Sheet, Signature
from jiebang.documents.word import sheet_docx
from tests.unit.documents.sheets import (
    DIGEST,
    ENGLISH,
    ROOT,
    blank,
    filled,
    squeezed,
    with_entries,
)

SHAPES = ("table", "document", "agreement")


def made(sheet: Sheet, shape: str = "table") -> bytes:
    return sheet_docx(sheet, layout=shape)


def opened(sheet: Sheet, shape: str = "table") -> Word:
    return Document(io.BytesIO(made(sheet, shape)))


def texts(root: Any) -> str:
    """All text below an element, as Word shows it."""
    return "".join(
        element.text or "" if element.tag == qn("w:t") else "\n"
        for element in root.iter(qn("w:t"), qn("w:br"), qn("w:p"))
    )


def all_text(word: Word) -> str:
    return squeezed(texts(word.element.body))


def told(sheet: Sheet) -> list[str]:
    found = [sheet.title, sheet.number, sheet.digest, sheet.edition]
    for section in sheet.sections:
        found += [section.title, *(run.text for runs in section.paragraphs for run in runs)]
        for entry in section.entries:
            found.append(entry.label)
            if isinstance(entry, Entry):
                found += [entry.text, *(one.text for one in entry.choices)]
            elif isinstance(entry, Grid):
                found += [*entry.columns, *(cell for row in entry.rows for cell in row)]
            else:
                found += [entry.name, entry.date]
    return [squeezed(one) for one in found if one]


@pytest.mark.parametrize("shape", SHAPES)
class TestEveryLayout:
    def test_shows_everything_that_was_given(self, shape: str):
        found = all_text(opened(filled(), shape))
        # A 公文 says what was chosen, and nothing of the other options.
        unsaid = {"其他"} if shape == "document" else set()
        for part in told(filled()):
            assert (part in found) == (part not in unsaid)
        said = "机构属性：企业" if shape == "document" else "☑企业"
        assert said in found
        assert "盖章处" in found
        assert "一、需求方" in found

    def test_a_blank_form(self, shape: str):
        found = all_text(opened(blank(), shape))
        signs = "单位盖章：" if shape == "document" else "签字："
        for part in ("填写说明", "☐企业", signs, "年月日", "万元", "□甲□乙", "（限100字）"):
            assert squeezed(part) in found
        assert "SHA-256" not in found

    def test_the_footer_numbers_the_pages_by_fields(self, shape: str):
        foot = opened(filled(), shape).sections[0].footer._element
        codes = [field.get(qn("w:instr")) for field in foot.iter(qn("w:fldSimple"))]
        assert codes == ["PAGE", "NUMPAGES"]
        found = squeezed(texts(foot))
        for part in ("SH2019-0001", f"SHA-256{DIGEST[:12]}…", "表单第1版", "第1页共1页"):
            assert part in found

    def test_tables_repeat_their_head_and_follow_the_page(self, shape: str):
        rows = [["甲", "乙"]] * 3
        word = opened(with_entries(Grid("g", "表", ["一", "二"], rows)), shape)
        (table,) = word.tables
        assert [[cell.text for cell in row.cells] for row in table.rows] == [["一", "二"], *rows]
        heads = [row._tr.trPr is not None and row._tr.trPr.find(qn("w:tblHeader")) is not None
                 for row in table.rows]  # fmt: skip
        assert heads == [True, False, False, False]
        for width in table._tbl.iter(qn("w:tblW"), qn("w:tcW")):
            assert width.get(qn("w:type")) == "pct"

    def test_a4_and_styles_with_chinese_fonts(self, shape: str):
        word = opened(filled(), shape)
        page = word.sections[0]
        assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
        assert word.paragraphs[0].style.name == "Title"
        assert any(one.style.name == "Heading 1" for one in word.paragraphs)
        for name, font in (("Normal", "仿宋"), ("Title", "宋体"), ("Heading 1", "黑体")):
            fonts = word.styles[name].element.rPr.rFonts
            assert fonts.get(qn("w:eastAsia")) == font
            assert fonts.get(qn("w:eastAsiaTheme")) is None

    def test_metadata_are_the_title_and_the_language(self, shape: str):
        with zipfile.ZipFile(io.BytesIO(made(filled(), shape))) as archive:
            core = etree.fromstring(archive.read("docProps/core.xml"))
            assert not any("thumbnail" in name or "vba" in name for name in archive.namelist())
            assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            for name in archive.namelist():
                assert str(ROOT).encode() not in archive.read(name)
        found = {etree.QName(one).localname: one.text for one in core if one.text}
        assert found == {"title": "技术创新需求调查表", "language": "zh-CN", "revision": "1"}

    def test_the_same_sheet_gives_the_same_bytes(self, shape: str):
        assert made(filled(), shape) == made(filled(), shape)
        other = filled(number="SH2019-0002")
        assert made(filled(), shape) != made(other, shape)

    def test_markup_is_text(self, shape: str):
        words = "<w:p>&amp; {{ PAGE }} =1+1 ]]> <!-- \\u{41}"
        word = opened(with_entries(Entry("e", words, words, room=0), title=words), shape)
        assert all_text(word).count(squeezed(words)) == 3

    def test_signs_outside_of_the_fonts_stand_as_they_are(self, shape: str):
        word = opened(with_entries(Entry("e", "姓名", "前𠮷😀后", room=0)), shape)
        assert "前𠮷😀后" in all_text(word)

    def test_a_draft_says_so(self, shape: str):
        assert "草稿" in texts(opened(filled(draft=True), shape).sections[0].header._element)

    def test_english(self, shape: str):
        sheet = filled(
            locale="en",
            words=ENGLISH,
            title="Survey",
            edition="Form version 1",
            sections=[Section("a", "The need", entries=[Entry("a", "Title", "Welding")])],
        )
        word = opened(sheet, shape)
        foot = texts(word.sections[0].footer._element)
        assert "Page 1 of 1" in foot
        assert not any("一" <= one <= "鿿" for one in all_text(word) + foot)


def test_brief_answers_share_a_row():
    entries = [
        Entry("a", "甲", "1", width="brief"),
        Entry("b", "乙", "2", width="brief"),
        Entry("c", "丙", "3"),
        Entry("d", "", choices=(Choice("同意", chosen=True),), room=0),
    ]
    (table,) = opened(with_entries(*entries)).tables
    found = [[cell.text for cell in row._tr.tc_lst and _cells(row)] for row in table.rows]
    assert found == [["甲", "1", "乙", "2"], ["丙", "3"], ["☑同意"]]


def _cells(row: Any) -> list[Any]:
    """Each cell of a row once, however many columns it spans."""
    found: list[Any] = []
    for cell in row.cells:
        if not found or cell._tc is not found[-1]._tc:
            found.append(cell)
    return found


def test_an_answer_that_an_article_shows_stands_once():
    section = Section(
        "a",
        "期限",
        paragraphs=[[Run("期限为"), Run("三年", answer=True), Run("。")]],
        entries=[Entry("term", "保密期限", "三年", said=True), Signature("s", "甲方")],
    )
    word = opened(filled(sections=[section]), "agreement")
    assert all_text(word).count("三年") == 1
    underlined = [run.text for one in word.paragraphs for run in one.runs if run.underline]
    assert "三年" in underlined


def test_another_process_on_another_day_gives_the_same_bytes():
    script = (
        "import hashlib; from tests.unit.documents.sheets import filled;"
        "from jiebang.documents.word import sheet_docx;"
        'print(hashlib.sha256(sheet_docx(filled(), layout="table")).hexdigest())'
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"},
    )
    expected = hashlib.sha256(sheet_docx(filled(), layout="table")).hexdigest()
    assert run.stdout.strip() == expected


def test_a_document_is_set_as_an_official_one():
    long = "字" * 60
    sheet = filled(
        sections=[
            Section("a", "情况", entries=[Entry("a", "概述", long), Entry("b", "问题", long)]),
            Section("c", "建议", entries=[Entry("c", "建议", long), Entry("d", "附注", long)]),
            Section("e", "", entries=[Signature("s", "报告单位", "承办单位", "2019年8月5日")]),
        ]
    )
    word = opened(sheet, "document")
    page = word.sections[0]
    margins = (page.top_margin, page.bottom_margin, page.left_margin, page.right_margin)
    assert [round(one.mm) for one in margins] == [37, 35, 28, 26]
    assert word.styles["Normal"].font.size.pt == 16
    heads = [one.text for one in word.paragraphs if one.style.name == "Heading 2"]
    # What is called as its section is not said twice, and what is alone has no number.
    assert heads == ["（一）概述", "（二）问题", "附注"]
    *_, text, blank_line, signed, seal, _day, _digest = word.paragraphs
    assert text.paragraph_format.first_line_indent.pt == 32
    assert all(one.paragraph_format.keep_with_next for one in (blank_line, signed, seal))


def test_columns_are_as_wide_as_their_text_for_programs_that_know_no_per_cent():
    rows = [["2019年8月5日", "很长的说明" * 20]]
    (table,) = opened(with_entries(Grid("g", "表", ["日期", "说明"], rows))).tables
    day, told = (column.width.mm for column in table.columns)
    assert 30 < day < told
    assert round(day + told) == 166
    boxed = opened(with_entries(Entry("a", "甲", "1"))).tables[0]
    assert [round(100 * one.width.mm / 166) for one in boxed.columns] == [18, 32, 18, 32]


def test_long_options_stand_each_on_a_line_of_its_own():
    options = (
        Choice("自行委托服务机构", chosen=True),
        Choice("请平台推荐若干家服务机构供本单位选择"),
    )
    word = opened(with_entries(Entry("a", "方式", choices=options, room=0)), "agreement")
    assert "☐请平台推荐若干家服务机构供本单位选择" in [one.text for one in word.paragraphs]
