"""Forms on paper (纸质表单): a form, its answers and what stands around them, as a sheet to print."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from jiebang.casework.filing.veiling import veiled
from jiebang.casework.paper.blanks import Blanks, is_brief
from jiebang.clock import show_date
from jiebang.documents.numbering import number_sections
from jiebang.documents.sheet import Choice, Entry, Grid, Run, Section, Sheet, Signature, Words
from jiebang.forms import Answer, Form, FormBook, Question, StoredFile
from jiebang.forms.book import Choices
from jiebang.forms.kinds.telling import SHOWN
from jiebang.forms.language import definition as forms_definition
from jiebang.forms.language.conditions import all_hold
from jiebang.forms.showing.masking import mask_answer, mask_text
from jiebang.forms.signs import showable
from jiebang.i18n import _
from jiebang.wording import Wording

#: Options that are printed with their boxes: of an answer, and of a form to fill in by hand.
_BOXES, _BLANK_BOXES = 12, 40
#: What stands for an answer that was not given, once the form is filed.
_STRUCK = "／"
#: The most lines that the office needs for an opinion.
_OFFICE_LINES = 5
#: Answers that a paragraph cannot show.
_NEVER_SAID = frozenset({"table", "files", "signature"})
_BOXED = frozenset({"one_of", "several_of", "rating", "yes_no"})


@dataclass(frozen=True)
class Around:
    """What stands around the answers.

    ``number`` of the case or filing, ``version`` of the material (0: not filed), its SHA-256 as 64 hex
    digits, the ``day`` of filing, whether it is a ``draft``, and the attached ``files`` by their ids.
    """

    number: str = ""
    version: int = 0
    digest: str = ""
    day: date | None = None
    draft: bool = False
    files: Mapping[str, StoredFile] = field(default_factory=dict)


@dataclass(frozen=True)
class Paper:
    """A form to be put on paper; ``data`` is ``None`` for a blank one, to be filled in by hand.

    ``masked`` questions show their answers in part (脱敏), ``withheld`` ones not at all.
    """

    forms: FormBook
    form: Form
    data: Mapping[str, Any] | None
    locale: str
    choices: Choices
    around: Around
    masked: Collection[str]
    withheld: Collection[str]

    def sheet(self) -> Sheet:
        """Everything that stands on the paper, and nothing else."""
        blank = self.data is None
        made = Sheet(
            title=self._in(self.form.title),
            locale=self.locale,
            words=self._words(),
            sections=[self._section(one) for one in self.form.sections if self._asks(one)],
            number=self.around.number,
            digest=self.around.digest,
            edition=self._edition(),
            notes=self._blanks.notes() if blank else (),
            day=self.around.day,
            blank=blank,
            draft=self.around.draft,
        )
        return number_sections(made, articles=self.form.print == "agreement")

    def _words(self) -> Words:
        pages = {"page": "{page}", "pages": "{pages}"}
        return Words(
            number=self._say(_("No. ")),
            digest=self._say(_("SHA-256 of the filing: ")),
            page=self._say(_("Page ${page} of ${pages}", mapping=pages)),
            sign=self._say(_("Signature: ")),
            seal=self._say(_("(Seal)")),
            date=self._say(_("Date: ")),
            day=self._blanks.day,
            office=self._say(_("(to be filled in by the office)")),
            notes=self._say(_("How to fill in this form")),
            draft=self._say(_("Draft")),
        )

    def _edition(self) -> str:
        words = {"form": self.form.version, "filing": self.around.version}
        if self.around.version:
            return self._say(_("Form version ${form}, filing ${filing}", mapping=words))
        return self._say(_("Form version ${form}", mapping=words))

    # What the answers are.

    @cached_property
    def _values(self) -> Mapping[str, Any]:
        """What was answered; what could not be read stands as typed."""
        if self.data is None:
            return {}
        result = self.forms.validate(self.form, self.data, locale=self.locale, choices=self.choices)
        return {**self.data, **result.values}

    @cached_property
    def _answers(self) -> Mapping[str, Answer]:
        """The answers as this reader may see them; those asked for, if the form is filled in."""
        found = self.forms.answers(
            self.form, self.data or {}, locale=self.locale, choices=self.choices
        )
        return {
            one.key: mask_answer(self.form.by_key[one.key], one) if one.key in self.masked else one
            for one in found
        }

    @cached_property
    def _veiled(self) -> frozenset[str]:
        return frozenset() if self.data is None else veiled(self.form, self.withheld)

    @cached_property
    def _said(self) -> frozenset[str]:
        """Questions whose answers stand in a paragraph."""
        told = {one.key for one in self.form.questions if one.type not in _NEVER_SAID}
        paragraphs = (text for section in self.form.sections for text in section.text)
        return frozenset(
            key for text in paragraphs for key in SHOWN.findall(self._in(text)) if key in told
        )

    @cached_property
    def _blanks(self) -> Blanks:
        return Blanks(self.forms, self.form, self.locale, self.choices)

    # What stands on the paper.

    def _asks(self, section: forms_definition.Section) -> bool:
        if self.data is None or any(one.key in self._veiled for one in section.questions):
            return True
        if section.questions:
            return any(one.key in self._answers for one in section.questions)
        return all_hold(section.shown_when, dict(self._values))

    def _section(self, section: forms_definition.Section) -> Section:
        return Section(
            id=section.id,
            title=self._in(section.title),
            note=self._blanks.when(section.shown_when) if self.data is None else "",
            paragraphs=[list(self._runs(text)) for text in section.text],
            entries=[self._entry(one) for one in section.questions if self._prints(one)],
            office=section.filled_by == "office",
        )

    def _prints(self, question: Question) -> bool:
        return self.data is None or question.key in self._answers or question.key in self._veiled

    def _runs(self, paragraph: Wording) -> Iterator[Run]:
        asked = self.form.by_key
        for at, words in enumerate(SHOWN.split(self._in(paragraph))):
            if at % 2 == 0:
                if words:
                    yield Run(words)
            elif words not in self._said:
                yield Run(self._in(asked[words].label) if words in asked else words)
            else:
                yield from self._run(asked[words])

    def _run(self, question: Question) -> Sequence[Run]:
        if question.key in self._veiled:
            return [Run(self._not_shown, answer=True)]
        if self._answered(question):
            return [Run(self._answers[question.key].text, answer=True)]
        if self._struck(question):
            return [Run(_STRUCK, answer=True)]
        return self._blanks.runs(question, self._options(question))

    def _answered(self, question: Question) -> bool:
        told = self._answers.get(question.key)
        return told is not None and bool(told.text or told.rows or told.files)

    def _by_hand(self, question: Question) -> bool:
        """Whether an answer is to be written in: on a blank form, and where the office has yet to."""
        if self.data is None:
            return True
        return question.key in self._of_office and not self._answered(question)

    def _struck(self, question: Question) -> bool:
        """Whether there is no answer and will be none: nothing may be added to what was filed."""
        return not (self._by_hand(question) or self._answered(question) or self.around.draft)

    def _entry(self, question: Question) -> Entry | Grid | Signature:
        if question.key in self._veiled:
            return Entry(question.key, self._in(question.label), self._not_shown, room=0)
        if question.type == "signature":
            return self._signature(question)
        if question.type == "table":
            return self._grid(question)
        return self._plain(question)

    @property
    def _not_shown(self) -> str:
        return self._say(_("Not shown to you"))

    def _signature(self, question: Question) -> Signature:
        value = self._values.get(question.key)
        given = value if isinstance(value, dict) else {}
        name, day = showable(str(given.get("name") or "")), str(given.get("date") or "")
        if question.mask and question.key in self.masked:
            name = mask_text(name, question.mask)
        return Signature(
            key=question.key,
            label=self._in(question.label),
            name=name,
            date=self._day(day),
            note=self._note(question),
            seal=question.seal,
        )

    def _grid(self, question: Question) -> Grid:
        blank = self.data is None
        rows = [self._cells(question, row) for row in self._rows(question)]
        if self._struck(question):
            rows = [[_STRUCK] * len(question.columns)]
        return Grid(
            key=question.key,
            label=self._label(question),
            columns=[self._blanks.column(one, blank=blank) for one in question.columns],
            rows=rows,
            note=self._note(question),
            blanks=self._blanks.rows(question) if blank else int(not rows),
            blank=[self._blanks.cell(one, self._options(one)) for one in question.columns]
            if blank
            else [""] * len(question.columns),
        )

    def _rows(self, question: Question) -> Sequence[Sequence[str]]:
        return self._answers[question.key].rows if question.key in self._answers else ()

    def _cells(self, question: Question, row: Sequence[str]) -> list[str]:
        """A row of a table, without the units, which stand in its head."""
        return [
            cell.removesuffix(f" {self._blanks.unit(column)}")
            for column, cell in zip(question.columns, row, strict=True)
        ]

    def _plain(self, question: Question) -> Entry:
        choices = self._boxes(question)
        if question.type == "consent":
            chosen = self._values.get(question.key) is True
            choices = (Choice(self._in(question.label), chosen),)
        text = self._text(question, boxed=bool(choices))
        return Entry(
            key=question.key,
            label="" if question.type == "consent" else self._label(question),
            text=text,
            choices=choices,
            unit=self._blanks.unit(question) if self._by_hand(question) else "",
            note=self._note(question),
            room=self._room(question, boxed=bool(choices)),
            width="brief" if is_brief(question, choices) else "wide",
            said=question.key in self._said,
        )

    def _room(self, question: Question, *, boxed: bool) -> int:
        """Lines to write on."""
        if not self._by_hand(question):
            return 0
        lines = self._blanks.room(question, boxed=boxed)
        return min(_OFFICE_LINES, lines) if question.key in self._of_office else lines

    @cached_property
    def _of_office(self) -> frozenset[str]:
        return frozenset(
            one.key
            for section in self.form.sections
            if section.filled_by == "office"
            for one in section.questions
        )

    def _text(self, question: Question, *, boxed: bool) -> str:
        if self._by_hand(question):
            return "" if boxed else self._blanks.text(question)
        if self._struck(question):
            return "" if boxed else _STRUCK
        if question.type == "files":
            return "\n".join(self._files(self._answers[question.key].files))
        if question.type == "rating" and boxed:
            value = self._values.get(question.key)
            reason = showable(str(value.get("reason") or "")) if isinstance(value, dict) else ""
            return self._say(_("Reason: ${reason}", mapping={"reason": reason})) if reason else ""
        return "" if boxed else self._answers[question.key].text

    def _files(self, ids: Sequence[str]) -> Iterator[str]:
        for index, one in enumerate(ids, 1):
            known = self.around.files.get(one)
            told = (
                f"{showable(known.name)} ({known.size_text})"
                if known
                else self._say(_("(attachment)"))
            )
            yield f"{index}. {told}"

    def _boxes(self, question: Question) -> tuple[Choice, ...]:
        """The options with their boxes, where they are few enough to be printed."""
        options = self._options(question)
        most = _BLANK_BOXES if self.data is None else _BOXES
        if question.type not in _BOXED or not 0 < len(options) <= most:
            return ()
        value = self._values.get(question.key)
        if question.type == "rating":
            value = value.get("rating") if isinstance(value, dict) else None
        chosen = value if isinstance(value, list) else [value]
        known = [code for code, _text in options]
        if any(one not in known for one in chosen if one not in (None, "")):
            # What was answered is no longer offered: it is printed as it stands.
            return ()
        return tuple(Choice(text, any(one == code for one in chosen)) for code, text in options)

    def _options(self, question: Question) -> list[tuple[Any, str]]:
        if question.type == "yes_no":
            return [(True, self._say(_("Yes"))), (False, self._say(_("No")))]
        if question.type not in _BOXED:
            return []
        offered = self.forms.options(question, self.choices)
        return [(one.code, self._in(one.label)) for one in offered]

    def _label(self, question: Question) -> str:
        label = self._in(question.label)
        return f"*{label}" if self.data is None and question.required else label

    def _note(self, question: Question) -> str:
        return self._blanks.note(question) if self.data is None else ""

    def _day(self, written: str) -> str:
        try:
            return show_date(date.fromisoformat(written), self.locale)
        except ValueError:
            return showable(written)

    def _in(self, wording: Wording) -> str:
        return wording.in_locale(self.locale)

    def _say(self, message: object) -> str:
        return self.forms.translate(message, self.locale)
