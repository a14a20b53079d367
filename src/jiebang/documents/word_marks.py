"""What python-docx has no word for: fields, Chinese fonts, repeated heads, relative widths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Pt, RGBColor
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

#: Widths in Word are fiftieths of a per cent.
_FIFTIETHS = 50
#: Room around the text of a cell, in twentieths of a point.
_AROUND = {"top": 45, "left": 90, "bottom": 45, "right": 90}
#: The font for signs that Chinese text fonts lack.
_SIGNS = "Segoe UI Symbol"


def style_fonts(style: Any, *, chinese: str, size: float, bold: bool, language: str) -> None:
    """Black letters of one size in a style: Latin ones in Times New Roman, Chinese in ``chinese``."""
    font = style.font
    font.name, font.size, font.bold, font.italic = "Times New Roman", Pt(size), bold, False
    font.color.rgb = RGBColor(0, 0, 0)
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    # A theme's font would go before the one named.
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:eastAsia"), chinese)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), "en-GB")
    spoken.set(qn("w:eastAsia"), language if language.startswith("zh") else "zh-CN")
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    properties.append(spoken)
    if style.type is not None and style.element.pPr is not None:
        for border in style.element.pPr.findall(qn("w:pBdr")):
            style.element.pPr.remove(border)


def set_style_id(paragraph: Paragraph, style_id: str) -> None:
    """Give a paragraph a style by its id: python-docx searches all styles for each paragraph."""
    paragraph._p.style = style_id  # noqa: SLF001


def add_field(paragraph: Paragraph, code: str) -> None:
    """A field such as ``PAGE``, worked out by Word."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    paragraph._p.append(field)  # noqa: SLF001
    run = paragraph.add_run("1")
    field.append(run._r)  # noqa: SLF001


def add_sign(paragraph: Paragraph, sign: str) -> None:
    """A sign in a font that has it."""
    run = paragraph.add_run(sign)
    run.font.name = _SIGNS
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _SIGNS)  # noqa: SLF001


def fix_columns(table: Table, shares: Sequence[float], width: Length) -> None:
    """Columns of so many per cent of a table that is as wide as the text, and room around their text.

    Programs that know no per cent go by the widths of the grid, which are those on a text of ``width``.
    """
    properties = table._tbl.tblPr  # noqa: SLF001
    _say_width(properties, "w:tblW", 100)
    table.autofit = False
    for column, share in zip(table.columns, shares, strict=True):
        column.width = Length(round(width * share / 100))
    margins = OxmlElement("w:tblCellMar")
    for side, twips in _AROUND.items():
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    # The schema has a place for each property: what is said of cells comes before the table's look.
    look = properties.find(qn("w:tblLook"))
    if look is None:
        properties.append(margins)
    else:
        look.addprevious(margins)


def span_cells(row: _Row, shares: Sequence[float]) -> list[_Cell]:
    """The cells of a new row, one for each share of its width in per cent.

    Where there are fewer shares than columns, the last cell spans the columns that are left.
    """
    made = row._tr.tc_lst  # noqa: SLF001
    for spare in made[len(shares) :]:
        row._tr.remove(spare)  # noqa: SLF001
    kept = made[: len(shares)]
    kept[-1].grid_span = len(made) - len(shares) + 1
    for cell, share in zip(kept, shares, strict=True):
        _say_width(cell.get_or_add_tcPr(), "w:tcW", share)
    return [_Cell(cell, row.table) for cell in kept]


def _say_width(properties: Any, tag: str, percent: float) -> None:
    found = properties.find(qn(tag))
    if found is None:
        found = OxmlElement(tag)
        properties.insert(0, found)
    found.set(qn("w:type"), "pct")
    found.set(qn("w:w"), str(round(percent * _FIFTIETHS)))


def repeat_as_head(row: _Row) -> None:
    """Show a row again at the top of each page that its table reaches."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001


def keep_whole(row: _Row) -> None:
    """Never break a row over two pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001


def height_at_least(row: _Row, height: Length) -> None:
    """Leave room to write in a row."""
    row.height, row.height_rule = height, WD_ROW_HEIGHT_RULE.AT_LEAST


def center_vertically(cell: _Cell) -> None:
    """Put what is in a cell in the middle of its height."""
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
