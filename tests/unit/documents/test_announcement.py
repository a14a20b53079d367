"""The announcement as a PDF: what it shows, what it must not hold, and how it is laid out."""

from __future__ import annotations

import hashlib
import io
import itertools
import re
import subprocess
import sys
import zlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from jiebang.documents.announcement import (
    AnnouncementData,
    Line,
    announcement_pdf,
)
from jiebang.documents.typesetting import FontsMissing

FONTS = Path(__file__).resolve().parents[3] / "node_modules" / "@expo-google-fonts"
MM = 72 / 25.4

DATA = AnnouncementData(
    title="中国创新挑战赛（上海）需求公告",
    batch="（第1批）",
    subject="高温合金薄壁件焊接变形控制",
    facts="需求概况",
    lines=[
        Line("需求编号", "SH2019-0001"),
        Line("需求名称", "高温合金薄壁件焊接变形控制"),
        Line("需求方", "某企业"),
        Line("需求内容", "焊后变形量大，合格率约72%。\n希望形成可复现的工艺规范。"),
        Line(
            "量化指标",
            columns=["指标", "单位", "目标值"],
            rows=[["变形量", "mm", "≤0.15"], ["一次合格率", "%", "≥95"]],
        ),
        Line("联系方式", "由承办单位代为联系"),
    ],
    notes=[
        Line("报名挑战方式", "填报《中国创新挑战赛报名表》。"),
        Line("截止时间", "未定"),
        Line("依据", "沪科合〔2019〕23号"),
    ],
    issuers=["第四届中国创新挑战赛（上海）主办单位"],
    issued_on=date(2019, 9, 20),
)


def pdf(data: AnnouncementData = DATA, locale: str = "zh_CN") -> bytes:
    return announcement_pdf(data=data, locale=locale, fonts=FONTS)


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def text(content: bytes) -> str:
    """All the text, without the blanks and breaks that setting it brought in."""
    return re.sub(r"\s", "", "".join(pages(content)))


def with_content(words: str) -> AnnouncementData:
    return replace(DATA, lines=[*DATA.lines, Line("补充", words)])


def unpacked(content: bytes) -> bytes:
    """The raw bytes with every compressed stream beside them."""
    parts = [content]
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            parts.append(zlib.decompress(found[1]))
        except zlib.error:
            continue
    assert len(parts) > 5
    return b"\n".join(parts)


class TestWhatItShows:
    def test_everything_that_was_given(self):
        found = text(pdf())
        for line in (*DATA.lines, *DATA.notes):
            for part in (
                line.label,
                line.text,
                *line.columns,
                *itertools.chain.from_iterable(line.rows),
            ):
                assert re.sub(r"\s", "", part) in found
        for part in (DATA.title, DATA.batch, *DATA.issuers, "2019年9月20日"):
            assert part in found

    def test_sections_are_numbered_as_in_official_documents(self):
        found = text(pdf())
        places = [
            found.index(part)
            for part in (
                "一、需求概况",
                "二、需求内容",
                "三、量化指标",
                "四、报名挑战方式",
                "五、截止时间",
            )
        ]
        assert places == sorted(places)

    def test_brief_lines_stand_together_at_the_top(self):
        found = text(pdf())
        assert found.index("由承办单位代为联系") < found.index("二、需求内容")

    @pytest.mark.parametrize(
        "words",
        [
            "#panic(1) #sys.inputs $x^2$ *不加粗* _不倾斜_ `code` <label> @ref = 标题 - 列 // 注 \\u{41}",
            "\"引号\" '单引' -- --- ... ~ [方括号] {花括号} &lt;b&gt; %percent%",
            "#let data = none\n= 标题\n+ 列\n/ 术语: 释义",
        ],
    )
    def test_markup_shows_as_typed(self, words: str):
        assert re.sub(r"\s", "", words) in text(pdf(with_content(words)))
        brief = replace(DATA, subject=words, lines=[Line(words, words)], notes=[])
        assert text(pdf(brief)).count(re.sub(r"\s", "", words)) >= 2

    def test_a_character_that_no_font_has_does_not_stop_it(self):
        found = text(pdf(with_content("前𠮷😀\x07后")))
        assert "前" in found
        assert "后" in found

    def test_an_address_is_copied_as_it_was_given(self):
        address = "a.very.long.address.of.the.office@example.test"
        found = "".join(pages(pdf(replace(DATA, lines=[*DATA.lines, Line("邮箱", address)]))))
        assert address in found

    def test_english(self):
        data = replace(DATA, facts="At a glance", issuers=["Hosts of the Challenge"])
        found = "".join(pages(pdf(data, "en")))
        assert "1. At a glance" in found
        assert "20 September 2019" in found
        assert "一、" not in found

    def test_nothing_but_facts(self):
        found = text(pdf(replace(DATA, lines=DATA.lines[:1], notes=[])))
        assert "SH2019-0001" in found


class TestWhatItMustNotHold:
    def test_metadata_are_the_title_and_the_day(self):
        reader = PdfReader(io.BytesIO(pdf()))
        info = dict(reader.metadata or {})
        assert info.pop("/Creator").startswith("Typst")
        assert info == {
            "/Title": "中国创新挑战赛（上海）需求公告：高温合金薄壁件焊接变形控制",
            "/CreationDate": "D:20190920000000Z",
            "/ModDate": "D:20190920000000Z",
        }
        assert not reader.attachments

    def test_what_is_not_given_is_nowhere(self):
        hidden = ["上海某某机械有限公司", "13800001999", "91310000MA1K00015N"]
        raw = unpacked(pdf())
        for one in hidden:
            assert one not in text(pdf())
            for encoding in ("utf-8", "utf-16-be", "utf-16-le"):
                assert one.encode(encoding) not in raw
                assert one.encode(encoding).hex().encode() not in raw.lower()

    def test_the_search_through_raw_bytes_can_find(self):
        # The title stands in the metadata, so the search above would see a name that leaked there.
        assert DATA.subject.encode() in unpacked(pdf())

    def test_no_path_of_the_machine(self):
        raw = unpacked(pdf())
        assert str(FONTS).encode() not in raw
        assert b"announcement.typ" not in raw

    def test_the_same_data_give_the_same_bytes(self):
        assert pdf() == pdf()
        assert pdf() != pdf(replace(DATA, batch="（第2批）"))

    def test_another_process_on_another_day_gives_the_same_bytes(self):
        script = (
            "import hashlib, sys; sys.path.insert(0, sys.argv[1]);"
            "import test_announcement as t; print(hashlib.sha256(t.pdf()).hexdigest())"
        )
        run = subprocess.run(
            [sys.executable, "-c", script, str(Path(__file__).parent)],
            capture_output=True,
            text=True,
            check=True,
            env={"SOURCE_DATE_EPOCH": "86400", "TZ": "Asia/Tokyo"},
        )
        assert run.stdout.strip() == hashlib.sha256(pdf()).hexdigest()


class TestTheLayout:
    def test_a4_and_tagged(self):
        reader = PdfReader(io.BytesIO(pdf()))
        box = reader.pages[0].mediabox
        assert (round(box.width / MM), round(box.height / MM)) == (210, 297)
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert reader.trailer["/Root"]["/Lang"] == "zh-CN"
        assert b"pdfuaid:part" in unpacked(pdf())

    def test_only_the_shipped_fonts(self):
        page = PdfReader(io.BytesIO(pdf())).pages[0]
        names = [one.get_object()["/BaseFont"] for one in page["/Resources"]["/Font"].values()]
        assert sorted(name.partition("+")[2] for name in names) == [
            "NotoSansSC-Medium",
            "NotoSerifSC-Bold",
            "NotoSerifSC-Regular",
        ]

    def test_sizes_and_margins(self):
        sizes: dict[str, int] = {}
        lefts: list[float] = []

        def look(words: str, cm: list[float], tm: list[float], _font: object, size: float) -> None:
            if words.strip():
                sizes[words.strip()] = round(size * abs(tm[0] * cm[0]))
                lefts.append(tm[4] * cm[0] + cm[4])

        PdfReader(io.BytesIO(pdf())).pages[0].extract_text(visitor_text=look)

        def size_of(part: str) -> int:
            return next(size for words, size in sizes.items() if part in words)

        assert size_of(DATA.title) == 22
        assert size_of("焊后变形量大") == 16
        assert size_of("— 1 —") == 14
        assert min(lefts) >= 28 * MM - 1

    def test_pages_are_numbered(self):
        found = pages(pdf(with_content("字" * 1500)))
        assert len(found) > 2
        assert all(f"— {number} —" in page for number, page in enumerate(found, 1))

    def test_28_characters_a_line(self):
        found = pages(pdf(with_content("字" * 200)))
        full = [line for page in found for line in page.splitlines() if line.strip("字") == ""]
        assert max(map(len, full)) == 28

    def test_the_signature_never_stands_alone(self):
        for length in range(0, 700, 28):
            *_, last = pages(pdf(with_content("字" * (120 + length))))
            assert "主办单位" in last
            assert "沪科合" in last

    def test_a_long_word_stays_within_the_page(self):
        data = replace(
            DATA,
            lines=[
                Line("网址", "https://example.test/" + "a" * 70),
                Line("指标", columns=["甲", "乙"], rows=[["W" * 60, "x" * 100]] * 20),
            ],
        )
        content = pdf(data)
        assert text(content).count("W") == 60 * 20
        lines = [line for page in pages(content) for line in page.splitlines()]
        # Half of the page's width is room for some 24 capitals, or 48 small letters.
        assert max(line.count("W") for line in lines) < 24
        assert max(line.count("x") for line in lines) < 48

    def test_a_table_repeats_its_head_on_each_page(self):
        rows = [["指标" * 20, "单位", "目标" * 20]] * 40
        table = Line("长表", columns=["甲列", "乙列", "丙列"], rows=rows)
        found = pages(pdf(replace(DATA, lines=[table], notes=[])))
        assert sum("甲列" in page for page in found) >= len(found) - 1 >= 2


def test_missing_fonts_are_named(tmp_path: Path):
    with pytest.raises(FontsMissing, match="make setup"):
        announcement_pdf(data=DATA, locale="zh_CN", fonts=tmp_path)
