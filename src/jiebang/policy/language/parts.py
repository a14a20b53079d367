"""The parts that policies and awards are written with: heading, parameters, outcomes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final, cast

from jiebang.policy.language.cursor import Cursor
from jiebang.policy.language.operands import Names, read_days, read_formula, read_operand
from jiebang.policy.language.terms import FactRef, Formula, ParamRef
from jiebang.policy.language.tree import (
    DEADLINE,
    Basis,
    Dated,
    Force,
    Literal,
    Obligation,
    Outcome,
    Output,
    Parameter,
    Source,
    Verdict,
)
from jiebang.policy.language.types import (
    PARAMETER_TYPES,
    SCALARS,
    Type,
    Value,
    WrongType,
    read_type,
    read_written,
)
from jiebang.policy.language.vocabulary import Vocabulary
from jiebang.wording import Wording

BASES: Final = ("text", "interpretation", "unverified")
FORCES: Final = ("must", "may", "prefer", "default")
ID: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
ROW_ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*")
NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
CODE: Final = re.compile(r"[A-Z][A-Z0-9_]*")
CLAUSE: Final = re.compile(r"[A-Z]{2}-[A-Z]?[0-9]+(\.[0-9]+)*(\([0-9]+\))?[a-z]?")
_DEADLINE: Final = re.compile(r"[1-9][0-9]* (working )?days?")
_UNITS: Final = {"working_days": "working days", "days": "days"}
_SAID: Final = ("outcome", "code", "say", "obligations")
_QUANTITIES: Final = frozenset({"integer", "decimal", "money"})


def shaped(at: Cursor, shape: re.Pattern[str]) -> str:
    """A word of a fixed shape."""
    word = at.text()
    if word and not shape.fullmatch(word):
        at.wrong("shape", f"“{word}”的写法不对", f'"{word}" is not written as it should be')
    return word


def clause_at(at: Cursor, names: Names) -> str:
    """The clause under ``clause``, of the right shape and known; or an empty string."""
    clause = at.get("clause")
    if clause is None or not shaped(clause, CLAUSE):
        return ""
    return names.clause(clause)


def once(at: Cursor, ids: list[str]) -> None:
    """Note every id that appears more than once."""
    for one in sorted({one for one in ids if ids.count(one) > 1}):
        at.wrong("twice", f"“{one}”出现了不止一次", f'"{one}" appears more than once')


def read_source(at: Cursor, names: Names) -> Source:
    """Where a policy stands."""
    keys = ("document", "clause", "quote")
    at.mapping(keys, keys)
    return Source(at.text_at("document"), clause_at(at, names), at.text_at("quote"))


def read_effective(at: Cursor) -> tuple[date, date | None] | None:
    """From when, and until when."""
    if not at.mapping(("from", "until"), ("from",)):
        return None
    until = at.get("until")
    start, end = at.child("from").day(), until.day() if until else None
    if start and end and end < start and until:
        until.wrong("dates", "结束日早于开始日", "ends before it starts")
    return (start, end) if start else None


def basis_of(at: Cursor) -> Basis:
    """On what it rests; the text of the clause unless said otherwise."""
    found = at.get("basis")
    return cast("Basis", (found and found.choice(BASES, "依据", "basis")) or "text")


def force_of(at: Cursor) -> Force:
    """With what force it is said."""
    found = at.get("force")
    return cast("Force", (found and found.choice(FORCES, "力度", "force")) or "must")


def read_parameters(at: Cursor, clauses: Collection[str]) -> Mapping[str, Parameter]:
    """The block of parameters of a file."""
    block = at.get("parameters")
    found: dict[str, Parameter] = {}
    if block is None:
        return found
    if not isinstance(block.data, dict):
        block.mapping(())
        return found
    names = Names(Vocabulary({}), {}, clauses)
    for key in block.data:
        if not isinstance(key, str) or not NAME.fullmatch(key):
            block.wrong("shape", f"参数名“{key}”的写法不对", f'bad parameter name "{key}"')
            continue
        one = block.child(key)
        if one.mapping(("type", "unit", "title", "basis", "values"), ("type", "values")):
            parameter = _parameter(one, names)
            if parameter:
                found[key] = parameter
    return MappingProxyType(found)


def _parameter(at: Cursor, names: Names) -> Parameter | None:
    kind = at.child("type").choice(PARAMETER_TYPES, "类型", "type")
    if not kind:
        return None
    unit = at.get("unit")
    typed = read_type(kind, unit.text() if unit else "")
    values: list[Dated] = []
    for one in at.child("values").items():
        if not one.mapping(("from", "value", "clause"), ("from",)):
            continue
        if "value" not in one.data:
            one.wrong(
                "missing_key",
                "缺少“value”（没有规定就写 null）",
                '"value" is missing (null: none given)',
            )
            continue
        start, value = one.child("from").day(), one.get("value")
        try:
            read = read_written(typed, value.data) if value else None
        except WrongType as wrong:
            one.child("value").wrong("wrong_type", f"参数值{wrong.zh}", f"the value {wrong.en}")
            continue
        if start:
            values.append(Dated(start, read, clause_at(one, names), one.place))
    starts = [one.start for one in values]
    if len(set(starts)) < len(starts):
        at.wrong("dates", "同一天有两个值", "two values start on one day")
    ordered = tuple(sorted(values, key=lambda one: one.start))
    return Parameter(at.key, at.wording_at("title"), typed, basis_of(at), ordered, at.place)


def read_outputs(at: Cursor) -> Mapping[str, Output]:
    """The declared values of a policy."""
    block = at.get("outputs")
    found: dict[str, Output] = {}
    if block is None or not isinstance(block.data, dict):
        if block is not None:
            block.mapping(())
        return found
    for key in block.data:
        one = block.child(key)
        if not NAME.fullmatch(str(key)):
            one.wrong("shape", f"“{key}”的写法不对", f'"{key}" is not written as it should be')
        elif one.mapping(("type", "unit", "label"), ("type",)):
            kind = one.child("type").choice(SCALARS, "类型", "type")
            label = one.wording_at("label") or Wording(zh=str(key))
            if kind:
                found[key] = Output(read_type(kind, one.text_at("unit")), label)
    return MappingProxyType(found)


def read_outcome(
    at: Cursor,
    allowed: Collection[str],
    names: Names,
    outputs: Mapping[str, Output],
    *,
    fallback: tuple[str, Wording],
) -> Outcome | None:
    """An outcome. One of values alone is a ``value``; its code and words are then ``fallback``."""
    if not isinstance(at.data, dict):
        at.mapping(())
        return None
    named = [str(key) for key in at.data if key not in _SAID]
    valued = bool(named) and "outcome" not in at.data
    required = () if valued else ("outcome", "code", "say")
    for key in named:
        if outputs and key not in outputs:
            at.child(key).unknown("unknown_output", "结果", "output", key, (*outputs, *_SAID))
        elif not NAME.fullmatch(key):
            at.mapping(_SAID)
    if not at.mapping((*_SAID, *named), required):
        return None
    verdict = "value" if valued else at.child("outcome").choice(allowed, "结论", "outcome")
    duties = at.get("obligations")
    obligations = [_obligation(one, names) for one in duties.items()] if duties else []
    values = {key: read_value(at.child(key), key, names, outputs) for key in named}
    code, say = at.get("code"), at.wording_at("say")
    if not verdict:
        return None
    return Outcome(
        cast("Verdict", verdict),
        shaped(code, CODE) if code else fallback[0],
        say or fallback[1],
        tuple(one for one in obligations if one),
        MappingProxyType({key: one for key, one in values.items() if one is not None}),
    )


def read_value(
    at: Cursor, name: str, names: Names, outputs: Mapping[str, Output]
) -> Literal | ParamRef | Formula | None:
    """A value of an outcome: a literal of the declared type, a parameter, or a formula."""
    declared = outputs.get(name)
    typed = declared.type if declared else None
    if isinstance(at.data, dict):
        if typed is None and set(at.data) == {"param"}:
            known = names.parameters.get(str(at.data["param"]))
            typed = known.type if known else None
        operand = read_operand(at, typed or Type("decimal"), names)
        if isinstance(operand, FactRef):
            at.wrong("value", "写公式或 {param: …}", "write a formula or {param: …}")
            return None
        return cast("Literal | ParamRef | Formula | None", operand)
    if isinstance(at.data, str) and (typed is None or typed.scalar in _QUANTITIES):
        return _amount(at, typed, names)
    try:
        return Literal(read_written(typed or Type("decimal"), at.data))
    except WrongType as wrong:
        at.wrong("wrong_type", f"“{at.key}”{wrong.zh}", f'"{at.key}" {wrong.en}')
        return None


def _amount(at: Cursor, typed: Type | None, names: Names) -> Formula | None:
    formula = read_formula(at, names)
    if formula and typed and (typed.scalar == "money") != formula.term.money:
        zero = formula.text.strip() == "0"
        if not zero:
            found = ("金额", "money") if formula.term.money else ("数", "a plain number")
            at.wrong(
                "unit", f"公式得出的是{found[0]}，应为 {typed}", f"yields {found[1]}, not {typed}"
            )
            return None
    return Formula(formula.text, formula.term, typed) if formula and typed else formula


def _obligation(at: Cursor, names: Names) -> Obligation | None:
    if not isinstance(at.data, dict):
        return Obligation(shaped(at, NAME))
    if not at.mapping(("deadline",), ("deadline",)):
        return None
    deadline = at.child("deadline")
    if not isinstance(deadline.data, dict):
        return Obligation(DEADLINE, shaped(deadline, _DEADLINE))
    if not deadline.mapping(_UNITS) or len(deadline.data) != 1:
        deadline.wrong("deadline", "写 working_days 或 days", "write working_days or days")
        return None
    unit = next(iter(deadline.data))
    amount = read_days(deadline.child(unit), names)
    if isinstance(amount, Literal):
        deadline.wrong("deadline", f"{unit} 后面写 {{param: …}}", f"{unit} takes {{param: …}}")
        return None
    return Obligation(DEADLINE, _UNITS[unit], amount) if amount else None


def read_given(at: Cursor | None, vocabulary: Vocabulary) -> Mapping[str, Value]:
    """The facts of an example."""
    given: dict[str, Value] = {}
    if at is None or not isinstance(at.data, dict):
        if at is not None:
            at.mapping(())
        return given
    for key in at.data:
        known = vocabulary.facts.get(str(key))
        if known is None:
            at.child(key).unknown("unknown_fact", "事实", "fact", str(key), vocabulary.facts)
            continue
        try:
            given[key] = read_written(known.typed, at.data[key])
        except WrongType as wrong:
            at.child(key).wrong("wrong_type", f"“{key}”{wrong.zh}", f'"{key}" {wrong.en}')
            continue
        for odd in known.unknown_codes(given[key]):
            options = [*known.options, *(x for one in known.fields.values() for x in one.options)]
            at.child(key).unknown("unknown_option", "选项", "option", str(odd), options)
    return MappingProxyType(given)


def read_number(at: Cursor) -> Decimal | None:
    """A number or percentage; ``None`` after a finding."""
    try:
        return cast("Decimal", read_written(Type("decimal"), at.data))
    except WrongType as wrong:
        at.wrong("wrong_type", f"“{at.key}”{wrong.zh}", f'"{at.key}" {wrong.en}')
        return None
