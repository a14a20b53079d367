"""What a JSON Schema leaves to check (``x-checks``), read once more from its words alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from jiebang.forms import Form
from jiebang.money import FEN_PER_UNIT

Json = Any
TODAY = date(2019, 8, 5)
#: Works out the answers of a form that follow from others.
WorkOut = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def failing(
    check: Mapping[str, Any], data: Mapping[str, Any], form: Form, work_out: WorkOut
) -> Iterator[str]:
    """The questions with which a check that a schema leaves finds fault."""
    read = {key: one for key, one in data.items() if not form.by_key[key].computed}
    if check["id"] == "composed":
        yield from (key for key, one in read.items() if one != _composed(one))
        return
    read = work_out(_composed(read))
    if check["id"] == "year-range" and "that" not in check:
        years = read.get(check["at"])
        if years is not None and years["from"] > years["to"]:
            yield check["at"]
    elif check.get("rows"):
        rows = read.get(check["rows"], ())
        if not all(_compares(check, read, row, form) for row in rows):
            yield check["rows"]
    elif check["at"] in _asked(form, read) and not _compares(check, read, {}, form):
        yield check["at"]


def _composed(value: Json) -> Json:
    """The same with every text in normal form C."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [_composed(one) for one in value]
    if isinstance(value, dict):
        return {key: _composed(one) for key, one in value.items()}
    return value


def _asked(form: Form, data: Mapping[str, Any]) -> set[str]:
    return {
        question.key
        for section in form.sections
        for question in section.questions
        if all(one.holds(data) for one in (*section.shown_when, *question.shown_when))
    }


def _compares(
    check: Mapping[str, Any], data: Mapping[str, Any], row: Mapping[str, Any], form: Form
) -> bool:
    for condition in _list(check.get("when", [])):
        if not _met(condition, {**data, **row}):
            return True
    if "any_of" in check:
        return any(key in (row if check.get("rows") else data) for key in check["any_of"])
    that, than = (_operand(check[side], data, row, form) for side in ("that", "than"))
    if that is None or than is None:
        return True
    if isinstance(that, Decimal) and isinstance(than, Decimal):
        # A bare number beside money counts its unit.
        units = [_unit(check[side], form, check.get("rows")) for side in ("that", "than")]
        that *= units[1] if "number" in check["that"] else 1
        than *= units[0] if "number" in check["than"] else 1
    return {
        "at_least": that >= than,
        "at_most": that <= than,
        "more_than": that > than,
        "less_than": that < than,
        "equal": that == than,
        "different": that != than,
    }[check["is"]]


def _list(one: Json) -> list[Any]:
    return one if isinstance(one, list) else [one]


def _met(condition: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    found = values.get(condition["field"])
    if "filled" in condition:
        return (found is not None) == condition["filled"]
    wanted = condition["in"] if "in" in condition else [condition["is"]]
    return any(one in wanted for one in _list(found))


def _operand(
    operand: Mapping[str, Any], data: Mapping[str, Any], row: Mapping[str, Any], form: Form
) -> Any:
    match operand:
        case {"number": number}:
            return Decimal(number)
        case {"clock": "today"}:
            return TODAY.isoformat()
        case {"clock": "year"}:
            return Decimal(TODAY.year)
        case {"value": value}:
            return value
        case {"count": key}:
            return Decimal(len(data[key])) if key in data else None
        case {"sum": dotted}:
            table, column = dotted.split(".")
            cells = [one[column] for one in data.get(table, ()) if column in one]
            return sum(map(Decimal, cells)) if cells else None
        case {"field": key, **more}:
            return _answer(row if key in row else data, key, more.get("part", "value"), form)
    raise AssertionError(operand)


def _answer(values: Mapping[str, Any], key: str, part: str, form: Form) -> Any:
    value = values.get(key)
    if isinstance(value, dict):
        value = value.get(part)
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return Decimal(value)
    number = re.fullmatch("-?[0-9]+([.][0-9]+)?", value)
    kinds = {one.key: one.type for one in form.questions} | {
        column.key: column.type for one in form.questions for column in one.columns
    }
    return Decimal(value) if number and kinds.get(key) in {"decimal", "computed"} else value


def _unit(operand: Mapping[str, Any], form: Form, rows: str | None) -> int:
    name = operand.get("field") or operand.get("sum", "").split(".")[-1]
    near = form.by_key[rows].columns if rows else ()
    every = [*near, *form.questions, *(c for one in form.questions for c in one.columns)]
    asked = next((one for one in every if one.key == name), None)
    if asked is None:
        return 1
    if asked.computed:
        read = (asked.computed.sum or asked.computed.difference)[0].split(".")[-1]
        inner = next(one for one in every if one.key == read)
        return FEN_PER_UNIT[asked.unit] if inner.type == "money" else 1
    return FEN_PER_UNIT[asked.unit] if asked.type == "money" else 1
