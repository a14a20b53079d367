"""Answers to every question of any form, as stored: as long as they may be, or short enough to type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jiebang import clock
from jiebang.forms import FormBook
from jiebang.forms.book import Choices
from jiebang.forms.language.definition import Form
from jiebang.forms.language.question import Offered, Question

#: A sentence to make long answers of: Chinese, Latin, digits and punctuation in turn.
WORDS = "高温合金薄壁件焊接变形控制 Weld distortion of GH4169 parts，误差≤0.02 mm；"
#: As much of it as somebody types.
TYPED = 13
PLAIN: dict[str, Any] = {
    "date": "2019-08-05",
    "year_range": {"from": 2019, "to": 2021},
    "yes_no": True,
    "consent": True,
    "credit_code": "91310115MA1K00023E",
    "decimal": "12.5",
    "division": "310112",
    "industry": "C37",
    "phone": "13800000000",
    "email": "desk@example.com",
    "url": "https://www.example.com/" + "a" * 60,
    "files": [],
    "reference": "SH2019-0001",
    "signature": {"name": "经办人员", "date": "2019-08-05"},
}


class Samples:
    """Answers for the forms of a book; ``most`` cuts texts shorter than their forms allow."""

    def __init__(self, book: FormBook, choices: Choices, most: int | None = None) -> None:
        self._book, self._choices, self._most = book, choices, most

    def filled(self, form: Form) -> dict[str, Any]:
        """An answer to every question; what rules across questions say of them is not looked at."""
        return {
            question.key: self.answer(question)
            for question in form.questions
            if question.type != "computed"
        }

    def answer(self, question: Question) -> Any:
        """One answer."""
        match question.type:
            case "text" | "longtext":
                return self._text(question)
            case "integer":
                return question.min or 0
            case "money":
                return 123_456_00
            case "year":
                return clock.today().year
            case "one_of" | "several_of" | "rating":
                return self._chosen(question, self._book.options(question, self._choices))
            case "reference" if question.several:
                return [PLAIN["reference"]]
            case "table":
                row = {one.key: self.answer(one) for one in question.columns}
                return [row] * min(question.max or 2, max(question.min or 0, 2))
        return PLAIN[question.type]

    def _text(self, question: Question) -> str:
        # Where a text must have a shape, its example has it.
        if question.shape is not None:
            return question.example.zh if question.example else ""
        most = min(question.max or 0, self._most or question.max or 0)
        return (WORDS * (most // len(WORDS) + 1))[:most].strip()

    def _chosen(self, question: Question, options: Sequence[Offered]) -> Any:
        codes = [option.code for option in options]
        if question.type == "several_of":
            return codes[: question.max or len(codes)]
        if question.type == "rating":
            most = min(question.max or len(WORDS), self._most or len(WORDS))
            return {"rating": codes[0], "reason": WORDS[:most]}
        return codes[-1] if codes else ""
