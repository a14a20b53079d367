"""Answers that are numbers: whole numbers, decimals, money, years, and what is worked out from them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

import colander

from jiebang.forms.kinds import shapes
from jiebang.forms.kinds.values import Answer
from jiebang.forms.language.computing import canonical
from jiebang.forms.language.question import Question
from jiebang.i18n import _
from jiebang.money import from_fen, to_fen

_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})")
_AMOUNT = re.compile(r"[+-]?[0-9]{1,13}(?:\.[0-9]{1,9})?")
_YEAR = re.compile("([0-9]{4})年?")


def whole(value: Any) -> int | None:
    """A whole number as JSON gives it, where ``12.0`` is 12; ``None`` for anything else."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


class Number(Answer):
    """What numbers have in common: bounds, and digits of any width."""

    unit = ""

    def half_width(self, text: str) -> str:
        """Digits as ASCII, without thousands separators."""
        return re.sub(r"[\s,，]", "", unicodedata.normalize("NFKC", text)).replace("−", "-")

    def bounded(self, node: colander.SchemaNode, value: Decimal) -> None:
        """Refuse what is out of bounds."""
        least, most = self.bounds
        if value < least:
            words = {"label": self.label, "least": least, "unit": self.unit}
            raise self.refuse(
                node, _("“${label}” must be at least ${least}${unit}.", mapping=words)
            )
        if value > most:
            words = {"label": self.label, "most": most, "unit": self.unit}
            raise self.refuse(node, _("“${label}” must be at most ${most}${unit}.", mapping=words))

    @property
    def bounds(self) -> tuple[int | Decimal, int | Decimal]:
        """The least and the most it may be; without bounds of its own, what is kept exactly."""
        least, most = self.question.min, self.question.max
        return (
            -shapes.LARGEST if least is None else least,
            shapes.LARGEST if most is None else most,
        )


class Integer(Number):
    """A whole number."""

    def typed(self, node: colander.SchemaNode, text: str) -> int:
        """Understand digits."""
        digits = self.half_width(text)
        if not _INTEGER.fullmatch(digits):
            raise self._unreadable(node)
        return self.stored(node, int(digits))

    def stored(self, node: colander.SchemaNode, value: Any) -> int:
        """A number within bounds."""
        number = whole(value)
        if number is None:
            raise self._unreadable(node)
        self.bounded(node, Decimal(number))
        return number

    def _unreadable(self, node: colander.SchemaNode) -> colander.Invalid:
        words = {"label": self.label}
        return self.refuse(
            node, _("Write “${label}” as a whole number, such as 12.", mapping=words)
        )


class Year(Integer):
    """A year of four digits."""

    def typed(self, node: colander.SchemaNode, text: str) -> int:
        """Understand 2019 and 2019年."""
        match = _YEAR.fullmatch(self.half_width(text))
        if match is None:
            raise self._unreadable(node)
        return self.stored(node, int(match[1]))

    @property
    def bounds(self) -> tuple[int | Decimal, int | Decimal]:
        """Years that a form can be about, or fewer."""
        least, most = self.question.min, self.question.max
        return (
            max(shapes.FIRST_YEAR, least or shapes.FIRST_YEAR),
            min(shapes.LAST_YEAR, most or shapes.LAST_YEAR),
        )

    def _unreadable(self, node: colander.SchemaNode) -> colander.Invalid:
        words = {"label": self.label}
        return self.refuse(
            node, _("Write “${label}” as a year of four digits, such as 2019.", mapping=words)
        )


class Fraction(Number):
    """A decimal of so many places at most, kept as text in its one canonical form."""

    def typed(self, node: colander.SchemaNode, text: str) -> str:
        """Understand 12.5, 12.50 and １２．５."""
        digits = self.half_width(text)
        if not _DECIMAL.fullmatch(digits):
            raise self._unreadable(node)
        return self._kept(node, Decimal(digits))

    def stored(self, node: colander.SchemaNode, value: Any) -> str:
        """A JSON number, as people write it."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._unreadable(node)
        return self.typed(node, repr(value))

    def _kept(self, node: colander.SchemaNode, value: Decimal) -> str:
        self.bounded(node, value)
        kept = canonical(value)
        places = self.question.places
        if len(kept.partition(".")[2]) > places:
            words = {"label": self.label, "places": places}
            raise self.refuse(
                node,
                _("“${label}” has more than ${places} decimals. Give fewer.", mapping=words),
            )
        return kept

    def _unreadable(self, node: colander.SchemaNode) -> colander.Invalid:
        words = {"label": self.label}
        return self.refuse(node, _("Write “${label}” as a number, such as 12.5.", mapping=words))


class Money(Number):
    """An amount typed in the question's unit, stored in fen."""

    def __init__(self, question: Question, label: str, locale: str) -> None:
        super().__init__(question, label, locale)
        self.unit = f" {question.unit}"

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
        fen = whole(value)
        if fen is None:
            raise self._unreadable(node)
        self.bounded(node, from_fen(fen, self.question.unit))
        return fen

    @property
    def bounds(self) -> tuple[int | Decimal, int | Decimal]:
        """The least and the most in the unit of the question."""
        largest = from_fen(shapes.LARGEST, self.question.unit)
        least, most = self.question.min, self.question.max
        return (-largest if least is None else least, largest if most is None else most)

    def written(self, value: Any) -> str:
        """The amount in the question's unit, without idle zeros."""
        return canonical(from_fen(value, self.question.unit)) if whole(value) is not None else ""

    def _unreadable(self, node: colander.SchemaNode) -> colander.Invalid:
        words = {"label": self.label, "unit": self.question.unit}
        return self.refuse(
            node, _("Write “${label}” as a number in ${unit}, such as 12.50.", mapping=words)
        )


class Computed(Answer):
    """An answer that is worked out: whatever is sent for it is no answer."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        """Nothing: ``computing`` says what it is."""
        return colander.null

    def serialize(self, node: colander.SchemaNode, appstruct: Any) -> Any:
        """Nothing stands in a field."""
        return ""
