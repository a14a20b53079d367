"""Reading decision tables: every row becomes a rule."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from jiebang.policy.language.conditions import VERDICTS, read_condition
from jiebang.policy.language.cursor import Cursor
from jiebang.policy.language.operands import Names
from jiebang.policy.language.parts import (
    CODE,
    NAME,
    ROW_ID,
    basis_of,
    clause_at,
    force_of,
    once,
    read_outcome,
    read_value,
    shaped,
)
from jiebang.policy.language.terms import Formula, ParamRef
from jiebang.policy.language.tree import (
    POLICY_FACT,
    Condition,
    Group,
    Literal,
    Outcome,
    Output,
    Rule,
    Table,
)
from jiebang.policy.language.types import ORDERED
from jiebang.wording import Wording

HITS: Final = ("unique", "any", "first", "priority", "collect")
COLLECTS: Final = ("list", "sum", "max", "min", "count")
#: These collect quantities.
MEASURED: Final = ("sum", "max", "min")
#: What rows that only give values are called where several may be met: they must say the same.
VALUED: Final = "VALUE"
#: A cell that does not matter.
ANY: Final = "-"
_KEYS: Final = ("hit", "collect", "priority", "inputs", "outputs", "rows")
_ROW: Final = ("id", "title", "when", "then", "basis", "force", "clause", "quote")


def read_table(
    at: Cursor,
    names: Names,
    outputs: Mapping[str, Output],
    title: Wording,
    also: tuple[str, ...] = (),
) -> tuple[Table, tuple[Rule, ...]] | None:
    """A table and its rows as rules, in the order in which they are tried. ``also``: further keys."""
    if not at.mapping((*_KEYS, *also), ("hit", "inputs", "rows")):
        return None
    hit, collect = _hit(at.child("hit"), at)
    inputs = [(one, _input(one, names)) for one in at.child("inputs").items()]
    listed = at.get("outputs")
    columns = tuple(shaped(one, NAME) for one in listed.items()) if listed else ()
    rows = [
        _row(one, [name for _, name in inputs], columns, names, outputs, title, hit)
        for one in at.child("rows").items()
    ]
    good = [one for one in rows if one]
    once(at.child("rows"), [one.id for one in good])
    if collect in MEASURED:
        _quantities(at.child("rows"), good, collect, names, outputs)
    if not hit or not good or len(good) < len(rows) or not all(name for _, name in inputs):
        return None
    order = at.get("priority")
    if (order is not None) != (hit == "priority"):
        zh = "hit: priority 要写 priority（结论代码由强到弱），也只有它要写"
        at.wrong("priority", zh, '"hit: priority" goes with a list "priority" of codes')
        return None
    if order is not None:
        codes = [shaped(one, CODE) for one in order.items()]
        for code in sorted({one.then.code for one in good} - set(codes)):
            order.wrong("priority", f"priority 里没有代码“{code}”", f'"{code}" has no priority')
            return None
        good.sort(key=lambda one: codes.index(one.then.code))
    return Table(hit, collect, tuple(name for _, name in inputs), columns, at.place), tuple(good)


def _quantities(
    at: Cursor, rows: list[Rule], collect: str, names: Names, outputs: Mapping[str, Output]
) -> None:
    """Note what cannot be summed or compared: texts and dates, and money beside plain numbers."""
    kinds: dict[str, set[str]] = {}
    for one in rows:
        for name, value in one.then.values.items():
            declared = outputs.get(name)
            kind = declared.type.scalar if declared else _scalar(value, names)
            kinds.setdefault(name, set()).add("decimal" if kind == "integer" else kind)
    for name, found in kinds.items():
        if len(found) > 1 or not found <= ORDERED:
            zh = f"“{name}”要么每行都是数，要么每行都是金额，才能求 {collect}"
            en = f'"{name}" is not a number in every row, nor money in every row: it has no {collect}'
            at.wrong("collect", zh, en)


def _scalar(value: Literal | ParamRef | Formula, names: Names) -> str:
    """The type of a value that is not declared."""
    if isinstance(value, Formula):
        return value.type.scalar
    if isinstance(value, ParamRef):
        return str(names.parameters[value.name].type)
    return "decimal"


def _hit(at: Cursor, table: Cursor) -> tuple[str, str]:
    """The hit policy, and for ``collect`` what is done with what was collected.

    Written ``hit: collect sum``, or ``hit: collect`` with ``collect: sum``.
    """
    words = at.text().split()
    hit = words[0] if words else ""
    if hit and hit not in HITS:
        at.unknown("unknown_word", "命中方式", "hit policy", hit, HITS)
        return "", ""
    said = table.get("collect")
    collect = words[1] if len(words) > 1 else said.text() if said else ""
    if hit != "collect":
        if collect:
            at.wrong("collect", "只有 hit: collect 才写收集方式", 'only "hit: collect" collects')
        return hit, ""
    if collect not in COLLECTS:
        at.unknown("unknown_word", "收集方式", "way to collect", collect or "?", COLLECTS)
        return "", ""
    return hit, collect


def _input(at: Cursor, names: Names) -> str:
    """The fact of a column; ``{policy: id}`` stands for another policy's outcome."""
    if isinstance(at.data, dict):
        if not at.mapping(("policy",), ("policy",)):
            return ""
        name = at.child("policy").text()
        names.refer(at.child("policy"), name)
        return f"{POLICY_FACT}{name}"
    name = at.text()
    if name and name not in names.vocabulary.facts:
        at.unknown("unknown_fact", "事实", "fact", name, names.vocabulary.facts)
        return ""
    return name


def _row(
    at: Cursor,
    inputs: list[str],
    columns: tuple[str, ...],
    names: Names,
    outputs: Mapping[str, Output],
    title: Wording,
    hit: str,
) -> Rule | None:
    if not at.mapping(_ROW, ("id", "when", "then")):
        return None
    row_id = shaped(at.child("id"), ROW_ID)
    cells = list(at.child("when").items())
    if len(cells) != len(inputs):
        zh, en = f"这一行有 {len(cells)} 格，表头有 {len(inputs)} 列", "cells and columns differ"
        at.child("when").wrong("cells", zh, f"{en}: {len(cells)} and {len(inputs)}")
        return None
    conditions: list[Condition] = []
    for cell, fact in zip(cells, inputs, strict=True):
        read = _cell(cell, fact, names) if fact else None
        if read is None:
            return None
        conditions += read
    code = VALUED if hit == "any" else row_id.upper().replace("-", "_")
    fallback = (code, at.wording_at("title") or title)
    then = _then(at.child("then"), columns, names, outputs, fallback)
    if then is None:
        return None
    return Rule(
        row_id,
        at.wording_at("title"),
        Group("all", tuple(conditions), None, "", at.place),
        then,
        (),
        basis_of(at),
        force_of(at),
        clause_at(at, names),
        at.text_at("quote"),
        at.place,
    )


def _cell(at: Cursor, fact: str, names: Names) -> list[Condition] | None:
    """The conditions of a cell: none for ``-``; ``None`` after findings."""
    if at.data == ANY:
        return []
    subject = _subject(fact)
    if not isinstance(at.data, dict):
        tests = [{**subject, "is": at.data}]
    else:
        beside = {key: at.data[key] for key in ("days", "unmet", "clause") if key in at.data}
        tests = [{**subject, key: at.data[key], **beside} for key in at.data if key not in beside]
    found = []
    for test in tests:
        one = read_condition(Cursor(at.source, at.path, test, at.findings), names)
        if one is None:
            return None
        found.append(one)
    return found or None


def _subject(fact: str) -> dict[str, str]:
    if fact.startswith(POLICY_FACT):
        return {"policy": fact.removeprefix(POLICY_FACT)}
    return {"fact": fact}


def _then(
    at: Cursor,
    columns: tuple[str, ...],
    names: Names,
    outputs: Mapping[str, Output],
    fallback: tuple[str, Wording],
) -> Outcome | None:
    if not isinstance(at.data, list):
        return read_outcome(at, (*VERDICTS[:3], "flag"), names, outputs, fallback=fallback)
    cells = list(at.items())
    if len(cells) != len(columns):
        zh, en = (
            f"then 有 {len(cells)} 格，outputs 有 {len(columns)} 项",
            "values and outputs differ",
        )
        at.wrong("cells", zh, f"{en}: {len(cells)} and {len(columns)}")
        return None
    values = {
        name: read_value(cell, name, names, outputs)
        for name, cell in zip(columns, cells, strict=True)
    }
    good = {name: one for name, one in values.items() if one is not None}
    if len(good) < len(values):
        return None
    return Outcome("value", *fallback, (), MappingProxyType(good))
