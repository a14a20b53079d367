"""The numbers of sections: 一、 and 二、 in forms and documents, 第一条 in agreements."""

from __future__ import annotations

import re
from dataclasses import replace

from jiebang.documents.sheet import Section, Sheet

_DIGITS = "零一二三四五六七八九"
#: A title or text that brings its own number.
_OWN = re.compile(r"[一二三四五六七八九十]+、|第.{1,4}[条章节]|[0-9]+[.．、]|Article ")


def number_sections(sheet: Sheet, *, articles: bool) -> Sheet:
    """The sheet with its sections numbered, unless they number themselves or there is only one.

    ``articles``: what comes before the first text are the parties, which have no number; what the
    office fills in is no article.
    """
    numbered = [one for one in sheet.sections if one.title]
    if articles:
        numbered = _articles(sheet)
    if (len(numbered) < 2 and not articles) or any(_has_own(one) for one in numbered):
        return sheet
    numbers = {one.id: _number(at, sheet, articles=articles) for at, one in enumerate(numbered, 1)}
    return replace(
        sheet,
        sections=[replace(one, number=numbers.get(one.id, "")) for one in sheet.sections],
    )


def _articles(sheet: Sheet) -> list[Section]:
    texts = [at for at, one in enumerate(sheet.sections) if one.paragraphs]
    first = texts[0] if texts else len(sheet.sections)
    return [
        one
        for at, one in enumerate(sheet.sections)
        if at >= first and one.title and not one.office and not one.only_signatures
    ]


def _has_own(section: Section) -> bool:
    begins = [runs[0].text for runs in section.paragraphs if runs]
    return any(_OWN.match(text) for text in (section.title, *begins))


def _number(at: int, sheet: Sheet, *, articles: bool) -> str:
    if not sheet.chinese:
        return f"Article {at} " if articles else f"{at}. "
    return f"第{chinese_number(at)}条　" if articles else f"{chinese_number(at)}、"


def chinese_number(number: int) -> str:
    """A number from 1 to 99 in Chinese: 十二, 三十."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")
