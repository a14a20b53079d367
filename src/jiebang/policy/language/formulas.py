"""Formulas: read with a grammar, held against the units of what they name."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Final

from lark import Lark, Token, Tree
from lark.exceptions import LarkError, UnexpectedInput

from jiebang.money import FEN_PER_UNIT
from jiebang.policy.language.terms import (
    Call,
    FactRef,
    Formula,
    NameOf,
    Number,
    ParamRef,
    SumOf,
    Term,
)
from jiebang.policy.language.types import LARGEST, Type
from jiebang.yamlfile import nearest

LONGEST: Final = 300
#: Each function with the fewest and the most terms it takes.
FUNCTIONS: Final = {
    "min": (2, 20),
    "max": (2, 20),
    "round": (1, 2),
    "floor": (1, 2),
    "ceil": (1, 2),
}
_NUMBERS: Final = frozenset({"integer", "decimal", "money"})
_GRAMMAR: Final = r"""
    ?start: sum
    ?sum: product | sum "+" product -> add | sum "-" product -> sub
    ?product: atom | product "*" atom -> mul | product "/" atom -> div
    ?atom: NUMBER UNIT -> money
         | NUMBER "%" -> percent
         | NUMBER -> number
         | "-" atom -> neg
         | NAME "(" sum ("," sum)* ")" -> call
         | NAME -> name
         | "(" sum ")"
    UNIT: "万元" | "元"
    NUMBER: /[0-9]{1,16}(\.[0-9]{1,6})?/
    NAME: /[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*/
    %ignore /[ \t\n]+/
"""

TypeOf = Callable[[str], Type | None]


class BadFormula(Exception):
    """What is wrong with a formula, in both languages, with the nearest right word if any."""

    def __init__(self, zh: str, en: str, hint: str = "") -> None:
        super().__init__(zh)
        self.zh, self.en, self.hint = zh, en, hint


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr")


def parse_formula(
    text: str, *, facts: TypeOf, parameters: TypeOf, known: tuple[str, ...] = ()
) -> Formula:
    """Read a formula. ``known`` are the names to suggest from. Raises ``BadFormula``."""
    if len(text) > LONGEST:
        raise BadFormula(f"公式超过 {LONGEST} 字", f"longer than {LONGEST} characters")
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        at = max(getattr(error, "column", 1), 1)
        zh = f"公式“{text}”第 {at} 个字符处写法不对"
        raise BadFormula(zh, f'the formula "{text}" goes wrong at character {at}') from None
    except LarkError as error:
        raise BadFormula(f"公式写法有误：{error}", f"bad formula: {error}") from None
    term = _Reader(facts, parameters, known).read(tree)
    return Formula(text, term, Type("money", unit="元") if term.money else Type("decimal"))


class _Reader:
    def __init__(self, facts: TypeOf, parameters: TypeOf, known: tuple[str, ...]) -> None:
        self._facts, self._parameters, self._known = facts, parameters, known

    def read(self, tree: Tree[Token]) -> Term:
        kind = tree.data
        if kind in {"number", "percent", "money"}:
            return _number(str(kind), [str(one) for one in tree.children])
        if kind == "name":
            return self._name(str(tree.children[0]))
        if kind == "call":
            name, *arguments = tree.children
            return self._call(str(name), [one for one in arguments if isinstance(one, Tree)])
        terms = [self.read(one) for one in tree.children if isinstance(one, Tree)]
        return _combined(str(kind), terms)

    def _name(self, name: str) -> Term:
        if "." in name:
            typed, ref = self._facts(name), FactRef(name)
            return NameOf(ref, _money(name, typed) if typed else self._unknown(name))
        typed = self._parameters(name)
        return NameOf(ParamRef(name), _money(name, typed) if typed else self._unknown(name))

    def _unknown(self, name: str) -> bool:
        what = ("事实", "fact") if "." in name else ("参数", "parameter")
        hint = nearest(name, self._known)
        raise BadFormula(
            f"公式里有不认识的{what[0]}“{name}”" + (f"，是否想写“{hint}”？" if hint else ""),
            f'the formula names the unknown {what[1]} "{name}"'
            + (f', did you mean "{hint}"?' if hint else ""),
            hint,
        )

    def _call(self, name: str, arguments: list[Tree[Token]]) -> Term:
        if name == "sum":
            return self._sum(arguments)
        if name not in FUNCTIONS:
            hint = nearest(name, [*FUNCTIONS, "sum"])
            zh, en = f"没有函数“{name}”", f'there is no function "{name}"'
            raise BadFormula(
                zh + (f"，是否想写“{hint}”？" if hint else ""),
                en + (f', did you mean "{hint}"?' if hint else ""),
                hint,
            )
        fewest, most = FUNCTIONS[name]
        if not fewest <= len(arguments) <= most:
            zh, en = f"{name} 要 {fewest} 到 {most} 项", f"{name} takes {fewest} to {most} terms"
            raise BadFormula(zh, en)
        terms = [self.read(one) for one in arguments]
        if name in {"min", "max"}:
            return Call(name, tuple(terms), _same(terms, name))
        return Call(name, (terms[0],), terms[0].money, _places(terms[1:], name))

    def _sum(self, arguments: list[Tree[Token]]) -> Term:
        name = str(arguments[0].children[0]) if len(arguments) == 1 else ""
        fact, _, field = name.rpartition(".")
        listed = self._facts(fact) if fact else None
        if name and listed is None and self._facts(name) is not None:
            fact, field, listed = name, "value", self._facts(name)
        typed = listed.field(field) if listed and listed.many else None
        if typed is None or typed.scalar not in _NUMBERS:
            raise BadFormula(
                "sum 里写“列表.字段”，字段须是数字或金额",
                "sum takes list.field, where the field is a number or money",
            )
        return SumOf(fact, field, typed.scalar == "money")


def _number(kind: str, parts: list[str]) -> Number:
    number = Decimal(parts[0])
    if kind == "money":
        number *= FEN_PER_UNIT[parts[1]]
        if number != number.to_integral_value():
            raise BadFormula("金额最小到分", "money is never finer than one fen")
    if number > LARGEST:
        raise BadFormula("数字太大", "the number is too large")
    return Number(number.scaleb(-2) if kind == "percent" else number, kind == "money")


def _money(name: str, typed: Type) -> bool:
    if typed.many or typed.scalar not in _NUMBERS:
        zh, en = f"“{name}”是 {typed}，不能计算", f'"{name}" is a {typed}, not a quantity'
        raise BadFormula(zh, en)
    return typed.scalar == "money"


def _places(terms: list[Term], name: str) -> int:
    if not terms:
        return 0
    places = terms[0]
    sign = 1
    if isinstance(places, Call) and places.function == "neg":
        places, sign = places.terms[0], -1
    whole = isinstance(places, Number) and not places.money and places.value % 1 == 0
    if not isinstance(places, Number) or not whole or places.value > 6:
        zh, en = f"{name} 的位数应为 -6 到 6 的整数", f"{name} rounds to -6 to 6 places"
        raise BadFormula(zh, en)
    return sign * int(places.value)


def _zero(term: Term) -> bool:
    return isinstance(term, Number) and term.value == 0 and not term.money


def _same(terms: list[Term], what: str) -> bool:
    """Whether the terms are money; all must be, or none."""
    kinds = {one.money for one in terms if not _zero(one)}
    if len(kinds) > 1:
        raise BadFormula(
            f"“{what}”一边是金额，一边是数，不能相加减或比较",
            f'"{what}" mixes money with a plain number',
        )
    return kinds == {True}


def _combined(kind: str, terms: list[Term]) -> Term:
    match kind:
        case "neg":
            return Call("neg", tuple(terms), terms[0].money)
        case "add" | "sub":
            sign = "+" if kind == "add" else "-"
            return Call(sign, tuple(terms), _same(terms, sign))
        case "mul":
            if terms[0].money and terms[1].money:
                raise BadFormula("金额不能乘以金额", "money cannot be multiplied by money")
            return Call("*", tuple(terms), terms[0].money or terms[1].money)
    if terms[1].money and not terms[0].money:
        raise BadFormula("数不能除以金额", "a plain number cannot be divided by money")
    return Call("/", tuple(terms), terms[0].money and not terms[1].money)
