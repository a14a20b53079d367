"""Who may do what with what is filed, and what of it stands: asked again each time, never lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from webtest import TestApp, Upload

from jiebang.casework.desk import Actor, Desk
from jiebang.casework.filing.reading import Reading, reading_of
from jiebang.model.numbers import Numbers
from jiebang.outbox.loop import transaction_on
from tests.functional.filling import answer, form, publish_one
from tests.functional.plausible import FILE, GIVEN, begin, file_alone, fill_draft
from tests.living import Living

Client = Callable[..., TestApp]
#: The district of the demo's district officer, and another.
MINE, OTHER = "310112", "310115"


def complaint_of(site: Living, role: str) -> str:
    return file_alone(site, role, "complaint")


def test_closed_answers_that_read_no_more_stand_as_they_were_filed(
    site: Living, client: Client
) -> None:
    path, old = complaint_of(site, "challenger"), {"mobile": "no phone", "once_asked": "as it was"}
    with transaction_on(site.registry.database) as root:
        first = root.at(path).filed[1]
        first._content = json.dumps({**first.data, **old})
    officer = client("case_officer")
    draft = form(officer.get(path), "handle").submit(status=303).follow().request.path
    asked = site.registry.rulebook["shanghai-2019"].forms["complaint"]
    form(fill_draft(officer, draft, asked, GIVEN["complaint"]), "submit").submit(status=303)
    with transaction_on(site.registry.database) as root:
        second = root.at(path).filed[2].data
        assert {key: second[key] for key in old} == old


def test_the_office_is_who_handles_or_audits_the_case_and_not_its_filer(site: Living) -> None:
    path = complaint_of(site, "case_officer")
    asked = site.registry.rulebook["shanghai-2019"].forms["complaint"]
    secret = {"findings", "complainant"}

    def withheld(root: Any, person: str, role: str) -> set[str]:
        desk = Desk(
            site=root,
            rules=site.registry.rulebook["shanghai-2019"],
            decider=site.registry.decider,
            numbers=Numbers(site.registry.database),
        )
        case, actor = root.at(path), Actor(person=person, roles=frozenset({role}))
        reading: Reading = reading_of(
            desk=desk, case=case, form_id=asked.id, version=case.filed.current, actor=actor
        )
        return secret & reading.withheld

    with transaction_on(site.registry.database) as root:
        assert withheld(root, "another", "reviewer") == set()
        assert withheld(root, "another", "auditor") == set()
        assert withheld(root, "another", "administrator") == secret
        assert withheld(root, "another", "district_officer") == secret
        assert withheld(root, root.at(path).person, "case_officer") == {"findings"}


def test_nobody_handles_what_they_filed(site: Living, client: Client) -> None:
    path, officer = complaint_of(site, "case_officer"), client("case_officer")
    page = officer.get(path)
    assert not page.html.select('form[action$="handle"], option[value="accept"]')
    posted = {"csrf_token": page.html.select_one("[name=csrf_token]")["value"], "act": "accept"}
    officer.post(f"{path}act", posted, status=422)
    officer.post(f"{path}handle", posted, status=409)
    with transaction_on(site.registry.database) as root:
        assert root.at(path).state == "filed"


def test_a_submission_goes_where_its_corrected_district_is(site: Living, client: Client) -> None:
    path = file_alone(site, "challenger", "support-application")
    officer, owner = client("case_officer"), client("challenger")

    def move_to(district: str) -> None:
        page = form(officer.get(f"{path}return/support-application"), "return/support-application")
        page["mark:district"], page["reason:district"] = True, "请核对所在区。"
        page.submit(status=303)
        draft = form(owner.get(path), "correct/support-application").submit().follow().request.path
        section = owner.get(draft).html.select_one(".task-list a")["href"]
        answer(owner.get(section), {"district": district}).submit("save", status=303)
        form(owner.get(f"{draft}check"), "submit").submit(status=303)

    move_to(OTHER)
    client("district_officer").get(path, status=404)
    move_to(MINE)
    client("district_officer").get(path, status=200)


def test_a_sealed_copy_is_of_the_form_of_what_it_seals(site: Living, client: Client) -> None:
    path, owner = complaint_of(site, "challenger"), client("challenger")
    with transaction_on(site.registry.database) as root:
        first = root.at(path).filed[1]
        first.form_version, asked = "of another day", first.asked
    page = form(owner.get(f"{path}document/complaint/1"), "seal/complaint/1")
    page["scan"] = Upload("盖章件.pdf", FILE)
    page.submit(status=303)
    with transaction_on(site.registry.database) as root:
        second = root.at(path).filed[2]
        assert (second.form_version, second.asked) == ("of another day", asked)


def test_the_right_to_file_about_a_demand_is_asked_again(site: Living, client: Client) -> None:
    case = publish_one(client)
    number, challenger = case.rstrip("/").rsplit("/", 1)[-1], client("challenger")
    asked = site.registry.rulebook["shanghai-2019"].forms["challenge-document"]
    draft = begin(challenger, asked.id, about=number)
    submit = form(fill_draft(challenger, draft, asked), "submit")
    with transaction_on(site.registry.database) as root:
        root.at(case).batch = None
    submit.submit(status=404)
    with transaction_on(site.registry.database) as root:
        assert not list(root.edition("shanghai-2019")["submissions"].values())


def test_what_was_filed_with_a_form_of_old_can_be_read(site: Living, client: Client) -> None:
    path = complaint_of(site, "challenger")
    forms = site.registry.rulebook["shanghai-2019"].forms.forms
    kept = dict(forms)
    object.__setattr__(site.registry.rulebook["shanghai-2019"].forms, "forms", kept)
    del kept["complaint"]
    for role in ("challenger", "case_officer"):
        assert "投诉" in client(role).get(path).text
        client(role).get(f"{path}document/complaint/1", status=200)
    client("challenger").get("/my", status=200)
    client("case_officer").get(f"{path}return/complaint", status=409)
