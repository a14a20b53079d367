"""Valid answers to any question, as hypothesis makes them up."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from jiebang.forms import Form, Option, Question
from jiebang.forms.kinds import divisions, shapes
from jiebang.forms.language.computing import canonical
from jiebang.money import FEN_PER_UNIT
from jiebang.wording import Wording

#: Signs that fields keep, some of them rare; blanks stand at no end of the text.
SIGNS = st.characters(
    codec="utf-8", exclude_categories=("C", "Z"), include_characters="　 'é<&\"=+-@"
)
Make = Callable[[Question], st.SearchStrategy[Any]]
#: Lists that come from elsewhere, whatever they are called.
BROUGHT = [
    Option(code=str(seq), label=Wording(zh=f"第{seq}项", en=f"No. {seq}")) for seq in range(1, 6)
]


def brought(form: Form) -> dict[str, list[Option]]:
    """Every list that a form takes from elsewhere."""
    asked = [one for entry in form.questions for one in (entry, *entry.columns)]
    return {one.options_from: BROUGHT for one in asked if one.options_from}


def answers(form: Form) -> st.SearchStrategy[dict[str, Any]]:
    """Any answers to any of the questions of a form, each valid by itself, as they are stored."""
    making = _Making(form)
    asked = [one for one in form.questions if one.type != "computed"]
    return st.fixed_dictionaries({}, optional={one.key: making.answer(one) for one in asked})


def words(least: int, most: int) -> st.SearchStrategy[str]:
    """Text that is not blank, of so many signs as they are kept."""
    made = st.text(SIGNS, min_size=least, max_size=max(least, min(most, 40)))
    return made.map(str.strip).filter(lambda text: len(text) >= max(least, 1))


class _Making:
    def __init__(self, form: Form) -> None:
        self._form = form

    def answer(self, question: Question) -> st.SearchStrategy[Any]:
        kind = question.type
        if kind in {"text", "longtext"}:
            return self._text(question)
        if kind in _SHAPED:
            return st.from_regex(_SHAPED[kind], fullmatch=True)
        made: Make = getattr(self, f"_{kind}")
        return made(question)

    def _text(self, question: Question) -> st.SearchStrategy[str]:
        if question.shape:
            shape = re.compile(question.shape.pattern)
            # A shape may allow blanks where no answer keeps them.
            return st.from_regex(shape, fullmatch=True).map(str.strip).filter(shape.fullmatch)
        one = words(question.min or 1, question.max or 40)
        if question.type == "text":
            return one
        lines = st.lists(one, min_size=1, max_size=3).map("\n".join)
        return lines.map(lambda text: text[: question.max].strip())

    def _integer(self, question: Question) -> st.SearchStrategy[int]:
        return st.integers(*self._bounds(question, shapes.LARGEST))

    def _year(self, question: Question) -> st.SearchStrategy[int]:
        return st.integers(
            max(shapes.FIRST_YEAR, question.min or 0), min(shapes.LAST_YEAR, question.max or 9999)
        )

    def _decimal(self, question: Question) -> st.SearchStrategy[str]:
        least, most = self._bounds(question, 10**6)
        return st.decimals(least, most, places=question.places).map(canonical)

    def _money(self, question: Question) -> st.SearchStrategy[int]:
        least, most = self._bounds(question, 10**6)
        fen = FEN_PER_UNIT[question.unit]
        return st.integers(least * fen, most * fen)

    def _bounds(self, question: Question, far: int) -> tuple[int, int]:
        return (
            -far if question.min is None else question.min,
            far if question.max is None else question.max,
        )

    def _date(self, _question: Question) -> st.SearchStrategy[str]:
        return st.dates().map(lambda day: day.isoformat())

    def _year_range(self, question: Question) -> st.SearchStrategy[dict[str, int]]:
        ends = st.tuples(self._year(question), self._year(question)).map(sorted)
        return ends.map(lambda pair: {"from": pair[0], "to": pair[1]})

    def _yes_no(self, _question: Question) -> st.SearchStrategy[bool]:
        return st.booleans()

    def _consent(self, _question: Question) -> st.SearchStrategy[bool]:
        return st.just(True)  # noqa: FBT003

    def _one_of(self, question: Question) -> st.SearchStrategy[str]:
        return st.sampled_from(self._codes(question))

    def _several_of(self, question: Question) -> st.SearchStrategy[list[str]]:
        return self._list(question, self._one_of(question), len(self._codes(question)))

    def _rating(self, question: Question) -> st.SearchStrategy[dict[str, str]]:
        reason = words(1, question.max or 40)
        return st.fixed_dictionaries({"rating": self._one_of(question), "reason": reason})

    def _codes(self, question: Question) -> Sequence[str]:
        offered = question.options or self._form.lists.get(question.list) or BROUGHT
        return [one.code for one in offered]

    def _division(self, _question: Question) -> st.SearchStrategy[str]:
        return st.sampled_from(sorted(divisions.in_use()))

    def _industry(self, _question: Question) -> st.SearchStrategy[str]:
        listed = self._form.lists.get("industries")
        return st.sampled_from([one.code for one in listed] if listed else ["C", "C39"])

    def _files(self, question: Question) -> st.SearchStrategy[list[str]]:
        return self._list(question, st.from_regex("[0-9a-f]{16}", fullmatch=True), 3)

    def _reference(self, question: Question) -> st.SearchStrategy[Any]:
        one = st.from_regex(shapes.REFERENCE, fullmatch=True)
        return self._list(question, one, 3) if question.several else one

    def _signature(self, question: Question) -> st.SearchStrategy[dict[str, str]]:
        return st.fixed_dictionaries({"name": words(1, 20), "date": self._date(question)})

    def _list(
        self, question: Question, each: st.SearchStrategy[str], most: int
    ) -> st.SearchStrategy[list[str]]:
        least = question.min or 1
        most = max(least, min(question.max or most, most))
        return st.lists(each, min_size=least, max_size=most, unique=True)

    def _table(self, question: Question) -> st.SearchStrategy[list[dict[str, Any]]]:
        cells = {one.key: self.answer(one) for one in question.columns}
        first = question.columns[0].key
        row = st.fixed_dictionaries(
            {first: cells[first]}, optional={key: cells[key] for key in cells if key != first}
        )
        return st.lists(row, min_size=question.min or 1, max_size=max(question.min or 1, 3))


_SHAPED = {
    "credit_code": shapes.CREDIT_CODE,
    "phone": shapes.PHONE,
    "email": "[a-z0-9]{1,9}(?:[.+][a-z0-9]{1,5})?@(?:[a-z0-9]{1,9}[.]){1,2}[a-z]{2,4}",
    "url": "https?://[a-z0-9]{1,9}[.][a-z]{2,4}(?:/[!#-&(-;=?-Z_a-z~]{0,9})?",
}
