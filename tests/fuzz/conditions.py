"""Conditions of every kind over the facts of ``words``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final

from tests.fuzz.formulas import FormulaWriter
from tests.fuzz.words import (
    DAYS_APART,
    DAYS_UNIT,
    FIELDS,
    OPTIONS,
    PATTERNS,
    RECORDS,
    Kind,
    value_of,
)

Condition = dict[str, Any]
EQUALITIES: Final = ("is", "is_not", "in", "not_in")
ORDERS: Final = ("at_least", "at_most", "more_than", "less_than")
DAYS: Final = ("on_or_before", "on_or_after")
VERDICTS: Final = ("grant", "deny", "none", "value", "not_in_force")
#: Days are whole: no parameter of another type stands for them.
_DAYS: Final = Kind("integer", unit=DAYS_UNIT)
#: How deep groups nest.
DEEPEST: Final = 4


@dataclass(frozen=True)
class Scope:
    """Where a condition stands: how deep, within a ``where`` of which list, with which variables."""

    depth: int = 0
    items: str = ""
    variables: Mapping[str, Kind] = field(default_factory=dict)

    @property
    def deeper(self) -> Scope:
        """One level below."""
        return replace(self, depth=self.depth + 1)


@dataclass
class ConditionWriter:
    """Writes conditions. ``param`` gives the name of a parameter of a type, made if need be.

    ``simple`` leaves only conditions whose cases split into cells that can be told.
    """

    chosen: Random
    facts: Mapping[str, Kind]
    param: Callable[[Kind], str]
    others: Sequence[str]
    simple: bool = False

    def __post_init__(self) -> None:
        self.formulas = FormulaWriter(self.chosen, self.facts, self.param)
        self.scalars = [name for name, one in self.facts.items() if not one.many]
        self.lists = [name for name, one in self.facts.items() if one.many]

    def condition(self, scope: Scope = Scope()) -> Condition:
        """Any condition."""
        draw = self.chosen.random()
        if scope.depth < DEEPEST and draw < 0.6 - 0.15 * scope.depth:
            return self._beside(self._group(scope), scope)
        if self.simple:
            return self._leaf(scope)
        if draw < 0.7 and not scope.items:
            return self._beside(self._over(scope), scope)
        if draw < 0.77 and scope.depth < DEEPEST and len(scope.variables) < 2:
            return self._beside(self._each(scope), scope)
        if draw < 0.87 and self.others:
            return self._beside(self._policy(), scope)
        return self._beside(self._leaf(scope), scope)

    def _beside(self, one: Condition, scope: Scope) -> Condition:
        if self.chosen.random() < 0.2:
            one["unmet"] = "须符合" + "".join(f"《{{{name}}}》" for name in scope.variables)
        if self.chosen.random() < 0.1:
            one["clause"] = "SH-3.1(1)"
        return one

    def _group(self, scope: Scope) -> Condition:
        kind = self.chosen.choice(["all", "all", "any", "any", "not"])
        if kind == "not":
            return {"not": self.condition(scope.deeper)}
        many = self.chosen.choice([1, 2, 2, 2, 3])
        return {kind: [self.condition(scope.deeper) for _ in range(many)]}

    def _policy(self) -> Condition:
        operator = self.chosen.choice(EQUALITIES)
        words = self.chosen.sample(VERDICTS, self.chosen.choice([1, 1, 2]))
        asked = words if operator in {"in", "not_in"} else words[0]
        return {"policy": self.chosen.choice(self.others), operator: asked}

    def _each(self, scope: Scope) -> Condition:
        scalar = self.chosen.choice(["code", "text", "integer", "decimal", "money", "date"])
        kind = Kind(scalar, many=True, unit="元" * (scalar == "money"))
        name = "xy"[len(scope.variables)]
        inner = replace(scope.deeper, variables={**scope.variables, name: kind.one})
        over = self.chosen.choice(["every", "exists"])
        return {over: {"param": self.param(kind)}, "as": name, "has": self._with(name, kind, inner)}

    def _with(self, name: str, kind: Kind, scope: Scope) -> Condition:
        """A condition that mentions a variable: on a fact, or on a field within a list."""
        draw = self.chosen.random()
        if draw < 0.4 and not scope.items:
            listed = self.chosen.choice(self.lists)
            inner = replace(scope.deeper, items=listed)
            where = {"all": [self._with(name, kind, inner), self.condition(inner)]}
            return {self.chosen.choice(["exists", "every"]): {"in": listed, "where": where}}
        subjects = [
            (one, about) for one, about in self._subjects(scope) if about.family == kind.family
        ]
        if not subjects:
            return self.condition(scope)
        subject, about = self.chosen.choice(subjects)
        return {**subject, self._ordered(about, EQUALITIES[:2]): {"var": name}}

    def _ordered(self, kind: Kind, equal: Sequence[str]) -> str:
        if kind.family in {"number", "money"}:
            return self.chosen.choice([*equal, *ORDERS, *ORDERS])
        return self.chosen.choice([*equal, *DAYS, *DAYS] if kind.scalar == "date" else equal)

    def _over(self, scope: Scope) -> Condition:
        kind = self.chosen.choice(["exists", "every", "count", "sum", "max", "min"])
        listed = self.chosen.choice([*self.lists, RECORDS, RECORDS])
        fields = self._fields(listed)
        of = [
            name
            for name, one in fields.items()
            if one.family in {"number", "money"} or (one.scalar == "date" and kind != "sum")
        ]
        if kind in {"sum", "max", "min"} and not of:
            kind = "count"
        own: Condition = {"in": listed}
        if kind == "every" or self.chosen.random() < 0.8:
            own["where"] = self.condition(replace(scope, depth=2, items=listed))
        if kind in {"exists", "every"}:
            return {kind: own}
        measured = Kind("integer")
        if kind != "count":
            own["of"] = self.chosen.choice(of)
            measured = fields[own["of"]]
        return {kind: own, **self._held(measured, listed, Scope(), rights=True)}

    def _fields(self, listed: str) -> Mapping[str, Kind]:
        return FIELDS if listed == RECORDS else {"value": self.facts[listed].one}

    def _subjects(self, scope: Scope) -> list[tuple[Condition, Kind]]:
        found: list[tuple[Condition, Kind]] = [
            ({"fact": name}, self.facts[name]) for name in self.scalars
        ]
        if scope.items:
            items = [({"item": name}, one) for name, one in self._fields(scope.items).items()]
            found = items if self.chosen.random() < 0.85 else found
        return found

    def _leaf(self, scope: Scope) -> Condition:
        draw = self.chosen.random()
        if draw < 0.12 and not self.simple:
            money = self.chosen.random() < 0.5
            kind = Kind("money", unit="元") if money else Kind("decimal")
            formula = self.formulas.write(money=money)
            return {"formula": formula, **self._held(kind, "", scope, rights=True)}
        if draw < 0.18 and not self.simple:
            return {"fact": self.chosen.choice([*self.facts]), "known": self.chosen.random() < 0.5}
        subject, kind = self.chosen.choice(self._subjects(scope))
        name = subject.get("fact") or subject["item"]
        about = scope.items if name == "value" and scope.items in OPTIONS else name
        return {**subject, **self.held(kind, about, scope)}

    def held(self, kind: Kind, name: str, scope: Scope = Scope()) -> Condition:
        """An operator with what the quantity of a name is held against."""
        return self._held(kind, name, scope, rights=not self.simple)

    def _held(self, kind: Kind, name: str, scope: Scope, *, rights: bool) -> Condition:
        draw = self.chosen.random()
        if rights and draw < 0.1 and kind.family == "text":
            return {"matches": self.chosen.choice(PATTERNS)}
        # A quantity over a list knows no distance in days.
        if rights and draw < 0.25 and kind.scalar == "date" and (name not in self.lists):
            days: Any = self.chosen.choice([*DAYS_APART, {"param": self.param(_DAYS)}])
            return {"within_days_of": self.operand(kind, name, scope), "days": days}
        operator = self._ordered(kind, EQUALITIES)
        many = operator in {"in", "not_in"}
        return {operator: self.operand(replace(kind, many=many), name, scope)}

    def operand(self, kind: Kind, name: str, scope: Scope = Scope()) -> Any:
        """What a quantity of a type is held against."""
        draw = self.chosen.random()
        variables = (
            [] if kind.many else [n for n, v in scope.variables.items() if v.family == kind.family]
        )
        if variables and draw < 0.6:
            return {"var": self.chosen.choice(variables)}
        if kind.scalar == "boolean" and kind.many:
            return self._literal(kind, name)
        if draw < 0.2:
            return {"param": self.param(kind)}
        if self.simple or draw < 0.75:
            return self._literal(kind, name)
        if draw < 0.85 and not kind.many and kind.family in {"number", "money"}:
            return {"formula": self.formulas.write(money=kind.scalar == "money")}
        facts = [
            one
            for one, about in self.facts.items()
            if (about.family, about.many) == (kind.family, kind.many) and one != name
        ]
        return {"fact": self.chosen.choice(facts)} if facts else self._literal(kind, name)

    def _literal(self, kind: Kind, name: str) -> Any:
        if not kind.many:
            return value_of(kind, name, self.chosen)
        # Up to six: the engine is given at most four, longer lists are read before.
        return [value_of(kind, name, self.chosen) for _ in range(self.chosen.choice([1, 2, 3, 6]))]
