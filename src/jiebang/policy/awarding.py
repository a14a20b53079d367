"""Awarding: entries are judged, scored, ranked and paid, each step exact and said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, cast

from jiebang.clock import show_date
from jiebang.errors import JiebangError
from jiebang.money import from_fen, to_fen
from jiebang.policy.binding import bind_formula
from jiebang.policy.book import Book
from jiebang.policy.decider import Decider
from jiebang.policy.decision import number, plain
from jiebang.policy.deriving import Deriving, Verdict
from jiebang.policy.explain import NOT_IN_FORCE
from jiebang.policy.facts import BadFacts, admit_facts
from jiebang.policy.formula import evaluate
from jiebang.policy.language.award import Award, Flag, MustHold, Recipient, WeightedSum
from jiebang.policy.language.awards import BEST, ENTRY, WORST, in_scale
from jiebang.policy.language.terms import FactRef, Formula, ParamRef
from jiebang.policy.language.tree import Literal, Operand, Policy
from jiebang.policy.language.types import Value, Weight
from jiebang.policy.places import Judged, Quota, fill_places
from jiebang.wording import Wording

#: What is flagged when an entry cannot be judged yet, or nobody can say who pays it.
INCOMPLETE, PAY_UNDETERMINED = "INCOMPLETE", "PAY_UNDETERMINED"
#: What is flagged where the file does not say what.
SHORT: Final = Flag(
    "BELOW_MIN",
    Wording(zh="合格者少于最低名额，请人工决定", en="Fewer qualify than the least number"),
)
TIED: Final = Flag(
    "TIE_AT_EDGE",
    Wording(zh="末位并列，请人工决定", en="Entries are tied for the last places; people decide"),
)


class BadEntries(JiebangError):
    """Entries that no award can be asked about."""


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

    Raises ``KeyError``, ``EngineUnavailable``, and ``BadEntries`` for an id given twice, facts that
    the vocabulary does not have, or a weighted score outside 0–100.
    """
    names = [name for name, _ in entries]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadEntries(f"编号重复 / given twice: {'、'.join(twice)}")
    one = book.awards[award_id]
    jury = _Jury(book, decider, one, as_of)
    return jury.award(entries) if one.in_force(as_of) else jury.not_in_force()


class _Jury:
    """One award on one day."""

    def __init__(self, book: Book, decider: Decider, award: Award, as_of: date) -> None:
        self._book, self._decider, self._award, self._as_of = book, decider, award, as_of
        self._reasons: list[Mapping[str, Any]] = []

    def not_in_force(self) -> Awarding:
        """Nothing is awarded on a day on which the award is not in force."""
        title, day = self._award.title, self._as_of
        zh = f"{show_date(day, 'zh')}“{title.zh}”不在施行期内"
        en = f"“{title.in_locale('en')}” is not in force on {show_date(day, 'en')}"
        self._flag(Flag(NOT_IN_FORCE, Wording(zh=zh, en=en)))
        return Awarding(
            self._award.id,
            self._book.version,
            day,
            totals=self._totals(()),
            flags=(NOT_IN_FORCE,),
            reasons=tuple(self._reasons),
        )

    def award(self, entries: Sequence[tuple[str, Mapping[str, Value]]]) -> Awarding:
        judged = [self._judge(name, facts) for name, facts in entries]
        waiting = [one for one in judged if one.open]
        if waiting:
            zh = f"{len(waiting)} 项尚不能评定，可能影响的名额暂不授予"
            en = f"{len(waiting)} cannot be judged yet; places that they could take are not awarded"
            self._flag(Flag(INCOMPLETE, Wording(zh=zh, en=en)))
        areas = {one.area for one in judged if one.admitted and not one.open} or {None}
        for area in sorted(areas, key=str):
            self._fill(
                [one for one in judged if one.area == area and one.admitted and not one.open],
                [one for one in waiting if one.area in {area, None}],
            )
        for one in judged:
            if one.awarded:
                self._pay(one)
        ranked = sorted(
            (one for one in judged if one.rank is not None),
            key=lambda one: (str(one.area), one.rank, one.entry),
        )
        return Awarding(
            self._award.id,
            self._book.version,
            self._as_of,
            tuple(self._line(one) for one in ranked),
            tuple(_refusal(one) for one in judged if not one.admitted and not one.open),
            tuple(_refusal(one) for one in waiting),
            self._totals(one for one in judged if one.awarded),
            tuple(dict.fromkeys(str(one["code"]) for one in self._reasons)),
            tuple(self._reasons),
        )

    def _judge(self, name: str, given: Mapping[str, Value]) -> Judged:
        rules = self._award
        try:
            facts = admit_facts(self._book.vocabulary, given)
        except BadFacts as bad:
            raise BadEntries(f"{name}: {bad}") from bad
        decision = None
        if rules.qualify:
            decision = self._decider.decide(self._book, rules.qualify.id, facts, self._as_of)
        per = rules.quota.per if rules.quota else ""
        needed = [one for one in (rules.scope, per) if one]
        breaking = (fact for fact, _ in rules.tie_break)
        derived = Deriving(self._book, self._as_of, facts, self._ask)
        derived.complete((*needed, *breaking, *self._scored()))
        found = derived.facts
        self._check_scores(name, found)
        one = Judged(name, found, decision, found.get(rules.scope), found.get(per))
        if one.admitted:
            one.score, missing = self._score(found)
            absent = [fact for fact in needed if found.get(fact) is None]
            one.missing = derived.bring((*missing, *absent))
        return one

    def _ask(self, policy_id: str, derived: Deriving) -> Verdict:
        """What a policy says on the facts of an entry, for the facts that rest on it."""
        case = dict(derived.facts)
        [answer] = self._decider.outcomes(self._book, policy_id, [case], self._as_of)
        return Verdict(answer.outcome, answer.values, answer.missing)

    def _scored(self) -> tuple[str, ...]:
        """The facts that the score reads."""
        match self._award.rank and self._award.rank.score:
            case WeightedSum(parameter):
                return tuple(ENTRY + key for key, _ in self._weights(parameter) or ())
            case FactRef(name):
                return (name,)
            case Formula() as formula:
                return formula.facts
        return ()

    def _weights(self, parameter: str) -> tuple[Weight, ...] | None:
        return cast("tuple[Weight, ...] | None", self._value(ParamRef(parameter), {}))

    def _check_scores(self, entry: str, facts: Mapping[str, Value]) -> None:
        """Raise ``BadEntries`` for a score that a weight cannot be put on."""
        if not self._award.rank or not isinstance(self._award.rank.score, WeightedSum):
            return
        for name in self._scored():
            score = facts.get(name)
            if score is not None and not in_scale(score):
                label, found = self._book.vocabulary.facts[name].label, _quantity(score)
                zh = f"{entry}：{name}（{label.zh}）应为 {WORST}–{BEST} 分，写的是 {found}"
                raise BadEntries(f"{zh} / {entry}: {name} must be {WORST}-{BEST}, found {found}")

    def _score(self, facts: Mapping[str, Value]) -> tuple[Decimal | None, tuple[str, ...]]:
        """The score, or what it lacks: facts, a parameter without a value, or the formula itself."""
        rank = self._award.rank
        if rank is None:
            return None, ()
        missing = tuple(name for name in self._scored() if facts.get(name) is None)
        found: Decimal | None = None
        match rank.score:
            case WeightedSum(parameter):
                weights, missing_else = self._weights(parameter), parameter
                if weights and not missing:
                    total = sum((weight for _, weight in weights), Decimal(0))
                    scored = (weight * _quantity(facts[ENTRY + key]) for key, weight in weights)
                    found = sum(scored, Decimal(0)) / total
            case FactRef(name):
                missing_else = name
                found = None if missing else _quantity(facts[name])
            case Formula() as formula:
                missing_else = formula.text
                found = self._formula(formula, facts)
        if found is None:
            return None, missing or (missing_else,)
        return found.quantize(Decimal(1).scaleb(-rank.places), rounding=ROUND_HALF_UP), ()

    def _formula(self, formula: Formula, facts: Mapping[str, Value]) -> Decimal | None:
        values = {name: one.on(self._as_of) for name, one in self._award.parameters.items()}
        bound, gap = bind_formula(formula, values)
        return None if gap else evaluate(bound.term, facts)

    def _fill(self, ready: list[Judged], waiting: Sequence[Judged]) -> None:
        """Rank the qualified of one sub-area, and award those within the quota."""
        ties, place = self._ties(ready), 1
        for tied in ties:
            for one in tied:
                one.rank = place
            place += len(tied)
        quota = self._award.quota
        places = Quota(
            self._limit(quota.maximum if quota else None),
            self._limit(quota.per_group if quota else None),
        )
        area = ready[0].area if ready else None
        if fill_places(ties, places, waiting):
            self._flag((quota and quota.tied) or TIED, area)
        least = self._limit(quota.minimum if quota else None)
        if least is not None and len(ready) + len(waiting) < least:
            self._flag((quota and quota.short) or SHORT, area)

    def _ties(self, ready: list[Judged]) -> list[list[Judged]]:
        """The entries in order, those that nothing tells apart together.

        A fact that breaks ties matters only to the tied; where one of them lacks it, they stay tied.
        """
        groups = [ready] if ready else []
        rank = self._award.rank
        if rank:
            groups = _split(ready, [one.score for one in ready], descending=rank.descending)
        for fact, descending in self._award.tie_break:
            groups = [
                part
                for tied in groups
                for part in _split(
                    tied, [one.facts.get(fact) for one in tied], descending=descending
                )
            ]
        return groups

    def _limit(self, operand: Operand | None) -> int | None:
        value = self._value(operand, {}) if operand else None
        return value if isinstance(value, int) else None

    def _value(self, operand: Operand, facts: Mapping[str, Value]) -> Value | None:
        match operand:
            case Literal(value):
                return value
            case ParamRef(name):
                dated = self._award.parameters[name].on(self._as_of)
                return dated.value if dated else None
            case FactRef(name):
                return facts.get(name)
            case Formula():
                return self._formula(operand, facts)
        return None

    def _pay(self, one: Judged) -> None:
        """Who pays the entry how much. Without an answer that holds, it is not awarded yet."""
        pay = self._award.pay
        if pay is None:
            return
        decision = self._decider.decide(self._book, pay.id, one.facts, self._as_of)
        paid = _fen(pay, decision.values) if decision.outcome == "value" else {}
        must = self._award.must_hold
        if paid and (must is None or self._holds(must, paid, one.facts)):
            one.paid = paid
            return
        one.awarded, one.pending, one.missing = False, True, decision.missing
        zh, en = f"{one.entry} 由谁出资多少不能确定", f"who pays {one.entry} what cannot be decided"
        self._flag(Flag(PAY_UNDETERMINED, Wording(zh=zh, en=en)), one.area)

    def _holds(self, must: MustHold, paid: Mapping[str, int], facts: Mapping[str, Value]) -> bool:
        asked = self._value(must.equals, facts)
        return asked is not None and sum(paid[one] for one in must.outputs) == asked

    def _flag(self, flag: Flag, area: Value | None = None) -> None:
        reason = {"code": flag.code, "text": flag.say.zh, "text_en": flag.say.in_locale("en")}
        self._reasons.append(reason if area is None else {**reason, "group": self._area(area)})

    def _area(self, area: Value | None) -> Any:
        return plain(area, self._book.vocabulary.facts[self._award.scope].typed)

    def _line(self, one: Judged) -> Mapping[str, Any]:
        line: dict[str, Any] = {
            "entry": one.entry,
            "score": None if one.score is None else number(one.score),
            "rank": one.rank,
            "awarded": one.awarded,
            "pending": one.pending,
        }
        if self._award.scope:
            line["group"] = self._area(one.area)
        if one.missing:
            line["missing"] = list(one.missing)
        line |= {payer: _yuan(one.paid.get(payer, 0)) for payer in self._payers()}
        shared = [each for each in self._award.recipients if each.share]
        if one.paid and shared:
            line["recipients"] = _shared(sum(one.paid.values()), shared)
        return line

    def _payers(self) -> tuple[str, ...]:
        pay = self._award.pay
        return pay.table.outputs if pay and pay.table else ()

    def _totals(self, awarded: Iterable[Judged]) -> Mapping[str, Any]:
        listed = list(awarded)
        totals: dict[str, Any] = {"awarded": len(listed)}
        for payer in self._payers():
            totals[payer] = _yuan(sum(one.paid[payer] for one in listed))
        return totals


def _split(
    tied: list[Judged], values: Sequence[Value | None], *, descending: bool
) -> list[list[Judged]]:
    """Entries put in order by a value of each, equal ones together; all of them where one has none."""
    if None in values:
        return [tied]
    groups: dict[Decimal, list[Judged]] = {}
    for one, value in zip(tied, values, strict=True):
        groups.setdefault(_quantity(cast("Value", value)), []).append(one)
    return [groups[key] for key in sorted(groups, reverse=descending)]


def _fen(pay: Policy, values: Mapping[str, Any]) -> dict[str, int]:
    """What each payer pays, in fen, from amounts in the unit of the table."""
    return {
        payer: to_fen(Decimal(str(amount)), pay.outputs[payer].type.unit)
        for payer, amount in values.items()
    }


def _yuan(fen: int) -> int | float | str:
    return number(from_fen(fen, "元"))


def _shared(fen: int, shared: Sequence[Recipient]) -> dict[str, int | float | str]:
    """An amount by recipient: whole fen, half up; the last takes what is left, so that it adds up."""
    parts = [
        int((fen * one.share).quantize(Decimal(1), rounding=ROUND_HALF_UP)) for one in shared[:-1]
    ]
    parts.append(fen - sum(parts))
    return {one.role: _yuan(part) for one, part in zip(shared, parts, strict=True)}


def _refusal(one: Judged) -> Mapping[str, Any]:
    said = one.qualified
    return {
        "entry": one.entry,
        "outcome": said.outcome if said else "grant",
        "unmet": [dict(unmet) for unmet in said.unmet] if said else [],
        "missing": list(dict.fromkeys((*(said.missing if said else ()), *one.missing))),
    }


def _quantity(value: Value) -> Decimal:
    """A number, an amount in fen, or a day, as what it is put in order by."""
    return Decimal(value.toordinal()) if isinstance(value, date) else Decimal(cast("int", value))
