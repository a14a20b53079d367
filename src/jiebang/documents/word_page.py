"""The page of a DOCX: its margins, its styles, what stands on every page, and the file itself."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.shared import Mm, Pt

from jiebang.documents.sheet import Sheet
from jiebang.documents.word_marks import add_field, style_fonts

#: The style of text in tables.
TABLE_TEXT = "Table Text"
#: The earliest time that a zip archive can name: the same file for the same sheet.
_NEVER = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Look:
    """How a layout looks: margins in millimetres (top, right, bottom, left), the size of its text in
    points, the height of a line in points or as a multiple of it, and room around headings in points.

    ``boxed``: answers stand in ruled tables. ``official``: a 公文, which says and does not ask.
    """

    margins: tuple[float, float, float, float]
    size: float
    line: Pt | float
    above: float
    boxed: bool = False
    official: bool = False

    @property
    def width(self) -> float:
        """The width of the text in millimetres."""
        return 210 - self.margins[1] - self.margins[3]


#: 表, 公文 (GB/T 9704-2012: 22 lines of 28 characters in 3号) and 协议. Any other layout of the policy
#: staff is running text.
_LOOKS = {
    "table": Look((25, 22, 25, 22), 10.5, 1.25, above=9, boxed=True),
    "document": Look((37, 26, 35, 28), 16, Pt(28.9), above=0, official=True),
}
_RUNNING = Look((30, 26, 28, 28), 12, 1.4, above=10)


def look_of(layout: str) -> Look:
    """How a layout looks in Word."""
    return _LOOKS.get(layout, _RUNNING)


def set_page(word: Word, sheet: Sheet, look: Look) -> None:
    """Paper, styles, and what stands on every page: the draft's mark, the footer."""
    page = word.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    top, right, bottom, left = look.margins
    page.top_margin, page.bottom_margin = Mm(top), Mm(bottom)
    page.left_margin, page.right_margin = Mm(left), Mm(right)
    _set_styles(word, sheet, look)
    if sheet.draft:
        head = page.header.paragraphs[0]
        head.text = sheet.words.draft
        head.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _set_footer(word, sheet, look)


def _set_styles(word: Word, sheet: Sheet, look: Look) -> None:
    language = "zh-CN" if sheet.chinese else "en-GB"
    table = word.styles.add_style(TABLE_TEXT, WD_STYLE_TYPE.PARAGRAPH)
    table.base_style = word.styles["Normal"]
    heading = look.size if look.official else 12
    for name, chinese, size, bold in (
        ("Normal", "仿宋", look.size, False),
        ("Title", "宋体", 22, True),
        ("Subtitle", "仿宋", 14, False),
        ("Heading 1", "黑体", heading, False),
        ("Heading 2", "楷体" if look.official else "黑体", min(look.size, heading), False),
        (TABLE_TEXT, "仿宋", 10.5, False),
        ("Header", "黑体", 10.5, False),
        ("Footer", "仿宋", 9, False),
    ):
        style = word.styles[name]
        style_fonts(style, chinese=chinese, size=size, bold=bold, language=language)
    for name in ("Title", "Subtitle"):
        word.styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    normal = word.styles["Normal"].paragraph_format
    normal.space_after, normal.line_spacing = Pt(0), look.line
    for name in (TABLE_TEXT, "Footer"):
        close = word.styles[name].paragraph_format
        # Lines of a fixed height are for the text alone.
        close.line_spacing_rule, close.line_spacing = WD_LINE_SPACING.SINGLE, 1.0
    title = word.styles["Title"].paragraph_format
    title.space_after, title.line_spacing_rule = Pt(12), WD_LINE_SPACING.SINGLE
    for name in ("Heading 1", "Heading 2"):
        heads = word.styles[name].paragraph_format
        heads.space_before, heads.space_after = Pt(look.above), Pt(look.above / 3)
        if look.official and sheet.chinese:
            heads.left_indent = Pt(2 * look.size)


def _set_footer(word: Word, sheet: Sheet, look: Look) -> None:
    words, foot = sheet.words, word.sections[0].footer.paragraphs[0]
    stops = word.styles["Footer"].paragraph_format.tab_stops
    stops.clear_all()
    stops.add_tab_stop(Mm(look.width), WD_TAB_ALIGNMENT.RIGHT)
    marks = [
        words.number + sheet.number if sheet.number else "",
        sheet.edition,
        f"SHA-256 {sheet.digest[:12]}…" if sheet.digest else "",
    ]
    foot.add_run("　".join(mark for mark in marks if mark) + "\t")
    before, _, rest = words.page.partition("{page}")
    between, _, after = rest.partition("{pages}")
    foot.add_run(before)
    add_field(foot, "PAGE")
    foot.add_run(between)
    add_field(foot, "NUMPAGES")
    foot.add_run(after)


def pack(word: Word, sheet: Sheet) -> bytes:
    """The file: its metadata are the title and the language, and nothing in it tells the time."""
    about = word.core_properties
    about.title, about.language = sheet.title, "zh-CN" if sheet.chinese else "en"
    about.author = about.last_modified_by = about.comments = about.keywords = ""
    about.revision = 1
    for name in ("created", "modified"):
        for element in about._element.xpath(f"dcterms:{name}"):  # noqa: SLF001
            about._element.remove(element)  # noqa: SLF001
    package = word.part.package
    for key, link in list(package.rels.items()):
        if link.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            del package.rels[key]
    made = io.BytesIO()
    word.save(made)
    return _without_times(made)


def _without_times(made: io.BytesIO) -> bytes:
    """The same archive, its members without the time at which it was made."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(fixed, "w") as target:
        for member in source.infolist():
            told = zipfile.ZipInfo(member.filename, _NEVER)
            told.compress_type, told.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            target.writestr(told, source.read(member))
    return fixed.getvalue()
