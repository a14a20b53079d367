"""Reading what a condition is held against: a literal, a parameter, a fact, a variable, a formula."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from jiebang.policy.language.cursor import Cursor
from jiebang.policy.language.formulas import BadFormula, parse_formula
from jiebang.policy.language.patterns import compile_pattern
from jiebang.policy.language.terms import FactRef, Formula, ParamRef
from jiebang.policy.language.tree import Literal, Operand, Parameter, VarRef
from jiebang.policy.language.types import Type, WrongType, read_written
from jiebang.policy.language.vocabulary import Vocabulary

_NO_VARIABLES: Mapping[str, Type] = MappingProxyType({})
_LISTED = frozenset({"in", "not_in"})
_NUMBERS = frozenset({"integer", "decimal"})
_REFERENCES = ("param", "fact", "var", "formula")
#: No number of days is more: a hundred years.
MOST_DAYS: Final = 36_525


@dataclass(frozen=True)
class Names:
    """What a file may name. ``references`` gathers the policies it names, with their places."""

    vocabulary: Vocabulary
    parameters: Mapping[str, Parameter]
    clauses: Collection[str] = ()
    references: list[tuple[str, Cursor]] = field(default_factory=list)

    def refer(self, at: Cursor, policy: str) -> None:
        """Note a reference to another policy; the book knows which there are."""
        self.references.append((policy, at))

    def clause(self, at: Cursor) -> str:
        """A clause id, known where the book has a list of clauses; empty after a finding."""
        clause = at.text()
        if clause and self.clauses and clause not in self.clauses:
            at.unknown("unknown_clause", "条款编号", "clause id", clause, self.clauses)
            return ""
        return clause


def read_right(
    at: Cursor,
    operator: str,
    typed: Type,
    names: Names,
    options: Mapping[str, object],
    variables: Mapping[str, Type] = _NO_VARIABLES,
) -> Operand | None:
    """The right side of a condition on a quantity of a type; ``None`` after findings."""
    if operator == "known":
        operand = read_operand(at, Type("boolean"), names)
        if operand is not None and not isinstance(operand, Literal):
            at.wrong("known", "known 后面写 是 或 否", '"known" takes true or false')
            return None
        return operand
    wanted = Type(typed.scalar, many=operator in _LISTED, unit=typed.unit)
    operand = read_operand(at, wanted, names, variables)
    if not isinstance(operand, Literal):
        if operand is not None and operator == "matches":
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
    elif options and not {str(one) for one in listed} <= set(options):
        odd = next(str(one) for one in listed if one not in options)
        at.unknown("unknown_option", "选项", "option", odd, tuple(options))
        return False
    if not listed:
        at.wrong("empty_list", "列表是空的", "the list is empty")
        return False
    return True


def read_operand(
    at: Cursor, wanted: Type, names: Names, variables: Mapping[str, Type] = _NO_VARIABLES
) -> Operand | None:
    """An operand of a type; ``None`` after findings."""
    if isinstance(at.data, dict):
        return _reference(at, wanted, names, variables)
    try:
        return Literal(read_written(wanted, at.data))
    except WrongType as wrong:
        at.wrong("wrong_type", f"“{at.key}”{wrong.zh}", f'"{at.key}" {wrong.en}')
        return None


def read_days(at: Cursor, names: Names) -> Literal | ParamRef | None:
    """A number of days: as it stands, or a parameter of whole numbers. ``None`` after findings."""
    operand = read_operand(at, Type("integer"), names)
    if operand is None:
        return None
    if isinstance(operand, Literal):
        values: tuple[object, ...] = (operand.value,)
    elif isinstance(operand, ParamRef) and names.parameters[operand.name].type.scalar == "integer":
        values = tuple(one.value for one in names.parameters[operand.name].values)
    else:
        zh, en = "写天数，或整数的参数", "takes a number of days, or a parameter of whole numbers"
        at.wrong("days", f"“{at.key}”后面{zh}", f'"{at.key}" {en}')
        return None
    if not all(one is None or one in range(MOST_DAYS + 1) for one in values):
        zh, en = f"天数应为 0 到 {MOST_DAYS}", f"a number of days lies between 0 and {MOST_DAYS}"
        at.wrong("days", zh, en)
        return None
    return operand


def _reference(
    at: Cursor, wanted: Type, names: Names, variables: Mapping[str, Type]
) -> Operand | None:
    if not at.mapping(_REFERENCES) or len(at.data) != 1:
        at.wrong(
            "reference",
            "写 {param: …}、{fact: …}、{var: …} 或 {formula: …}",
            "write {param: …}, {fact: …}, {var: …} or {formula: …}",
        )
        return None
    kind = next(iter(at.data))
    child = at.child(kind)
    if kind == "formula":
        formula = read_formula(child, names)
        return formula if formula and _suits(at, formula.text, formula.type, wanted) else None
    name = child.text()
    found: Type | None
    operand: Operand
    if kind == "param":
        known = names.parameters.get(name)
        found, operand = known.type if known else None, ParamRef(name)
        words, all_ = ("参数", "parameter"), tuple(names.parameters)
    elif kind == "fact":
        fact = names.vocabulary.facts.get(name)
        found, operand = fact.typed if fact else None, FactRef(name)
        words, all_ = ("事实", "fact"), tuple(names.vocabulary.facts)
    else:
        found, operand = variables.get(name), VarRef(name)
        words, all_ = ("变量", "variable"), tuple(variables)
    if found is None:
        child.unknown(f"unknown_{kind}", *words, name, all_)
        return None
    return operand if _suits(at, name, found, wanted) else None


def _suits(at: Cursor, name: str, found: Type, wanted: Type) -> bool:
    if (_family(found), found.many) == (_family(wanted), wanted.many):
        return True
    at.wrong(
        "wrong_type",
        f"“{name}”是 {found}，这里要 {wanted}",
        f'"{name}" is a {found}, a {wanted} is wanted here',
    )
    return False


def _family(typed: Type) -> str:
    if typed.scalar in _NUMBERS:
        return "number"
    return "text" if typed.scalar == "code" else typed.scalar


def read_formula(at: Cursor, names: Names) -> Formula | None:
    """A formula; ``None`` after a finding."""
    text = str(at.data) if isinstance(at.data, int | float) else at.text()
    facts, parameters = names.vocabulary.facts, names.parameters
    try:
        return parse_formula(
            text,
            facts=lambda name: facts[name].typed if name in facts else None,
            parameters=lambda name: parameters[name].type if name in parameters else None,
            known=(*facts, *parameters),
        )
    except BadFormula as bad:
        at.wrong("formula", bad.zh, bad.en, bad.hint)
        return None
