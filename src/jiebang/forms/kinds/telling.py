"""Answers in words: one value, a whole answer, and texts that show answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import colander

from jiebang.clock import show_date
from jiebang.forms.kinds import divisions
from jiebang.forms.language.computing import canonical, computed_type
from jiebang.forms.language.definition import Form
from jiebang.forms.language.question import Question
from jiebang.forms.signs import showable
from jiebang.i18n import Translate, _
from jiebang.money import from_fen

#: An answer that a text shows: its key in braces.
SHOWN = re.compile(r"\{([^{}]*)\}")
#: What stands in a text where an answer is still to come.
BLANK = "____"


class Teller:
    """Says answers of one form to one reader. ``schema`` is that of the whole form."""

    def __init__(
        self, form: Form, schema: colander.SchemaNode, locale: str, translate: Translate
    ) -> None:
        self._form, self._schema = form, schema
        self._locale, self._translate = locale, translate

    def say(self, node: colander.SchemaNode, value: Any) -> str:
        """One answer on one line or several; an empty string where there is none.

        What could not be understood is said as it was typed.
        """
        if value in (None, "", {}, []):
            return ""
        question: Question = node.question
        if isinstance(value, bool):
            return self._translate(_("Yes") if value else _("No"))
        if isinstance(value, list):
            separator = self._translate(_("list separator", default=", "))
            return separator.join(self.say(node, one) for one in value)
        if isinstance(value, dict):
            return self._parts(question, node, value)
        if isinstance(value, int | float):
            return self._number(question, value)
        return self._text(question, node, str(value))

    def rows(self, node: colander.SchemaNode, value: Any) -> tuple[tuple[str, ...], ...]:
        """Every cell of a table in words."""
        columns = node.children[0].children
        rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
        return tuple(
            tuple(self.say(column, row.get(column.name)) for column in columns) for row in rows
        )

    def fill(self, text: str, values: Mapping[str, Any], table: str = "") -> str:
        """A text of the form with its answers, or those of a row of a ``table``, put in."""
        nodes = {node.name: node for node in self._schema.children}
        if table:
            nodes |= {node.name: node for node in nodes[table].children[0].children}
        said = ((key, self.say(nodes[key], values.get(key))) for key in SHOWN.findall(text))
        return fill(text, dict(said))

    def _number(self, question: Question, value: float) -> str:
        money = question.type == "money"
        if question.type == "computed":
            money = computed_type(question, self._form.by_key) == "money"
        if not money or not isinstance(value, int):
            return str(value)
        amount = canonical(from_fen(value, question.unit))
        # Yuan and fen are always said, and more where the unit is larger.
        places = max(2, len(amount.partition(".")[2]))
        return f"{from_fen(value, question.unit):,.{places}f} {question.unit}"

    def _text(self, question: Question, node: colander.SchemaNode, value: str) -> str:
        if question.type in {"date", "signature"}:
            return self._day(value)
        if question.type == "division":
            return f"{showable(value)} {divisions.name_of(value)}".rstrip()
        named = self._chosen(node, value)
        if question.type == "industry":
            return f"{showable(value)} {named}".rstrip()
        return named or showable(value)

    def _chosen(self, node: colander.SchemaNode, value: str) -> str:
        """What a code is called, or where a list does not go so deep, the code above it."""
        texts: Mapping[str, str] = node.texts
        if node.question.type == "industry":
            above = (texts.get(value[:end]) for end in range(len(value), 0, -1))
            return next(filter(None, above), "")
        return texts.get(value, "")

    def _day(self, value: str) -> str:
        try:
            return show_date(date.fromisoformat(value), self._locale)
        except ValueError:
            return showable(value)

    def _parts(self, question: Question, node: colander.SchemaNode, value: dict[str, Any]) -> str:
        match question.type:
            case "rating":
                grade = self._chosen(node, str(value.get("rating")))
                said = [grade, showable(str(value.get("reason") or ""))]
                return "\n".join(part for part in said if part)
            case "year_range":
                first, last = value.get("from"), value.get("to")
                if first and last:
                    words = {"first": first, "last": last}
                    return self._translate(_("${first}–${last}", mapping=words))
                return showable(str(first or last or ""))
            case "signature":
                name = showable(str(value.get("name") or ""))
                day = self._day(str(value.get("date") or ""))
                if name and day:
                    words = {"name": name, "day": day}
                    return self._translate(_("${name}, ${day}", mapping=words))
                return name or day
        return showable(str(value))


def fill(text: str, answers: Mapping[str, str]) -> str:
    """A text with answers put in for the keys in braces; a blank line where there is none."""
    return SHOWN.sub(lambda key: " ".join(answers.get(key[1], "").split("\n")) or BLANK, text)
