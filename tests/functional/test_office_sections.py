"""Office sections of documents on a demand: answered by the right officer, the filer's answers kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from webtest import TestApp

from jiebang.outbox.loop import transaction_on
from tests.functional.filling import form, judge, pre_register
from tests.functional.plausible import GIVEN, file_alone, fill_draft
from tests.living import Living

Client = Callable[..., TestApp]
SURVEY = "demand-survey"


@pytest.fixture
def case(site: Living, client: Client) -> str:
    """A demand on which its owner filed the survey; its path."""
    demander = client("demander")
    path = pre_register(demander)
    judge(client("reviewer"), path)
    draft = form(demander.get(path), f"fill/{SURVEY}").submit(status=303).follow().request.path
    asked = site.registry.rulebook["shanghai-2019"].forms[SURVEY]
    form(fill_draft(demander, draft, asked, GIVEN.get(SURVEY)), "submit").submit(status=303)
    return path


def test_an_officer_answers_the_office_sections_of_a_document_on_a_demand(
    site: Living, client: Client, case: str
) -> None:
    officer, asked = client("case_officer"), site.registry.rulebook["shanghai-2019"].forms[SURVEY]
    draft = form(officer.get(case), f"office/{SURVEY}").submit(status=303).follow().request.path
    office = {one.id for one in asked.sections if one.filled_by == "office"}
    listed = {
        one["href"].rsplit("/", 1)[-1] for one in officer.get(draft).html.select(".task-list a")
    }
    assert listed
    assert listed <= office
    form(fill_draft(officer, draft, asked), "submit").submit(status=303)
    with transaction_on(site.registry.database) as root:
        found = root.at(case)
        document = found.documents[SURVEY]
        first, second = document[1].data, document[2].data
        assert {key: second[key] for key in first} == first
        assert "form_review" in second.keys() - first.keys()
        assert document[2].filed.person == "demo-case-officer"
        assert document[2].filed.organisation == document[1].filed.organisation
        last = [one for one in found.journal if one.act == "file"][-1]
        assert (last.actor, last.detail["version"]) == ("demo-case-officer", 2)
    # The same officer may go on, and the filer may still read it.
    form(officer.get(case), f"office/{SURVEY}")
    client("demander").get(f"{case}document/{SURVEY}/2", status=200)


@pytest.mark.parametrize("role", ["demander", "reviewer", "district_officer", "auditor", "agency"])
def test_nobody_else_answers_them(client: Client, case: str, role: str) -> None:
    other = client(role)
    token = form(other.get("/my"), "/sign-out")["csrf_token"].value
    other.post(f"{case}office/{SURVEY}", {"csrf_token": token}, status=(403, 404))
    if role != "agency":
        assert f"office/{SURVEY}" not in other.get(case).text


def test_what_an_officer_files_is_handled_by_the_second_one(site: Living, client: Client) -> None:
    path = file_alone(site, "case_officer", "publicity")
    # Whoever filed it may only withdraw it.
    assert acts(client("case_officer"), path) == {"withdraw"}
    second = client("case_officer_two")
    assert "accept" in acts(second, path)
    page = next(one for one in second.get(path).forms.values() if "act" in one.fields)
    assert page.submit("act", value="accept").status_int == 303


def acts(client: TestApp, path: str) -> set[str]:
    """What the page of a submission lets somebody do."""
    return {one["value"] for one in client.get(path).html.select("button[name=act]")}
