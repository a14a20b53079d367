"""Which clause of the notices is cited where, as plain data: no clause that decides is forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jiebang.clauses import DECIDING
from jiebang.policy.book import Book
from jiebang.policy.language.award import Award
from jiebang.policy.language.tree import Condition, Each, Group, Leaf, Over, Parameter, Policy
from jiebang.wording import Wording

#: Why no policy needs to cite a clause of such a kind.
BY_KIND: Final[Mapping[str, Wording]] = {
    "heading": Wording(zh="标题，不作规定", en="A heading; it rules nothing."),
    "fact": Wording(zh="陈述事实，不需要判断", en="It states a fact; nothing is decided by it."),
    "procedure": Wording(zh="程序，由办理流程落实", en="A procedure: the workflow follows it."),
}
#: The kinds of clause in words.
KINDS: Final[Mapping[str, Wording]] = {
    "heading": Wording(zh="标题", en="heading"),
    "fact": Wording(zh="事实", en="fact"),
    "procedure": Wording(zh="程序", en="procedure"),
    "duty": Wording(zh="应/须", en="duty"),
    "permission": Wording(zh="可/鼓励", en="permission"),
    "preference": Wording(zh="优先/推荐", en="preference"),
    "deciding": Wording(zh="须作判断", en="deciding"),
}


@dataclass(frozen=True)
class Citation:
    """Where a clause is cited: a policy or an award, and in it a rule, a parameter or the heading.

    ``part`` is empty for the heading (``source``), a rule's or a row's id, or a parameter's name.
    """

    policy: str
    part: str = ""

    def __str__(self) -> str:
        return f"{self.policy}:{self.part}" if self.part else self.policy


@dataclass(frozen=True)
class ClauseCoverage:
    """A clause with its citations; ``reason`` says why it needs none, where it does not."""

    clause: str
    kind: str
    text: Wording
    citations: tuple[Citation, ...]
    reason: Wording | None

    @property
    def covered(self) -> bool:
        """Whether it is cited, or need not be."""
        return bool(self.citations) or self.reason is not None

    def as_dict(self) -> dict[str, Any]:
        """JSON data."""
        return {
            "clause": self.clause,
            "kind": self.kind,
            "text": self.text.zh,
            "text_en": self.text.in_locale("en"),
            "cited_by": [{"policy": one.policy, "part": one.part} for one in self.citations],
            "reason": self.reason.zh if self.reason else None,
            "reason_en": self.reason.in_locale("en") if self.reason else None,
            "covered": self.covered,
        }


def coverage_of(book: Book) -> list[ClauseCoverage]:
    """Every clause of the book's notices, in the order of the file."""
    cited: dict[str, dict[Citation, None]] = {}
    for clause, citation in citations_of(book):
        cited.setdefault(clause, {})[citation] = None
    return [
        ClauseCoverage(
            clause=name,
            kind=one.kind,
            text=Wording(zh=one.zh, en=one.en),
            citations=tuple(cited.get(name, ())),
            reason=one.reason or BY_KIND.get(one.kind),
        )
        for name, one in book.clauses.clauses.items()
    ]


def uncited(book: Book) -> list[str]:
    """The clauses that decide something, and that no policy cites."""
    return [one.clause for one in coverage_of(book) if one.kind in DECIDING and not one.covered]


def citations_of(book: Book) -> Iterator[tuple[str, Citation]]:
    """Every citation in a book, with its clause."""
    for policy in book.policies.values():
        yield from _cited(policy.id, _in_policy(policy))
        yield from _cited(policy.id, _in_parameters(policy.parameters))
        yield from _cited(policy.id, [(policy.source.clause, "")])
    for award in book.awards.values():
        yield from _cited(award.id, _in_award(award))


def _cited(owner: str, found: Any) -> Iterator[tuple[str, Citation]]:
    for clause, part in found:
        if clause:
            yield clause, Citation(owner, part)


def _in_award(award: Award) -> Iterator[tuple[str, str]]:
    yield award.source.clause, ""
    yield from _in_parameters(award.parameters)
    for part in (award.qualify, award.pay):
        if part:
            yield from _in_policy(part)


def _in_parameters(parameters: Mapping[str, Parameter]) -> Iterator[tuple[str, str]]:
    for name, one in parameters.items():
        for dated in one.values:
            yield dated.clause, name


def _in_policy(policy: Policy) -> Iterator[tuple[str, str]]:
    for rule in policy.rules:
        yield rule.clause, rule.id
        for clause in _in_condition(rule.when):
            yield clause, rule.id


def _in_condition(condition: Condition) -> Iterator[str]:
    yield condition.clause
    match condition:
        case Group():
            for part in condition.parts:
                yield from _in_condition(part)
        case Over(where=where) if where:
            yield from _in_condition(where)
        case Each():
            yield from _in_condition(condition.has)
        case Leaf() | Over():
            return
