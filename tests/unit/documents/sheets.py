"""Sheets made by hand, and looking at what was printed."""

from __future__ import annotations

import io
import re
import zlib
from datetime import date
from pathlib import Path
from typing import Any

import typst
from PIL import Image
from pypdf import PdfReader

from jiebang.documents.sheet import Choice, Entry, Grid, Run, Section, Sheet, Signature, Words
from jiebang.documents.typesetting import sheet_pdf

ROOT = Path(__file__).resolve().parents[3]
FONT_FOLDER = ROOT / "node_modules" / "@expo-google-fonts"
LAYOUTS = ROOT / "forms" / "print"
NAMES = ("table", "document", "agreement")

WORDS = Words(
    number="编号：",
    digest="材料校验值（SHA-256）：",
    page="第 {page} 页 共 {pages} 页",
    sign="签字：",
    seal="（盖章处）",
    date="日期：",
    day="　　　　年　　月　　日",
    office="（由办理单位填写）",
    notes="填写说明",
    draft="草稿",
)
ENGLISH = Words(
    number="No. ",
    digest="SHA-256 of the filing: ",
    page="Page {page} of {pages}",
    sign="Signature: ",
    seal="(Seal)",
    date="Date: ",
    day="____ / ____ / ________",
    office="(to be filled in by the office)",
    notes="How to fill in this form",
    draft="Draft",
)
DIGEST = "0123456789abcdef" * 4


def filled(**changes: Any) -> Sheet:
    """A filled sheet that has one of everything."""
    told: dict[str, Any] = {
        "title": "技术创新需求调查表",
        "locale": "zh_CN",
        "words": WORDS,
        "number": "SH2019-0001",
        "digest": DIGEST,
        "edition": "表单第1版，材料第2版",
        "day": date(2019, 8, 5),
        "sections": [
            Section(
                "party",
                "需求方",
                number="一、",
                entries=[
                    Entry("org", "单位名称", "演示企业（上海）有限公司"),
                    Entry("uscc", "信用代码", "91310115MA1K00023E", width="brief"),
                    Entry("mobile", "手机", "13800000000", width="brief"),
                    Entry(
                        "kind", "机构属性", choices=(Choice("企业", chosen=True), Choice("其他"))
                    ),
                ],
            ),
            Section(
                "need",
                "需求",
                paragraphs=[
                    [Run("本单位"), Run("演示企业", answer=True), Run("提出如下需求。")],
                    [Run("期限为"), Run("", answer=True, room=6), Run("年。")],
                ],
                entries=[
                    Entry("problem", "主要问题", "焊后变形量大。\n希望形成工艺规范。", room=0),
                    Grid(
                        "indicators",
                        "量化指标",
                        ["指标", "单位", "目标值"],
                        [["变形量", "mm", "≤0.15"], ["一次合格率", "%", "≥95"]],
                    ),
                ],
            ),
            Section(
                "sign",
                "签章",
                entries=[Signature("sign", "单位盖章", "经办人员", "2019年8月5日")],
            ),
            Section("review", "审核", office=True, entries=[Entry("opinion", "审核意见", room=3)]),
        ],
    }
    return Sheet(**{**told, **changes})


def blank(**changes: Any) -> Sheet:
    """The same sheet, to be filled in by hand."""
    told: dict[str, Any] = {
        "number": "",
        "digest": "",
        "edition": "表单第1版",
        "day": None,
        "blank": True,
        "notes": ["单位名称：请与营业执照一致。"],
        "sections": [
            Section(
                "party",
                "需求方",
                note="（“主体类型”为“法人”时填写）",
                entries=[
                    Entry("org", "单位名称*", note="（限100字）"),
                    Entry("kind", "机构属性", choices=(Choice("企业"), Choice("其他")), room=0),
                    Entry("fund", "拟投入资金", unit="万元", width="brief"),
                    Grid(
                        "indicators",
                        "量化指标",
                        ["指标", "类别"],
                        blanks=5,
                        blank=["", "□甲 □乙"],
                    ),
                    Signature("sign", "单位盖章"),
                ],
            )
        ],
    }
    return filled(**{**told, **changes})


def with_entries(*entries: Entry | Grid | Signature, **changes: Any) -> Sheet:
    """A filled sheet of one section with these entries."""
    return filled(sections=[Section("only", "内容", entries=entries)], **changes)


def pdf(sheet: Sheet, layout: str = "table") -> bytes:
    """The sheet by a layout of the repository."""
    return sheet_pdf(sheet, LAYOUTS / f"{layout}.typ", FONT_FOLDER)


def pages(content: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def squeezed(text: str) -> str:
    """A text without blanks and breaks."""
    return re.sub(r"\s", "", text)


def text_of(content: bytes) -> str:
    """All the text, without the blanks and breaks that setting it brought in."""
    return squeezed("".join(pages(content)))


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


def pictures(content: bytes, folder: Path) -> list[Image.Image]:
    """Each page of a PDF in grey, 2 dots to the millimetre; ``folder`` is for files in between."""
    (folder / "it.pdf").write_bytes(content)
    count = len(PdfReader(io.BytesIO(content)).pages)
    shown = "".join(f'#image("it.pdf", page: {one + 1}, width: 210mm)' for one in range(count))
    source = f'#set page(paper: "a4", margin: 0pt)\n{shown}'
    made = typst.compile(source.encode(), root=folder, format="png", ppi=2 * 25.4)
    images = made if isinstance(made, list) else [made]
    return [Image.open(io.BytesIO(one)).convert("L") for one in images]


def ink(picture: Image.Image, left: float, top: float, right: float, bottom: float) -> bool:
    """Whether anything is printed in a part of the page; millimetres from its upper left corner."""
    part = picture.crop(tuple(round(2 * one) for one in (left, top, right, bottom)))
    return part.getextrema()[0] < 200
