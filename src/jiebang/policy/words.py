"""Conditions and values in plain Chinese and English."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final, Protocol

from jiebang.clock import show_date
from jiebang.money import from_fen
from jiebang.policy.bound import Bound, BoundGroup, BoundLeaf, BoundOver, Right
from jiebang.policy.language.terms import Formula
from jiebang.policy.language.tree import SCALAR_FIELD
from jiebang.policy.language.types import Type, Value
from jiebang.policy.language.vocabulary import Vocabulary
from jiebang.wording import Wording

_ASKED: Final = {
    "is": ("为“{0}”", "is “{0}”"),
    "is_not": ("不为“{0}”", "is not “{0}”"),
    "in": ("为其中之一：{0}", "is one of: {0}"),
    "not_in": ("不在其中：{0}", "is none of: {0}"),
    "at_least": ("不少于 {0}", "is at least {0}"),
    "at_most": ("不超过 {0}", "is at most {0}"),
    "more_than": ("多于 {0}", "is more than {0}"),
    "less_than": ("少于 {0}", "is less than {0}"),
    "on_or_before": ("不晚于 {0}", "is on or before {0}"),
    "on_or_after": ("不早于 {0}", "is on or after {0}"),
    "within_days_of": ("与 {0} 相距不超过 {1} 天", "is within {1} days of {0}"),
    "matches": ("符合式样 {0}", "matches {0}"),
    "known": ("已有记录：{0}", "is on record: {0}"),
}
#: The same of numbers and days, which need no quotation marks.
_HELD: Final = {"is": ("为 {0}", "is {0}"), "is_not": ("不为 {0}", "is not {0}")}
_GROUPS: Final = {
    "all": ("；并且 ", "; and "),
    "any": ("；或者 ", "; or "),
}
_OVER: Final = {
    "exists": ("至少一条符合", "at least one is such that"),
    "every": ("每一条都符合", "every one is such that"),
    "count": ("符合的条数", "the number such that"),
    "sum": ("“{0}”合计", "the sum of “{0}”"),
    "max": ("“{0}”最大值", "the greatest “{0}”"),
    "min": ("“{0}”最小值", "the least “{0}”"),
}
_BOOLEANS: Final = {"zh": ("是", "否"), "en": ("yes", "no")}


class Described(Protocol):
    """What is known of a fact or of a field of a record."""

    type: str
    unit: str
    label: Wording

    @property
    def options(self) -> dict[str, Wording]:
        """The words of its codes."""
        ...


def shown(value: Value | None, about: Described, locale: str) -> str:
    """A value in words: the words of a code, a date, money in its unit."""
    if value is None:
        return "未知" if locale == "zh" else "not known"
    if isinstance(value, bool):
        return _BOOLEANS[locale if locale == "en" else "zh"][not value]
    if isinstance(value, str):
        option = about.options.get(value)
        return option.in_locale(locale) if option else value
    if isinstance(value, date):
        return show_date(value, locale)
    if isinstance(value, tuple):
        return _listed(value, about, locale)
    if about.type == "money" and isinstance(value, int):
        return money_words(value, about.unit, locale)
    number = format(value, "f") if isinstance(value, Decimal) else str(value)
    # What a number counts stands in its label too; only Chinese asks for the measure word.
    unit = about.unit if locale != "en" or about.unit.isascii() else ""
    return f"{number} {unit}".strip()


def money_words(fen: int, unit: str, locale: str) -> str:
    """An amount in its unit; in English in yuan, since 万 is no unit there."""
    if locale == "en":
        return f"{from_fen(fen, '元'):,f} yuan"
    return f"{from_fen(fen, unit):,f} {unit}"


def _listed(value: tuple[object, ...], about: Described, locale: str) -> str:
    if value and not isinstance(value[0], str | bool | int | Decimal | date):
        return f"{len(value)} 条" if locale == "zh" else f"{len(value)} records"
    words = [shown(one, about, locale) for one in value]  # type: ignore[arg-type]
    return ("、" if locale == "zh" else ", ").join(words)


def about_of(bound: BoundLeaf, vocabulary: Vocabulary, items: str = "") -> Described | None:
    """What a leaf is about: a fact, a field of a record; ``None`` for a formula."""
    if bound.fact:
        return vocabulary.facts[bound.fact]
    return vocabulary.facts[items].described(bound.item) if bound.item else None


def subject(bound: BoundLeaf, vocabulary: Vocabulary, locale: str, items: str = "") -> str:
    """The name of what a leaf is about."""
    about = about_of(bound, vocabulary, items)
    if about is None:
        return formula_words(bound.formula, vocabulary, locale) if bound.formula else ""
    return about.label.in_locale(locale)


def formula_words(formula: Formula, vocabulary: Vocabulary, locale: str) -> str:
    """A formula with the labels of its facts."""
    text = formula.text
    for name in sorted(formula.facts, key=len, reverse=True):
        fact = vocabulary.facts.get(name)
        if fact:
            text = text.replace(name, f"“{fact.label.in_locale(locale)}”")
    return text


def asked(
    bound: BoundLeaf | BoundOver,
    right: Value | None,
    about: Described,
    vocabulary: Vocabulary,
    locale: str,
) -> str:
    """What is asked of a quantity, such as ``不少于 5``. ``right`` is the value, if it is known."""
    operator = bound.operator if isinstance(bound, BoundLeaf) else bound.over.operator
    days = bound.days if isinstance(bound, BoundLeaf) else None
    words = shown(right, about, locale)
    if right is None:
        words = _unknown_right(bound.right, vocabulary, locale) or words
    quantity = isinstance(right, int | Decimal | date) and not isinstance(right, bool)
    held = _HELD.get(operator) if quantity else None
    return (held or _ASKED[operator])[locale == "en"].format(words, days)


def _unknown_right(right: Right, vocabulary: Vocabulary, locale: str) -> str:
    if right.fact:
        return vocabulary.facts[right.fact].label.in_locale(locale)
    return formula_words(right.formula, vocabulary, locale) if right.formula else ""


class Quantity:
    """A value that no fact describes: what a formula or a count comes to."""

    def __init__(self, typed: Type) -> None:
        self.type, self.unit, self.label = typed.scalar, typed.unit, Wording(zh="")
        self.options: dict[str, Wording] = {}


def measured(bound: BoundOver, vocabulary: Vocabulary) -> Described:
    """What a condition over a list measures."""
    fact = vocabulary.facts[bound.fact]
    return fact.described(bound.over.of) if bound.over.of else Quantity(bound.type)


def phrase(condition: Bound, vocabulary: Vocabulary, locale: str, items: str = "") -> str:
    """A condition as a sentence without its full stop."""
    if isinstance(condition, BoundLeaf):
        about = about_of(condition, vocabulary, items) or Quantity(condition.type)
        held = asked(condition, condition.right.value, about, vocabulary, locale)
        name = subject(condition, vocabulary, locale, items)
        if condition.item == SCALAR_FIELD:
            return held
        return f"{name}{held}" if locale == "zh" else f"{name} {held}"
    if isinstance(condition, BoundOver):
        return over_phrase(condition, vocabulary, locale)
    return _group_phrase(condition, vocabulary, locale, items)


def _group_phrase(group: BoundGroup, vocabulary: Vocabulary, locale: str, items: str) -> str:
    parts = [phrase(one, vocabulary, locale, items) for one in group.parts]
    if group.kind == "not":
        return f"并非：{parts[0]}" if locale == "zh" else f"not: {parts[0]}"
    if not parts:
        return "无条件" if locale == "zh" else "always"
    if len(parts) == 1:
        return parts[0]
    inner = [
        f"（{words}）" if isinstance(one, BoundGroup) and len(one.parts) > 1 else words
        for one, words in zip(group.parts, parts, strict=True)
    ]
    return _GROUPS[group.kind][locale == "en"].join(inner)


def over_phrase(bound: BoundOver, vocabulary: Vocabulary, locale: str) -> str:
    """A condition over a list as a sentence."""
    fact = vocabulary.facts[bound.fact]
    about = measured(bound, vocabulary)
    head = _OVER[bound.over.kind][locale == "en"].format(about.label.in_locale(locale))
    where = phrase(bound.where, vocabulary, locale, bound.fact) if bound.where else ""
    held = asked(bound, bound.right.value, about, vocabulary, locale) if bound.over.operator else ""
    label = fact.label.in_locale(locale)
    if locale == "zh":
        return f"“{label}”中{head}" + (f"（{where}）" if where else "") + held
    return f"of “{label}”, {head}" + (f" ({where})" if where else "") + (f" {held}" if held else "")
