"""The store cannot keep up: the form comes back with everything that was typed."""

from __future__ import annotations

from pathlib import Path

from pyramid.interfaces import IContextFound

from jiebang import clock
from jiebang.outbox.loop import transaction_on
from tests.functional.filling import answer, form
from tests.living import living, settings

TYPED = {"need_title": "忙时写下的名称", "need_brief": "忙时写下的简述。", "tech_field": "energy"}


def test_conflicts_without_end_give_the_form_back(tmp_path: Path):
    with living(tmp_path) as site:
        person = site.client("demander")
        draft = form(person.get("/my"), "/start").submit().follow().request.path
        page = person.get(f"{draft}section/need")
        name, rush, commits = draft.strip("/").split("/")[-1], [True], []

        def somebody_else(_event: object) -> None:
            """Commit to the same draft while a request is on its way, and so at every attempt."""
            if rush:
                with transaction_on(site.registry.database) as tree:
                    tree["drafts"][name].saved_at = clock.now()
                commits.append(1)

        site.registry.registerHandler(somebody_else, (IContextFound,))
        busy = answer(page, TYPED).submit("save", status=503)
        rush.clear()
        assert len(commits) == int(settings(tmp_path)["retry.attempts"])
        assert busy.headers["Retry-After"].isdecimal()
        kept = form(busy, f"{draft}section/need")
        assert {key: kept[key].value for key in TYPED} == TYPED
        assert TYPED["need_title"] not in person.get(f"{draft}section/need").text

        # Pressing the button once the rush is over saves it.
        assert kept.submit().status_int == 303
        assert TYPED["need_title"] in person.get(f"{draft}section/need").text
