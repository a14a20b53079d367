"""Forms filled to the brim: the longest answer that each question allows."""

from __future__ import annotations

import itertools
from typing import Any

from jiebang.forms import Form, FormBook, Question
from jiebang.forms.book import Choices

ADDRESS = "https://example.test/" + "a" * 200
_WORD = 250
#: Answers that have one longest form, by type.
_FIXED: dict[str, Any] = {
    "decimal": "123456789.12",
    "money": 99_999_999_999,
    "date": "2019-12-31",
    "year": 2019,
    "year_range": {"from": 2019, "to": 2021},
    "yes_no": True,
    "consent": True,
    "credit_code": "91310115MA1K00023E",
    "division": "310115",
    "industry": "C391",
    "phone": "13800000000",
    "email": "a" * 60 + "@" + "b" * 60 + ".example",
    "url": ADDRESS,
    "files": ["one", "two"],
}


def fill(forms: FormBook, form: Form, choices: Choices, signs: str = "汉W") -> dict[str, Any]:
    """Every question answered at its longest, text being ``signs`` in turn."""
    filled = {}
    for question, sign in zip(form.questions, itertools.cycle(signs), strict=False):
        if question.type != "computed":
            filled[question.key] = _longest(forms, question, choices, sign)
    return filled


def _longest(forms: FormBook, question: Question, choices: Choices, sign: str) -> Any:
    if question.type in _FIXED:
        return _FIXED[question.type]
    if question.type in {"one_of", "several_of", "rating"}:
        return _chosen(question, _codes(forms, question, choices), sign)
    most = question.max or 20
    match question.type:
        case "integer":
            return most
        case "reference":
            return ["SH2019-0001"] * 3 if question.several else "SH2019-0001"
        case "signature":
            return {"name": sign * 60, "date": "2019-12-31"}
        case "table":
            row = {one.key: _longest(forms, one, choices, sign) for one in question.columns}
            return [row] * min(3, most)
    # Long words take long to look at: a part of a long text is enough of them.
    return sign * min(most, _WORD) + "汉" * (most - _WORD)


def _chosen(question: Question, codes: list[str], sign: str) -> Any:
    if question.type == "rating":
        return {"rating": codes[-1], "reason": sign * (question.max or 20)}
    return codes[-1] if question.type == "one_of" else codes[: question.max]


def _codes(forms: FormBook, question: Question, choices: Choices) -> list[str]:
    return [one.code for one in forms.options(question, choices)]
