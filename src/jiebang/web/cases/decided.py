"""A decision as pages show it: in the words of the version of the rules that it was made by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from jiebang.casework.desk import Desk
from jiebang.casework.policies.books import MissingVersion, book_of, books_of
from jiebang.clock import SHANGHAI
from jiebang.model.cases import Decision, Demand
from jiebang.model.policies import Publication
from jiebang.policy import Book
from jiebang.policy.language.tree import Policy
from jiebang.wording import Wording


class Leaf(NamedTuple):
    """One condition of a decision as a row of its table; ``quote`` is the text of its clause."""

    rule: str
    label: str
    asked: str
    found: str
    state: str
    clause: str
    quote: str
    basis: str


@dataclass(frozen=True)
class Decided:
    """A decision of a case by its number, and the book that it is worded by.

    ``kept`` says whether that is the very version it was made by. Decisions made before versions were
    kept are worded by the rules of today, as far as these know them.
    """

    number: int
    decision: Decision
    book: Book
    kept: bool

    @cached_property
    def content(self) -> dict[str, Any]:
        """The decision as plain data."""
        return self.decision.content

    @property
    def policy(self) -> Policy | None:
        """The policy as the book has it."""
        return self.book.deciding.get(self.decision.policy)

    @property
    def title(self) -> Wording:
        """What was decided about."""
        return self.policy.title if self.policy else Wording(zh=self.decision.policy)

    @property
    def page(self) -> str:
        """The id of the policy or award whose page has it: a part of an award is on the award's."""
        return self.decision.policy.partition("/")[0]

    def label(self, fact: str) -> Wording:
        """What a fact is called."""
        known = self.book.vocabulary.facts.get(fact)
        return known.label if known else Wording(zh=fact)

    def quote(self, clause: str) -> str:
        """The text of a clause."""
        known = self.book.clauses.clauses.get(clause)
        return known.zh if known else ""

    def conditions(self, language: str) -> Iterator[Leaf]:
        """Every condition of the trace in ``zh`` or ``en``, rule by rule, in reading order."""
        for rule in self.content["trace"]:
            yield from self._leaves(rule["when"], rule["title"][language], language)

    def _leaves(self, node: Mapping[str, Any], rule: str, language: str) -> Iterator[Leaf]:
        if node["kind"] == "leaf":
            clause = node["clause"] or (self.policy.source.clause if self.policy else "")
            yield Leaf(
                rule=rule,
                label=node["label"][language],
                asked=node["asked_text"][language],
                found=node["found_text"][language],
                state=node["state"],
                clause=clause,
                quote=self.quote(clause),
                basis=node.get("basis", "text"),
            )
        for part in node.get("parts", ()):
            yield from self._leaves(part, rule, language)


def decided(*, desk: Desk, number: int, decision: Decision) -> Decided:
    """A decision with the book that words it."""
    try:
        return Decided(number, decision, book_of(desk=desk, decision=decision), kept=True)
    except MissingVersion:
        return Decided(number, decision, desk.rules.book, kept=False)


def publication_of(*, desk: Desk, case: Demand, decision: Decision) -> Publication | None:
    """The publication by which a version decided; ``None``: its files were being edited then.

    Of several, the one in force when the case was opened or else, where the case was moved to the
    version, the latest that had taken effect.
    """
    found = [
        one
        for one in books_of(desk).publications
        if one.version == decision.book and one.effective <= decision.as_of
    ]
    opened = case.opened_at.astimezone(SHANGHAI).date()
    return max(
        found, key=lambda one: (one.effective <= opened, one.effective, one.at), default=None
    )
