"""Rules that can never decide, and rules that contradict each other.

Two rules contradict each other where one grants and the other denies, a case meets both, each also
has cases of its own, and neither is written as an exception to the other (``overrides``): then only
the order in the file decides. An earlier rule whose cases are all among those of a later one is an
exception as it stands, and a later one among those of an earlier never decides: neither is told as
a contradiction.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import z3

from jiebang.policy.bound import BoundGroup, BoundRule, bound_leaves
from jiebang.policy.check.telling import case_of, example_of, tell
from jiebang.policy.proving.cases import Case
from jiebang.policy.proving.prover import Prover, periods_of
from jiebang.policy.proving.symbols import Expr
from jiebang.policy.states import MET, UNMET, State
from jiebang.policy.words import phrase
from jiebang.yamlfile import Finding

#: Pairs of one policy that are told; more are mended after these.
MOST_PAIRS = 10
_ORDERED = frozenset({"first", "priority"})
_OPPOSED = frozenset({"grant", "deny"})


def find_dead(prover: Prover) -> Iterator[Finding]:
    """Rules and rows that no case meets, or that those before always forestall."""
    for number, one in enumerate(prover.bound.rules):
        # What rests on a parameter that the notice leaves open is not dead: it waits.
        if any(leaf.gap for leaf in bound_leaves(one.when)):
            continue
        met = prover.proven.rules[number].met
        if prover.impossible(met):
            yield _never_met(prover, number, one)
        elif _in_order(prover) and one.rule.then.outcome != "flag":
            before = _deciding_before(prover, number)
            if before and prover.impossible(prover.proven.decides[number]):
                yield _forestalled(prover, number, before)


def _in_order(prover: Prover) -> bool:
    table = prover.policy.table
    return table is None or table.hit in _ORDERED


def _deciding_before(prover: Prover, number: int) -> list[int]:
    rules = prover.bound.rules
    return [n for n in range(number) if rules[n].rule.then.outcome != "flag"]


def _kind(prover: Prover) -> tuple[str, str]:
    return ("行", "row") if prover.policy.table else ("规则", "rule")


def _never_met(prover: Prover, number: int, one: BoundRule) -> Finding:
    zh, en = _kind(prover)
    overridden = [prover.bound.rules[other].rule.id for other in one.overridden_by]
    alone = prover.proofs.condition(one.when).met
    if overridden and not prover.impossible(alone):
        ids = "、".join(overridden)
        words = (
            f"{zh}“{one.rule.id}”不会成立：凡符合的情形都被例外 {ids} 排除",
            f'the {en} "{one.rule.id}" cannot fire: {ids} overrides it in every case',
        )
        return tell(
            prover.policy,
            one.rule.place,
            "never_fires",
            words,
            suggestion="删去它，或收窄例外 / delete it, or narrow the exception",
            case=_since(prover),
        )
    clash, clash_en = _clash(prover, number)
    words = (
        f"{zh}“{one.rule.id}”不会成立，没有一个情形能同时符合：{clash}",
        f'the {en} "{one.rule.id}" cannot fire; nothing meets at once: {clash_en}',
    )
    return tell(
        prover.policy,
        one.rule.place,
        "never_fires",
        words,
        suggestion="改其中一个条件 / change one of them",
        case=_since(prover),
    )


def _since(prover: Prover) -> str:
    """The first day of the period in which it is so, where the policy has several."""
    periods = list(periods_of(prover.book, prover.policy))
    return f"as_of: {prover.period.first}" if len(periods) > 1 else ""


def _clash(prover: Prover, number: int) -> tuple[str, str]:
    """The fewest conditions of a rule that exclude each other, in words."""
    when = prover.bound.rules[number].when
    parts = list(when.parts) if isinstance(when, BoundGroup) and when.kind == "all" else [when]
    for place in range(len(parts) - 1, -1, -1):
        fewer = parts[:place] + parts[place + 1 :]
        if fewer and prover.impossible(*(prover.proofs.condition(one).met for one in fewer)):
            parts = fewer
    vocabulary = prover.book.vocabulary
    zh, en = ([phrase(one, vocabulary, locale) for one in parts] for locale in ("zh", "en"))
    return "；".join(zh), "; ".join(en)


def _forestalled(prover: Prover, number: int, before: list[int]) -> Finding:
    rules, proven = prover.bound.rules, prover.proven.rules
    own = proven[number].met
    alone = [n for n in before if prover.impossible(own, z3.Not(proven[n].met))]
    ids = [rules[n].rule.id for n in alone[:1] or before]
    one, first = rules[number].rule, rules[alone[0]].rule if alone else None
    zh, en = _kind(prover)
    listed = "、".join(f"“{name}”" for name in ids[:5])
    opposed = first and {first.then.outcome, one.then.outcome} == _OPPOSED
    words = (
        f"{zh}“{one.id}”轮不到：符合它的情形都先由{listed}作出结论"
        + ("，而且结论相反" if opposed else ""),
        f'the {en} "{one.id}" cannot fire: {", ".join(ids[:5])} decides first in every case'
        + (", and says the opposite" if opposed else ""),
    )
    case = prover.find(lambda found: found.states[number] is MET, prover.deciding.rules[number].met)
    remedy = f"写 overrides: [{ids[0]}]，或移到前面 / override it, or move this up"
    return tell(
        prover.policy,
        one.place,
        "never_fires",
        words,
        suggestion=remedy
        if not prover.policy.table
        else "移到前面，或删去 / move it up, or delete it",
        case=case_of(case, prover.judge) if case else "",
        paste=f"overrides: [{ids[0]}]" if not prover.policy.table else "",
    )


def find_contradictions(prover: Prover) -> Iterator[Finding]:
    """Rules of which one grants what the other denies, while only their order decides."""
    if prover.policy.table:
        return
    rules = prover.bound.rules
    told = 0
    for early, late in combinations(range(len(rules)), 2):
        verdicts = {rules[early].rule.then.outcome, rules[late].rule.then.outcome}
        if verdicts != _OPPOSED or early in rules[late].overridden_by:
            continue
        if late in rules[early].overridden_by:
            continue
        found = _contradiction(prover, early, late)
        if found:
            yield found
            told += 1
        if told == MOST_PAIRS:
            return


def _contradiction(prover: Prover, early: int, late: int) -> Finding | None:
    pairs = prover.deciding.rules

    def case_where(first: State, second: State, *more: Expr) -> Case | None:
        wanted = (first, second)
        return prover.find(
            lambda one: (one.settled.applied[early], one.settled.applied[late]) == wanted,
            pairs[early].met if first is MET else pairs[early].unmet,
            pairs[late].met if second is MET else pairs[late].unmet,
            *more,
        )

    both = case_where(MET, MET, prover.deciding.decides[early])
    if not both or not case_where(MET, UNMET) or not case_where(UNMET, MET):
        return None
    one, other = (prover.bound.rules[n].rule for n in (early, late))
    zh = f"规则“{other.id}”与“{one.id}”（第 {one.place[0]} 行）互相矛盾："
    zh += "同一情形两条都成立，一条同意、一条不同意，只由先后次序决定"
    en = f'the rules "{other.id}" and "{one.id}" contradict each other: '
    en += "a case meets both, one grants and the other denies, and only their order decides"
    return tell(
        prover.policy,
        other.place,
        "contradiction",
        (zh, en),
        suggestion=f"哪条是例外，就在哪条写 overrides，如在“{one.id}”写 overrides: [{other.id}]"
        " / let the exception say overrides",
        case=case_of(both, prover.judge),
        paste=example_of(both, prover.judge, prover.policy, f"{one.id}与{other.id}同时成立"),
    )
