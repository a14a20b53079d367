"""Reading conditions: groups and leaves, each held against the vocabulary and the parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast
from typing import Literal as OneOf

from jiebang.policy.language.cursor import Cursor
from jiebang.policy.language.patterns import compile_pattern
from jiebang.policy.language.tree import (
    Condition,
    FactRef,
    Group,
    Leaf,
    Literal,
    Operand,
    Parameter,
    ParamRef,
)
from jiebang.policy.language.types import ORDERED, Type, WrongType, read_written
from jiebang.policy.language.vocabulary import Vocabulary

_EQUAL = frozenset({"text", "code", "boolean", "integer", "decimal", "money", "date"})
_DATE = frozenset({"date"})

#: Each operator with the types of fact it holds for.
OPERATORS: Final[Mapping[str, frozenset[str]]] = {
    "is": _EQUAL,
    "is_not": _EQUAL,
    "in": _EQUAL,
    "not_in": _EQUAL,
    "at_least": ORDERED,
    "at_most": ORDERED,
    "more_than": ORDERED,
    "less_than": ORDERED,
    "on_or_before": _DATE,
    "on_or_after": _DATE,
    "within_days_of": _DATE,
    "matches": frozenset({"text", "code"}),
    "known": _EQUAL,
}
GROUPS: Final = ("all", "any", "not")
_BESIDE = ("unmet", "clause")
_LATER = ("exists", "every", "count", "sum", "max", "min", "where", "policy", "item", "has", "as")
DEEPEST: Final = 12


@dataclass(frozen=True)
class Names:
    """What a condition may name."""

    vocabulary: Vocabulary
    parameters: Mapping[str, Parameter]


def read_condition(at: Cursor, names: Names, depth: int = 0) -> Condition | None:
    """A condition, or ``None`` after findings."""
    if depth > DEEPEST:
        at.wrong("too_deep", f"条件嵌套超过 {DEEPEST} 层", f"more than {DEEPEST} levels deep")
        return None
    if not isinstance(at.data, dict):
        at.mapping(())
        return None
    groups = [key for key in GROUPS if key in at.data]
    if groups:
        return _group(at, groups[0], names, depth)
    return _leaf(at, names)


def _group(at: Cursor, kind: str, names: Names, depth: int) -> Condition | None:
    if not at.mapping((kind, *_BESIDE), (kind,), _LATER):
        return None
    inner = at.child(kind)
    parts = [inner] if kind == "not" else list(inner.items())
    if not parts and isinstance(inner.data, list):
        inner.wrong("empty_group", f"“{kind}”里没有条件", f'"{kind}" holds no condition')
    read = [read_condition(part, names, depth + 1) for part in parts]
    good = tuple(one for one in read if one is not None)
    if not good or len(good) < len(read):
        return None
    kind_ = cast("OneOf['all', 'any', 'not']", kind)
    return Group(kind_, good, at.wording_at("unmet"), at.text_at("clause"), at.place)


def _leaf(at: Cursor, names: Names) -> Leaf | None:
    operators = [key for key in at.data if key in OPERATORS]
    allowed = ("fact", "days", *_BESIDE, *OPERATORS, *GROUPS)
    if not at.mapping(allowed, ("fact",), _LATER):
        return None
    fact = at.child("fact").text()
    known = names.vocabulary.facts.get(fact)
    if known is None:
        at.child("fact").unknown("unknown_fact", "事实", "fact", fact, names.vocabulary.facts)
    if len(operators) != 1:
        at.wrong(
            "operator",
            f"条件要写恰好一个比较词，可用：{'、'.join(OPERATORS)}",
            f"a condition has exactly one operator of: {', '.join(OPERATORS)}",
        )
        return None
    operator = operators[0]
    if known is None:
        return None
    typed, right = known.typed, at.child(operator)
    if typed.many or typed.scalar not in OPERATORS[operator]:
        right.wrong(
            "wrong_operator",
            f"“{operator}”不能用于 {typed} 类型的“{fact}”"
            + ("（列表尚不支持）" if typed.many else ""),
            f'"{operator}" does not apply to "{fact}", which is a {typed}'
            + (" (lists are not supported yet)" if typed.many else ""),
        )
        return None
    days = at.get("days")
    if (days is None) != (operator != "within_days_of"):
        at.wrong(
            "days",
            "days（天数）与 within_days_of 必须同时使用",
            '"days" goes with "within_days_of", and only with it',
        )
        return None
    operand = _right(right, operator, typed, names, options=known.options)
    count = _operand(days, Type("integer"), names) if days else None
    if operand is None or (days is not None and count is None):
        return None
    if isinstance(count, FactRef) and days:
        days.wrong("days", "days 写数字或 {param: …}", '"days" is a number or {param: …}')
        return None
    if isinstance(count, Literal) and isinstance(count.value, int) and count.value < 0 and days:
        days.wrong("days", "天数不能为负", "days cannot be negative")
    return Leaf(
        fact, operator, operand, count, at.wording_at("unmet"), at.text_at("clause"), at.place
    )


def _right(
    at: Cursor, operator: str, typed: Type, names: Names, *, options: Mapping[str, object]
) -> Operand | None:
    if operator == "known":
        operand = _operand(at, Type("boolean"), names)
        if operand is not None and not isinstance(operand, Literal):
            at.wrong("known", "known 后面写 是 或 否", '"known" takes true or false')
            return None
        return operand
    wanted = Type(typed.scalar, many=operator in {"in", "not_in"}, unit=typed.unit)
    operand = _operand(at, wanted, names)
    if not isinstance(operand, Literal):
        if isinstance(operand, ParamRef) and operator == "matches":
            at.wrong("matches", "matches 后面直接写式样", '"matches" takes a pattern as it stands')
            return None
        return operand
    return operand if _literal_fits(at, operator, operand, options) else None


def _literal_fits(
    at: Cursor, operator: str, operand: Literal, options: Mapping[str, object]
) -> bool:
    listed = operand.value if isinstance(operand.value, tuple) else (operand.value,)
    if operator == "matches":
        problem = compile_pattern(str(operand.value))
        if isinstance(problem, str):
            at.wrong("pattern", f"式样写法有误：{problem}", f"bad pattern: {problem}")
            return False
    elif options and not set(listed) <= set(options):
        odd = next(str(one) for one in listed if one not in options)
        at.unknown("unknown_option", "选项", "option", odd, tuple(options))
        return False
    if not listed:
        at.wrong("empty_list", "列表是空的", "the list is empty")
        return False
    return True


def _operand(at: Cursor, wanted: Type, names: Names) -> Operand | None:
    if isinstance(at.data, dict):
        return _reference(at, wanted, names)
    try:
        return Literal(read_written(wanted, at.data))
    except WrongType as wrong:
        at.wrong("wrong_type", f"“{at.key}”{wrong.zh}", f'"{at.key}" {wrong.en}')
        return None


def _reference(at: Cursor, wanted: Type, names: Names) -> Operand | None:
    if not at.mapping(("param", "fact"), (), ("var", "formula")) or len(at.data) != 1:
        at.wrong("reference", "写 {param: …} 或 {fact: …}", "write {param: …} or {fact: …}")
        return None
    kind = next(iter(at.data))
    if kind not in {"param", "fact"}:
        return None
    name = at.child(kind).text()
    found: Type
    operand: Operand
    if kind == "param":
        parameter = names.parameters.get(name)
        if parameter is None:
            at.child(kind).unknown("unknown_param", "参数", "parameter", name, names.parameters)
            return None
        found, operand = parameter.type, ParamRef(name)
    else:
        fact = names.vocabulary.facts.get(name)
        if fact is None:
            at.child(kind).unknown("unknown_fact", "事实", "fact", name, names.vocabulary.facts)
            return None
        found, operand = fact.typed, FactRef(name)
    if (_family(found), found.many) != (_family(wanted), wanted.many):
        at.wrong(
            "wrong_type",
            f"“{name}”是 {found}，这里要 {wanted}",
            f'"{name}" is a {found}, a {wanted} is wanted here',
        )
        return None
    return operand


def _family(typed: Type) -> str:
    return "text" if typed.scalar == "code" else typed.scalar
