"""The other side: the peer, asked in-process. ``python -m bench.theirs <folder>``."""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.driver import Browser, ask_for, write_with
from bench.seed import DEMANDERS, EACH, FORM, bare_firm, filler

ROOT = Path(__file__).resolve().parents[1]


class Theirs:
    """The peer and what the bench asks of it. Django reads its settings at the first import."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        catalog = folder / "locale" / "zh_Hans" / "LC_MESSAGES"
        catalog.mkdir(parents=True, exist_ok=True)
        # The same translations, so that looking them up costs both sides what it costs.
        shutil.copy(ROOT / "locales/zh_CN/LC_MESSAGES/jiebang.mo", catalog / "django.mo")
        os.environ["PEER_FOLDER"] = str(folder)
        from bench.peer.wsgi import application  # noqa: PLC0415 - needs the folder first

        self.folder, self.app = folder, application

    def seed(self, facts: dict[str, Any], words: dict[str, Any], cases: int) -> str:
        """Fill the peer with what our side told; answer the path of the case."""
        from django.contrib.auth.models import Group, Permission, User  # noqa: PLC0415 - set up first
        from django.core.management import call_command  # noqa: PLC0415 - the same
        from django.utils import timezone  # noqa: PLC0415 - the same

        from bench.peer import models  # noqa: PLC0415 - the same

        (self.folder / "words.json").write_text(json.dumps(words, ensure_ascii=False), "utf-8")
        call_command("migrate", run_syncdb=True, verbosity=0)
        path = f"/cases/{facts['number']}/"
        if not models.Case.objects.filter(number=facts["number"]).exists():
            group = Group.objects.create(name="case_officer")
            group.permissions.set(Permission.objects.filter(content_type__app_label="peer"))
            officer = User.objects.create(username="officer", first_name="经办岗")
            officer.groups.add(group)
            firms = []
            for number, one in enumerate(DEMANDERS):
                firm = models.Organisation.objects.create(
                    name=one.name, code=one.code, kind="enterprise", province="上海市"
                )
                person = User.objects.create(username=f"firm-{number}", first_name=one.name)
                models.Membership.objects.create(person=person, organisation=firm, role="demander")
                firms.append(firm)
            case = models.Case.objects.create(
                number=facts["number"],
                title=dict(FORM)["need_title"],
                owner=firms[0],
                officer=officer,
                stage=facts["stage"],
                stage_since=facts["opened_at"],
                opened_at=facts["opened_at"],
                district="310112",
                session=1,
            )
            for document in facts["documents"]:
                for version in document["versions"]:
                    models.Document.objects.create(
                        case=case, form=document["form"], title=document["title"], **version
                    )
            for decision in facts["decisions"]:
                models.Decision.objects.create(case=case, **decision)
        chance = random.Random(2019)  # noqa: S311 - the same list each time
        stages = [one["id"] for one in words["stages"]]
        have = models.Case.objects.count() - 1
        now = timezone.now()
        firms = -(-cases // EACH)
        codes = [bare_firm(number) for number in range(-(-have // EACH), firms)]
        models.Organisation.objects.bulk_create(
            [
                models.Organisation(
                    name=one.name, code=one.code, kind="enterprise", province="上海市"
                )
                for one in codes
            ],
            batch_size=2000,
        )
        first = models.Organisation.objects.get(code=bare_firm(0).code).pk if cases else 0
        officer = User.objects.get(username="officer")
        rows = []
        for serial in range(have, cases):
            one = filler(chance, serial, stages)
            at = now - timedelta(hours=one.hours)
            rows.append(
                models.Case(
                    number=one.number,
                    title=one.title,
                    owner_id=first + one.firm,
                    officer=officer if serial % 2 else None,
                    stage=one.stage,
                    stage_since=at,
                    opened_at=at,
                    district=one.district,
                    session=one.session,
                )
            )
        models.Case.objects.bulk_create(rows, batch_size=2000)
        return path

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
        from bench.peer.models import Draft  # noqa: PLC0415 - Django is set up by now

        people = [self._browser(f"firm-{one}") for one in range(writers)]

        def once(writer: int) -> str:
            browser = people[writer]
            begun = browser.post("/start", [("organisation", DEMANDERS[writer].code)])
            assert begun.status == 302, begun.status
            draft = begun.headers["Location"]
            shown = [("revision", "0"), *FORM, ("uscc", DEMANDERS[writer].code)]
            assert browser.post(f"{draft}autosave", shown).status == 200
            filed = browser.post(f"{draft}submit", [("revision", "1")])
            assert filed.status == 302, filed.status
            return draft.strip("/").split("/")[-1]

        result = write_with(writers, each, once)
        filed = Draft.objects.filter(pk__in=result["numbers"], receipt__isnull=False).count()
        count = len(result["numbers"])
        return {**result, "numbers": count, "lost": count - filed}

    def _browser(self, username: str) -> Browser:
        from django.contrib.auth.models import User  # noqa: PLC0415 - Django is set up by now
        from django.middleware.csrf import _get_new_csrf_string  # noqa: PLC0415 - the same
        from django.test import Client  # noqa: PLC0415 - the same

        client = Client()
        client.force_login(User.objects.get(username=username))
        token = _get_new_csrf_string()
        cookie = f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}"
        return Browser(self.app, cookie=cookie, token=token, token_field="csrfmiddlewaretoken")


if __name__ == "__main__":
    from bench.speaking import answer_commands

    answer_commands(Theirs(Path(sys.argv[1])))
