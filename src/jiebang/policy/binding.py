"""A policy on a day: its parameters put in, its rules in the order in which they override."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final, cast
from typing import Literal as OneOf

from jiebang.money import from_fen
from jiebang.policy.bound import (
    Atom,
    Bound,
    BoundGroup,
    BoundLeaf,
    BoundOver,
    BoundPolicy,
    BoundRule,
    Right,
    bound_leaves,
)
from jiebang.policy.cells import cells_of
from jiebang.policy.language.terms import (
    Call,
    FactRef,
    Formula,
    NameOf,
    Number,
    ParamRef,
    Term,
    terms,
)
from jiebang.policy.language.tree import (
    POLICY_FACT,
    Condition,
    Dated,
    Each,
    Group,
    ItemRef,
    Leaf,
    Literal,
    Operand,
    Outcome,
    Over,
    Policy,
    Rule,
    VarRef,
)
from jiebang.policy.language.types import Scalar, Type
from jiebang.policy.language.vocabulary import Vocabulary
from jiebang.wording import Wording

#: A name without dots that is no function: what formulas call parameters by.
_PLAIN_NAME: Final = re.compile(r"(?<![\w.])[a-z][a-z0-9_]*(?![\w.]|\s*\()")


class Circular(Exception):
    """Rules override each other in a circle; the message names them."""


def period_of(policy: Policy, day: date) -> tuple[date | None, ...]:
    """What distinguishes the parameters in force on a day from those of another."""
    dated = [parameter.on(day) for parameter in policy.parameters.values()]
    return tuple(one.start if one else None for one in dated)


def override_order(rules: Sequence[Rule]) -> tuple[int, ...]:
    """Rule indexes such that each comes after those overriding it. Raises ``Circular``."""
    index = {rule.id: number for number, rule in enumerate(rules)}
    overriders: dict[int, list[int]] = {number: [] for number in range(len(rules))}
    for number, rule in enumerate(rules):
        for other in rule.overrides:
            if other in index:
                overriders[index[other]].append(number)
    order: list[int] = [number for number, over in overriders.items() if not over]
    done = set(order)
    while len(order) < len(rules):
        ready = [n for n, over in overriders.items() if n not in done and set(over) <= done]
        if not ready:
            raise Circular("、".join(rules[n].id for n in overriders if n not in done))
        order += ready
        done |= set(ready)
    return tuple(order)


def bind(policy: Policy, day: date, vocabulary: Vocabulary) -> BoundPolicy:
    """Put the parameters of a day into a policy."""
    values = {name: one.on(day) for name, one in policy.parameters.items()}
    binder = _Binder(values, vocabulary, _spoken([one.when for one in policy.rules], vocabulary))
    overriding: dict[str, list[int]] = {}
    for number, rule in enumerate(policy.rules):
        for other in rule.overrides:
            overriding.setdefault(other, []).append(number)
    rules = tuple(
        BoundRule(
            rule,
            binder.condition(rule.when, {}),
            tuple(overriding.get(rule.id, ())),
            binder.amounts(rule.then),
        )
        for rule in policy.rules
    )
    by_fact: dict[str, list[Atom]] = {}
    for one in (leaf for rule in rules for leaf in bound_leaves(rule.when)):
        for name in one.facts:
            by_fact.setdefault(name, []).append(one)
    for name in policy.facts:
        by_fact.setdefault(name, [])
    cells = {name: cells_of(found, vocabulary, name) for name, found in by_fact.items()}
    return BoundPolicy(
        policy,
        period_of(policy, day),
        binder.values,
        rules,
        binder.amounts(policy.default),
        override_order(policy.rules),
        tuple(by_fact),
        {name: split for name, split in cells.items() if split},
    )


@dataclass(frozen=True)
class _Binder:
    """Puts parameters and ``as`` variables into conditions and formulas."""

    values: Mapping[str, Dated | None]
    vocabulary: Vocabulary
    #: The words of the codes that each variable stands for.
    spoken: Mapping[str, Mapping[str, Wording]]

    def condition(self, one: Condition, variables: Mapping[str, Scalar], items: str = "") -> Bound:
        """A condition; ``items`` is the list fact whose items a ``where`` speaks of."""
        match one:
            case Leaf():
                return self._leaf(one, variables, items)
            case Group():
                parts = tuple(self.condition(part, variables, items) for part in one.parts)
                return BoundGroup(one.kind, parts, self._filled(one.unmet, variables), one.clause)
            case Over():
                where = self.condition(one.where, variables, one.fact) if one.where else None
                right = self.right(one.right, variables) if one.right else Right()
                own = replace(one, unmet=self._filled(one.unmet, variables))
                fact = self.vocabulary.facts[one.fact].typed
                counted = Type("integer") if one.kind == "count" else fact.field(one.of)
                return BoundOver(own, one.fact, where, right, counted or Type("integer"))
        return self._each(one, variables, items)

    def _each(self, one: Each, variables: Mapping[str, Scalar], items: str) -> Bound:
        dated = self.values[one.parameter]
        given = dated.value if dated else None
        kind: OneOf["all", "any"] = "all" if one.kind == "every" else "any"
        if given is None:
            # The notice names none: held against nothing, the condition stays unknown.
            gap = {one.var: ""}
            part = self.condition(one.has, {**variables, **gap}, items)
            return BoundGroup(kind, (_open(part, one.parameter),), one.unmet, one.clause)
        parts = []
        for value in cast("tuple[Scalar, ...]", given):
            inner = {**variables, one.var: value}
            part = self.condition(one.has, inner, items)
            parts.append(BoundGroup("all", (part,), self._filled(one.unmet, inner), one.clause))
        return BoundGroup(kind, tuple(parts), None, one.clause)

    def _leaf(self, one: Leaf, variables: Mapping[str, Scalar], items: str) -> BoundLeaf:
        fact = item = ""
        formula: Formula | None = None
        gap = ""
        match one.subject:
            case FactRef(name):
                fact = name
                typed = fact_type(name, self.vocabulary)
            case ItemRef(name):
                item = name
                typed = self.vocabulary.facts[items].typed.field(name) or Type("text")
            case Formula() as written:
                formula, gap = self._formula(written)
                typed = written.type
        right = self.right(one.right, variables)
        days = self.right(one.days, variables) if one.days else Right()
        own = replace(one, unmet=self._filled(one.unmet, variables))
        return BoundLeaf(
            own,
            one.operator,
            fact,
            item,
            formula,
            right,
            cast("int | None", days.value),
            gap or right.gap or days.gap,
            typed,
        )

    def right(self, operand: Operand, variables: Mapping[str, Scalar]) -> Right:
        match operand:
            case Literal(value):
                return Right(value=value)
            case ParamRef(name):
                dated = self.values[name]
                given = dated.value if dated else None
                return Right(value=given, gap="" if given is not None else name, params=(name,))
            case FactRef(name):
                return Right(fact=name)
            case VarRef(name):
                return Right(value=variables[name])
        formula, gap = self._formula(operand)
        return Right(formula=formula, gap=gap, params=operand.parameters)

    def _filled(self, words: Wording | None, variables: Mapping[str, Scalar]) -> Wording | None:
        """A message with ``{name}`` replaced by the words of what the variable stands for."""
        if words is None or not variables:
            return words
        zh, en = words.zh, words.en
        for name, value in variables.items():
            known = self.spoken.get(name, {}).get(str(value), Wording(zh=str(value)))
            zh = zh.replace(f"{{{name}}}", known.zh)
            en = en.replace(f"{{{name}}}", known.in_locale("en"))
        return Wording(zh=zh, en=en)

    def amounts(self, said: Outcome) -> Mapping[str, Right]:
        """The values of an outcome, with the parameters of the day."""
        return MappingProxyType({name: self.right(one, {}) for name, one in said.values.items()})

    def _formula(self, formula: Formula) -> tuple[Formula, str]:
        return bind_formula(formula, self.values)


def bind_formula(formula: Formula, values: Mapping[str, Dated | None]) -> tuple[Formula, str]:
    """A formula with the parameters of a day, and the name of one without a value, if any."""
    gaps: list[str] = []
    term = _term(formula.term, values, gaps)
    text = _PLAIN_NAME.sub(lambda found: _amount(found[0], formula, values), formula.text)
    return Formula(text, term, formula.type), gaps[0] if gaps else ""


def _amount(name: str, formula: Formula, values: Mapping[str, Dated | None]) -> str:
    """What a parameter comes to in the text of a formula: people read numbers, not our names."""
    dated = values.get(name)
    if dated is None or dated.value is None:
        return name
    money = any(one == NameOf(ParamRef(name), money=True) for one in terms(formula.term))
    number = Decimal(str(dated.value))
    return f"{from_fen(int(number), '元'):,f}元" if money else f"{number:f}"


def _term(term: Term, values: Mapping[str, Dated | None], gaps: list[str]) -> Term:
    match term:
        case Call(function, parts, money, places):
            return Call(function, tuple(_term(one, values, gaps) for one in parts), money, places)
        case NameOf(ParamRef(name), money):
            dated = values[name]
            given = dated.value if dated else None
            if given is None:
                gaps.append(name)
                return Number(Decimal(0), money)
            return Number(Decimal(str(given)), money)
    return term


def fact_type(name: str, vocabulary: Vocabulary) -> Type:
    """The type of a fact; another policy's outcome is a code."""
    return Type("code") if name.startswith(POLICY_FACT) else vocabulary.facts[name].typed


def _open(condition: Bound, parameter: str) -> Bound:
    """The condition with every leaf left open by a parameter."""
    match condition:
        case BoundLeaf():
            return replace(condition, gap=condition.gap or parameter)
        case BoundOver():
            where = _open(condition.where, parameter) if condition.where else None
            return replace(condition, where=where, open=parameter)
    return replace(condition, parts=tuple(_open(one, parameter) for one in condition.parts))


def _spoken(
    conditions: Sequence[Condition], vocabulary: Vocabulary, items: str = ""
) -> Mapping[str, Mapping[str, Wording]]:
    """The words of the codes that variables are held against, by variable."""
    found: dict[str, dict[str, Wording]] = {}
    for one in conditions:
        inner: Mapping[str, Mapping[str, Wording]] = {}
        match one:
            case Leaf(subject=FactRef(name), right=VarRef(var)) if name in vocabulary.facts:
                inner = {var: vocabulary.facts[name].options}
            case Leaf(subject=ItemRef(name), right=VarRef(var)):
                inner = {var: vocabulary.facts[items].described(name).options}
            case Group():
                inner = _spoken(one.parts, vocabulary, items)
            case Over() if one.where:
                inner = _spoken([one.where], vocabulary, one.fact)
            case Each():
                inner = _spoken([one.has], vocabulary, items)
        for var, options in inner.items():
            found.setdefault(var, {}).update(options)
    return found
