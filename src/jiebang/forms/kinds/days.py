"""Answers that are days."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import colander

from jiebang.forms.kinds.values import Answer
from jiebang.i18n import _

_DATE = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?")


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
