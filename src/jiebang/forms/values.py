"""The kinds of answer: what was typed → what is stored, and back to what stands in the field.

Stored values are plain JSON: text, whole numbers (money in fen), ISO dates, codes, lists, mappings.
What somebody typed and could not be accepted is text; so a draft may hold either, and both go
through here.
Each type raises ``colander.Invalid`` with a sentence that names the field and the remedy.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

import colander
from email_validator import EmailNotValidError, validate_email

from jiebang import identifiers
from jiebang.forms.definition import Question
from jiebang.forms.signs import refused_sign, showable
from jiebang.i18n import _
from jiebang.money import from_fen, to_fen

_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,9})?")
_DATE = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(0[0-9]{9,11}|[48]00[0-9]{7})([#x转][0-9]{1,6})?")
_ABROAD = re.compile(r"(\+|00)[1-9][0-9]{5,14}")


class Answer(colander.SchemaType):
    """Common ground: text is trimmed and composed (NFC), empty is no answer, odd signs refused."""

    def __init__(self, question: Question, label: str) -> None:
        self.question = question
        self.label = label

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
    """Text on one line or several, at most ``max`` characters."""

    def typed(self, node: colander.SchemaNode, text: str) -> str:
        """Refuse what is too long, with its length and the limit."""
        if self.question.type == "text":
            text = " ".join(text.split("\n"))
        limit = self.question.max
        if limit is not None and len(text) > limit:
            words = {"label": self.label, "length": len(text), "limit": limit}
            raise self.refuse(
                node,
                _(
                    "“${label}” has ${length} characters; the limit is ${limit}. Shorten it.",
                    mapping=words,
                ),
            )
        least = self.question.min
        if least is not None and len(text) < least:
            words = {"label": self.label, "length": len(text), "limit": least}
            raise self.refuse(
                node,
                _("“${label}” has ${length} characters; write at least ${limit}.", mapping=words),
            )
        return text


class Number(Answer):
    """What whole numbers and money have in common: bounds, and full-width digits."""

    unit = ""

    def half_width(self, text: str) -> str:
        """Digits as ASCII, without thousands separators."""
        return re.sub(r"[\s,，]", "", unicodedata.normalize("NFKC", text))

    def bounded(self, node: colander.SchemaNode, value: Decimal) -> None:
        """Refuse what is out of bounds."""
        least, most = self.question.min, self.question.max
        words = {"label": self.label, "least": least, "most": most, "unit": self.unit}
        if least is not None and value < least:
            raise self.refuse(
                node, _("“${label}” must be at least ${least}${unit}.", mapping=words)
            )
        if most is not None and value > most:
            raise self.refuse(node, _("“${label}” must be at most ${most}${unit}.", mapping=words))


class Integer(Number):
    """A whole number."""

    def typed(self, node: colander.SchemaNode, text: str) -> int:
        """Understand digits."""
        digits = self.half_width(text)
        if not _INTEGER.fullmatch(digits):
            raise self.refuse(
                node,
                _("Write “${label}” as a whole number, such as 12.", mapping={"label": self.label}),
            )
        return self.stored(node, int(digits))

    def stored(self, node: colander.SchemaNode, value: Any) -> int:
        """A number within bounds."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refuse(
                node,
                _("Write “${label}” as a whole number, such as 12.", mapping={"label": self.label}),
            )
        self.bounded(node, Decimal(value))
        return value


class Money(Number):
    """An amount typed in the question's unit, stored in fen."""

    def __init__(self, question: Question, label: str) -> None:
        super().__init__(question, label)
        self.unit = f" {question.unit}"

    def _unreadable(self, node: colander.SchemaNode) -> colander.Invalid:
        words = {"label": self.label, "unit": self.question.unit}
        return self.refuse(
            node, _("Write “${label}” as a number in ${unit}, such as 12.50.", mapping=words)
        )

    def typed(self, node: colander.SchemaNode, text: str) -> int:
        """Understand an amount such as 1,200.50, with or without its unit."""
        digits = self.half_width(text).removesuffix(self.question.unit)
        if not _AMOUNT.fullmatch(digits):
            raise self._unreadable(node)
        amount = Decimal(digits)
        self.bounded(node, amount)
        try:
            return to_fen(amount, self.question.unit)
        except ValueError:
            words = {"label": self.label}
            raise self.refuse(
                node, _("“${label}” is finer than one fen. Give fewer decimals.", mapping=words)
            ) from None

    def stored(self, node: colander.SchemaNode, value: Any) -> int:
        """An amount in fen within bounds."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._unreadable(node)
        self.bounded(node, from_fen(value, self.question.unit))
        return value

    def written(self, value: Any) -> str:
        """The amount in the question's unit, without idle zeros."""
        return format(from_fen(value, self.question.unit).normalize(), "f")


class Day(Answer):
    """A date: 2019-08-05, 2019/8/5 or 2019年8月5日; stored as ISO text."""

    def typed(self, node: colander.SchemaNode, text: str) -> str:
        """Understand a date."""
        match = _DATE.fullmatch(unicodedata.normalize("NFKC", text))
        if match is not None:
            try:
                return date(*map(int, match.groups())).isoformat()
            except ValueError:
                pass
        words = {"label": self.label, "found": text[:40]}
        raise self.refuse(
            node,
            _("“${label}”: “${found}” is not a date. Write it like 2019-08-05.", mapping=words),
        )


class Email(Answer):
    """An e-mail address, its form only: whether it exists, a message to it will tell."""

    def typed(self, node: colander.SchemaNode, text: str) -> str:
        """Understand an address."""
        try:
            return validate_email(
                unicodedata.normalize("NFKC", text), check_deliverability=False
            ).normalized
        except EmailNotValidError:
            words = {"label": self.label}
            raise self.refuse(
                node,
                _(
                    "Write “${label}” as an e-mail address, such as name@example.com.",
                    mapping=words,
                ),
            ) from None


class Phone(Answer):
    """A mainland mobile or landline number, or an international one with its country code."""

    def typed(self, node: colander.SchemaNode, text: str) -> str:
        """Understand a number; blanks, hyphens and brackets go."""
        digits = re.sub(r"[\s()\-‐-―]", "", unicodedata.normalize("NFKC", text))
        if not any(shape.fullmatch(digits) for shape in (_MOBILE, _LANDLINE, _ABROAD)):
            words = {"label": self.label}
            raise self.refuse(
                node,
                _(
                    "“${label}” is not a telephone number. Write 11 digits for a mobile, the area "
                    "code first for a landline, or + and the country code for a number abroad.",
                    mapping=words,
                ),
            )
        return digits


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


class YesNo(Answer):
    """A yes or a no; nothing chosen is no answer."""

    def typed(self, node: colander.SchemaNode, text: str) -> bool:
        """Understand what a radio button or a checkbox sends."""
        if text not in {"yes", "no"}:
            raise self.refuse(
                node, _("Choose yes or no for “${label}”.", mapping={"label": self.label})
            )
        return text == "yes"

    def stored(self, node: colander.SchemaNode, value: Any) -> bool:
        """A stored yes or no."""
        if not isinstance(value, bool):
            raise self.refuse(
                node, _("Choose yes or no for “${label}”.", mapping={"label": self.label})
            )
        return value

    def written(self, value: Any) -> str:
        """What the radio button sends."""
        return "yes" if value else "no"


class OneOf(Answer):
    """One code out of the options."""

    def __init__(self, question: Question, label: str, codes: frozenset[str]) -> None:
        super().__init__(question, label)
        self.codes = codes

    def typed(self, node: colander.SchemaNode, text: str) -> str:
        """A code among the options."""
        if text not in self.codes:
            words = {"label": self.label}
            raise self.refuse(
                node,
                _(
                    "The choice for “${label}” is no longer offered. Choose from the list again.",
                    mapping=words,
                ),
            )
        return text


class Several(OneOf):
    """Several codes out of the options, kept in the order of the page and each once."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        """The chosen codes; none chosen is no answer."""
        if cstruct is colander.null or not cstruct:
            return colander.null
        if not isinstance(cstruct, list) or not all(isinstance(one, str) for one in cstruct):
            raise self.refuse(
                node, _("Choose “${label}” from the list.", mapping={"label": self.label})
            )
        codes = list(dict.fromkeys(self.typed(node, one) for one in cstruct))
        limit = self.question.max
        if limit is not None and len(codes) > limit:
            words = {"label": self.label, "count": len(codes), "limit": limit}
            raise self.refuse(
                node,
                _("“${label}”: ${count} chosen, at most ${limit} are possible.", mapping=words),
            )
        return codes

    def serialize(self, node: colander.SchemaNode, appstruct: Any) -> list[str]:
        """The chosen codes."""
        return [str(one) for one in appstruct] if isinstance(appstruct, list) else []


class Files(Answer):
    """Attachment ids; the files themselves are the caller's."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        """The ids, at most ``max``."""
        if cstruct is colander.null or not cstruct:
            return colander.null
        if not isinstance(cstruct, list) or not all(isinstance(one, str) for one in cstruct):
            raise self.refuse(
                node, _("Attach the files of “${label}” again.", mapping={"label": self.label})
            )
        ids = list(dict.fromkeys(cstruct))
        limit = self.question.max
        if limit is not None and len(ids) > limit:
            words = {"label": self.label, "count": len(ids), "limit": limit}
            raise self.refuse(
                node,
                _("“${label}” has ${count} files; at most ${limit} are possible.", mapping=words),
            )
        return ids

    def serialize(self, node: colander.SchemaNode, appstruct: Any) -> list[str]:
        """The ids."""
        return [str(one) for one in appstruct] if isinstance(appstruct, list) else []
