"""Answers that stay hidden (不公开): which other questions would tell of them, and so are veiled too."""

from __future__ import annotations

from collections.abc import Collection

from jiebang.forms import Form, Question, Section
from jiebang.forms.language.computing import operand_names


def veiled(form: Form, withheld: Collection[str]) -> frozenset[str]:
    """The questions that are ``withheld``, and those whose being asked or being so follows from them."""
    found = set(withheld)
    while True:
        more = {
            question.key
            for section in form.sections
            for question in section.questions
            if question.key not in found and _follows(section, question, found)
        }
        if not more:
            return frozenset(found)
        found |= more


def _follows(section: Section, question: Question, found: Collection[str]) -> bool:
    read = {one.field for one in (*section.shown_when, *question.shown_when)}
    if question.computed is not None:
        read |= {name.partition(".")[0] for name in operand_names(question.computed)}
    return not read.isdisjoint(found)
