"""Everything that a check finds in a book that can be used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jiebang.policy.book import Book
from jiebang.policy.check.citing import find_early_dates, find_uncited
from jiebang.policy.check.firing import find_contradictions, find_dead
from jiebang.policy.check.paying import find_broken_sums
from jiebang.policy.check.plain import find_advice, find_unknown_duties, find_unset
from jiebang.policy.check.reaching import find_one_sided, find_untried_outcomes
from jiebang.policy.check.tables import find_gap, find_overlaps
from jiebang.policy.check.telling import tell
from jiebang.policy.language.award import Award
from jiebang.policy.language.tree import Policy
from jiebang.policy.proving.cases import Case, Judge
from jiebang.policy.proving.prover import ALONE, Budget, Prover, periods_of
from jiebang.yamlfile import Finding


def find_all(book: Book, *, covers: bool) -> list[Finding]:
    """What is wrong with a book, each once. ``covers``: it must cite every clause that decides."""
    with ALONE:
        found = list(dict.fromkeys(_found(book)))
    if covers:
        found += find_uncited(book)
    return found


def _found(book: Book) -> Iterator[Finding]:
    judge = Judge(book)
    for policy in book.policies.values():
        yield from find_early_dates(book, policy)
        yield from find_advice(policy)
        yield from find_unknown_duties(policy, book.vocabulary.obligations)
        cases = [Case(one.as_of, one.given) for one in policy.examples]
        yield from _proved(judge, policy, cases)
    for award in book.awards.values():
        yield from find_early_dates(book, award)
        yield from find_unset(award)
        yield from find_advice(award)
        cases = [Case(one.as_of, facts) for one in award.examples for _, facts in one.entries]
        for part in (award.qualify, award.pay):
            if part:
                yield from _proved(judge, part, cases, award)


def _proved(
    judge: Judge, policy: Policy, cases: Iterable[Case], award: Award | None = None
) -> Iterator[Finding]:
    """What is proved of a policy, period by period; the same in a later period is told once."""
    told: set[tuple[str, tuple[int, int], str]] = set()
    budget = Budget()
    for one in _periods(judge, policy, budget, award):
        key = (one.code, (one.line, one.column), one.zh)
        if key not in told:
            told.add(key)
            yield one
    known = [one for one in cases if policy.in_force(one.as_of)]
    if known:
        prover = Prover(judge, policy, next(periods_of(judge.book, policy)), budget)
        yield from find_untried_outcomes(prover, known)
        yield from find_one_sided(judge, policy, known)


def _periods(
    judge: Judge, policy: Policy, budget: Budget, award: Award | None
) -> Iterator[Finding]:
    pay = award is not None and award.pay is policy
    entitled = award.qualify.id if award and award.qualify and pay else ""
    for period in periods_of(judge.book, policy):
        prover = Prover(judge, policy, period, budget, entitled)
        yield from find_gap(prover)
        yield from find_overlaps(prover)
        yield from find_dead(prover)
        yield from find_contradictions(prover)
        if award and pay:
            yield from find_broken_sums(prover, award)
        if prover.gave_up:
            words = (
                f"“{policy.title.zh}”太复杂，有的问题没能在时限内证明，请人工核对",
                f"“{policy.title.in_locale('en')}” is too complex: not all could be proved in time",
            )
            yield tell(policy, (1, 1), "not_proved", words)
