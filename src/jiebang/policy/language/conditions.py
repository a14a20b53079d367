"""Reading conditions: each word held against the vocabulary, the parameters and the types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, cast
from typing import Literal as OneOf

from jiebang.policy.language.cursor import Cursor
from jiebang.policy.language.operands import Names, read_days, read_formula, read_right
from jiebang.policy.language.terms import FactRef
from jiebang.policy.language.tree import (
    POLICY_FACT,
    Condition,
    Each,
    Group,
    ItemRef,
    Leaf,
    Literal,
    Over,
    Subject,
)
from jiebang.policy.language.types import ORDERED, Type
from jiebang.policy.language.vocabulary import Fact, RecordField

_EQUAL = frozenset({"text", "code", "boolean", "integer", "decimal", "money", "date"})
_DATE = frozenset({"date"})

#: Each operator with the types it holds for.
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
QUANTIFIERS: Final = ("exists", "every")
MEASURES: Final = ("count", "sum", "max", "min")
SUBJECTS: Final = ("fact", "item", "formula")
VERDICTS: Final = ("grant", "deny", "none", "value", "not_in_force")
_BESIDE: Final = ("unmet", "clause")
_KEYS: Final = (*SUBJECTS, *GROUPS, *QUANTIFIERS, *MEASURES, "policy", "days", *OPERATORS, *_BESIDE)
DEEPEST: Final = 12


@dataclass(frozen=True)
class Scope:
    """Where a condition stands: the list whose items it is about, the variables, and how deep."""

    depth: int = 0
    items: str = ""
    variables: Mapping[str, Type] = field(default_factory=lambda: MappingProxyType({}))


def read_condition(at: Cursor, names: Names, scope: Scope = Scope()) -> Condition | None:
    """A condition, or ``None`` after findings."""
    if scope.depth > DEEPEST:
        at.wrong("too_deep", f"条件嵌套超过 {DEEPEST} 层", f"more than {DEEPEST} levels deep")
        return None
    if not isinstance(at.data, dict):
        at.mapping(())
        return None
    heads = (*GROUPS, *QUANTIFIERS, *MEASURES, "policy", *SUBJECTS)
    kind = next((key for key in heads if key in at.data), None)
    if kind is None:
        at.mapping(_KEYS)
        at.wrong(
            "condition",
            "条件要写 fact、all、any、not、exists、every、count、sum、max、min 或 policy 之一",
            "a condition has one of fact, all, any, not, exists, every, count, sum, max, min, policy",
        )
        return None
    if kind in GROUPS:
        return _group(at, kind, names, scope)
    if kind in QUANTIFIERS and isinstance(at.data[kind], dict) and "param" in at.data[kind]:
        return _each(at, kind, names, scope)
    if kind in QUANTIFIERS or kind in MEASURES:
        return _over(at, kind, names, scope)
    return _policy(at, names) if kind == "policy" else _leaf(at, kind, names, scope)


def _clause(at: Cursor, names: Names) -> str:
    clause = at.get("clause")
    return names.clause(clause) if clause else ""


def _group(at: Cursor, kind: str, names: Names, scope: Scope) -> Condition | None:
    if not at.mapping((kind, *_BESIDE), (kind,)):
        return None
    inner = at.child(kind)
    parts = [inner] if kind == "not" else list(inner.items())
    if not parts and isinstance(inner.data, list):
        inner.wrong("empty_group", f"“{kind}”里没有条件", f'"{kind}" holds no condition')
    deeper = replace(scope, depth=scope.depth + 1)
    read = [read_condition(part, names, deeper) for part in parts]
    good = tuple(one for one in read if one is not None)
    clause = _clause(at, names)
    if not good or len(good) < len(read):
        return None
    kind_ = cast("OneOf['all', 'any', 'not']", kind)
    return Group(kind_, good, at.wording_at("unmet"), clause, at.place)


def _each(at: Cursor, kind: str, names: Names, scope: Scope) -> Condition | None:
    listed = at.child(kind)
    if not at.mapping((kind, "as", "has", *_BESIDE), (kind, "as", "has")):
        return None
    if not listed.mapping(("param",), ("param",)):
        return None
    name, var = listed.child("param").text(), at.child("as").text()
    parameter = names.parameters.get(name)
    if parameter is None:
        listed.child("param").unknown("unknown_param", "参数", "parameter", name, names.parameters)
        return None
    if not parameter.type.many:
        listed.wrong("not_a_list", f"参数“{name}”不是列表", f'"{name}" is not a list')
        return None
    inner = replace(
        scope, depth=scope.depth + 1, variables={**scope.variables, var: parameter.type.one}
    )
    has = read_condition(at.child("has"), names, inner)
    if has is None:
        return None
    kind_ = cast("OneOf['every', 'exists']", kind)
    return Each(kind_, name, var, has, at.wording_at("unmet"), _clause(at, names), at.place)


def _over(at: Cursor, kind: str, names: Names, scope: Scope) -> Condition | None:
    compared = kind in MEASURES
    own = at.child(kind)
    keys = ("in", "where", "of") if kind in MEASURES[1:] else ("in", "where")
    beside = (*_BESIDE, *OPERATORS) if compared else _BESIDE
    required = ("in", "of") if "of" in keys else ("in", "where") if kind == "every" else ("in",)
    if not at.mapping((kind, *beside), (kind,)) or not own.mapping(keys, required):
        return None
    if scope.items:
        own.wrong("nested_list", "列表条件里不能再写列表条件", "list conditions do not nest")
        return None
    fact = own.child("in").text()
    known = names.vocabulary.facts.get(fact)
    if known is None or not known.typed.many:
        lists = [name for name, one in names.vocabulary.facts.items() if one.typed.many]
        own.child("in").unknown("unknown_list", "列表事实", "list fact", fact, lists)
        return None
    inner = Scope(scope.depth + 1, fact, scope.variables)
    where_at = own.get("where")
    where = read_condition(where_at, names, inner) if where_at else None
    if where_at and where is None:
        return None
    of = own.text_at("of")
    typed = _measured(own, kind, of, known)
    if typed is None:
        return None
    operator, right = "", None
    if compared:
        operator = _operator(at, typed)
        right = read_right(at.child(operator), operator, typed, names, {}) if operator else None
        if right is None:
            return None
    kind_ = cast("OneOf['exists', 'every', 'count', 'sum', 'max', 'min']", kind)
    words, clause = at.wording_at("unmet"), _clause(at, names)
    return Over(kind_, fact, of, where, operator, right, words, clause, at.place)


def _measured(own: Cursor, kind: str, of: str, known: Fact) -> Type | None:
    """The type of what a condition over a list measures."""
    if kind not in MEASURES[1:]:
        return Type("integer")
    typed = known.typed.field(of)
    if typed is None:
        own.child("of").unknown("unknown_field", "字段", "field", of, [*known.fields, "value"])
        return None
    wanted = ORDERED if kind == "sum" else ORDERED | _DATE
    if typed.scalar not in wanted:
        zh, en = f"“{of}”是 {typed}，不能求 {kind}", f'"{of}" is a {typed}: it has no {kind}'
        own.child("of").wrong("wrong_type", zh, en)
        return None
    return typed


def _operator(at: Cursor, typed: Type) -> str:
    """The one operator of a condition, if it holds for the type; else empty after a finding."""
    found = [key for key in at.data if key in OPERATORS]
    if len(found) != 1:
        at.wrong(
            "operator",
            f"条件要写恰好一个比较词，可用：{'、'.join(OPERATORS)}",
            f"a condition has exactly one operator of: {', '.join(OPERATORS)}",
        )
        return ""
    if found[0] == "known" and typed.many:
        return found[0]
    if typed.many or typed.scalar not in OPERATORS[found[0]]:
        at.child(found[0]).wrong(
            "wrong_operator",
            f"“{found[0]}”不能用于 {typed}" + ("，列表请用 exists、every、count" * typed.many),
            f'"{found[0]}" does not apply to a {typed}'
            + (": use exists, every, count" * typed.many),
        )
        return ""
    return found[0]


def _policy(at: Cursor, names: Names) -> Condition | None:
    allowed = ("is", "is_not", "in", "not_in")
    if not at.mapping(("policy", *allowed, *_BESIDE), ("policy",)):
        return None
    name, found = at.child("policy").text(), [key for key in allowed if key in at.data]
    if len(found) != 1:
        zh, en = "policy 后面写 is、is_not、in 或 not_in", "a policy is held against is, is_not, in"
        at.wrong("operator", zh, en)
        return None
    asked = at.child(found[0])
    cells = list(asked.items()) if found[0] in {"in", "not_in"} else [asked]
    words = tuple(one.choice(VERDICTS, "结论", "outcome") for one in cells)
    names.refer(at.child("policy"), name)
    if not all(words) or not words:
        return None
    right = Literal(words if found[0] in {"in", "not_in"} else words[0])
    subject = FactRef(f"{POLICY_FACT}{name}")
    unmet, clause = at.wording_at("unmet"), _clause(at, names)
    return Leaf(subject, found[0], right, None, unmet, clause, at.place)


def _leaf(at: Cursor, kind: str, names: Names, scope: Scope) -> Leaf | None:
    if not at.mapping((kind, "days", *_BESIDE, *OPERATORS), (kind,)):
        return None
    subject, typed, described = _subject(at.child(kind), kind, names, scope)
    if subject is None or typed is None:
        return None
    operator = _operator(at, typed)
    if not operator:
        return None
    if operator == "known" and not isinstance(subject, FactRef):
        at.child(operator).wrong("known", "known 只能问事实", '"known" asks about facts only')
        return None
    days = at.get("days")
    if (days is None) != (operator != "within_days_of"):
        at.wrong(
            "days",
            "days（天数）与 within_days_of 必须同时使用",
            '"days" goes with "within_days_of", and only with it',
        )
        return None
    options = described.options if described else {}
    right = read_right(at.child(operator), operator, typed, names, options, scope.variables)
    count = read_days(days, names) if days else None
    clause = _clause(at, names)
    if right is None or (days is not None and count is None):
        return None
    return Leaf(subject, operator, right, count, at.wording_at("unmet"), clause, at.place)


def _subject(
    at: Cursor, kind: str, names: Names, scope: Scope
) -> tuple[Subject | None, Type | None, RecordField | None]:
    name = at.text()
    if kind == "formula":
        formula = read_formula(at, names)
        return formula, formula.type if formula else None, None
    if kind == "fact":
        known = names.vocabulary.facts.get(name)
        if known is None:
            at.unknown("unknown_fact", "事实", "fact", name, names.vocabulary.facts)
            return None, None, None
        return FactRef(name), known.typed, known
    listed = names.vocabulary.facts.get(scope.items)
    if listed is None:
        at.wrong("item", "item 只能写在 where 里", '"item" is only used inside "where"')
        return None, None, None
    typed = listed.typed.field(name)
    if typed is None:
        at.unknown("unknown_field", "字段", "field", name, [*listed.fields] or ["value"])
        return None, None, None
    return ItemRef(name), typed, listed.described(name)
