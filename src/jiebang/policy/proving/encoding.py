"""A bound policy as z3 formulas over the facts that a case brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, cast

import z3

from jiebang.policy.binding import bind, fact_type
from jiebang.policy.book import Book
from jiebang.policy.bound import Bound, BoundGroup, BoundLeaf, BoundOver, BoundPolicy, Right
from jiebang.policy.bound import bound_leaves as leaves
from jiebang.policy.deriving import NOT_IN_FORCE
from jiebang.policy.language.patterns import fits_pattern
from jiebang.policy.language.types import LONGEST_LIST, Scalar, Type, Value
from jiebang.policy.language.vocabulary import (
    CaseCount,
    Clock,
    Computed,
    Fact,
    PolicyResult,
    RecordField,
)
from jiebang.policy.meaning import collects, outcome_of
from jiebang.policy.proving.arithmetic import as_typed, read_term
from jiebang.policy.proving.limits import asked_if_known, floor_of, is_odd, spread
from jiebang.policy.proving.listed import (
    group,
    key_of,
    measure_key,
    member,
    over_items,
    room_for,
    total_of,
)
from jiebang.policy.proving.symbols import (
    FALSE,
    TRUE,
    Expr,
    Known,
    ListVariable,
    Pair,
    Texts,
    Variable,
    constant,
    list_variable,
    raw_variable,
)

Item = Mapping[str, Variable]
_NO_ITEM: Final[Item] = {}
_NEVER: Final = Pair(FALSE, FALSE)
_ORDER: Final[Mapping[str, Any]] = {
    "is": lambda left, right: left == right,
    "is_not": lambda left, right: left != right,
    "at_least": lambda left, right: left >= right,
    "on_or_after": lambda left, right: left >= right,
    "at_most": lambda left, right: left <= right,
    "on_or_before": lambda left, right: left <= right,
    "more_than": lambda left, right: left > right,
    "less_than": lambda left, right: left < right,
}


@dataclass(frozen=True)
class Deciding:
    """How a policy comes to its outcome: the rules with their exceptions, and what decides when."""

    rules: tuple[Pair, ...]
    decides: Mapping[int | None, Expr]


@dataclass
class Encoding:
    """The cases of a period as variables; ``constraints`` say which there can be.

    ``wide``: what cannot be written exactly is left free, so that "there is no case" is a proof.
    Otherwise it counts as unknown, so that every case found is one; quantities are then not below
    zero, unless a condition speaks of less: no application has -1 pages. ``first`` and ``last`` are
    the days of the period. ``given`` are the facts of a case that is asked about; every fact of it
    may then be missing.
    """

    book: Book
    bound: BoundPolicy
    first: date
    last: date
    wide: bool
    given: Mapping[str, Value] | None = None
    constraints: list[Expr] = field(default_factory=list)
    texts: Texts = field(default_factory=Texts)
    variables: dict[str, Variable | ListVariable] = field(default_factory=dict)
    #: Facts that a case need not bring, with whether it does.
    present: dict[str, Expr] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._facts: dict[str, Known] = {}
        self._free: dict[object, Expr] = {}
        self._atoms = [one for rule in self.bound.rules for one in leaves(rule.when)]
        self._optional = asked_if_known(self.book, self.bound.policy)

    def deciding(self, bound: BoundPolicy) -> Deciding:
        """What decides, of all the rules of a policy."""
        rules = [self.condition(one.when) for one in bound.rules]
        for number in bound.order:
            over = [rules[other] for other in bound.rules[number].overridden_by]
            if over:
                own = rules[number]
                met = z3.And(own.met, *(one.unmet for one in over))
                rules[number] = Pair(met, z3.Or(own.unmet, *(one.met for one in over)))
        decides: dict[int | None, Expr] = {}
        if collects(bound):
            decides[None] = z3.And([z3.Or(one.met, one.unmet) for one in rules])
            return Deciding(tuple(rules), decides)
        before: Expr = TRUE
        if bound.policy.table and bound.policy.table.hit == "unique":
            before = z3.AtMost(*(one.met for one in rules), 1)
        for number, one in enumerate(rules):
            if bound.rules[number].rule.then.outcome != "flag":
                decides[number] = z3.And(before, one.met, self._told(bound, number))
                before = z3.And(before, z3.Not(one.met) if self.wide else one.unmet)
        decides[None] = z3.And(before, self._told(bound, None))
        return Deciding(tuple(rules), decides)

    def _told(self, bound: BoundPolicy, number: int | None) -> Expr:
        """That an outcome has all its values: without them nothing is decided."""
        rights = bound.default_values if number is None else bound.rules[number].values
        return TRUE if self.wide else z3.And([self.right(one).known for one in rights.values()])

    def condition(self, condition: Bound, item: Item = _NO_ITEM) -> Pair:
        """When a condition is met, and when it is unmet."""
        if isinstance(condition, BoundGroup):
            return group(condition.kind, [self.condition(one, item) for one in condition.parts])
        if isinstance(condition, BoundOver):
            return self._over(condition)
        return self._leaf(condition, item)

    def _leaf(self, leaf: BoundLeaf, item: Item) -> Pair:
        if leaf.gap:
            return _NEVER
        subject = self._subject(leaf, item)
        if leaf.operator == "known":
            known = subject.known if leaf.right.value else z3.Not(subject.known)
            return Pair(known, z3.Not(known))
        if leaf.right.value == ():
            return Pair(FALSE, TRUE) if leaf.operator == "in" else Pair(TRUE, FALSE)
        if leaf.operator == "matches":
            return self._held(subject.known, self._matches(leaf, subject.value))
        return self._compared(leaf.operator, subject, leaf.right, leaf.days or 0)

    def _subject(self, leaf: BoundLeaf, item: Item) -> Known:
        if leaf.formula:
            return read_term(leaf.formula.term, self)
        return Known(item[leaf.item].value, TRUE) if leaf.item else self.fact(leaf.fact)

    @staticmethod
    def _held(known: Expr, holds: Expr) -> Pair:
        return Pair(z3.And(known, holds), z3.And(known, z3.Not(holds)))

    def _compared(self, operator: str, subject: Known, right: Right, days: int) -> Pair:
        found = subject.value
        if operator in {"in", "not_in"}:
            among, known, empty = self._among(found, right)
            own = self._held(z3.And(subject.known, known), among)
            # Nothing is in an empty list, whatever is found.
            outside = z3.Or(own.unmet, empty)
            inside = z3.And(own.met, z3.Not(empty))
            return Pair(inside, outside) if operator == "in" else Pair(outside, inside)
        asked = self.right(right)
        if operator == "within_days_of":
            apart = found - asked.value
            holds = z3.And(apart <= days, -apart <= days)
        else:
            holds = _ORDER[operator](found, asked.value)
        return self._held(z3.And(subject.known, asked.known), holds)

    def _among(self, found: Expr, right: Right) -> tuple[Expr, Expr, Expr]:
        """Whether a value is in a list, whether that is known, and whether the list has no items."""
        if isinstance(right.value, tuple):
            return z3.Or([found == self.constant(one) for one in right.value]), TRUE, FALSE
        if right.gap:
            return FALSE, FALSE, FALSE
        listed = self.fact(right.fact)
        if isinstance(listed.value, ListVariable):
            empty = z3.And(listed.known, listed.value.length == 0)
            return member(listed.value, found), listed.known, empty
        among = self.free(("among", str(found), right.fact), "bool")
        empty = z3.And(listed.known, self.free(("empty", right.fact), "bool"))
        return among, listed.known, empty

    def right(self, right: Right) -> Known:
        """What a condition is held against, or a value of an outcome."""
        if right.gap:
            return Known(z3.IntVal(0), FALSE)
        if right.fact:
            return self.fact(right.fact)
        if right.formula:
            return read_term(right.formula.term, self)
        return Known(self.constant(right.value), TRUE)

    def constant(self, value: object) -> Expr:
        """A scalar that a file names."""
        return constant(cast("Scalar", value), self.texts)

    def _matches(self, leaf: BoundLeaf, found: Expr) -> Expr:
        pattern = str(leaf.right.value)
        if self.wide:
            return self.free(("matches", leaf.fact or str(found), pattern), "bool")
        words = {*self._words(leaf.fact), self.texts.text(self.texts.other)}
        numbers = {self.texts.number(one): one for one in sorted(words)}
        self.constraints.append(z3.Or([found == one for one in numbers]))
        return z3.Or([found == one for one, word in numbers.items() if fits_pattern(pattern, word)])

    def _words(self, fact: str) -> list[str]:
        """Texts of a fact that a case can be told with: those of the examples and conditions."""
        told = [one.given.get(fact) for one in self.bound.policy.examples]
        told.append((self.given or {}).get(fact))
        told += [one.right.value for one in self._atoms if fact in one.facts]
        flat = [one for each in told for one in (each if isinstance(each, tuple) else (each,))]
        return [one for one in flat if isinstance(one, str)]

    def _over(self, over: BoundOver) -> Pair:
        if over.open:
            return _NEVER
        if over.gap and self.wide:
            # What the notice leaves open may not matter, as in a list without items.
            met, unmet = (self.free((one, key_of(over)), "bool") for one in ("met", "unmet"))
            return Pair(met, z3.And(unmet, z3.Not(met)))
        listed = self.fact(over.fact)
        if isinstance(listed.value, ListVariable):
            measured = over_items(
                over, listed.value, listed.known, lambda item: self._where(over, item)
            )
        else:
            measured = self._measured(over, listed.known)
        if isinstance(measured, Pair):
            return measured
        quantity, none = measured
        compared = self._compared(over.over.operator, quantity, over.right, 0)
        return Pair(
            z3.And(compared.met, z3.Not(none)), z3.Or(compared.unmet, z3.And(quantity.known, none))
        )

    def _where(self, over: BoundOver, item: Item) -> Pair:
        return self.condition(over.where, item) if over.where else Pair(TRUE, FALSE)

    def _measured(self, over: BoundOver, known: Expr) -> Pair | tuple[Known, Expr]:
        """A condition over a list that is not written out."""
        key = measure_key(over)
        if over.over.kind in {"exists", "every"}:
            return self._held(known, self.free(key, "bool"))
        whole_ = over.type.scalar in {"integer", "money", "date"}
        value = self.free(key, "int" if whole_ else "real")
        if over.over.kind == "count":
            self.constraints.append(value >= 0)
        none = self.free(("none", key), "bool") if over.over.kind in {"max", "min"} else FALSE
        return Known(value, known), none

    def total(self, fact: str, field_: str) -> Known:
        """The sum of a field over a list."""
        listed = self.fact(fact)
        if isinstance(listed.value, ListVariable):
            return Known(total_of(listed.value, field_), listed.known)
        return Known(self.free(("total", fact, field_), "real"), listed.known)

    def free(self, key: object, sort: str) -> Expr:
        """An unknown that is the same for the same key."""
        if (sort, key) not in self._free:
            make = {"bool": z3.FreshBool, "int": z3.FreshInt, "real": z3.FreshReal}[sort]
            self._free[sort, key] = make()
        return self._free[sort, key]

    def fact(self, name: str) -> Known:
        """The value of a fact: brought by the case, or worked out."""
        if name not in self._facts:
            self._facts[name] = self._read(name)
        return self._facts[name]

    def _read(self, name: str) -> Known:
        source = self.book.vocabulary.facts[name].source
        # What a case brings is not worked out again.
        if name not in (self.given or {}):
            match source:
                case PolicyResult(policy=policy, value=value) if policy in self.book.deciding:
                    return self._result(name, policy, value, fact_type(name, self.book.vocabulary))
                case Computed():
                    found = read_term(self.book.vocabulary.formulas[name].term, self)
                    return self._worked_out(found, self.book.vocabulary.facts[name].typed)
                case Clock():
                    return self._today(name)
        known = TRUE
        if self.given is not None or name in self._optional:
            known = self.present[name] = z3.Bool(f"{name} ?")
        return self._brought(name, self.book.vocabulary.facts[name], known)

    def _worked_out(self, found: Known, typed: Type) -> Known:
        """A derived fact; the places of a share are rounded only for a proof, cases are confirmed."""
        return found if typed.scalar == "decimal" and not self.wide else as_typed(found, typed)

    def _today(self, name: str) -> Known:
        variable = raw_variable(name, Type("date"))
        days = (self.first.toordinal(), self.last.toordinal())
        self.constraints += [variable.raw >= days[0], variable.raw <= days[1]]
        self.variables[name] = variable
        return Known(variable.value, TRUE)

    def _brought(self, name: str, fact: Fact, known: Expr) -> Known:
        """A fact that the case brings."""
        if not fact.typed.many:
            variable = raw_variable(name, fact.typed)
            self._limit(variable, fact, name, as_given=is_odd((self.given or {}).get(name)))
            self.variables[name] = variable
            return Known(variable.value, known)
        if self.wide:
            return Known(None, known)
        here = cast("tuple[object, ...]", (self.given or {}).get(name, ()))
        size = max(room_for(name, [rule.when for rule in self.bound.rules]), len(here) + 1)
        listed = list_variable(name, fact.typed, size)
        self.constraints += [listed.length >= 0, listed.length <= len(listed.items)]
        for item in listed.items:
            for key, one in item.items():
                self._limit(one, fact.described(key), key, as_given=bool(here))
        self.variables[name] = listed
        return Known(listed, known)

    def _limit(self, variable: Variable, about: RecordField, name: str, *, as_given: bool) -> None:
        """Which values a case can bring; one that is asked about may be odd already."""
        scalar, raw = variable.type.scalar, variable.raw
        if scalar == "boolean":
            return
        if scalar in {"text", "code"}:
            if about.options:
                codes = [self.texts.number(one) for one in about.options]
                self.constraints.append(z3.Or([raw == one for one in codes]))
            else:
                self.constraints.append(z3.And(raw >= 0, raw <= self.texts.other + LONGEST_LIST))
            return
        counted = isinstance(getattr(about, "source", None), CaseCount)
        free = self.wide or as_given
        floor = 0 if counted else None if free else floor_of(name, scalar, self._atoms)
        low, high = spread(variable.type, floor=floor)
        self.constraints += [raw >= low, raw <= high]

    def _result(self, name: str, policy_id: str, value: str, typed: Type) -> Known:
        """What another policy says on the same case."""
        policy = self.book.deciding[policy_id]
        if not policy.in_force(self.first):
            code = self.constant(NOT_IN_FORCE)
            return Known(code, FALSE if value else TRUE)
        bound = bind(policy, self.first, self.book.vocabulary)
        decides = self.deciding(bound).decides
        known = self.free(("told", name), "bool") if self.wide else z3.Or(list(decides.values()))
        found = self._unknown(name, typed)
        if value and self.wide:
            return Known(found, known)
        for number, when in decides.items():
            here = Known(self.constant(outcome_of(bound, number).outcome), TRUE)
            if value:
                rights = bound.default_values if number is None else bound.rules[number].values
                given = self.right(rights[value]) if value in rights else None
                here = as_typed(given, typed) if given else Known(found, FALSE)
            known = z3.And(known, z3.Or(z3.Not(when), here.known))
            found = z3.If(when, here.value, found)
        return Known(found, known)

    def _unknown(self, name: str, typed: Type) -> Expr:
        sorts = {"boolean": "bool", "decimal": "real"}
        return self.free(("result", name), sorts.get(typed.scalar, "int"))
