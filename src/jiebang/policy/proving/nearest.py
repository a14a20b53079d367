"""The cases nearest to one that a policy would grant."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, cast

import z3

from jiebang.policy.book import Book
from jiebang.policy.bound import bound_leaves
from jiebang.policy.language.tree import POLICY_FACT
from jiebang.policy.language.types import Record, Scalar, Value
from jiebang.policy.meaning import outcome_of
from jiebang.policy.proving.cases import Judge, brought
from jiebang.policy.proving.encoding import Encoding
from jiebang.policy.proving.limits import bases_of, behind
from jiebang.policy.proving.prover import ALONE, LIMIT, Budget
from jiebang.policy.proving.symbols import Expr, ListVariable, Variable, decode, raw_constant
from jiebang.policy.states import items_of

#: Proposals that are tried: each but the first was refused by the real decision.
MOST_TRIED: Final = 5
#: An item that is there counts for more than one that is added.
_KEPT: Final = 2


@dataclass
class Wish:
    """A case that is not granted, and the policy that should grant it."""

    book: Book
    policy_id: str
    facts: Mapping[str, Value]
    as_of: date
    #: Proposed facts whose text is as good as any other.
    invented: set[str] = field(default_factory=set)

    def changeable(self, name: str) -> bool:
        """Whether the owner can change a fact."""
        vocabulary = self.book.vocabulary
        return vocabulary.facts[name].owner_can_change and brought(vocabulary, name)

    @property
    def lacking(self) -> bool:
        """Whether facts are missing that others provide."""
        return any(
            name not in self.facts and brought(self.book.vocabulary, name)
            for name in self.book.asks[self.policy_id]
            if not self.changeable(name)
        )


def tied_facts(book: Book, policy_id: str) -> Iterator[str]:
    """The facts that a condition holds against facts of somebody else, or works out with them.

    Conditions of the policies that it rests on count; that such a policy grants tells no value.
    """
    judge = Judge(book)
    for policy in behind(book, book.deciding[policy_id]):
        for rule in judge.bound(policy.id, policy.start).rules:
            for leaf in bound_leaves(rule.when):
                based = {
                    one
                    for name in leaf.facts
                    if not name.startswith(POLICY_FACT)
                    for one in bases_of(book, name)
                }
                others = {one for one in based if not book.vocabulary.facts[one].owner_can_change}
                if others:
                    yield from based - others


def nearest_grant(
    wish: Wish, granted: Callable[[Mapping[str, Value]], bool]
) -> Mapping[str, Value] | None:
    """The facts that would have to be others, with their values; ``granted`` confirms a proposal."""
    with ALONE:
        return _nearest_grant(wish, granted)


def _nearest_grant(
    wish: Wish, granted: Callable[[Mapping[str, Value]], bool]
) -> Mapping[str, Value] | None:
    return next((one for one in _Search(wish).proposals() if granted(one)), None)


def impossible(wish: Wish) -> bool:
    """Whether it is proved that no change of the owner's facts would do, whatever others provide."""
    with ALONE:
        return _impossible(wish)


def _impossible(wish: Wish) -> bool:
    encoding, goal = _encode(wish, wide=True)
    solver = z3.Solver()
    solver.set("timeout", int(LIMIT * 1000))
    solver.add(*encoding.constraints, goal)
    for name, variable in encoding.variables.items():
        if not wish.changeable(name) and name in wish.facts:
            solver.add(*_fixed(wish, encoding, name, variable))
    return bool(solver.check() == z3.unsat)


def _encode(wish: Wish, *, wide: bool) -> tuple[Encoding, Expr]:
    bound = Judge(wish.book).bound(wish.policy_id, wish.as_of)
    encoding = Encoding(wish.book, bound, wish.as_of, wish.as_of, wide=wide, given=wish.facts)
    decides = encoding.deciding(bound).decides
    granting = [one for n, one in decides.items() if outcome_of(bound, n).outcome == "grant"]
    return encoding, z3.Or(granting)


def _fixed(
    wish: Wish, encoding: Encoding, name: str, variable: Variable | ListVariable
) -> Iterator[Expr]:
    """That a fact is as the case has it."""
    here = encoding.present.get(name)
    if here is not None:
        yield here if name in wish.facts else z3.Not(here)
    if name in wish.facts:
        yield _same(variable, wish.facts[name], encoding)


def _same(variable: Variable | ListVariable, value: Value, encoding: Encoding) -> Expr:
    if isinstance(variable, Variable):
        scalar = cast("Scalar", value)
        return variable.raw == raw_constant(scalar, variable.type, encoding.texts)
    records = items_of(value)
    items = [
        _same_item(item, record, encoding)
        for item, record in zip(variable.items, records, strict=False)
    ]
    return z3.And(variable.length == len(records), *items)


def _same_item(item: Mapping[str, Variable], record: Record, encoding: Encoding) -> Expr:
    return z3.And([_same(one, record[key], encoding) for key, one in item.items() if key in record])


@dataclass(frozen=True)
class _Near:
    """A case that is granted: which facts it changes, how far, and the solver's model of it."""

    changed: tuple[str, ...]
    distance: int
    model: Any


class _Search:
    """One optimisation: the fewest changed facts, then the shortest way."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self._budget = Budget()
        self._encoding, goal = _encode(wish, wide=False)
        variables = self._encoding.variables
        self._mine = {name: one for name, one in variables.items() if wish.changeable(name)}
        self._asserted = [goal, *self._encoding.constraints]
        for name, one in variables.items():
            if name not in self._mine and name in self._encoding.present:
                self._asserted += _fixed(wish, self._encoding, name, one)
        self._changed = {name: self._is_changed(name, one) for name, one in self._mine.items()}
        self._total = z3.Sum([self._way(name, one) for name, one in self._mine.items()])

    def proposals(self) -> Iterator[Mapping[str, Value]]:
        """One proposal after another; each time the last is ruled out."""
        for _ in range(MOST_TRIED):
            near = self._nearest()
            if near is None:
                return
            self._wish.invented.clear()
            proposed = {name: self._value(name, near.model) for name in near.changed}
            yield proposed
            same = [_same(self._mine[name], one, self._encoding) for name, one in proposed.items()]
            kept = [z3.Not(one) for name, one in self._changed.items() if name not in proposed]
            self._asserted.append(z3.Not(z3.And(*same, *kept)))

    def _nearest(self) -> _Near | None:
        """One changed fact if one will do, else the fewest together."""
        alone = [one for name in self._changed if (one := self._solve((name,)))]
        if alone:
            return min(alone, key=lambda one: one.distance)
        return self._solve(tuple(self._changed)) if len(self._changed) > 1 else None

    def _solve(self, free: tuple[str, ...]) -> _Near | None:
        """The nearest case in which only some facts change.

        All others are put in as they are: even the product of two facts is then linear in the one.
        """
        if self._budget.left <= 0:
            return None
        kept = [z3.Not(one) for name, one in self._changed.items() if name not in free]
        known = [
            pair
            for name in self._encoding.variables
            if name not in free
            for pair in self._known(name)
        ]
        optimize = z3.Optimize()
        optimize.set("timeout", int(min(LIMIT, self._budget.left) * 1000))
        optimize.add(*(z3.simplify(z3.substitute(one, *known)) for one in (*self._asserted, *kept)))
        count = z3.Sum([z3.If(self._changed[name], 1, 0) for name in free])
        total = z3.simplify(z3.substitute(self._total, *known))
        optimize.minimize(z3.substitute(count, *known))
        optimize.minimize(total)
        begun = time.monotonic()
        answer = optimize.check()
        self._budget.left -= time.monotonic() - begun
        if answer != z3.sat:
            return None
        model = optimize.model()
        changed = tuple(
            name
            for name in free
            if z3.is_true(model.eval(self._changed[name], model_completion=True))
        )
        return _Near(changed, model.eval(total, model_completion=True).as_long(), model)

    def _known(self, name: str) -> Iterator[tuple[Expr, Expr]]:
        """What stands for a fact that does not change."""
        encoding, variable = self._encoding, self._encoding.variables[name]
        if name in encoding.present:
            yield encoding.present[name], z3.BoolVal(name in self._wish.facts)
        if name in self._wish.facts and isinstance(variable, Variable):
            value = cast("Scalar", self._wish.facts[name])
            yield variable.raw, raw_constant(value, variable.type, encoding.texts)

    def _is_changed(self, name: str, variable: Variable | ListVariable) -> Expr:
        """A fact that is there stays there; one that is missing may be given."""
        here = self._encoding.present[name]
        if name not in self._wish.facts:
            return here
        self._asserted.append(here)
        return z3.Not(_same(variable, self._wish.facts[name], self._encoding))

    def _value(self, name: str, model: Any) -> Value:
        variable = self._mine[name]
        value = decode(variable, model, self._encoding.texts)
        if isinstance(variable, Variable) and variable.type.scalar in {"text", "code"}:
            number = model.eval(variable.raw, model_completion=True).as_long()
            if not self._encoding.texts.named(number):
                self._wish.invented.add(name)
        return value

    def _way(self, name: str, variable: Variable | ListVariable) -> Expr:
        """How far a value is from the one that is there; for a day that is missing, from today."""
        found = self._wish.facts.get(name)
        if isinstance(variable, ListVariable):
            return self._list_way(variable, items_of(found) if found else [])
        scalar = variable.type.scalar
        if scalar in {"boolean", "text", "code"}:
            return z3.IntVal(0)
        start: Expr = z3.IntVal(self._wish.as_of.toordinal() if scalar == "date" else 0)
        if found is not None:
            start = raw_constant(cast("Scalar", found), variable.type, self._encoding.texts)
        way = z3.If(variable.raw >= start, variable.raw - start, start - variable.raw)
        return z3.If(self._changed[name], way, 0)

    def _list_way(self, variable: ListVariable, records: list[Record]) -> Expr:
        steps = []
        for place, item in enumerate(variable.items):
            there = variable.length > place
            if place < len(records):
                kept = z3.And(there, _same_item(item, records[place], self._encoding))
                steps.append(z3.If(kept, 0, _KEPT))
            else:
                steps.append(z3.If(there, 1, 0))
        return z3.Sum(steps)
