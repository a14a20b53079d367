"""政策一览 and the page of one policy or award, in plain words made from its file. Read-only."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.view import view_config, view_defaults

from jiebang import clock
from jiebang.casework.policies.books import SHELF, MissingVersion, book_in_force, published_on
from jiebang.clauses import DECIDING
from jiebang.model.policies import Books, Publication
from jiebang.policy import Book, EngineUnavailable, run_examples
from jiebang.policy.coverage import citations_of, coverage_of
from jiebang.policy.language.award import Award
from jiebang.policy.language.tree import Policy
from jiebang.policy.plain_words.awards import read_award
from jiebang.policy.plain_words.examples import ExampleRead, read_examples
from jiebang.policy.plain_words.policies import read_policy
from jiebang.policy.plain_words.words import BASES, pick
from jiebang.search.queries import cases_decided_by
from jiebang.web.policy.words import BASIS_TAGS, FOLDERS, published_by

#: Cases named on the page of a policy, and how many are looked at to find those a viewer may see.
NEWEST, LOOKED_AT = 5, 50
_HASH = 64


class Matter(NamedTuple):
    """A policy or an award as a row of the list."""

    one: Policy | Award
    sentence: str
    #: ``in_force``, ``not_yet`` or ``over``.
    state: str
    next_change: date | None
    clauses: tuple[str, ...]


class Issue(NamedTuple):
    """A publication in the history of one policy, and whether its file differs from the one before.

    ``changed`` is ``None`` where the version cannot be read.
    """

    publication: Publication
    changed: bool | None


class Tried(NamedTuple):
    """An example in words, and how it came out now; ``differences`` is ``None`` where it could not."""

    example: ExampleRead
    differences: tuple[str, ...] | None


@view_defaults(context=Books, request_method="GET", permission="view_rules")
class MatterPages:
    """The book of an edition, as published or, with ``?version=``, as it once was."""

    def __init__(self, context: Books, request: Request) -> None:
        self.books, self.request = context, request
        self.today = clock.today()
        self.language = "zh" if request.locale_name.startswith("zh") else "en"
        self.asked = request.GET.get("version", "")
        self.book = self._book()

    def _book(self) -> Book:
        if not self.asked:
            return book_in_force(self.request.desk, self.today)
        try:
            return SHELF.read(self.books, self.asked[:_HASH])
        except MissingVersion:
            raise HTTPNotFound from None

    @view_config(renderer="jiebang.web.policy:templates/matters.pt")
    def matters(self) -> dict[str, Any]:
        """Every policy and award in one sentence, by the folder of its file."""
        groups: dict[str, list[Matter]] = {}
        every: list[Policy | Award] = [*self.book.policies.values(), *self.book.awards.values()]
        for one in every:
            groups.setdefault(one.file.partition("/")[0], []).append(self._matter(one))
        deciding = [one for one in coverage_of(self.book) if one.kind in DECIDING]
        return {
            **self._shared(),
            "groups": [(FOLDERS.get(key, key), groups[key]) for key in sorted(groups)],
            "total": sum(map(len, groups.values())),
            "cited": sum(bool(one.citations) for one in deciding),
            "deciding": len(deciding),
            "publications": list(self.books.publications)[::-1],
        }

    @view_config(name="rule", renderer="jiebang.web.policy:templates/matter.pt")
    def matter(self) -> dict[str, Any]:
        """One policy or award: the clause beside the rule, parameters, examples, history, decisions."""
        name = "/".join(self.request.subpath)
        award, policy = self.book.awards.get(name), self.book.policies.get(name)
        one = award or policy
        if one is None:
            raise HTTPNotFound
        known = self.book.vocabulary
        reading: Any = (
            read_award(award, known, self.today, self.language)
            if award
            else read_policy(self.book.policies[name], known, self.today, self.language)
        )
        clauses = self.book.clauses.clauses
        own = one.source.clause
        others = [key for key in self.cited[name] if key != own and key in clauses]
        count, cases = self._decided(name)
        return {
            **self._shared(),
            "one": one,
            "award": award,
            "matter": self._matter(one),
            "reading": reading,
            "clauses": clauses,
            "others": others,
            "quote_of": lambda key: clauses[key].zh if key in clauses else "",
            "tried": self._tried(one),
            "history": list(self._history(one.file))[::-1],
            "decided": count,
            "cases": cases,
        }

    def _shared(self) -> dict[str, Any]:
        standing = published_on(self.request.desk, self.today)
        return {
            "books": self.books,
            "book": self.book,
            "standing": standing,
            "former": bool(self.asked),
            "suffix": f"?version={self.book.version}" if self.asked else "",
            "basis_words": {key: pick(pair, self.language) for key, pair in BASES.items()},
            "basis_tags": BASIS_TAGS,
            "colon": pick(("：", ": "), self.language),
            "published_by": published_by,
        }

    @cached_property
    def cited(self) -> Mapping[str, tuple[str, ...]]:
        """The clauses that each policy and award cites, its own first."""
        every: list[Policy | Award] = [*self.book.policies.values(), *self.book.awards.values()]
        found: dict[str, dict[str, None]] = {one.id: {one.source.clause: None} for one in every}
        for clause, citation in citations_of(self.book):
            found[citation.policy][clause] = None
        return {name: tuple(clauses) for name, clauses in found.items()}

    def _matter(self, one: Policy | Award) -> Matter:
        known = self.book.vocabulary
        read = (
            read_award(one, known, self.today, self.language)
            if isinstance(one, Award)
            else read_policy(one, known, self.today, self.language)
        )
        state = "in_force" if one.in_force(self.today) else "over"
        if self.today < one.start:
            state = "not_yet"
        return Matter(one, read.sentence, state, self._next_change(one), self.cited[one.id])

    def _next_change(self, one: Policy | Award) -> date | None:
        """The next day on which a parameter changes, or the policy begins or ends."""
        days = [dated.start for each in one.parameters.values() for dated in each.values]
        days += [one.start, *([one.until] if one.until else [])]
        days += [issue.effective for issue in self.books.publications]
        return min((day for day in days if day > self.today), default=None)

    def _tried(self, one: Policy | Award) -> Iterator[Tried]:
        known = self.book.vocabulary
        try:
            results = list(
                run_examples(book=self.book, decider=self.request.desk.decider, only=[one.id])
            )
        except EngineUnavailable:
            results = []
        came = {id(result.example): result.differences for result in results}
        read = read_examples(one, known, self.language)
        for example, words in zip(one.examples, read, strict=True):
            yield Tried(words, came.get(id(example)))

    def _history(self, file: str) -> Iterator[Issue]:
        before: bytes | None = None
        for one in self.books.publications:
            try:
                now = self.books[one.version].files.get(file)
            except (KeyError, zlib.error):
                yield Issue(one, changed=None)
                continue
            yield Issue(one, changed=now != before)
            before = now

    def _decided(self, name: str) -> tuple[int, list[Any]]:
        """How many cases it decided, and the newest of them that this viewer may open."""
        asked = [name] if name in self.book.policies else [f"{name}/qualify", f"{name}/pay"]
        count, found = 0, dict[str, Any]()
        for policy in asked:
            many, cases = cases_decided_by(
                self.request.site, edition=self.books.edition, policy=policy
            )
            count += many
            found |= {
                case.number: case
                for case in islice(cases, LOOKED_AT)
                if self.request.has_permission("view_case", case)
            }
        return count, list(found.values())[:NEWEST]
