"""A form to be filled in by hand (空白表): how much room each answer needs, and what must be said."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jiebang.documents.sheet import Choice, Run
from jiebang.documents.typesetting import width
from jiebang.forms import Form, FormBook, Question
from jiebang.forms.book import Choices
from jiebang.forms.language.computing import computed_type
from jiebang.forms.language.conditions import Condition, Conditions
from jiebang.i18n import _
from jiebang.wording import Wording

#: Answers that leave room for another on the same line.
_BRIEF = frozenset(
    {
        "integer", "decimal", "money", "date", "year", "year_range", "credit_code", "division",
        "industry", "phone", "email", "computed",
    }
)  # fmt: skip
#: Text at most so long is brief; options are, if they take so many full-width characters.
_BRIEF_TEXT, _BRIEF_BOXES = 40, 13
#: Characters that a hand writes on a line, and the fewest and most lines left for a long answer.
_A_LINE, _FEWEST, _MOST = 65, 3, 10
#: Empty rows of a table beyond those that must be filled.
_SPARE_ROWS = 4
#: Options that fit into a cell of a table.
_CELL = 16
#: Text longer than this tells how long it may be.
_LIMIT_TOLD = 100


def is_brief(question: Question, choices: Sequence[Choice]) -> bool:
    """Whether an answer leaves room for another on the same line, whatever it says."""
    if question.type in {"yes_no", "one_of"} and choices:
        return sum(width(one.text) + 2 for one in choices) <= _BRIEF_BOXES
    if question.type == "text":
        return (question.max or 0) <= _BRIEF_TEXT
    return question.type in _BRIEF


@dataclass(frozen=True)
class Blanks:
    """The blanks of a form in one language."""

    forms: FormBook
    form: Form
    locale: str
    choices: Choices

    @property
    def day(self) -> str:
        """Where a date is to be written."""
        return self._say(_("blank date", default="____ / ____ / ________"))

    def notes(self) -> list[str]:
        """How to fill the form in: its own help, then that of each question."""
        found = [self._in(self.form.help)] if self.form.help else []
        if any(one.required for one in self.form.questions):
            found.append(self._say(_("Items marked * must be filled in.")))
        for question in self.form.questions:
            if question.help:
                words = {"label": self._in(question.label), "help": self._in(question.help)}
                found.append(self._say(_("${label}: ${help}", mapping=words)))
        return found

    def note(self, question: Question) -> str:
        """The small print of a question: its limits, and when it is to be answered."""
        parts = []
        limit = {"limit": question.max}
        if question.type in {"text", "longtext"} and (question.max or 0) > _LIMIT_TOLD:
            parts.append(self._say(_("(at most ${limit} characters)", mapping=limit)))
        if question.type == "several_of" and question.max:
            parts.append(self._say(_("(at most ${limit} choices)", mapping=limit)))
        return " ".join([*parts, self.when(question.shown_when)]).strip()

    def when(self, conditions: Conditions) -> str:
        """When something is to be answered, in words; empty if always."""
        if not conditions:
            return ""
        joint = self._say(_("list separator", default=", "))
        told = joint.join(self._condition(one) for one in conditions)
        return self._say(_("(fill in if ${condition})", mapping={"condition": told}))

    def _condition(self, condition: Condition) -> str:
        question = self.form.by_key[condition.field]
        words = {"label": self._in(question.label)}
        if condition.filled is not None:
            if condition.filled:
                return self._say(_("“${label}” is filled in", mapping=words))
            return self._say(_("“${label}” is not filled in", mapping=words))
        texts = self._texts(question)
        others = [one for one in texts if one not in condition.wanted]
        # Whichever takes fewer words.
        negated = 0 < len(others) < len(condition.wanted)
        named = others if negated else condition.wanted
        joint = self._say(_("list separator", default=", "))
        words["answer"] = joint.join(texts.get(one, str(one)) for one in named)
        if negated:
            return self._say(_("“${label}” is not “${answer}”", mapping=words))
        return self._say(_("“${label}” is “${answer}”", mapping=words))

    def _texts(self, question: Question) -> dict[Any, str]:
        if question.type in {"yes_no", "consent"}:
            return {True: self._say(_("Yes")), False: self._say(_("No"))}
        if question.options or question.list or question.options_from:
            offered = self.forms.options(question, self.choices)
            return {one.code: self._in(one.label) for one in offered}
        return {}

    def text(self, question: Question) -> str:
        """What stands where an answer is to be written."""
        if question.type == "date":
            return self.day
        if question.type == "year_range":
            return self._say(_("blank years", default="________ to ________"))
        return ""

    def unit(self, question: Question) -> str:
        """The unit behind the blank."""
        type_: str = question.type
        if type_ == "computed":
            type_ = computed_type(question, self.form.by_key)
        return question.unit if type_ == "money" else ""

    def room(self, question: Question, *, boxed: bool) -> int:
        """Lines to write on. Behind boxes there is room for a reason only."""
        if boxed:
            return 2 if question.type == "rating" else 0
        if question.type == "longtext":
            return min(_MOST, max(_FEWEST, math.ceil((question.max or 0) / _A_LINE)))
        if question.type == "text":
            return max(1, min(_FEWEST, math.ceil((question.max or 0) / 100)))
        return _FEWEST if question.type == "files" else 1

    def runs(self, question: Question, options: Sequence[tuple[Any, str]]) -> list[Run]:
        """The blank inside a sentence, or the options to tick."""
        if question.type == "date":
            return [Run(self.day, answer=True)]
        if options and sum(width(text) + 2 for _code, text in options) <= _BRIEF_BOXES * 2:
            boxes = (Run(f"□{text}", whole=True) for _code, text in options)
            return [part for box in boxes for part in (Run(" "), box)][1:]
        if question.type == "longtext":
            return [Run("", answer=True, room=min(120, max(30, (question.max or 0) // 8)))]
        longest = (question.max or 16) if question.type == "text" else 12
        return [Run("", answer=True, room=min(16, max(4, longest // 2)))]

    def rows(self, question: Question) -> int:
        """Empty rows of a table."""
        return min(question.max or _SPARE_ROWS, (question.min or 0) + _SPARE_ROWS)

    def column(self, column: Question, *, blank: bool) -> str:
        """The head of a column with its unit; on a blank form with a star if it must be filled in."""
        label = self._in(column.label)
        unit = self.unit(column)
        if unit and unit not in label:
            label = self._say(_("${label} (${unit})", mapping={"label": label, "unit": unit}))
        return f"*{label}" if blank and column.required else label

    def cell(self, column: Question, options: Sequence[tuple[Any, str]]) -> str:
        """What stands in a cell of an empty row: the options to tick, where they are short."""
        if options and sum(width(text) + 1 for _code, text in options) <= _CELL:
            return " ".join(f"□{text}" for _code, text in options)
        return ""

    def _in(self, wording: Wording) -> str:
        return wording.in_locale(self.locale)

    def _say(self, message: object) -> str:
        return self.forms.translate(message, self.locale)
