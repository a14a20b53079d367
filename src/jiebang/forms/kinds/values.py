"""The kinds of answer: what was typed → what is stored, and back to what stands in the field.

Stored values are plain JSON: text, whole numbers (money in fen), decimals as text, ISO dates, codes,
lists, mappings. What somebody typed and could not be accepted is text; so a draft may hold either, and
both go through here. Each type raises ``colander.Invalid`` with a sentence that names the field and the
remedy. What stands in a module beside this one: numbers, days, contacts, codes, choices.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import colander

from jiebang.forms.language.question import Question
from jiebang.forms.signs import refused_sign, showable
from jiebang.i18n import _


class Answer(colander.SchemaType):
    """Common ground: text is trimmed and composed (NFC), empty is no answer, odd signs refused."""

    def __init__(self, question: Question, label: str, locale: str) -> None:
        self.question = question
        self.label = label
        self.locale = locale

    def refuse(self, node: colander.SchemaNode, message: object) -> colander.Invalid:
        """The refusal to raise."""
        return colander.Invalid(node, message)

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        """The stored value; ``colander.null`` for no answer. Raises ``colander.Invalid``."""
        if cstruct is colander.null or cstruct is None:
            return colander.null
        if isinstance(cstruct, str):
            lines = cstruct.replace("\r\n", "\n").replace("\r", "\n")
            found = refused_sign(lines)
            if found is not None:
                words = {"label": self.label, "at": found[0], "sign": found[1]}
                raise self.refuse(
                    node,
                    _(
                        "“${label}” contains a sign that cannot be kept (${sign}, place ${at}). "
                        "Remove it.",
                        mapping=words,
                    ),
                )
            text = unicodedata.normalize("NFC", lines).strip()
            return self.typed(node, text) if text else colander.null
        return self.stored(node, cstruct)

    def serialize(self, node: colander.SchemaNode, appstruct: Any) -> Any:
        """What stands in the field; typed text stands as it was typed."""
        if appstruct is colander.null or appstruct is None:
            return ""
        return showable(appstruct) if isinstance(appstruct, str) else self.written(appstruct)

    def typed(self, node: colander.SchemaNode, text: str) -> Any:
        """Understand typed text."""
        return text

    def stored(self, node: colander.SchemaNode, value: Any) -> Any:
        """Accept a value that is already stored."""
        raise self.refuse(node, _("“${label}” is not text.", mapping={"label": self.label}))

    def written(self, value: Any) -> str:
        """A stored value as one would type it."""
        return str(value)


class Text(Answer):
    """Text on one line or several: how long it may be, and of what shape."""

    def __init__(
        self,
        question: Question,
        label: str,
        locale: str,
        *,
        most: int | None,
        least: int | None = None,
        one_line: bool = False,
    ) -> None:
        super().__init__(question, label, locale)
        self._most, self._least, self._one_line = most, least, one_line
        self._shape = re.compile(question.shape.pattern) if question.shape else None

    def typed(self, node: colander.SchemaNode, text: str) -> str:
        """Refuse what is too long, with its length and the limit, or of another shape."""
        if self._one_line:
            text = text.replace("\n", " ")
        words = {"label": self.label, "length": len(text)}
        if self._most is not None and len(text) > self._most:
            message = _(
                "“${label}” has ${length} characters; the limit is ${limit}. Shorten it.",
                mapping={**words, "limit": self._most},
            )
            raise self.refuse(node, message)
        if self._least is not None and len(text) < self._least:
            message = _(
                "“${label}” has ${length} characters; write at least ${limit}.",
                mapping={**words, "limit": self._least},
            )
            raise self.refuse(node, message)
        if self._shape and self.question.shape and not self._shape.fullmatch(text):
            # The form's own words for it.
            raise self.refuse(node, self.question.shape.message.in_locale(self.locale))
        return text
