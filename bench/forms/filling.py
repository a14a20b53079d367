"""A form filled in all over, and what a browser sends of a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bs4 import BeautifulSoup, Tag

from jiebang import clock
from jiebang.forms import Form, Question
from jiebang.forms.language.computing import work_out
from jiebang.forms.language.conditions import all_hold

Options = Callable[[Question], Sequence[str]]
Pairs = list[tuple[str, str]]

TODAY = clock.today()
WORDS = "焊接变形控制关键技术与装备，指标可以量化，检测方法明确。"
#: Texts that have a shape are one of these.
SHAPED = ("200031", "31", "A1", "AB123456", "310115199001010000", "6222020200112233", "1")
PLAIN: Mapping[str, Any] = {
    "integer": 3,
    "decimal": "12.5",
    "money": 50_000_000,
    "date": TODAY.isoformat(),
    "year": TODAY.year,
    "year_range": {"from": TODAY.year, "to": TODAY.year + 1},
    "yes_no": True,
    "consent": True,
    "credit_code": "91310115MA1K00023E",
    "division": "310115",
    "industry": "C35",
    "phone": "13800000000",
    "email": "name@example.com",
    "url": "https://example.com/",
    "files": [],
    "reference": "SH-0001",
    "signature": {"name": "经办人员", "date": TODAY.isoformat()},
}


def filled(form: Form, sections: Sequence[str], options: Options) -> dict[str, Any]:
    """Stored answers to every question of some sections that the answers call for."""
    data: dict[str, Any] = {}
    for section in form.sections:
        if section.id not in sections:
            continue
        for question in section.questions:
            conditions = (*section.shown_when, *question.shown_when)
            if question.type in {"computed", "files"} or not all_hold(conditions, data):
                continue
            data[question.key] = _answer(question, options)
    work_out({one.key: one for one in form.questions}, data)
    return data


def _answer(question: Question, options: Options) -> Any:
    match question.type:
        case "text" | "longtext":
            return _words(question)
        case "one_of":
            return options(question)[0]
        case "several_of":
            return list(options(question)[:2])
        case "rating":
            return {"rating": options(question)[0], "reason": _words(question)}
        case "table":
            row = {column.key: _answer(column, options) for column in question.columns}
            return [dict(row) for _number in range(min(3, question.max or 3))]
        case "integer" if question.min is not None or question.max is not None:
            return min(max(PLAIN["integer"], question.min or 0), question.max or 10**6)
        case _:
            return PLAIN[question.type]


def _words(question: Question) -> str:
    if question.shape:
        return next(one for one in SHAPED if re.fullmatch(question.shape.pattern, one))
    length = min(question.max or 60, 300 if question.type == "longtext" else 20)
    return (WORDS * 20)[:length]


def sent(page: str) -> Pairs:
    """What a browser would send of the form on a page, in the order of the page."""
    pairs: Pairs = []
    form = BeautifulSoup(page, "html.parser").find("form")
    assert isinstance(form, Tag)
    for control in form.find_all(["input", "textarea", "select"]):
        name = control.get("name")
        if not name or control.find_parent("template"):
            continue
        if control.name == "textarea":
            pairs.append((name, control.get_text().removeprefix("\n")))
        elif control.name == "select":
            chosen = control.find("option", selected=True) or control.find("option")
            pairs.append((name, chosen.get("value", "") if chosen else ""))
        elif control.get("type") in {"radio", "checkbox"}:
            if control.has_attr("checked"):
                pairs.append((name, control.get("value", "on")))
        elif control.get("type") not in {"submit", "file"}:
            pairs.append((name, control.get("value", "")))
    return pairs
