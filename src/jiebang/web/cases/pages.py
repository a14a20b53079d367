"""Reading a case: the case page, its documents, decisions and journal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.view import view_config, view_defaults

from jiebang import clock
from jiebang.casework.accounts.vouching import code_in_doubt
from jiebang.casework.demands.advancing import reasons_against, transitions_open_to
from jiebang.casework.demands.announcing import WISHES
from jiebang.casework.filing.asking import form_title
from jiebang.casework.policies.books import (
    SHELF,
    MissingVersion,
    book_deciding,
    books_of,
    published_on,
)
from jiebang.casework.policies.judging import questions
from jiebang.casework.policies.replaying import replay_case
from jiebang.model.cases import Case, Demand
from jiebang.model.permissions import STAFF
from jiebang.model.policies import Publication
from jiebang.model.submissions import Submission
from jiebang.policy import BadFacts, EngineUnavailable
from jiebang.policy.changing import changes_for
from jiebang.web.cases.acts import ACTS, BROUGHT
from jiebang.web.cases.corrections import waiting_corrections
from jiebang.web.cases.decided import Decided, decided, publication_of
from jiebang.web.cases.filings import documents_for_office, filings_open_to
from jiebang.web.cases.words import BASES, ORIGINS, OUTCOMES, REPLAYS, STATES, spoken
from jiebang.web.forms.words import STATES as SUBMISSION_STATES
from jiebang.web.policy.words import BASIS_TAGS
from jiebang.wording import Wording
from jiebang.workflow.definition import Reason, line

#: In the place of the reasons against a transition while the rules do not answer.
NO_ANSWER = Wording(zh="规则暂时没有答复", en="The rules give no answer just now")


class Origin(NamedTuple):
    """Where a fact came from; ``link`` leads from the case to the filed form named ``title``."""

    label: Wording
    words: object
    title: Wording | None
    link: str


class Filed(NamedTuple):
    """A submission about the demand, what its form is called, and the words for its state."""

    case: Submission
    title: Wording
    state: object


@view_defaults(context=Demand, permission="view_case")
class CasePages:
    """What may be read of one case."""

    def __init__(self, context: Demand, request: Request) -> None:
        self.case, self.request, self.rules = context, request, request.rules
        self.spoken = {"locale": request.locale_name, "choices": request.rules.choices()}

    @view_config(request_method="GET", renderer="jiebang.web.cases:templates/case.pt")
    def case_page(self) -> dict[str, Any]:
        """Where the case stands, who acts next, and what stands in the way."""
        case, desk, actor = self.case, self.request.desk, self.request.actor
        at = clock.now()
        moves = [
            (
                one,
                [
                    reason
                    for reason in self._reasons(one.id, at)
                    if reason.link != BROUGHT.get(one.id)
                ],
            )
            for one in transitions_open_to(desk=desk, case=case, actor=actor)
            if ACTS.get(one.id, "move")
        ]
        people, organisations = self.request.site["people"], self.request.site["organisations"]
        return {
            "case": case,
            "owner": organisations[case.owner],
            "officer": people.get(case.officer) if case.officer else None,
            "stage": self.rules.workflow.stage(case.stage),
            "line": line(self.rules.workflow, stage=case.stage),
            "moves": moves,
            "acts": ACTS,
            "filings": filings_open_to(self.request, case),
            "questions": list(questions(desk=desk, case=case)),
            "documents": [(self._title(case, key), one) for key, one in case.documents.items()],
            "office": documents_for_office(self.request, case),
            "corrections": list(waiting_corrections(self.request, case)),
            "submissions": list(self._submissions()),
            "decisions": [
                decided(desk=desk, number=number, decision=one)
                for number, one in case.decisions.after(0)
            ][::-1],
            "agencies": self._agencies() if self.request.has_permission("work", case) else [],
            "assigned": {one.organisation for one in case.grants},
            "code_in_doubt": code_in_doubt(organisations[case.owner]),
            "newer": self._newer_book(),
            "book_missing": self._book_missing(),
            "announced": self._announced(),
            "consent_due": self._at("consent"),
            "previewable": case.current(WISHES) is not None
            and self._at("consent", "schedule", "publish"),
            **self._words(),
        }

    @view_config(name="decision", renderer="jiebang.web.cases:templates/decision.pt")
    def decision(self) -> dict[str, Any]:
        """One decision with its reasons, conditions, clauses and the version of the policy."""
        number = self._number(self.request.subpath[:1])
        if not 1 <= number <= self.case.decisions.last:
            raise HTTPNotFound
        desk = self.request.desk
        shown = decided(desk=desk, number=number, decision=self.case.decisions[number])
        language = "zh" if self.request.locale_name.startswith("zh") else "en"
        return {
            "case": self.case,
            "decided": shown,
            "decision": shown.decision,
            "content": shown.content,
            "policy": shown.policy,
            "conditions": list(shown.conditions(language)),
            "publication": publication_of(desk=desk, case=self.case, decision=shown.decision),
            "origins": list(self._origins(shown)),
            "books": books_of(desk),
            "replayed": next(
                replay_case(
                    case=self.case,
                    books=books_of(desk),
                    shelf=SHELF,
                    decider=desk.decider,
                    only=number,
                )
            ),
            "replay_words": REPLAYS,
            "changes": self._changes(shown, language),
            **self._words(),
        }

    def _reasons(self, transition: str, at: datetime) -> list[Reason]:
        try:
            return reasons_against(
                desk=self.request.desk,
                case=self.case,
                transition=transition,
                actor=self.request.actor,
                at=at,
            )
        except EngineUnavailable:
            return [Reason(text=NO_ANSWER, clause="", link="")]

    def _words(self) -> dict[str, Any]:
        locale = self.request.locale_name
        return {
            "outcome_words": OUTCOMES,
            "state_words": STATES,
            "basis_words": BASES,
            "basis_tags": BASIS_TAGS,
            "colon": "：" if locale.startswith("zh") else ": ",
            "show_text": lambda part: spoken(part, locale),
        }

    def _at(self, *transitions: str) -> bool:
        """Whether one of these transitions starts at the stage of the case."""
        workflow = self.rules.workflow
        return any(self.case.stage in workflow.transition(one).from_ for one in transitions)

    def _changes(self, shown: Decided, language: str) -> str:
        """若要通过: what its owner would have to change; for the owner and the office alone."""
        newest = self.case.decision(shown.decision.policy) is shown.decision
        concerned = self.request.actor.roles_on(self.case) & {"demander", *STAFF}
        if shown.content["outcome"] == "grant" or not (newest and shown.kept and concerned):
            return ""
        try:
            return changes_for(
                book=shown.book,
                decider=self.request.desk.decider,
                policy_id=shown.decision.policy,
                facts=json.loads(shown.decision.facts),
                as_of=shown.decision.as_of,
            ).words(language)
        except (EngineUnavailable, BadFacts, KeyError):
            return ""

    def _origins(self, shown: Decided) -> Iterator[Origin]:
        """Where each fact came from, in words; ids of people and organisations stay out of it."""
        for fact, origin in sorted(shown.decision.origin.items()):
            kind, _colon, place = origin.partition(":")
            words = ORIGINS.get(kind, kind)
            form_id, _slash, version = place.partition("/")
            if kind == "form" and form_id in self.case.documents:
                title = self._title(self.case, form_id)
                yield Origin(shown.label(fact), words, title, f"document/{form_id}/{version}")
            else:
                yield Origin(shown.label(fact), words, None, "")

    def _submissions(self) -> Iterator[Filed]:
        """What was filed about the demand by itself, as far as this person may see it."""
        for number in self.case.submissions or ():
            one = self.request.desk.edition["submissions"][number]
            if self.request.has_permission("view_case", one):
                yield Filed(one, self._title(one, one.form_id), SUBMISSION_STATES[one.state])

    def _title(self, case: Case, form_id: str) -> Wording:
        return form_title(site=self.request.site, rules=self.rules, case=case, form_id=form_id)

    def _newer_book(self) -> Publication | None:
        """The publication in force now, where the case is decided by another version."""
        if not self.rules.workflow.leaving(self.case.stage):
            return None
        standing = published_on(self.request.desk, clock.today())
        return standing if standing and self.case.book not in {"", standing.version} else None

    def _book_missing(self) -> bool:
        """Whether the version that decides the case cannot be read."""
        try:
            book_deciding(desk=self.request.desk, case=self.case)
        except MissingVersion:
            return True
        return False

    def _announced(self) -> str | None:
        batch = self.request.desk.edition["announcements"].get(str(self.case.batch))
        announcement = batch.get(self.case.number) if batch is not None else None
        return self.request.resource_path(announcement) if announcement is not None else None

    @staticmethod
    def _number(part: tuple[str, ...]) -> int:
        return int(part[0]) if part and part[0].isdecimal() and len(part[0]) < 9 else 0

    def _agencies(self) -> list[Any]:
        site = self.request.site
        return [site["organisations"][one] for one in site.agencies]
