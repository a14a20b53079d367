"""A sheet as DOCX, to be edited in Word: real styles, real tables, page numbers as fields, no macros."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from docx import Document
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.shared import Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from jiebang.documents.numbering import chinese_number
from jiebang.documents.sheet import Choice, Entry, Grid, Run, Section, Sheet, Signature
from jiebang.documents.typesetting import column_widths
from jiebang.documents.word_marks import (
    add_sign,
    center_vertically,
    fix_columns,
    height_at_least,
    keep_whole,
    repeat_as_head,
    set_style_id,
    span_cells,
)
from jiebang.documents.word_page import TABLE_TEXT, look_of, pack, set_page

#: The height of a line to write on, and of a place to sign, in millimetres.
_LINE, _SIGNING = 8, 30
#: The widths of the columns of a boxed table in per cent: label, answer, label, answer.
_BOXES = (18, 32, 18, 32)
#: A text longer than this may go on on the next page in a table.
_WHOLE = 150
#: Text longer than this has a heading of its own in a 公文, and options longer than this a line of their
#: own, in Chinese and in other languages.
_HEADED, _APART = {True: 40, False: 80}, {True: 16, False: 36}

Row = tuple[Entry | Signature, ...]
More = Callable[[], Paragraph]


def sheet_docx(sheet: Sheet, *, layout: str) -> bytes:
    """Write a sheet as a layout asks for: ``table`` ruled, ``document`` as a 公文, others running.

    The same sheet gives the same bytes. Metadata carry the title only.
    """
    return _Writer(sheet, layout).write()


class _Writer:
    """One document in the making."""

    def __init__(self, sheet: Sheet, layout: str) -> None:
        self.sheet, self.look = sheet, look_of(layout)
        self.word: Word = Document()
        self.colon = "：" if sheet.chinese else ": "
        self.says = self.look.official and not sheet.blank
        self._signed_last: object = None

    def write(self) -> bytes:
        """The whole document."""
        set_page(self.word, self.sheet, self.look)
        self.word.add_paragraph(self.sheet.title, style="Title")
        if self.sheet.subtitle:
            self.word.add_paragraph(self.sheet.subtitle, style="Subtitle")
        self._number_line()
        for section in self.sheet.sections:
            self._section(section)
        if self.sheet.notes:
            self.word.add_paragraph(self.sheet.words.notes, style="Heading 1")
            for index, note in enumerate(self.sheet.notes, 1):
                self._closely(self.word.add_paragraph(f"{index}. {note}"))
        if self.sheet.digest:
            self.word.add_paragraph(self.sheet.words.digest + self.sheet.digest, style="Footer")
        return pack(self.word, self.sheet)

    def _number_line(self) -> None:
        line = self._closely(self.word.add_paragraph())
        line.paragraph_format.tab_stops.add_tab_stop(Mm(self.look.width), WD_TAB_ALIGNMENT.RIGHT)
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
        if self.look.boxed:
            for grids, group in groupby(section.entries, key=lambda one: isinstance(one, Grid)):
                if grids:
                    for grid in group:
                        self._listed(grid)  # type: ignore[arg-type]
                else:
                    self._boxed(list(group))
        else:
            self._running(section)

    def _paragraph(self, runs: Sequence[Run]) -> None:
        paragraph = self._indented()
        for run in runs:
            if run.answer and not run.text:
                _blank(paragraph, run.room)
            else:
                paragraph.add_run(run.text).underline = (run.answer and not self.says) or None

    def _indented(self) -> Paragraph:
        paragraph = self.word.add_paragraph()
        if self.sheet.chinese:
            paragraph.paragraph_format.first_line_indent = Pt(2 * self.look.size)
        return paragraph

    # Ruled tables.

    def _boxed(self, entries: Sequence[Entry | Grid | Signature]) -> None:
        table = self._table(_BOXES)
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
        if isinstance(entry, Signature) or entry.text or entry.room < 3:
            center_vertically(cell)
        paragraph = self._closely(cell.paragraphs[0])
        if entry.note:
            paragraph.add_run(entry.note).font.size = Pt(9)
            paragraph = self._closely(cell.add_paragraph())

        def more() -> Paragraph:
            return self._closely(cell.add_paragraph())

        if isinstance(entry, Signature):
            self._sign(paragraph, entry, more)
        else:
            self._answer(paragraph, entry, more)

    @staticmethod
    def _size(made: _Row, row: Row) -> None:
        if isinstance(row[0], Signature):
            height_at_least(made, Mm(_SIGNING))
            keep_whole(made)
            return
        answers = [one for one in row if isinstance(one, Entry)]
        if all(one.text == "" for one in answers):
            height_at_least(made, Mm(_LINE * max(1, *(one.room for one in answers))))
        if all(len(one.text) <= _WHOLE for one in answers):
            keep_whole(made)

    def _answer(self, paragraph: Paragraph, entry: Entry, more: More) -> None:
        """Options and text, the first of them into a paragraph, the rest into ``more``."""
        lines = entry.text.split("\n") if entry.text else []
        apart = any(len(one.text) > _APART[self.sheet.chinese] for one in entry.choices)
        for index, choice in enumerate(entry.choices):
            if index and apart:
                paragraph = more()
            elif index:
                paragraph.add_run("　")
            _box(paragraph, choice)
        for index, line in enumerate(lines):
            if index or entry.choices:
                paragraph = more()
            paragraph.add_run(line)
        if not lines:
            paragraph.add_run(entry.unit)

    def _sign(self, first: Paragraph, entry: Signature, more: More) -> None:
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

    def _running(self, section: Section) -> None:
        entries = [self._without_title(self._settled(one), section) for one in section.entries]
        entries = [one for one in entries if isinstance(one, Signature) or not one.said]
        headed = [one.key for one in entries if self._headed(one)]
        for entry in entries:
            if self._headed(entry):
                number = self._number(headed.index(entry.key)) if len(headed) > 1 else ""
                self.word.add_paragraph(f"{number}{entry.label} {entry.note}".strip(), "Heading 2")
            if isinstance(entry, Grid):
                self._listed(entry)
            elif isinstance(entry, Signature):
                self._signed(entry)
            else:
                self._said(entry)

    def _settled(self, entry: Entry | Grid | Signature) -> Entry | Grid | Signature:
        """An answer as a 公文 says it: what was chosen, and nothing of the other options."""
        if not self.says or not isinstance(entry, Entry) or not entry.label:
            return entry
        chosen = [one.text for one in entry.choices if one.chosen]
        if not chosen:
            return entry
        said = ("、" if self.sheet.chinese else ", ").join(chosen)
        return replace(entry, choices=(), text="\n".join(filter(None, (said, entry.text))))

    def _headed(self, entry: Entry | Grid | Signature) -> bool:
        """Whether an answer of a 公文 has a heading of its own."""
        if not self.look.official or isinstance(entry, Signature) or not entry.label:
            return False
        return isinstance(entry, Grid) or self._long(entry)

    def _long(self, entry: Entry) -> bool:
        most = _HEADED[self.sheet.chinese]
        return "\n" in entry.text or len(entry.text) > most or entry.room > 1

    def _without_title(
        self, entry: Entry | Grid | Signature, section: Section
    ) -> Entry | Grid | Signature:
        """An answer called as its section is: a heading is not said twice."""
        if isinstance(entry, Signature) or entry.label.lstrip("*") != section.title:
            return entry
        first = entry.key == section.entries[0].key
        return replace(entry, label="") if first or self._headed(entry) else entry

    def _number(self, index: int) -> str:
        return f"（{chinese_number(index + 1)}）" if self.sheet.chinese else f"({index + 1}) "

    def _said(self, entry: Entry) -> None:
        paragraph = self._indented()
        if entry.label and not self._headed(entry):
            paragraph.add_run(entry.label + entry.note + self.colon).bold = True
        if entry.text or entry.choices:
            self._answer(paragraph, entry, self._indented)
        elif entry.room:
            self._ruled(paragraph)
            paragraph.add_run(entry.unit)
        for _line in range(0 if entry.text else entry.room - 1):
            self._ruled(self.word.add_paragraph())

    def _ruled(self, paragraph: Paragraph) -> None:
        """A line to write on, as far as the margin."""
        stops = paragraph.paragraph_format.tab_stops
        stops.add_tab_stop(Mm(self.look.width - 12), WD_TAB_ALIGNMENT.LEFT, WD_TAB_LEADER.LINES)
        paragraph.add_run("\t")

    def _signed(self, entry: Signature) -> None:
        """A place to sign, kept together and with what is before it."""
        made: list[Paragraph] = [*self.word.paragraphs[-1:]]
        if made and made[0]._p is self._signed_last:  # noqa: SLF001
            # Places to sign that follow each other may stand on two pages.
            made = []

        def more() -> Paragraph:
            made.append(self.word.add_paragraph())
            if self.look.official:
                # 落款: on the right, its lines centred under each other.
                made[-1].paragraph_format.left_indent = Mm(self.look.width * 0.4)
                made[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
            return made[-1]

        if self.look.official:
            more()
            named = more()
            named.add_run(entry.label + self.colon + entry.name)
            if not entry.name:
                _blank(named, 8)
            if entry.seal:
                more().add_run(self.sheet.words.seal)
            more().add_run(entry.date or self.sheet.words.day)
        else:
            named = more()
            named.paragraph_format.space_before = Pt(self.look.size)
            named.add_run(entry.label).bold = True
            self._sign(more(), entry, more)
        for paragraph in made[:-1]:
            paragraph.paragraph_format.keep_with_next = True
        self._signed_last = made[-1]._p  # noqa: SLF001

    # Tables.

    def _listed(self, entry: Grid) -> None:
        if entry.label and not self.look.official and list(entry.columns) != [entry.label]:
            self.word.add_paragraph(f"{entry.label} {entry.note}".strip(), style="Heading 2")
        widths = column_widths(entry.columns, (*entry.rows, entry.blank))
        shares = [100 * one / sum(widths) for one in widths]
        table = self._table(shares)
        head = table.add_row()
        repeat_as_head(head)
        for cell, column in zip(span_cells(head, shares), entry.columns, strict=True):
            paragraph = self._closely(cell.paragraphs[0])
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.add_run(column).bold = True
        for values in (*entry.rows, *[entry.blank] * entry.blanks):
            row = table.add_row()
            for cell, text in zip(span_cells(row, shares), values, strict=True):
                self._closely(cell.paragraphs[0]).add_run(text)
                center_vertically(cell)
            if not any(values):
                height_at_least(row, Mm(_LINE))
            if all(len(text) <= _WHOLE for text in values):
                keep_whole(row)
        self._close()

    def _table(self, shares: Sequence[float]) -> Table:
        table = self.word.add_table(rows=0, cols=len(shares), style="Table Grid")
        fix_columns(table, shares, Mm(self.look.width))
        return table

    @staticmethod
    def _closely(paragraph: Paragraph) -> Paragraph:
        """A paragraph of a table: no room below, lines close to each other."""
        set_style_id(paragraph, TABLE_TEXT.replace(" ", ""))
        return paragraph

    def _close(self) -> None:
        """A paragraph below a table, without which Word would join it to the next."""
        below = self.word.add_paragraph(style=TABLE_TEXT)
        below.paragraph_format.line_spacing = Pt(6)


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
    return (_BOXES[0], whole - _BOXES[0]) if entry.label else (whole,)


def _blank(paragraph: Paragraph, room: int) -> None:
    paragraph.add_run("　" * room).underline = True


def _box(paragraph: Paragraph, choice: Choice) -> None:
    add_sign(paragraph, "☑" if choice.chosen else "☐")
    paragraph.add_run(choice.text)
