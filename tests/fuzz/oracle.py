"""A third reader, for cases that lack nothing: naive, and written from the documents alone.

It reads the data from which a generated file was written, not the file, and shares no code with the
policy room. Where it cannot tell, it says so.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from tests.fuzz.conditions import EQUALITIES
from tests.fuzz.formulas import FORMULAS, Expr, half_up, walk, work_out
from tests.fuzz.policies import BASE, Doc, rules_of, said_of
from tests.fuzz.words import BASED, FACTS, FIELDS, RECORDS, Kind, plain

State = bool | None
_TESTS: Final = {
    "is": operator.eq,
    "is_not": operator.ne,
    "at_least": operator.ge,
    "on_or_after": operator.ge,
    "at_most": operator.le,
    "on_or_before": operator.le,
    "more_than": operator.gt,
    "less_than": operator.lt,
}
_OVER: Final = ("exists", "every", "count", "sum", "max", "min")
_BESIDE: Final = frozenset({"unmet", "clause", "days"})


class Unsure(Exception):
    """The oracle does not judge this case."""


@dataclass(frozen=True)
class Said:
    """What a policy says of a case; money in fen."""

    outcome: str
    code: str = ""
    flags: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    obligations: Any = ()

    def like(self, other: Said) -> bool:
        """Whether it makes no difference which of the two is said."""
        if self.outcome == other.outcome == "deny" and not self.values and not other.values:
            return True
        mine = (self.outcome, self.code, self.values, self.obligations)
        return mine == (other.outcome, other.code, other.values, other.obligations)


def typed(value: Any, kind: Kind) -> Any:
    """A value of a case, in the one form in which values are compared."""
    if isinstance(value, list):
        if kind.scalar == "record":
            return [{name: typed(one[name], FIELDS[name]) for name in one} for one in value]
        return [typed(one, kind.one) for one in value]
    if kind.scalar == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    return _exact(value)


def _exact(value: Any) -> Any:
    """A value as the oracle compares it: fractions for decimals, fen, one form of every text."""
    if isinstance(value, list):
        return [_exact(one) for one in value]
    found = plain(value)
    return Fraction(found) if isinstance(found, Decimal) else found


def decide(docs: Mapping[str, Doc], policy: str, case: Mapping[str, Any], day: date) -> Said:
    """What a policy says of a case on a day. Raises ``Unsure``."""
    facts = {name: typed(value, FACTS[name]) for name, value in case.items()}
    return _Case(docs, policy, facts, day).said()


@dataclass
class _Case:
    docs: Mapping[str, Doc]
    policy: str
    facts: dict[str, Any]
    day: date
    #: Set once a fact was needed that nothing can bring.
    lacking: bool = False

    @property
    def doc(self) -> Doc:
        return self.docs[self.policy]

    def other(self, policy: str) -> Said:
        found = _Case(self.docs, policy, self.facts, self.day).said()
        if found.outcome == "undetermined":
            raise Unsure(f"{policy} is undetermined")
        return found

    def look(self, name: str) -> Any:
        """The value of a fact, derived ones included; ``None`` where there is none."""
        if name in self.facts:
            return self.facts[name]
        found: Any = None
        if name == "case.today":
            return self.day
        if name in FORMULAS:
            found = self.worked(FORMULAS[name])
            money = FORMULAS[name].money
            found = None if found is None else half_up(found, 0 if money else 6)
        elif name in BASED:
            said = self.other(BASE)
            value = BASED[name][1]
            found = said.values.get(value) if value else said.outcome
        self.lacking = self.lacking or found is None
        return found

    def parameter(self, name: str) -> Any:
        dated = self.doc["parameters"][name]["values"]
        started = [one for one in dated if one["from"] <= self.day]
        found = max(started, key=lambda one: one["from"])["value"]
        return _exact(found)

    def worked(self, expr: Expr) -> Fraction | None:
        def look(one: Expr) -> Any:
            if one.op == "param":
                return self.parameter(one.leaf)
            if one.op == "fact":
                return self.look(one.leaf)
            listed, name = one.leaf
            items = self.look(listed)
            if items is None:
                return None
            values = [item.get(name) if name else item for item in items]
            return None if None in values else sum(map(Fraction, values), Fraction(0))

        return work_out(expr, look)

    def operand(self, one: Any, variables: Mapping[str, Any]) -> Any:
        match one:
            case {"param": name}:
                return self.parameter(name)
            case {"fact": name}:
                return self.look(name)
            case {"var": name}:
                return variables[name]
            case {"formula": expr}:
                return self.worked(expr)
        return _exact(one)

    def state(self, one: Doc, variables: Mapping[str, Any], item: Any = None) -> State:
        """Met, unmet, or ``None`` where a parameter or a formula has no value."""
        for kind in ("all", "any"):
            if kind in one:
                return _kleene(kind, [self.state(part, variables, item) for part in one[kind]])
        if "not" in one:
            inner = self.state(one["not"], variables, item)
            return None if inner is None else not inner
        for kind in _OVER:
            if kind in one and "param" in one[kind]:
                return self._each(kind, one, variables, item)
            if kind in one:
                return self._over(kind, one, variables)
        return self._leaf(one, variables, item)

    def _each(self, kind: str, one: Doc, variables: Mapping[str, Any], item: Any) -> State:
        values = self.parameter(one[kind]["param"])
        if values is None:
            # Everything under it stays open; what is known of a fact is the exception we leave.
            raise Unsure("over a parameter that is not stated")
        states = [self.state(one["has"], {**variables, one["as"]: each}, item) for each in values]
        return _kleene("all" if kind == "every" else "any", states)

    def _over(self, kind: str, one: Doc, variables: Mapping[str, Any]) -> State:
        own = one[kind]
        items = self.look(own["in"])
        if items is None:
            return None
        records = items if own["in"] == RECORDS else [{"value": each} for each in items]
        where = own.get("where")
        states = [self.state(where, variables, each) if where else True for each in records]
        if kind in {"exists", "every"}:
            return _kleene("all" if kind == "every" else "any", states)
        if None in states:
            raise Unsure("a list with items that may or may not count")
        counted = [each for each, state in zip(records, states, strict=True) if state]
        if kind == "count":
            return self._compared(len(counted), one, {})
        values = [each.get(own["of"]) for each in counted]
        if None in values:
            raise Unsure("a list with gaps")
        if kind == "sum":
            return self._compared(sum(map(Fraction, values), Fraction(0)), one, {})
        if not values:
            return False
        return self._compared((max if kind == "max" else min)(values), one, {})

    def _leaf(self, one: Doc, variables: Mapping[str, Any], item: Any) -> State:
        if "known" in one:
            return (self.look(one["fact"]) is not None) == one["known"]
        match one:
            case {"policy": name}:
                found: Any = self.other(name).outcome
            case {"fact": name}:
                found = self.look(name)
            case {"formula": expr}:
                named = [each.leaf for each in walk(expr) if each.op == "param"]
                if None in map(self.parameter, named):
                    # What the notice does not state is for a person, whatever it is held against.
                    return None
                found = self.worked(expr)
            case _:
                found = item.get(one["item"])
                if found is None:
                    raise Unsure("a list with gaps")
        return self._compared(found, one, variables)

    def _compared(self, found: Any, one: Doc, variables: Mapping[str, Any]) -> State:
        name = next(key for key in one if key in _TESTS or key in _ASKED)
        asked = self.operand(one[name], variables)
        if asked == [] and name in EQUALITIES:
            # Nothing is in an empty list, whatever is found, or would be.
            return name == "not_in"
        if found is None or asked is None:
            return None
        if name in _TESTS:
            return bool(_TESTS[name](found, asked))
        if name in EQUALITIES:
            return (found in asked) == (name == "in")
        if name == "matches":
            return re.fullmatch(asked, found) is not None
        days = self.operand(one["days"], {})
        return None if days is None else abs((found - asked).days) <= days

    def said(self) -> Said:
        """What the policy says."""
        until = self.doc["effective"].get("until")
        if self.day < self.doc["effective"]["from"] or (until and self.day > until):
            return Said("not_in_force", "NOT_IN_FORCE")
        rules = [self._rule(one) for one in rules_of(self.doc)]
        table = self.doc.get("table", {})
        if "priority" in table:
            rules.sort(key=lambda one: table["priority"].index(one[1].code))
        states = self._applied([self.state(when, {}) for when, _ in rules])
        said = [each for _, each in rules]
        met = [one for one, state in zip(said, states, strict=True) if state]
        flags = tuple(dict.fromkeys(one.code for one in met if one.outcome == "flag"))
        hit = table.get("hit", "")
        weighed = [
            (one.outcome, one.code, one.obligations, self._amounts(one.values)) for one in met
        ]
        differ = any(one != weighed[0] for one in weighed[1:])
        if (hit == "unique" and len(met) > 1) or (hit == "any" and differ):
            return Said("undetermined", "TABLE_CONFLICT", flags)
        if hit.startswith("collect"):
            return self._open(flags) if None in states else self._collected(said, met, flags, hit)
        candidates: list[Said] = []
        for one, state in zip(said, states, strict=True):
            if state is not False and one.outcome != "flag":
                candidates.append(one)
                if state:
                    break
        else:
            candidates.append(self._default())
        if not all(one.like(candidates[0]) for one in candidates):
            return self._open(flags)
        values = self._amounts(candidates[-1].values)
        if values is None:
            return self._open(flags)
        return replace(candidates[-1], flags=flags, values=values)

    def _open(self, flags: tuple[str, ...]) -> Said:
        if self.lacking:
            raise Unsure("a derived fact has no value")
        return Said("undetermined", "", flags)

    def _rule(self, rule: Doc) -> tuple[Doc, Said]:
        then = said_of(self.doc, rule)
        # Rows of which several may be met bear no name of their own.
        several = self.doc.get("table", {}).get("hit") == "any"
        code = "VALUE" if several else rule["id"].upper().replace("-", "_")
        when = rule["when"]
        if isinstance(when, list):
            cells = zip(self.doc["table"]["inputs"], when, strict=True)
            when = {"all": [test for about, cell in cells for test in _tests(about, cell)]}
        return when, _outcome(then, code)

    def _default(self) -> Said:
        if "default" in self.doc:
            return _outcome(self.doc["default"], "DEFAULT")
        collects = self.doc["table"]["hit"].startswith("collect")
        return Said("value" if collects else "deny", "NO_ROW")

    def _applied(self, states: Sequence[State]) -> list[State]:
        rules = rules_of(self.doc)
        over = {
            one["id"]: [
                n for n, other in enumerate(rules) if one["id"] in other.get("overrides", ())
            ]
            for one in rules
        }

        def applied(number: int) -> State:
            above = [applied(other) for other in over[rules[number]["id"]]]
            if True in above:
                return False
            return None if None in above and states[number] else states[number]

        if not any(over.values()):
            return list(states)
        return [applied(number) for number in range(len(rules))]

    def _amounts(self, values: Mapping[str, Any]) -> dict[str, Any] | None:
        found = {name: self._amount(name, one) for name, one in values.items()}
        return None if None in found.values() else found

    def _amount(self, name: str, one: Any) -> Any:
        expr = one["formula"] if isinstance(one, dict) and "formula" in one else one
        if not isinstance(expr, Expr):
            return self.operand(one, {})
        worked = self.worked(expr)
        declared = self.doc.get("outputs", {}).get(name, {}).get("type")
        money = expr.money if declared is None else declared == "money"
        return None if worked is None else half_up(worked, 0 if money else 6)

    def _collected(
        self, every: Sequence[Said], met: Sequence[Said], flags: tuple[str, ...], hit: str
    ) -> Said:
        default, how = self._default(), hit.split()[1]
        values: dict[str, Any] | None = {"codes": tuple(one.code for one in met)}
        if how == "count":
            values = {"count": len(met)}
        elif how != "list":
            names = dict.fromkeys(name for one in every for name in one.values)
            values = self._measured(names, met, default, how)
        if values is None:
            return self._open(flags)
        return Said(default.outcome, "COLLECTED", flags, values)

    def _measured(
        self, names: Iterable[str], met: Sequence[Said], default: Said, how: str
    ) -> dict[str, Any] | None:
        """What the rows come to; ``None`` where a value is lacking."""
        rows = [self._amounts(one.values) for one in met]
        values: dict[str, Any] = {}
        for name in names:
            given = [row[name] for row in rows if row and name in row]
            if how == "sum":
                values[name] = sum(map(Fraction, given), Fraction(0))
            elif given:
                values[name] = (max if how == "max" else min)(given)
            else:
                fallen = self._amounts({k: v for k, v in default.values.items() if k == name})
                if not fallen:
                    return None
                values |= fallen
        return None if None in rows else values


_ASKED: Final = frozenset({"in", "not_in", "matches", "within_days_of"})


def _outcome(then: Doc, code: str) -> Said:
    beside = ("outcome", "code", "say", "obligations")
    values = {name: one for name, one in then.items() if name not in beside}
    outcome = then.get("outcome", "value")
    return Said(outcome, then.get("code", code), (), values, then.get("obligations", ()))


def _tests(about: Any, cell: Any) -> list[Doc]:
    subject = about if isinstance(about, dict) else {"fact": about}
    if not isinstance(cell, dict):
        return [] if cell == "-" else [{**subject, "is": cell}]
    beside = {name: cell[name] for name in cell if name in _BESIDE}
    return [{**subject, name: cell[name], **beside} for name in cell if name not in _BESIDE]


def _kleene(kind: str, states: Sequence[State]) -> State:
    decisive = kind == "any"
    if decisive in states:
        return decisive
    return None if None in states else not decisive
