"""Awarding: entries are judged, scored, ranked and paid, each step exact and said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

from jiebang.clock import show_date
from jiebang.errors import JiebangError
from jiebang.policy.binding import bind_formula
from jiebang.policy.book import Book
from jiebang.policy.decider import Decider
from jiebang.policy.decision import Decision, number
from jiebang.policy.explain import NOT_IN_FORCE
from jiebang.policy.formula import evaluate
from jiebang.policy.language.award import Award, Flag, WeightedSum
from jiebang.policy.language.awards import ENTRY
from jiebang.policy.language.terms import FactRef, Formula, ParamRef
from jiebang.policy.language.tree import Literal, Operand
from jiebang.policy.language.types import Value, Weight

#: What is flagged when an entry cannot be judged yet, or nobody can say who pays it.
INCOMPLETE, PAY_UNDETERMINED = "INCOMPLETE", "PAY_UNDETERMINED"


class BadEntries(JiebangError):
    """Entries that no award can be asked about."""


@dataclass
class Judged:
    """One entry on its way: qualified, scored, ranked, awarded, paid."""

    entry: str
    facts: Mapping[str, Value]
    qualified: Decision | None
    group: Value | None = None
    score: Decimal | None = None
    missing: tuple[str, ...] = ()
    rank: int | None = None
    awarded: bool = False
    pending: bool = False
    paid: dict[str, Any] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Whether it cannot be judged yet."""
        undecided = self.qualified is not None and self.qualified.outcome == "undetermined"
        return undecided or (self.admitted and bool(self.missing))

    @property
    def admitted(self) -> bool:
        """Whether it qualifies."""
        return self.qualified is None or self.qualified.outcome == "grant"


@dataclass(frozen=True)
class Awarding:
    """What came of an award: ``as_dict`` is what other tools read, money in 元."""

    award: str
    book: str
    as_of: date
    ranked: tuple[Mapping[str, Any], ...] = ()
    unqualified: tuple[Mapping[str, Any], ...] = ()
    undetermined: tuple[Mapping[str, Any], ...] = ()
    totals: Mapping[str, Any] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    reasons: tuple[Mapping[str, Any], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON data."""
        return {
            "award": self.award,
            "book": self.book,
            "as_of": self.as_of.isoformat(),
            "ranked": [dict(one) for one in self.ranked],
            "unqualified": [dict(one) for one in self.unqualified],
            "undetermined": [dict(one) for one in self.undetermined],
            "totals": dict(self.totals),
            "flags": list(self.flags),
            "reasons": [dict(one) for one in self.reasons],
        }


def award(
    *,
    book: Book,
    decider: Decider,
    award_id: str,
    entries: Sequence[tuple[str, Mapping[str, Value]]],
    as_of: date,
) -> Awarding:
    """Judge the entries for an award on a day. ``entries``: an id with typed facts, money in fen.

    Raises ``KeyError``, ``BadEntries`` for an id given twice, ``BadFacts``, ``EngineUnavailable``.
    """
    names = [name for name, _ in entries]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadEntries(f"编号重复 / given twice: {'、'.join(twice)}")
    one = book.awards[award_id]
    if not one.in_force(as_of):
        zh, en = one.title.zh, one.title.in_locale("en")
        reason = {
            "code": NOT_IN_FORCE,
            "text": f"{show_date(as_of, 'zh')}“{zh}”不在施行期内",
            "text_en": f"“{en}” is not in force on {show_date(as_of, 'en')}",
        }
        return Awarding(one.id, book.version, as_of, flags=(NOT_IN_FORCE,), reasons=(reason,))
    return _Jury(book, decider, one, as_of).award(entries)


class _Jury:
    """One award on one day."""

    def __init__(self, book: Book, decider: Decider, award: Award, as_of: date) -> None:
        self._book, self._decider, self._award, self._as_of = book, decider, award, as_of
        self._flags: dict[str, Mapping[str, Any]] = {}

    def award(self, entries: Sequence[tuple[str, Mapping[str, Value]]]) -> Awarding:
        judged = [self._judge(name, facts) for name, facts in entries]
        groups: dict[Value | None, list[Judged]] = {}
        for one in judged:
            groups.setdefault(one.group, []).append(one)
        for _, members in sorted(groups.items(), key=lambda pair: str(pair[0])):
            self._rank(members)
        awarded = [one for one in judged if one.awarded]
        for one in awarded:
            self._pay(one)
        ranked = sorted(
            (one for one in judged if one.rank is not None),
            key=lambda one: (str(one.group or ""), one.rank, one.entry),
        )
        return Awarding(
            self._award.id,
            self._book.version,
            self._as_of,
            tuple(self._line(one) for one in ranked),
            tuple(_refusal(one) for one in judged if not one.admitted and not one.open),
            tuple(_refusal(one) for one in judged if one.open),
            self._totals(judged),
            tuple(self._flags),
            tuple(self._flags.values()),
        )

    def _judge(self, name: str, facts: Mapping[str, Value]) -> Judged:
        qualify = self._award.qualify
        decision = None
        if qualify:
            decision = self._decider.decide(self._book, qualify.id, facts, self._as_of)
        one = Judged(name, facts, decision)
        if one.admitted:
            one.score, one.missing = self._score(facts)
            needed = [self._award.scope, *(fact for fact, _ in self._award.tie_break)]
            needed.append(self._award.quota.per if self._award.quota else "")
            absent = [fact for fact in needed if fact and facts.get(fact) is None]
            one.missing = tuple(dict.fromkeys((*one.missing, *absent)))
        one.group = facts.get(self._award.scope) if self._award.scope else None
        return one

    def _score(self, facts: Mapping[str, Value]) -> tuple[Decimal | None, tuple[str, ...]]:
        rank = self._award.rank
        if rank is None:
            return None, ()
        found: Decimal | None
        match rank.score:
            case WeightedSum(parameter):
                weights = cast("tuple[Weight, ...] | None", self._value(ParamRef(parameter)))
                if weights is None:
                    return None, (parameter,)
                missing = [ENTRY + key for key, _ in weights if facts.get(ENTRY + key) is None]
                if missing:
                    return None, tuple(missing)
                total = sum(weight for _, weight in weights)
                scored = sum(weight * _decimal(facts[ENTRY + key]) for key, weight in weights)
                found = Decimal(scored) / total
            case FactRef(name):
                if facts.get(name) is None:
                    return None, (name,)
                found = _decimal(facts[name])
            case Formula() as formula:
                found = self._formula(formula, facts)
                if found is None:
                    absent = [name for name in formula.facts if facts.get(name) is None]
                    return None, tuple(absent) or (formula.text,)
        step = Decimal(1).scaleb(-rank.places)
        return found.quantize(step, rounding=ROUND_HALF_UP), ()

    def _formula(self, formula: Formula, facts: Mapping[str, Value]) -> Decimal | None:
        values = {name: one.on(self._as_of) for name, one in self._award.parameters.items()}
        bound, gap = bind_formula(formula, values)
        return None if gap else evaluate(bound.term, facts)

    def _rank(self, members: list[Judged]) -> None:
        """Rank the qualified of one sub-area, and award those within the quota."""
        ready = sorted((one for one in members if one.admitted and not one.open), key=self._order)
        for place, one in enumerate(ready):
            tied = place > 0 and self._order(ready[place - 1])[:-1] == self._order(one)[:-1]
            one.rank = ready[place - 1].rank if tied else place + 1
        waiting = sum(one.open for one in members)
        if waiting:
            zh = f"{waiting} 项尚不能评定，可能影响的名额暂不授予"
            en = f"{waiting} cannot be judged yet; places that they could take are not awarded"
            self._flag(INCOMPLETE, zh, en)
        quota = self._award.quota
        most = self._limit(quota.maximum) if quota else None
        self._fill(ready, most, waiting)
        least = self._limit(quota.minimum) if quota else None
        if quota and quota.short and least is not None and len(ready) + waiting < least:
            self._raise(quota.short)

    def _order(self, one: Judged) -> tuple[Any, ...]:
        """What entries are put in order by; the id last, so that the order is always the same."""
        rank = self._award.rank
        keys: list[Any] = []
        if rank and one.score is not None:
            keys.append(-one.score if rank.descending else one.score)
        for fact, descending in self._award.tie_break:
            value = _decimal(one.facts[fact])
            keys.append(-value if descending else value)
        return (*keys, one.entry)

    def _fill(self, ready: Sequence[Judged], most: int | None, waiting: int) -> None:
        """Award from the top, tie by tie; what is tied across the edge is left to people.

        A place that an entry not judged yet could still take is not awarded.
        """
        quota = self._award.quota
        limit = self._limit(quota.per_group) if quota else None
        taken: dict[Value | None, int] = {}
        given = 0
        for tied in _ties(ready, ranked=self._award.rank is not None):
            fitting = [one for one in tied if self._has_room(one, tied, taken, limit)]
            crowded = [one for one in tied if one not in fitting and self._near(one, taken, limit)]
            over = most is not None and given + len(fitting) > most
            if (over and most is not None and given < most) or crowded:
                if quota and quota.tied:
                    self._raise(quota.tied)
                for one in fitting if over else crowded:
                    one.pending = True
            if over:
                break
            for one in fitting:
                sure = most is None or given + len(fitting) + waiting <= most
                one.awarded, one.pending = sure, not sure
                taken[self._of(one)] = taken.get(self._of(one), 0) + 1
            given += len(fitting)

    def _of(self, one: Judged) -> Value | None:
        return one.facts.get(self._award.quota.per) if self._award.quota else None

    def _has_room(
        self,
        one: Judged,
        tied: Sequence[Judged],
        taken: Mapping[Value | None, int],
        limit: int | None,
    ) -> bool:
        rivals = sum(self._of(other) == self._of(one) for other in tied)
        return limit is None or taken.get(self._of(one), 0) + rivals <= limit

    def _near(self, one: Judged, taken: Mapping[Value | None, int], limit: int | None) -> bool:
        return limit is not None and taken.get(self._of(one), 0) < limit

    def _limit(self, operand: Operand | None) -> int | None:
        if operand is None:
            return None
        value = self._value(operand)
        return value if isinstance(value, int) else None

    def _value(self, operand: Operand) -> Value | None:
        if isinstance(operand, Literal):
            return operand.value
        if isinstance(operand, ParamRef):
            dated = self._award.parameters[operand.name].on(self._as_of)
            return dated.value if dated else None
        return None

    def _pay(self, one: Judged) -> None:
        pay = self._award.pay
        if pay is None:
            return
        decision = self._decider.decide(self._book, pay.id, one.facts, self._as_of)
        if decision.outcome != "value":
            one.awarded, one.pending = False, True
            one.missing = decision.missing
            zh, en = f"{one.entry} 由谁出资不能确定", f"who pays {one.entry} cannot be decided"
            self._flag(PAY_UNDETERMINED, zh, en)
            return
        one.paid = dict(decision.values)

    def _raise(self, flag: Flag) -> None:
        self._flag(flag.code, flag.say.zh, flag.say.in_locale("en"))

    def _flag(self, code: str, text: str, text_en: str) -> None:
        self._flags.setdefault(code, {"code": code, "text": text, "text_en": text_en})

    def _line(self, one: Judged) -> Mapping[str, Any]:
        line: dict[str, Any] = {
            "entry": one.entry,
            "score": None if one.score is None else number(one.score),
            "rank": one.rank,
            "awarded": one.awarded,
            "pending": one.pending,
        }
        if self._award.scope:
            line["group"] = one.group
        payers = self._award.pay.table.outputs if self._award.pay and self._award.pay.table else ()
        line |= {payer: one.paid.get(payer, 0) for payer in payers}
        shared = [each for each in self._award.recipients if each.share]
        if one.paid and shared:
            total = sum(Decimal(str(amount)) for amount in one.paid.values())
            line["recipients"] = {each.role: number(total * each.share) for each in shared}
        return line

    def _totals(self, judged: Iterable[Judged]) -> Mapping[str, Any]:
        awarded = [one for one in judged if one.awarded]
        totals: dict[str, Any] = {"awarded": len(awarded)}
        payers = self._award.pay.table.outputs if self._award.pay and self._award.pay.table else ()
        for payer in payers:
            paid = (Decimal(str(one.paid.get(payer, 0))) for one in awarded)
            totals[payer] = number(sum(paid, Decimal(0)))
        return totals


def _ties(ready: Sequence[Judged], *, ranked: bool) -> list[list[Judged]]:
    """The entries by rank; without a ranking each stands alone."""
    groups: list[list[Judged]] = []
    for one in ready:
        if ranked and groups and groups[-1][0].rank == one.rank:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _refusal(one: Judged) -> Mapping[str, Any]:
    said = one.qualified
    return {
        "entry": one.entry,
        "outcome": said.outcome if said else "grant",
        "unmet": [dict(unmet) for unmet in said.unmet] if said else [],
        "missing": list(dict.fromkeys((*(said.missing if said else ()), *one.missing))),
    }


def _decimal(value: Value) -> Decimal:
    return Decimal(cast("int", value))
