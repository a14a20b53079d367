"""A sheet as DOCX, to be edited in Word: real styles, real tables, page numbers as fields, no macros."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from docx import Document
from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.shared import Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from jiebang.documents.sheet import Choice, Entry, Grid, Run, Section, Sheet, Signature
from jiebang.documents.typesetting import column_widths
from jiebang.documents.word_marks import (
    add_field,
    add_sign,
    center_vertically,
    height_at_least,
    keep_whole,
    repeat_as_head,
    set_style_id,
    set_table_width,
    span_cells,
    style_fonts,
)

#: The style of text in tables.
TABLE_TEXT = "Table Text"
#: The width of the text between the margins.
_TEXT = 210 - 2 * 25
#: The height of a line to write on, and of a place to sign.
_LINE, _SIGNING = 8, 30
#: The width of a label in a ruled table, in per cent.
_LABEL = 18
#: The earliest time that a zip archive can name: the same file for the same sheet.
_NEVER = (1980, 1, 1, 0, 0, 0)

Row = tuple[Entry | Signature, ...]


def sheet_docx(sheet: Sheet, *, boxed: bool) -> bytes:
    """Write a sheet, its answers in ruled tables (``boxed``) or in running text.

    The same sheet gives the same bytes. Metadata carry the title only.
    """
    return _Writer(sheet, boxed=boxed).write()


class _Writer:
    """One document in the making."""

    def __init__(self, sheet: Sheet, *, boxed: bool) -> None:
        self.sheet, self.boxed = sheet, boxed
        self.word: Word = Document()
        self.colon = "：" if sheet.chinese else ": "

    def write(self) -> bytes:
        """The whole document."""
        self._set_page()
        self._set_styles()
        self._set_footer()
        self.word.add_paragraph(self.sheet.title, style="Title")
        if self.sheet.subtitle:
            self.word.add_paragraph(self.sheet.subtitle, style="Subtitle")
        self._number_line()
        for section in self.sheet.sections:
            self._section(section)
        if self.sheet.notes:
            self.word.add_paragraph(self.sheet.words.notes, style="Heading 1")
            for index, note in enumerate(self.sheet.notes, 1):
                self.word.add_paragraph(f"{index}. {note}")
        if self.sheet.digest:
            self.word.add_paragraph(self.sheet.words.digest + self.sheet.digest)
        return self._packed()

    # The page, its styles and what stands on every page.

    def _set_page(self) -> None:
        page = self.word.sections[0]
        page.page_width, page.page_height = Mm(210), Mm(297)
        page.top_margin, page.bottom_margin = Mm(25), Mm(25)
        page.left_margin = page.right_margin = Mm(25)
        if self.sheet.draft:
            head = page.header.paragraphs[0]
            head.text = self.sheet.words.draft
            head.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def _set_styles(self) -> None:
        language = "zh-CN" if self.sheet.chinese else "en-GB"
        table = self.word.styles.add_style(TABLE_TEXT, WD_STYLE_TYPE.PARAGRAPH)
        table.base_style = self.word.styles["Normal"]
        table.paragraph_format.space_after, table.paragraph_format.line_spacing = Pt(0), 1.0
        for name, chinese, size, bold in (
            ("Normal", "仿宋", 12, False),
            ("Title", "宋体", 22, True),
            ("Subtitle", "仿宋", 14, False),
            ("Heading 1", "黑体", 14, False),
            ("Heading 2", "黑体", 12, False),
            (TABLE_TEXT, "仿宋", 10.5, False),
            ("Header", "黑体", 10.5, False),
            ("Footer", "仿宋", 9, False),
        ):
            style = self.word.styles[name]
            style_fonts(style, chinese=chinese, size=size, bold=bold, language=language)
        for name in ("Title", "Subtitle"):
            self.word.styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        normal = self.word.styles["Normal"].paragraph_format
        normal.space_after, normal.line_spacing = Pt(4), 1.25

    def _set_footer(self) -> None:
        sheet, words = self.sheet, self.sheet.words
        foot = self.word.sections[0].footer.paragraphs[0]
        stops = self.word.styles["Footer"].paragraph_format.tab_stops
        stops.clear_all()
        stops.add_tab_stop(Mm(_TEXT), WD_TAB_ALIGNMENT.RIGHT)
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

    def _number_line(self) -> None:
        line = self.word.add_paragraph()
        line.paragraph_format.tab_stops.add_tab_stop(Mm(_TEXT), WD_TAB_ALIGNMENT.RIGHT)
        line.add_run(self.sheet.words.number)
        if self.sheet.number:
            line.add_run(self.sheet.number)
        else:
            _blank(line, 10)
        line.add_run("\t" + self.sheet.edition)

    # Sections.

    def _section(self, section: Section) -> None:
        title = section.number + section.title
        title += (self.sheet.words.office if section.office else "") + section.note
        if title:
            self.word.add_paragraph(title, style="Heading 1")
        for runs in section.paragraphs:
            self._paragraph(runs)
        entries = [one for one in section.entries if self.boxed or not _said(one)]
        for boxes, group in groupby(entries, key=self._boxes):
            if boxes:
                self._boxed(list(group))
            else:
                for entry in group:
                    self._flowing(entry)

    def _boxes(self, entry: Entry | Grid | Signature) -> bool:
        return self.boxed and not isinstance(entry, Grid)

    def _paragraph(self, runs: Sequence[Run]) -> None:
        paragraph = self.word.add_paragraph()
        if self.sheet.chinese:
            paragraph.paragraph_format.first_line_indent = Pt(24)
        for run in runs:
            if run.answer and not run.text:
                _blank(paragraph, run.room)
            else:
                paragraph.add_run(run.text).underline = run.answer or None

    def _boxed(self, entries: Sequence[Entry | Grid | Signature]) -> None:
        table = self._table(4)
        for row in _packed(entries):
            made = table.add_row()
            cells = iter(span_cells(made, [one for entry in row for one in _shares(row, entry)]))
            for entry in row:
                if entry.label:
                    self._label(next(cells), entry)
                self._value(next(cells), entry)
            self._size(made, row)
        self._close()

    def _label(self, cell: _Cell, entry: Entry | Signature) -> None:
        paragraph = self._closely(cell.paragraphs[0])
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(entry.label).bold = True
        center_vertically(cell)

    def _value(self, cell: _Cell, entry: Entry | Signature) -> None:
        center_vertically(cell)
        paragraph = self._closely(cell.paragraphs[0])
        if entry.note:
            paragraph.add_run(entry.note).font.size = Pt(9)
            paragraph = self._closely(cell.add_paragraph())
        if isinstance(entry, Signature):
            self._sign(paragraph, entry, lambda: self._closely(cell.add_paragraph()))
        else:
            self._answer(paragraph, entry)

    @staticmethod
    def _size(made: _Row, row: Row) -> None:
        if isinstance(row[0], Signature):
            height_at_least(made, Mm(_SIGNING))
            keep_whole(made)
        elif all(one.text == "" for one in row if isinstance(one, Entry)):
            lines = max(one.room for one in row if isinstance(one, Entry))
            height_at_least(made, Mm(_LINE * max(1, lines)))

    def _answer(self, paragraph: Paragraph, entry: Entry) -> None:
        for index, choice in enumerate(entry.choices):
            paragraph.add_run("　" if index else "")
            _box(paragraph, choice)
        if entry.text:
            paragraph.add_run(("\n" if entry.choices else "") + entry.text)
        paragraph.add_run(entry.unit if not entry.text else "")

    def _sign(self, first: Paragraph, entry: Signature, more: Callable[[], Paragraph]) -> None:
        words = self.sheet.words
        first.add_run(words.sign)
        if entry.name:
            first.add_run(entry.name)
        else:
            _blank(first, 9)
        if entry.seal:
            seal = more()
            seal.add_run(words.seal)
            seal.alignment = WD_ALIGN_PARAGRAPH.CENTER
        dated = more()
        dated.add_run(words.date + (entry.date or words.day))
        dated.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    # Running text.

    def _flowing(self, entry: Entry | Grid | Signature) -> None:
        if isinstance(entry, Grid):
            self._listed(entry)
        elif isinstance(entry, Signature):
            self.word.add_paragraph(entry.label, style="Heading 2")
            self._sign(self.word.add_paragraph(), entry, self.word.add_paragraph)
        elif "\n" in entry.text or entry.room > 1:
            self.word.add_paragraph(f"{entry.label} {entry.note}".strip(), style="Heading 2")
            if entry.text or entry.choices:
                self._answer(self.word.add_paragraph(), entry)
            for _line in range(0 if entry.text else entry.room):
                self._ruled(self.word.add_paragraph())
        else:
            paragraph = self.word.add_paragraph()
            if entry.label:
                paragraph.add_run(entry.label + entry.note + self.colon).bold = True
            if entry.text or entry.choices:
                self._answer(paragraph, entry)
            else:
                self._ruled(paragraph)
                paragraph.add_run(entry.unit)

    @staticmethod
    def _ruled(paragraph: Paragraph) -> None:
        """A line to write on, as far as the margin."""
        stops = paragraph.paragraph_format.tab_stops
        stops.add_tab_stop(Mm(_TEXT - 15), WD_TAB_ALIGNMENT.LEFT, WD_TAB_LEADER.LINES)
        paragraph.add_run("\t")

    def _listed(self, entry: Grid) -> None:
        self.word.add_paragraph(f"{entry.label} {entry.note}".strip(), style="Heading 2")
        table = self._table(len(entry.columns))
        widths = column_widths((entry.columns, *entry.rows, entry.blank))
        shares = [100 * one / sum(widths) for one in widths]
        head = table.add_row()
        repeat_as_head(head)
        for cell, column in zip(span_cells(head, shares), entry.columns, strict=True):
            self._closely(cell.paragraphs[0]).add_run(column).bold = True
        for values in (*entry.rows, *[entry.blank] * entry.blanks):
            row = table.add_row()
            for cell, text in zip(span_cells(row, shares), values, strict=True):
                self._closely(cell.paragraphs[0]).add_run(text)
            if not any(values):
                height_at_least(row, Mm(_LINE))
        self._close()

    def _table(self, columns: int) -> Table:
        table = self.word.add_table(rows=0, cols=columns, style="Table Grid")
        set_table_width(table, 100)
        return table

    @staticmethod
    def _closely(paragraph: Paragraph) -> Paragraph:
        """A paragraph of a table: no room below, lines close to each other."""
        set_style_id(paragraph, TABLE_TEXT.replace(" ", ""))
        return paragraph

    def _close(self) -> None:
        """Room below a table."""
        self.word.add_paragraph(style=TABLE_TEXT)

    # The file.

    def _packed(self) -> bytes:
        about = self.word.core_properties
        about.title, about.language = self.sheet.title, "zh-CN" if self.sheet.chinese else "en"
        about.author = about.last_modified_by = about.comments = about.keywords = ""
        about.revision = 1
        for name in ("created", "modified"):
            for element in about._element.xpath(f"dcterms:{name}"):  # noqa: SLF001
                about._element.remove(element)  # noqa: SLF001
        package = self.word.part.package
        for key, link in list(package.rels.items()):
            if link.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
                del package.rels[key]
        made = io.BytesIO()
        self.word.save(made)
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


def _packed(entries: Iterable[Entry | Grid | Signature]) -> Iterator[Row]:
    """Rows of a boxed table: two brief answers that follow each other share one."""
    waiting: Entry | None = None
    for entry in entries:
        if isinstance(entry, Entry) and entry.width == "brief":
            if waiting is None:
                waiting = entry
            else:
                yield waiting, entry
                waiting = None
            continue
        if waiting is not None:
            yield (waiting,)
            waiting = None
        if not isinstance(entry, Grid):
            yield (entry,)
    if waiting is not None:
        yield (waiting,)


def _shares(row: Row, entry: Entry | Signature) -> tuple[float, ...]:
    """How wide the label and the answer of an entry are in its row, in per cent."""
    whole = 100 / len(row)
    return (_LABEL, whole - _LABEL) if entry.label else (whole,)


def _said(entry: Entry | Grid | Signature) -> bool:
    return not isinstance(entry, Signature) and entry.said


def _blank(paragraph: Paragraph, room: int) -> None:
    paragraph.add_run("　" * room).underline = True


def _box(paragraph: Paragraph, choice: Choice) -> None:
    add_sign(paragraph, "☑" if choice.chosen else "☐")
    paragraph.add_run(choice.text)
