"""Words that readings of policies and awards are made of, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from jiebang.wording import Wording

#: Chinese first, English second, as everywhere below.
Pair = tuple[str, str]

VERDICTS: Final[Mapping[str, Pair]] = {
    "grant": ("同意", "Granted"),
    "deny": ("不同意", "Refused"),
    "flag": ("提示", "Noted"),
    "none": ("不作结论", "No verdict"),
    "value": ("得出数值", "Worked out"),
}
FORCES: Final[Mapping[str, Pair]] = {
    "must": ("应", "must"),
    "may": ("可", "may"),
    "prefer": ("优先", "preferred"),
    "default": ("原则上", "as a rule"),
}
BASES: Final[Mapping[str, Pair]] = {
    "text": ("依据原文", "from the text"),
    "interpretation": ("解释", "interpretation"),
    "unverified": ("待核实", "not verified"),
}
HEADS: Final[Mapping[str, Pair]] = {
    "all": ("以下条件全部满足：", "All of these hold:"),
    "any": ("以下条件满足其一：", "At least one of these holds:"),
    "not": ("并非以下情形：", "This does not hold:"),
}
HITS: Final[Mapping[str, Pair]] = {
    "rules": ("按次序看各条规则，先成立的为准。", "The first rule that applies decides."),
    "unique": ("每种情形只有一行适用。", "Exactly one row applies to each case."),
    "any": ("适用的各行结论相同。", "All rows that apply say the same."),
    "first": ("按次序看各行，先成立的为准。", "The first row that applies decides."),
    "priority": ("适用的各行中最强的结论为准。", "Of the rows that apply the strongest decides."),
    "list": ("适用的各行全部列出。", "Every row that applies is listed."),
    "sum": ("适用的各行相加。", "The rows that apply are added up."),
    "max": ("取适用各行中最大的。", "The greatest of the rows that apply counts."),
    "min": ("取适用各行中最小的。", "The least of the rows that apply counts."),
    "count": ("数出适用的行数。", "The rows that apply are counted."),
}
CALLS: Final[Mapping[str, Pair]] = {
    "min": ("{0} 中较小者", "the lesser of {0}"),
    "max": ("{0} 中较大者", "the greater of {0}"),
    "round": ("{0}（四舍五入到 {1} 位小数）", "{0} (rounded to {1} places)"),
    "floor": ("{0}（舍去尾数）", "{0} (rounded down)"),
    "ceil": ("{0}（进一取整）", "{0} (rounded up)"),
    "neg": ("负 {0}", "minus {0}"),
}
SIGNS: Final = {"+": "+", "-": "−", "*": "×", "/": "÷"}


def pick(pair: Pair, locale: str) -> str:
    """The half of a pair that a locale (``zh`` or ``en``) reads."""
    return pair[locale == "en"]


def spoken(words: Wording, locale: str) -> str:
    """A wording in a locale."""
    return words.in_locale(locale)
