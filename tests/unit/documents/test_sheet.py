"""A sheet as a PDF: what it shows in each layout, what it must not hold, and that nothing runs over."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from jiebang.documents.layouts import BadLayout
from jiebang.documents.sheet import Choice, Entry, Grid, Run, Section, Sheet, Signature
from jiebang.documents.typesetting import FontsMissing, sheet_pdf
from tests.unit.documents.sheets import (
    DIGEST,
    ENGLISH,
    FONT_FOLDER,
    LAYOUTS,
    NAMES,
    ROOT,
    blank,
    filled,
    ink,
    pages,
    pdf,
    pictures,
    squeezed,
    text_of,
    unpacked,
    with_entries,
)

MM = 72 / 25.4
#: Where the text of each layout ends, on the left and on the right, in millimetres.
EDGES = {"table": (22, 188), "document": (28, 184), "agreement": (28, 184)}


def told(sheet: Sheet) -> list[str]:
    """Every text that a sheet must show, without blanks."""
    found = [sheet.title]
    for section in sheet.sections:
        found += [
            section.number + section.title,
            *(run.text for runs in section.paragraphs for run in runs),
        ]
        for entry in section.entries:
            found.append(entry.label)
            if isinstance(entry, Entry):
                found += [entry.text, *(one.text for one in entry.choices)]
            elif isinstance(entry, Grid):
                found += [*entry.columns, *(cell for row in entry.rows for cell in row)]
            else:
                found += [entry.name, entry.date]
    # The heading of a section that only has signatures may be left out.
    return [squeezed(one) for one in found if one not in {"", "签章"}]


@pytest.mark.parametrize("layout", NAMES)
class TestEveryLayout:
    def test_shows_everything_that_was_given(self, layout: str):
        found = text_of(pdf(filled(), layout))
        # A document in running text says what was chosen, and nothing of the other options.
        unsaid = {"其他"} if layout == "document" else set()
        for part in told(filled()):
            assert (part in found) == (part not in unsaid)

    def test_number_digest_and_version_stand_on_every_page(self, layout: str):
        long = with_entries(Entry("text", "说明", "长文。" * 900, room=0))
        found = [squeezed(page) for page in pages(pdf(long, layout))]
        assert len(found) > 1
        for number, page in enumerate(found, 1):
            assert f"第{number}页共{len(found)}页" in page
            assert "编号：SH2019-0001" in page
            assert f"SHA-256{DIGEST[:12]}…" in page
            assert "表单第1版，材料第2版" in page
        assert f"材料校验值（SHA-256）：{DIGEST}" in found[-1]

    def test_which_option_was_chosen(self, layout: str):
        sheet = with_entries(
            Entry("kind", "属性", choices=(Choice("企业", chosen=True), Choice("高校")), room=0)
        )
        expected = "属性：企业—1—" if layout == "document" else "☑企业☐高校"
        assert expected in text_of(pdf(sheet, layout))

    def test_a_blank_form_has_no_digest_and_says_how_to_fill_it_in(self, layout: str):
        found = text_of(pdf(blank(), layout))
        assert "SHA-256" not in found
        for part in ("填写说明", "1.单位名称：请与营业执照一致。", "☐企业☐其他", "单位盖章", "盖章处",
                     "年月日", "万元", "□甲□乙", "（限100字）"):  # fmt: skip
            assert squeezed(part) in found

    def test_a_draft_says_so_on_every_page(self, layout: str):
        long = with_entries(Entry("text", "说明", "长文。" * 900, room=0), draft=True)
        assert all("草稿" in page for page in pages(pdf(long, layout)))
        assert "草稿" not in text_of(pdf(filled(), layout))

    def test_markup_shows_as_typed(self, layout: str):
        words = '#panic(1) #sys.inputs $x^2$ *不加粗* _不倾斜_ `code` <label> @ref = 标题 \\u{41} "引" //'
        sheet = filled(
            title=words,
            sections=[
                Section(
                    "only",
                    words,
                    paragraphs=[[Run(words), Run(words, answer=True)]],
                    entries=[
                        Entry("e", words, words, (Choice(words),), note=words, room=0),
                        Grid("g", words, [words], [[words]]),
                        Signature("s", words, words, words),
                    ],
                )
            ],
        )
        assert text_of(pdf(sheet, layout)).count(squeezed(words)) >= 11

    def test_english(self, layout: str):
        sheet = filled(
            locale="en",
            words=ENGLISH,
            title="Survey",
            edition="Form version 1",
            sections=[
                Section(
                    "need",
                    "The need",
                    paragraphs=[[Run("The parties agree.")]],
                    entries=[Entry("a", "Title", "Welding"), Signature("s", "Signed for the firm")],
                )
            ],
        )
        found = " ".join(" ".join(pages(pdf(sheet, layout))).split())
        assert "Page 1 of 1" in found
        assert "Signed for the firm" in found
        assert not any("一" <= one <= "鿿" for one in found)
        assert PdfReader(io.BytesIO(pdf(sheet, layout))).trailer["/Root"]["/Lang"] == "en"

    def test_tagged_and_claims_the_standard(self, layout: str):
        for sheet in (filled(), blank(), filled(draft=True)):
            content = pdf(sheet, layout)
            root = PdfReader(io.BytesIO(content)).trailer["/Root"]
            assert root["/MarkInfo"]["/Marked"]
            assert root["/Lang"] == "zh-CN"
            assert b"pdfuaid:part" in unpacked(content)

    def test_a_character_that_no_font_has_shows_and_drops_the_claim(self, layout: str):
        content = pdf(with_entries(Entry("e", "姓名", "前𠮷😀后", room=0)), layout)
        assert "前" in text_of(content)
        assert "后" in text_of(content)
        assert b"pdfuaid:part" not in unpacked(content)

    def test_the_same_sheet_gives_the_same_bytes(self, layout: str):
        assert pdf(filled(), layout) == pdf(filled(), layout)
        assert pdf(filled(), layout) != pdf(filled(number="SH2019-0002"), layout)

    def test_a4(self, layout: str):
        box = PdfReader(io.BytesIO(pdf(filled(), layout))).pages[0].mediabox
        assert (round(box.width / MM), round(box.height / MM)) == (210, 297)

    def test_nothing_but_a_title(self, layout: str):
        assert "空" in text_of(pdf(filled(title="空", sections=[]), layout))

    def test_a_table_repeats_its_head_on_each_page(self, layout: str):
        rows = [["指标" * 10, "目标" * 20]] * 60
        found = pages(pdf(with_entries(Grid("g", "长表", ["甲列", "乙列"], rows)), layout))
        assert sum("甲列" in page for page in found) >= len(found) - 1 >= 2

    @pytest.mark.parametrize("sign", ["汉", "W", "/"])
    def test_nothing_runs_over(self, layout: str, sign: str, tmp_path: Path):
        long = sign * 700
        entries = [
            Entry("a", sign * 60, sign * 40, width="brief"),
            Entry("b", sign * 60, sign * 60, width="brief", note=sign * 60),
            Entry("c", sign * 60, sign * 200),
            Entry("d", sign * 20, long, (Choice(sign * 90, chosen=True), Choice(sign)), room=0),
            Grid("g", sign * 60, [sign * 30] * 6, [[sign * 100] * 6] * 3),
            Grid("h", sign, ["甲", "乙"], [["短", long]]),
            Signature("s", sign * 60, sign * 60, "2019年8月5日"),
        ]
        paragraphs = [[Run("甲方"), Run(long, answer=True), Run(sign * 300)]]
        sheet = filled(
            title=sign * 60,
            sections=[
                Section("x", sign * 59, note=sign * 60, paragraphs=paragraphs, entries=entries)
            ],
        )
        content = pdf(sheet, layout)
        expected = sum(part.count(sign) for part in told(sheet))
        assert text_of(content).count(sign) >= expected
        left, right = EDGES[layout]
        for picture in pictures(content, tmp_path):
            assert ink(picture, left, 20, right, 290)
            assert not ink(picture, 0, 0, left - 1, 297)
            assert not ink(picture, right + 2.5, 0, 210, 297)


class TestTable:
    def test_a_long_word_stays_in_its_cell(self):
        sheet = with_entries(
            Entry("a", "网址", "W" * 200, width="brief"),
            Entry("b", "电话", "x" * 300, width="brief"),
        )
        lines = [line for page in pages(pdf(sheet)) for line in page.splitlines()]
        # A cell beside another has some 52 mm inside: 14 capitals, or 30 small letters of 10.5 pt.
        assert max(line.count("W") for line in lines) <= 15
        assert max(line.count("x") for line in lines) <= 30

    def test_the_lines_of_a_table_are_ruled(self, tmp_path: Path):
        picture = pictures(pdf(blank()), tmp_path)[0]
        # The left edge of the box.
        assert ink(picture, 21.5, 60, 22.5, 61)

    def test_the_office_has_its_own_part(self):
        assert "审核（由办理单位填写）" in text_of(pdf(filled()))


class TestDocument:
    def sizes(self, content: bytes) -> dict[str, int]:
        found: dict[str, int] = {}

        def look(words: str, cm: list[float], tm: list[float], _font: object, size: float) -> None:
            if words.strip():
                found[words.strip()] = round(size * abs(tm[0] * cm[0]))

        PdfReader(io.BytesIO(content)).pages[0].extract_text(visitor_text=look)
        return found

    def test_sizes(self):
        sheet = with_entries(Entry("a", "内容", "焊后变形量大。", room=0))
        sizes = self.sizes(pdf(sheet, "document"))
        assert next(size for words, size in sizes.items() if sheet.title in words) == 22
        assert next(size for words, size in sizes.items() if "焊后" in words) == 16
        assert next(size for words, size in sizes.items() if "— 1 —" in words) == 14

    def test_28_characters_a_line_and_22_lines_a_page(self):
        sheet = with_entries(Entry("a", "内容", "字" * 2000, room=0))
        found = pages(pdf(sheet, "document"))
        full = [[line for line in page.splitlines() if line.strip("字") == ""] for page in found]
        assert max(len(line) for page in full for line in page) == 28
        assert len(full[1]) == 22

    def test_the_signature_never_stands_alone(self):
        for words in (1, 2, 29, 57, 85, *range(330, 1400, 28)):
            sheet = with_entries(
                Entry("a", "内容", "字" * words, room=0),
                Signature("s", "编制单位", "承办单位", "2019年8月5日"),
            )
            *_, last = pages(pdf(sheet, "document"))
            assert "编制单位" in last
            assert "字" in last

    def test_an_answer_alone_in_its_section_does_not_repeat_its_name(self):
        section = Section("a", "组织架构", entries=[Entry("a", "组织架构", "由专班负责。" * 9)])
        assert text_of(pdf(filled(sections=[section]), "document")).count("组织架构") == 1


class TestAgreement:
    def test_parties_articles_and_signatures_in_this_order(self):
        sections = [
            Section("a", "甲方", entries=[Entry("x", "名称", "承办单位")]),
            Section("c", "目的", paragraphs=[[Run("双方应当保密。")]], number="第一条　"),
            Section("s", "签章", entries=[Signature("t", "乙方（盖章）")]),
            Section("o", "甲方签署", office=True, entries=[Signature("s", "甲方（盖章）")]),
            Section("r", "收件", office=True, entries=[Signature("r", "收件人")]),
        ]
        found = text_of(pdf(filled(sections=sections), "agreement"))
        parts = ("甲方", "第一条目的", "甲方（盖章）", "乙方（盖章）", "收件人")
        places = [found.index(part) for part in parts]
        assert places == sorted(places)

    def test_an_answer_that_an_article_shows_stands_once(self):
        section = Section(
            "a",
            "期限",
            paragraphs=[[Run("期限为"), Run("三年", answer=True), Run("。")]],
            entries=[Entry("term", "保密期限", "三年", said=True)],
        )
        found = text_of(pdf(filled(sections=[section]), "agreement"))
        assert found.count("三年") == 1
        assert "保密期限" not in found

    def test_signatures_never_stand_alone(self):
        for length in range(0, 1500, 60):
            sheet = filled(
                sections=[
                    Section("a", "目的", paragraphs=[[Run("字" * (700 + length))]]),
                    Section("s", "签章", entries=[Signature("s", "甲方"), Signature("t", "乙方")]),
                ]
            )
            *_, last = pages(pdf(sheet, "agreement"))
            assert "乙方" in last
            assert "字" in last


class TestTheFile:
    def test_metadata_are_the_title_the_number_and_the_day(self):
        info = dict(PdfReader(io.BytesIO(pdf(filled()))).metadata or {})
        assert info.pop("/Creator").startswith("Typst")
        assert info == {
            "/Title": "技术创新需求调查表 SH2019-0001",
            "/CreationDate": "D:20190805000000Z",
            "/ModDate": "D:20190805000000Z",
        }

    def test_a_blank_form_carries_no_date(self):
        info = dict(PdfReader(io.BytesIO(pdf(blank()))).metadata or {})
        assert info.pop("/Creator").startswith("Typst")
        assert info == {"/Title": "技术创新需求调查表"}

    def test_no_path_of_the_machine(self):
        raw = unpacked(pdf(filled()))
        assert str(ROOT).encode() not in raw
        assert b".typ" not in raw

    def test_another_process_on_another_day_gives_the_same_bytes(self):
        script = (
            "import hashlib; from tests.unit.documents.sheets import *;"
            "print(hashlib.sha256(pdf(filled()) + pdf(blank())).hexdigest())"
        )
        run = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={"SOURCE_DATE_EPOCH": "86400", "TZ": "Asia/Tokyo"},
        )
        assert run.stdout.strip() == hashlib.sha256(pdf(filled()) + pdf(blank())).hexdigest()


class TestLayoutsOfTheStaff:
    def test_a_form_may_have_a_layout_of_its_own(self, tmp_path: Path):
        (tmp_path / "print").mkdir()
        (tmp_path / "print" / "parts.typ").write_bytes((LAYOUTS / "parts.typ").read_bytes())
        own = tmp_path / "my-form.typ"
        own.write_text('#import "print/parts.typ": *\n#show: paper\n自有版式 #sheet.title')
        assert "自有版式技术创新需求调查表" in text_of(sheet_pdf(filled(), own, FONT_FOLDER))
        own.write_text('#import "print/parts.typ": *\n#show: paper\n改过的版式')
        assert "改过的版式" in text_of(sheet_pdf(filled(), own, FONT_FOLDER))

    def test_a_broken_one_is_named(self, tmp_path: Path):
        with pytest.raises(BadLayout, match=r"none\.typ"):
            sheet_pdf(filled(), tmp_path / "none.typ", FONT_FOLDER)
        broken = tmp_path / "broken.typ"
        broken.write_text("#let = 3")
        with pytest.raises(BadLayout, match=r"broken\.typ"):
            sheet_pdf(filled(), broken, FONT_FOLDER)

    def test_one_reads_nothing_outside_of_the_forms(self, tmp_path: Path):
        (tmp_path / "forms").mkdir()
        (tmp_path / "secret.txt").write_text("secret")
        for path in ("../secret.txt", str(tmp_path / "secret.txt")):
            layout = tmp_path / "forms" / "it.typ"
            layout.write_text(f'#read("{path}")')
            with pytest.raises(BadLayout):
                sheet_pdf(filled(), layout, FONT_FOLDER)

    def test_missing_fonts_are_named(self, tmp_path: Path):
        with pytest.raises(FontsMissing, match="make setup"):
            sheet_pdf(filled(), LAYOUTS / "table.typ", tmp_path)


def test_the_day_is_that_of_the_sheet():
    other = filled(day=date(2020, 1, 2))
    assert dict(PdfReader(io.BytesIO(pdf(other))).metadata or {})["/CreationDate"].startswith(
        "D:20200102"
    )
