"""Examples: which outcomes none reaches, and which thresholds are tried on one side only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from jiebang.policy.book import Book
from jiebang.policy.bound import Atom, Bound, BoundGroup, BoundLeaf, BoundOver, BoundPolicy
from jiebang.policy.check.telling import case_of, default_place, example_of, flags_of, tell
from jiebang.policy.language.parser import NO_ROW
from jiebang.policy.language.tree import POLICY_FACT, Place, Policy
from jiebang.policy.language.types import Record, Scalar
from jiebang.policy.meaning import collects, outcome_of
from jiebang.policy.proving.cases import Case, Judge, Judgement
from jiebang.policy.proving.limits import speaks_of_less
from jiebang.policy.proving.listed import key_of
from jiebang.policy.proving.prover import Prover
from jiebang.policy.states import MET, UNMET, State, condition_state, items_of
from jiebang.policy.words import phrase
from jiebang.yamlfile import Finding

#: Types whose values are thresholds; one of two values is tried with the outcomes.
_TRIED = frozenset({"code", "integer", "decimal", "money", "date"})
#: Outcomes without an example for which a case is looked for; further ones are only named.
MOST_CODES = 20
_OPERATORS = frozenset({"known", "matches"})


@dataclass
class _Sides:
    """What the examples found of one condition."""

    words: tuple[str, str]
    place: Place
    atom: Atom
    bound: BoundPolicy
    listed: str
    seen: set[State] = field(default_factory=set)


def find_untried_outcomes(prover: Prover, examples: Sequence[Case]) -> Iterator[Finding]:
    """Codes and flags that a case can come to, but no example does."""
    policy, bound = prover.policy, prover.bound
    reached = _reached([prover.judge.judge(policy.id, one) for one in examples])
    codes: dict[str, list[int | None]] = {}
    for number in (*range(len(bound.rules)), None):
        codes.setdefault(outcome_of(bound, number).code, []).append(number)
    untried = [code for code in codes if code not in reached and code != NO_ROW[0]]
    for code in untried[:MOST_CODES]:
        numbers = codes[code]
        case = next((one for number in numbers if (one := _case_for(prover, number))), None)
        if case is None:
            continue
        number = numbers[0]
        at = (
            default_place(prover.book, policy) if number is None else bound.rules[number].rule.place
        )
        yield tell(
            policy,
            at,
            "outcome_untried",
            (f"没有例子得出“{code}”", f'no example comes to "{code}"'),
            suggestion="补一个例子 / add an example",
            case=case_of(case, prover.judge),
            paste=example_of(case, prover.judge, policy, f"得出{code}"),
        )
    if len(untried) > MOST_CODES:
        more = "、".join(untried[MOST_CODES:])
        words = (f"这些结论也没有例子得出：{more}", f"no example comes to these either: {more}")
        yield tell(policy, default_place(prover.book, policy), "outcome_untried", words)


def _case_for(prover: Prover, number: int | None) -> Case | None:
    """A case in which a rule decides, or raises its flag."""
    deciding, bound = prover.deciding, prover.bound
    if number is None:
        if collects(bound):
            return None
        return prover.find(lambda one: one.decided_by(None), deciding.decides[None])
    if collects(bound) or bound.rules[number].rule.then.outcome == "flag":
        return prover.find(
            lambda one: one.settled.decided and one.settled.applied[number] is MET,
            deciding.rules[number].met,
            *([] if collects(bound) else [deciding.decides[None]]),
        ) or prover.find(lambda one: one.settled.applied[number] is MET, deciding.rules[number].met)
    return prover.find(lambda one: one.decided_by(number), deciding.decides[number])


def _reached(found: Sequence[Judgement]) -> set[str]:
    reached: set[str] = set()
    for one in found:
        reached |= set(flags_of(one))
        if not one.settled.decided:
            continue
        if collects(one.bound):
            rules = zip(one.bound.rules, one.settled.applied, strict=True)
            reached |= {rule.rule.then.code for rule, state in rules if state is MET}
        else:
            reached.add(outcome_of(one.bound, one.settled.rule).code)
    return reached


def find_one_sided(judge: Judge, policy: Policy, examples: Sequence[Case]) -> Iterator[Finding]:
    """Thresholds that the examples meet only, or miss only."""
    tried = _Tried(judge)
    for case in examples:
        tried.read(judge.judge(policy.id, case))
    for one in tried.sides.values():
        lacking = _possible(one, judge.book) - one.seen
        if lacking:
            other = _other_side(examples, one, lacking)
            yield tell(
                policy,
                one.place,
                "one_sided",
                _worded(*one.words, lacking),
                suggestion="门槛两边各写一个例子 / write an example on each side",
                case=case_of(other, judge) if other else "",
                paste=example_of(other, judge, policy, "门槛另一边") if other else "",
            )


def _possible(one: _Sides, book: Book) -> set[State]:
    """The sides on which a case can stand: a list of every code leaves no other side."""
    leaf = one.atom
    if isinstance(leaf, BoundOver):
        return {MET, UNMET}
    if leaf.item:
        options = book.vocabulary.facts[one.listed].described(leaf.item).options
        values: Iterable[State] = [condition_state(leaf, {}, {leaf.item: code}) for code in options]
    else:
        values = [condition_state(leaf, {leaf.fact: cell}) for cell in _cells(one, leaf)]
    return {MET, UNMET} & set(values) or {MET, UNMET}


def _cells(one: _Sides, leaf: BoundLeaf) -> list[Scalar]:
    """The values that tell the sides apart; below zero only where the condition speaks of that."""
    return [
        cell
        for cell in one.bound.cells.get(leaf.fact, ())
        if speaks_of_less(leaf) or not isinstance(cell, int | Decimal) or cell >= 0
    ]


def _worded(zh: str, en: str, lacking: set[State]) -> tuple[str, str]:
    if len(lacking) > 1:
        return f"没有例子试到“{zh}”", f"no example tries “{en}”"
    if MET in lacking:
        return f"例子都不符合“{zh}”，缺一个符合的", f"no example meets “{en}”"
    return f"例子都符合“{zh}”，缺一个不符合的", f"every example meets “{en}”, none misses it"


def _other_side(examples: Sequence[Case], one: _Sides, lacking: set[State]) -> Case | None:
    """An example changed in one fact so that it stands on the side that none stands on."""
    leaf = one.atom
    if isinstance(leaf, BoundOver) or not leaf.fact or not examples:
        return None
    case = next((each for each in examples if leaf.fact in each.facts), examples[0])
    for value in _cells(one, leaf):
        if condition_state(leaf, {leaf.fact: value}) in lacking:
            return Case(case.as_of, {**case.facts, leaf.fact: value})
    return None


class _Tried:
    """The conditions that hold something against a threshold, and on which sides cases stood."""

    def __init__(self, judge: Judge) -> None:
        self._vocabulary = judge.book.vocabulary
        self.sides: dict[object, _Sides] = {}

    def read(self, found: Judgement) -> None:
        """Note where a case stands."""
        for rule in found.bound.rules:
            self._note(rule.when, found, None, "")

    def _note(self, one: Bound, found: Judgement, item: Record | None, listed: str) -> None:
        if isinstance(one, BoundGroup):
            for part in one.parts:
                self._note(part, found, item, listed)
        elif isinstance(one, BoundOver):
            self._over(one, found)
        elif (
            one.operator not in _OPERATORS
            and one.type.scalar in _TRIED
            and not one.fact.startswith(POLICY_FACT)
        ):
            self._add(one, found, item, listed)

    def _over(self, over: BoundOver, found: Judgement) -> None:
        if over.over.operator:
            self._add(over, found, None, "")
        if over.where:
            records = found.facts.get(over.fact)
            for item in items_of(records) if records else [None]:
                self._note(over.where, found, item, over.fact)

    def _add(self, one: Atom, found: Judgement, item: Record | None, listed: str) -> None:
        if one.gap:
            # The notice names no threshold: there are no sides.
            return
        key = (listed, key_of(one))
        if key not in self.sides:
            words = [phrase(one, self._vocabulary, locale, listed) for locale in ("zh", "en")]
            written = one.over.place if isinstance(one, BoundOver) else one.leaf.place
            self.sides[key] = _Sides((words[0], words[1]), written, one, found.bound, listed)
        self.sides[key].seen.add(condition_state(one, found.facts, item))
