"""The facts (事实) that answers state, by their names in the policy vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jiebang.forms.language.definition import Form, Section
from jiebang.forms.language.operands import part_of

#: Parts that say something where no answer was given.
_OF_NOTHING = frozenset({"filled", "count"})


def facts_of(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """The facts a form states; ``values`` as stored.

    That a question was left open is itself a fact (``filled``: no, ``count``: 0), but of the sections
    of the office only once it has begun to answer them.
    """
    found: dict[str, Any] = {}
    for section in form.sections:
        dealt_with = _dealt_with(section, values)
        for question in section.questions:
            value = values.get(question.key)
            for fact, part in question.facts.items():
                if value is None and not (part in _OF_NOTHING and dealt_with):
                    continue
                stated = part_of(value, part, form.provinces)
                # Of two questions that state one fact, the one that was answered does.
                if stated is not None and (value is not None or fact not in found):
                    found[fact] = stated
    return found


def _dealt_with(section: Section, values: Mapping[str, Any]) -> bool:
    return section.filled_by == "filer" or any(one.key in values for one in section.questions)
