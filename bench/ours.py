"""Our side: a site on FileStorage, asked in-process. ``python -m bench.ours <folder> <cases>``."""

from __future__ import annotations

import random
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from pyramid.interfaces import ISessionFactory
from pyramid.request import Request
from pyramid.response import Response

from bench.driver import HOST, Browser, ask_for, write_with
from bench.seed import DEMANDERS, EDITION, FORM, bare_firm, filler
from bench.speaking import answer_commands
from bench.starting import settings
from jiebang import clock
from jiebang.casework.desk import SYSTEM, Actor, Desk
from jiebang.casework.filing.drafts import open_draft
from jiebang.casework.filing.versions import file_draft
from jiebang.main import main
from jiebang.model.cases import Demand, Task
from jiebang.model.people import Credentials, Identifier, Organisation, Person
from jiebang.outbox.loop import transaction_on
from jiebang.search.catalog import catalog_of
from jiebang.web.officer.queue import AGES
from jiebang.web.security import EPOCH, PERSON, SECOND_FACTOR
from jiebang.workflow.definition import line

#: Bare cases made in one transaction.
BATCH = 2000


class Ours:
    """The site and what the bench asks of it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.app = main({}, **settings(folder))
        self.registry = self.app.registry
        self.rules = self.registry.rulebook[EDITION]

    def seed(self, cases: int) -> dict[str, Any]:
        """Fill the site once: people, one case that went some way, and bare cases up to ``cases``."""
        with transaction_on(self.registry.database) as site:
            if "officer" not in site["people"]:
                self._people(site)
        with transaction_on(self.registry.database) as site:
            if not site["organisations"]["firm-0"].cases:
                self._case(site)
        self._bare_cases(cases)
        with transaction_on(self.registry.database) as site:
            return {"facts": self._facts(site), "words": self._words()}

    def page(self, path: str) -> str:
        """A page as the officer sees it."""
        answer = self._browser("officer").get(path)
        assert answer.status == 200, answer.status
        return answer.text

    def ask(self, path: str, seconds: float) -> dict[str, float]:
        """Ask for a page for some seconds."""
        officer = self._browser("officer")
        return ask_for(seconds, lambda: officer.get(path))

    def submit(self, writers: int, each: int) -> dict[str, Any]:
        """File pre-registrations; ``lost`` counts acknowledged ones that are not in the database."""
        people = [self._browser(f"firm-{one}") for one in range(writers)]

        def once(writer: int) -> str:
            browser = people[writer]
            begun = browser.post("/start", [("organisation", f"firm-{writer}")])
            assert begun.status == 303, begun.status
            draft = begun.headers["Location"].replace(f"http://{HOST}", "")
            shown = [("revision", "0"), *FORM, ("uscc", DEMANDERS[writer].code)]
            assert browser.post(f"{draft}autosave", shown).status == 200
            filed = browser.post(f"{draft}submit", [("revision", "1")])
            assert filed.status == 303, filed.text
            return draft.strip("/").split("/")[-1]

        result = write_with(writers, each, once)
        with transaction_on(self.registry.database) as site:
            receipts = [site["drafts"][one].receipt for one in result["numbers"]]
            demands = site["editions"][EDITION]["demands"]
            kept = {one.number for one in receipts if one and one.number in demands}
        return {**result, "numbers": len(receipts), "lost": len(receipts) - len(kept)}

    def _people(self, site: Any) -> None:
        at = clock.now()
        officer = self._person(site, "officer", "经办岗")
        officer.roles = frozenset({"case_officer", "reviewer"})
        for number, one in enumerate(DEMANDERS):
            key = f"firm-{number}"
            firm = Organisation(identifier=Identifier("CN", one.code), name=one.name, at=at)
            firm.attributes.update(entity_type="enterprise", registered_province="上海市")
            site["organisations"][key] = firm
            person = self._person(site, key, one.name)
            person.memberships[key] = frozenset({"demander"})
            firm.members.add(key)

    def _person(self, site: Any, key: str, name: str) -> Person:
        person = Person(
            name=name, email=f"{key}@example.com", credentials=Credentials(""), at=clock.now()
        )
        person.confirmed_at = clock.now()
        site["people"][key] = person
        return person

    def _desk(self, site: Any) -> Desk:
        return Desk(
            site=site,
            rules=self.rules,
            decider=self.registry.decider,
            numbers=self.registry.numbers,
        )

    def _case(self, site: Any) -> None:
        """A case with two documents and two decisions, waiting for its analysis."""
        desk, at = self._desk(site), clock.now()
        owner = {"firm-0": frozenset({"demander"})}
        actor = Actor(person="firm-0", roles=frozenset({"demander"}), memberships=owner)
        filed = {**dict(FORM), "uscc": DEMANDERS[0].code}
        draft = open_draft(
            desk=desk,
            actor=actor,
            organisation="firm-0",
            form_id="pre-registration",
            data={key: value for key, value in filed.items() if not key.startswith("__")},
            at=at,
        )
        number = file_draft(desk=desk, draft=draft, actor=actor, locale="zh_CN", at=at).number
        case = desk.edition["demands"][number]
        officer = Actor(person="officer", roles=frozenset({"case_officer", "reviewer"}))
        judging = open_draft(
            desk=desk,
            actor=officer,
            organisation=None,
            form_id="purchase-capacity",
            case=case,
            data={"answer": "yes", "evidence": "近三年技术合同。", "opinion": "具备购买能力。"},
            at=at,
        )
        file_draft(desk=desk, draft=judging, actor=officer, locale="zh_CN", at=at)
        case.officer = "officer"
        catalog_of(site).index(f"/editions/{EDITION}/demands/{number}", case)

    def _bare_cases(self, cases: int) -> None:
        """Cases as lists read them. They hold no document, since no list opens one."""
        chance = random.Random(2019)  # noqa: S311 - the same site each time
        stages = [one.id for one in self.rules.workflow.stages]
        with transaction_on(self.registry.database) as site:
            have = len(catalog_of(site).paths) - 1
            officers = ["", "officer"]
        for first in range(have, cases, BATCH):
            with transaction_on(self.registry.database) as site:
                demands = self._desk(site).edition["demands"]
                for serial in range(first, min(first + BATCH, cases)):
                    one = filler(chance, serial, stages)
                    at = clock.now() - timedelta(hours=one.hours)
                    owner = f"bare-{one.firm}"
                    if owner not in site["organisations"]:
                        firm = bare_firm(one.firm)
                        code = Identifier("CN", firm.code)
                        site["organisations"][owner] = Organisation(
                            identifier=code, name=firm.name, at=at
                        )
                    case = Demand(
                        owner=owner,
                        edition=EDITION,
                        stage=one.stage,
                        at=at,
                    )
                    case.title, case.district, case.session = one.title, one.district, one.session
                    case.officer = officers[serial % 2] or None
                    case.tasks = (Task(kind=one.stage, role="case_officer", opened_at=at),)
                    case.journal.write(at=at, actor=SYSTEM.person, act="file")
                    demands[one.number] = case
                    path = f"/editions/{EDITION}/demands/{one.number}"
                    catalog_of(site).index(path, case)

    def _facts(self, site: Any) -> dict[str, Any]:
        """What the page of the case says, for the peer to say as well."""
        path = next(iter(site["organisations"]["firm-0"].cases))
        case = site["editions"][EDITION]["demands"][path.rsplit("/", 1)[-1]]
        return {
            "path": f"{path}/",
            "number": case.number,
            "stage": case.stage,
            "opened_at": case.opened_at.isoformat(),
            "documents": [
                {
                    "form": key,
                    "title": self.rules.forms[key].title.zh,
                    "versions": [
                        {"number": one.number, "at": one.filed.at.isoformat(), "data": one.data}
                        for one in document
                    ],
                }
                for key, document in case.documents.items()
            ],
            "decisions": [
                {
                    "policy": self.rules.book.policies[one.policy].title.zh,
                    "at": one.at.isoformat(),
                    "content": one.content,
                }
                for one in case.decisions
            ],
        }

    def _words(self) -> dict[str, Any]:
        """Words that our side reads from rule files and the peer from a file of its own."""
        rules = self.rules
        edition, workflow = rules.edition, rules.workflow
        return {
            "title": edition.title.zh,
            "short_title": edition.short_title.zh,
            "document": edition.documents[0].number,
            "stages": [
                {"id": one.id, "label": one.label.zh, "next": one.next.zh, "acts": one.acts or ""}
                for one in workflow.stages
            ],
            "line": [step.stage.id for step in line(workflow, stage="eligible")],
            "filings": [
                {"form": one.form, "label": one.label.zh}
                for one in workflow.filings
                if "eligible" in one.stages and one.permission == "analyse"
            ],
            "labels": {name: fact.label.zh for name, fact in rules.book.vocabulary.facts.items()},
            "districts": _options(rules.districts),
            "sessions": _options(rules.edition.session_options()),
            "ages": AGES,
        }

    def _browser(self, person_id: str) -> Browser:
        with transaction_on(self.registry.database) as site:
            epoch = site["people"][person_id].credentials.epoch
        request = Request.blank("/", base_url=f"http://{HOST}")
        request.registry = self.registry
        session = self.registry.queryUtility(ISessionFactory)(request)
        session[PERSON], session[EPOCH], session[SECOND_FACTOR] = person_id, epoch, True
        token = session.new_csrf_token()
        response = Response()
        request._process_response_callbacks(response)  # noqa: SLF001 - how a session becomes a cookie
        cookie = response.headers["Set-Cookie"].split(";", 1)[0]
        return Browser(self.app, cookie=cookie, token=token, token_field="csrf_token")


def _options(options: Any) -> list[dict[str, str]]:
    return [{"code": one.code, "label": one.label.zh} for one in options]


if __name__ == "__main__":
    answer_commands(Ours(Path(sys.argv[1])))
