"""Forms filed by themselves: begun, filed, handled, returned, corrected, closed, by those who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from webtest import TestApp

from jiebang import clock
from jiebang.outbox.loop import transaction_on
from tests.functional.filling import answer, form, pre_register
from tests.functional.plausible import GIVEN, begin, file_alone, fill_draft
from tests.living import Living

Client = Callable[..., TestApp]


@pytest.fixture
def complaint(site: Living) -> str:
    """A complaint of a challenger; the path of the submission."""
    return file_alone(site, "challenger", "complaint")


def test_the_list_of_forms_is_public_and_begins_only_for_those_who_may(client: Client) -> None:
    public, demander = client(None).get("/forms"), client("demander").get("/forms")
    assert "技术创新需求调查表" in public.text
    assert not public.html.select("#mine")
    begun = {one["href"] for one in demander.html.select("#mine a")}
    assert "/forms/demand-survey" in begun
    assert "/forms/work-plan" not in begun
    assert not client(None).get("/forms/demand-survey").html.select("form[action$=start]")


def test_of_a_demand_the_list_has_the_forms_about_it_and_of_entering_for_it(
    client: Client,
) -> None:
    number = "SH2019-0001"
    public = client(None).get("/forms", {"about": number})
    listed = {one["href"] for one in public.html.select("main th a")}
    assert {f"/forms/{one}?about={number}" for one in ("entry", "challenge-document")} <= listed
    assert not [one for one in listed if "complaint" in one]
    challenger = client("challenger").get("/forms", {"about": number})
    begun = {one["href"] for one in challenger.html.select("#mine a")}
    assert f"/forms/entry?about={number}" in begun
    page = client("challenger").get(f"/forms/challenge-document?about={number}")
    assert form(page, "/start")["about"].value == number


def test_a_form_is_filed_by_itself_and_numbered_in_a_series_of_its_own(site: Living) -> None:
    first = file_alone(site, "demander", "demand-survey")
    second = file_alone(site, "demander", "demand-survey")
    assert first.endswith("/submissions/SH2019-DC-0001/")
    assert second.endswith("/submissions/SH2019-DC-0002/")
    page = site.client("demander").get(first)
    assert "已提交" in page.text or "Filed" in page.text
    assert first in [one["href"] for one in site.client("demander").get("/my").html.select("a")]


def test_an_officer_accepts_and_closes_and_the_owner_reads_why(
    client: Client, complaint: str
) -> None:
    officer, owner = client("case_officer"), client("challenger")
    accept = next(one for one in officer.get(complaint).forms.values() if "act" in one.fields)
    accept.submit("act", value="accept", status=303)
    closing = next(one for one in officer.get(complaint).forms.values() if "reason" in one.fields)
    assert closing.submit("act", value="close", status=422).html.select(".error-summary li")
    closing["reason"] = "已答复。"
    closing.submit("act", value="close", status=303)
    page = owner.get(complaint)
    assert "已答复。" in page.text
    assert not page.html.select('form[action$="act"]')
    journal = officer.get(f"{complaint}journal").text
    assert all(f">{one}<" in journal for one in ("file", "accept", "close"))


def test_the_owner_withdraws_while_nobody_has_accepted_it(client: Client, complaint: str) -> None:
    owner = client("challenger")
    withdraw = next(one for one in owner.get(complaint).forms.values() if "act" in one.fields)
    withdraw.submit("act", value="withdraw", status=303)
    assert not owner.get(complaint).html.select('form[action$="act"]')


def test_nobody_else_finds_a_submission_anywhere(
    site: Living, client: Client, complaint: str
) -> None:
    site.catch_up()
    number = complaint.rstrip("/").rsplit("/", 1)[-1]
    for role in ("demander", "agency", "expert", "administrator", "district_officer"):
        client(role).get(complaint, status=404)
        client(role).get(f"{complaint}document/complaint/1", status=404)
        assert number not in client(role).get("/my").text
    client(None).get(complaint, status=401)
    assert number not in client("district_officer").get("/submissions").text
    client("demander").get("/submissions", status=404)


@pytest.mark.usefixtures("complaint")
def test_the_officers_list_is_filtered_by_form_state_and_text(site: Living, client: Client) -> None:
    file_alone(site, "demander", "demand-survey")
    site.catch_up()
    officer = client("case_officer")

    def shown(**asked: str) -> int:
        return len(officer.get("/submissions", asked).html.select("tbody tr"))

    assert shown() == 2
    assert shown(form="complaint") == 1
    assert shown(state="accepted") == 0
    assert shown(text="TS-0001") == 1
    assert shown(text="挑战者") == 1
    assert shown(text="示例") == 0
    # Number, form, owner, demand, state, waiting, and not one answer.
    assert "示例" not in officer.get("/submissions").text


def test_a_form_about_a_demand_is_begun_only_about_one_that_the_person_can_see(
    site: Living, client: Client
) -> None:
    case = pre_register(client("demander"))
    number = case.rstrip("/").rsplit("/", 1)[-1]
    forms = site.registry.rulebook["shanghai-2019"].forms.forms.values()
    asked = next(
        one
        for one in forms
        if one.filing and one.filing.about == "demand" and "challenger" in one.filing.by
    )
    start = form(client("challenger").get(f"/forms/{asked.id}"), "/start")
    for unseen in (number, "SH2019-9999", ""):
        start["about"] = unseen
        page = start.submit(status=422)
        assert page.html.select_one("#about")["value"] == unseen
    texts = {start.submit(status=422).html.main.text for start["about"] in (number,)}
    assert "高温合金" not in "".join(texts)


def test_what_is_not_for_this_role_cannot_be_begun(client: Client) -> None:
    demander = client("demander")
    token = demander.get("/forms/demand-survey").forms[0]["csrf_token"].value
    posted = {"csrf_token": token, "as": "case_officer:"}
    demander.post("/forms/work-plan/start", posted, status=404)
    demander.post("/forms/demand-survey/start", {**posted, "as": "demander:somebody"}, status=404)
    demander.post("/forms/nothing/start", posted, status=404)


def test_after_the_phase_has_ended_nothing_is_filed_and_nothing_is_lost(
    site: Living, client: Client
) -> None:
    rules = site.registry.rulebook["shanghai-2019"]
    asked = next(
        one
        for one in rules.forms.forms.values()
        if one.filing and one.filing.closes and "demander" in one.filing.by
    )
    closing = rules.edition.phase(asked.filing.closes)
    today = clock.today()
    open_now = closing.model_copy(update={"from_": None, "until": today})
    phases = tuple(open_now if one is closing else one for one in rules.edition.phases)
    # The notice gives this phase no end, so the test says one.
    object.__setattr__(rules.edition, "phases", phases)
    about = {"about": pre_register(client("demander")).rstrip("/").rsplit("/", 1)[-1]}
    demander = client("demander")
    draft = begin(demander, asked.id, **(about if asked.filing.about == "demand" else {}))
    assert demander.get(draft).html.select(".countdown")
    checked = fill_draft(demander, draft, asked)
    with clock.shifted(timedelta(days=1)):
        refused = form(checked, "submit").submit(status=409)
        assert refused.html.select(".error-summary li")
        assert demander.get(f"{draft}check").html.select("dl.facts dd .text")
        assert not demander.get(f"/forms/{asked.id}").html.select("form[action$=start]")
    form(demander.get(f"{draft}check"), "submit").submit(status=303)


def test_the_office_fills_its_section_and_the_filers_answers_stay(
    site: Living, client: Client, complaint: str
) -> None:
    officer, owner = client("case_officer"), client("challenger")
    asked = site.registry.rulebook["shanghai-2019"].forms["complaint"]
    office = {one.id for one in asked.sections if one.filled_by == "office"}
    draft = form(officer.get(complaint), "handle").submit(status=303).follow().request.path
    listed = {
        one["href"].rsplit("/", 1)[-1] for one in officer.get(draft).html.select(".task-list a")
    }
    assert listed <= office
    assert listed
    form(fill_draft(officer, draft, asked, GIVEN["complaint"]), "submit").submit(status=303)
    with transaction_on(site.registry.database) as root:
        document = root.at(complaint).filed
        first, second = document[1].data, document[2].data
    filers = {q.key for one in asked.sections if one.filled_by == "filer" for q in one.questions}
    assert {key: second[key] for key in filers & second.keys()} == first
    assert second.keys() - first.keys()
    owner.get(f"{complaint}document/complaint/2", status=200)


def test_the_offices_and_the_filers_work_never_overwrite_each_other(
    site: Living, client: Client, complaint: str
) -> None:
    officer, owner = client("case_officer"), client("challenger")
    asked = site.registry.rulebook["shanghai-2019"].forms["complaint"]
    handling = form(officer.get(complaint), "handle").submit(status=303).follow().request.path
    checked = fill_draft(officer, handling, asked, GIVEN["complaint"])
    page = form(officer.get(f"{complaint}return/complaint"), "return/complaint")
    page["mark:facts"], page["reason:facts"] = True, "请写明时间和经过。"
    page.submit(status=303)
    draft = form(owner.get(complaint), "correct/complaint").submit().follow().request.path
    section = owner.get(draft).html.select_one(".task-list a")["href"]
    answer(owner.get(section), {"facts": "补充了时间和经过。"}).submit("save", status=303)
    form(owner.get(f"{draft}check"), "submit").submit(status=303)
    again = form(checked, "submit").submit(status=303).follow()
    assert any("第 2 版" in one.text for one in again.html.select(".notice"))
    assert "补充了时间和经过。" in again.text
    form(again, "submit").submit(status=303)
    with transaction_on(site.registry.database) as root:
        document = root.at(complaint).filed
        assert document.last == 3
        assert document[3].data["facts"] == "补充了时间和经过。"
        assert {key: document[3].data[key] for key in document[2].data} == document[2].data
        assert document[3].data.keys() - document[2].data.keys()


def test_the_office_writes_beside_masked_answers(
    site: Living, client: Client, complaint: str
) -> None:
    officer = client("case_officer")
    asked = site.registry.rulebook["shanghai-2019"].forms["complaint"]
    draft = form(officer.get(complaint), "handle").submit(status=303).follow().request.path
    fill_draft(officer, draft, asked, GIVEN["complaint"])
    page = officer.get(f"{draft}check")
    assert "138****0000" in page.text
    assert "13800000000" not in page.text
    for link in officer.get(draft).html.select(".task-list a"):
        assert "13800000000" not in officer.get(link["href"]).text


def test_an_expired_sign_in_loses_no_mark(site: Living, client: Client, complaint: str) -> None:
    page = form(client("case_officer").get(f"{complaint}return/complaint"), "return/complaint")
    page["mark:facts"], page["reason:facts"] = True, "请写明时间和经过。"
    posted = page.submit_fields()
    kept = site.stranger().post(f"{complaint}return/complaint", posted, status=401)
    assert "请写明时间和经过。" in kept.text
    assert complaint in kept.text


def test_a_demand_that_is_not_public_says_nothing_through_a_form(
    site: Living, client: Client
) -> None:
    """Who may not see a demand learns neither its title nor whether it exists."""
    number = pre_register(client("demander")).rstrip("/").rsplit("/", 1)[-1]
    forms = site.registry.rulebook["shanghai-2019"].forms.forms.values()
    about = [one for one in forms if one.filing and one.filing.about == "demand"]
    for role in ("challenger", "agency", "demander_suzhou"):
        for asked in about:
            page = client(role).get(f"/forms/{asked.id}?about={number}")
            assert "焊接变形" not in page.text
            if page.html.select("form[action$=start]"):
                start = form(page, "/start")
                start["about"] = number
                there = start.submit(status=422).html.main.text
                start["about"] = "SH2019-9999"
                nowhere = start.submit(status=422).html.main.text
                assert there == nowhere


def test_what_was_answered_once_is_not_typed_again(site: Living, client: Client) -> None:
    file_alone(site, "demander", "demand-survey")
    with transaction_on(site.registry.database) as root:
        case = next(iter(root.edition("shanghai-2019")["submissions"].values()))
        filed = case.filed.current.data
    draft = begin(client("demander"), "demand-survey")
    with transaction_on(site.registry.database) as root:
        begun = root.at(draft).data
    assert begun["org_name"] == filed["org_name"]
    assert begun["address"] == filed["address"]
    assert "problem" not in begun
