"""Answers that are official codes: credit codes, divisions, industries, numbers of what is kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

import colander

from jiebang import identifiers
from jiebang.forms.kinds import divisions, shapes
from jiebang.forms.kinds.values import Answer
from jiebang.forms.language.question import Question
from jiebang.i18n import _

_DIVISION = re.compile(f"({shapes.DIVISION})(?:[ 　].*)?")
_INDUSTRY = re.compile(f"({shapes.INDUSTRY})(?:[ 　].*)?")
_REFERENCE = re.compile(shapes.REFERENCE)


class CreditCode(Answer):
    """统一社会信用代码: shape here; a failing check character is the warning ``check.py`` gives."""

    def typed(self, node: colander.SchemaNode, text: str) -> str:
        """Understand a code in any spelling."""
        code = identifiers.normalise(text)
        words = {"label": self.label, "length": len(code)}
        if len(code) != identifiers.LENGTH:
            raise self.refuse(
                node, _("“${label}” has 18 characters; you wrote ${length}.", mapping=words)
            )
        if identifiers.check_credit_code(code) is identifiers.Verdict.MALFORMED:
            raise self.refuse(
                node,
                _(
                    "“${label}” has digits and capital letters only, never I, O, Z, S or V. "
                    "Compare it with the business licence.",
                    mapping=words,
                ),
            )
        return code


class Division(Answer):
    """行政区划代码 (GB/T 2260): six digits in use today, or the full name of the division."""

    def typed(self, node: colander.SchemaNode, text: str) -> str:
        """Understand a code, a code with its name, or a name from the province down."""
        plain = unicodedata.normalize("NFKC", text)
        match = _DIVISION.fullmatch(plain)
        code = match[1] if match else divisions.code_of(plain)
        words = {"label": self.label}
        if code is None:
            raise self.refuse(
                node,
                _(
                    "Write “${label}” as the six digits of the division, such as 310115 for Pudong.",
                    mapping=words,
                ),
            )
        if code not in divisions.in_use():
            words |= {"code": code}
            raise self.refuse(
                node,
                _(
                    "“${label}”: no division has the code ${code} today. Look up the present code.",
                    mapping=words,
                ),
            )
        return code


class Industry(Answer):
    """行业代码 (GB/T 4754): a letter and up to four digits, known as deep as the list goes.

    A business licence gives the class (小类) of four digits, of which the list has the group.
    """

    def __init__(self, question: Question, label: str, locale: str, codes: Collection[str]) -> None:
        super().__init__(question, label, locale)
        self._codes = codes
        self._by_digits = {code[1:]: code for code in codes if len(code) > 1}

    def typed(self, node: colander.SchemaNode, text: str) -> str:
        """Understand a code in any spelling, with its name or without its letter."""
        plain = unicodedata.normalize("NFKC", text).upper()
        match = _INDUSTRY.fullmatch(self._with_its_letter(plain))
        words = {"label": self.label}
        if match is None:
            raise self.refuse(
                node,
                _(
                    "Write “${label}” as a code of GB/T 4754: the letter of the section and up to "
                    "four digits, such as C39.",
                    mapping=words,
                ),
            )
        if not industry_known(match[1], self._codes):
            words |= {"code": match[1]}
            raise self.refuse(
                node,
                _(
                    "“${label}”: GB/T 4754 has no code ${code}. Choose from the list.",
                    mapping=words,
                ),
            )
        return match[1]

    def _with_its_letter(self, text: str) -> str:
        """A code that was written as its digits alone, with the letter of the code at or above it."""
        for end in range(len(text), 1, -1) if text.isdecimal() else ():
            if text[:end] in self._by_digits:
                return self._by_digits[text[:end]] + text[end:]
        return text


def industry_known(code: str, codes: Collection[str]) -> bool:
    """Whether a list has a code, or the code above it where it does not go so deep."""
    depth = max(map(len, codes), default=0)
    return not depth or code[:depth] in codes


class Reference(Answer):
    """The number or id of something kept elsewhere; one of ``codes`` where the caller brings them."""

    def __init__(
        self, question: Question, label: str, locale: str, codes: Collection[str] | None
    ) -> None:
        super().__init__(question, label, locale)
        self._codes = codes

    def typed(self, node: colander.SchemaNode, text: str) -> str:
        """Understand a number."""
        number = unicodedata.normalize("NFKC", text)
        words = {"label": self.label, "number": number[:64]}
        if not _REFERENCE.fullmatch(number):
            raise self.refuse(
                node,
                _(
                    "Write “${label}” as a number, in letters, digits and hyphens only.",
                    mapping=words,
                ),
            )
        if self._codes is not None and number not in self._codes:
            raise self.refuse(
                node,
                _(
                    "“${label}”: there is no ${number} that you can choose here. Choose another.",
                    mapping=words,
                ),
            )
        return number
