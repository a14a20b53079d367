"""The store cannot keep up: the form comes back with everything that was typed."""

from __future__ import annotations

import threading
from pathlib import Path

from jiebang import clock
from jiebang.outbox.loop import transaction_on
from tests.functional.filling import answer, form
from tests.living import living

TYPED = {"need_title": "忙时写下的名称", "need_brief": "忙时写下的简述。", "tech_field": "energy"}


def test_conflicts_without_end_give_the_form_back(tmp_path: Path):
    with living(tmp_path) as site:
        person = site.client("demander")
        draft = form(person.get("/my"), "/start").submit().follow().request.path
        page = person.get(f"{draft}section/need")
        over, commits = threading.Event(), []

        def somebody_else() -> None:
            """Commit to the same draft faster than any request can."""
            while not over.is_set():
                with transaction_on(site.registry.database) as tree:
                    tree["drafts"][draft.strip("/").split("/")[-1]].saved_at = clock.now()
                commits.append(1)

        other = threading.Thread(target=somebody_else)
        other.start()
        try:
            busy = answer(page, TYPED).submit("save", status=503)
        finally:
            over.set()
            other.join()
        assert len(commits) > 10
        assert busy.headers["Retry-After"].isdecimal()
        kept = form(busy, f"{draft}section/need")
        assert {key: kept[key].value for key in TYPED} == TYPED
        assert TYPED["need_title"] not in person.get(f"{draft}section/need").text

        # Pressing the button once the rush is over saves it.
        assert kept.submit().status_int == 303
        assert TYPED["need_title"] in person.get(f"{draft}section/need").text
