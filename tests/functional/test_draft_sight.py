"""What a draft shows of the case it was begun on, and what becomes of it when the case moves on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from webtest import TestApp

from jiebang.outbox.loop import transaction_on
from tests.functional.filling import form
from tests.functional.plausible import GIVEN, file_alone, fill_draft
from tests.living import Living

Client = Callable[..., TestApp]
FORM = "complaint"


@pytest.fixture
def complaint(site: Living) -> str:
    """A complaint of a challenger; the path of the submission."""
    return file_alone(site, "challenger", FORM)


def handling(officer: TestApp, complaint: str) -> str:
    """The office's draft on it."""
    return str(form(officer.get(complaint), "handle").submit(status=303).follow().request.path)


def file_again(site: Living, complaint: str, **changed: str) -> None:
    """A newer version with some answers changed, as somebody else of the office files it."""
    with transaction_on(site.registry.database) as root:
        document = root.at(complaint).filed
        now = document.current
        document.file(
            form_version=now.form_version,
            data={**now.data, **changed},
            attachments=now.attachments,
            filed=now.filed,
        )


def confidential_of_office(site: Living) -> str:
    asked = site.registry.rulebook["shanghai-2019"].forms[FORM]
    return next(
        one.key
        for section in asked.sections
        if section.filled_by == "office"
        for one in section.questions
        if one.confidential and not one.shown_when
    )


def test_the_filer_never_sees_confidential_answers_of_the_office(
    site: Living, client: Client, complaint: str
) -> None:
    officer, owner = client("case_officer"), client("challenger")
    asked_form = site.registry.rulebook["shanghai-2019"].forms[FORM]
    given = {**GIVEN[FORM], confidential_of_office(site): "只供内部掌握"}
    written = fill_draft(officer, handling(officer, complaint), asked_form, given)
    form(written, "submit").submit(status=303)
    page = form(officer.get(f"{complaint}return/{FORM}"), f"return/{FORM}")
    page["mark:facts"], page["reason:facts"] = True, "请写明时间和经过。"
    page.submit(status=303)
    draft = form(owner.get(complaint), f"correct/{FORM}").submit().follow().request.path
    section = owner.get(draft).html.select_one(".task-list a")["href"]
    asked = next(one for one in owner.get(section).forms.values() if "revision" in one.fields)
    asked["facts"] = "补充了时间和经过。"
    asked.submit("save", status=303)
    asked["facts"] = "别处又改了一次。"
    conflict = asked.submit("save", status=409)
    checked = owner.get(f"{draft}check")
    assert "补充了时间和经过。" in checked.text
    assert "只供内部掌握" not in checked.text + conflict.text
    assert "只供内部掌握" in officer.get(f"{complaint}document/{FORM}/2").text


def test_the_office_is_shown_only_its_own_sections(
    site: Living, client: Client, complaint: str
) -> None:
    officer = client("case_officer")
    draft = handling(officer, complaint)
    for section in site.registry.rulebook["shanghai-2019"].forms[FORM].sections:
        wanted = 200 if section.filled_by == "office" else 404
        page = officer.get(f"{draft}section/{section.id}", status=wanted)
        assert "13800000000" not in page.text


def test_a_draft_is_shut_when_the_right_to_its_case_is_gone(
    site: Living, client: Client, complaint: str
) -> None:
    officer = client("case_officer")
    draft = handling(officer, complaint)
    with transaction_on(site.registry.database) as root:
        person = root["people"][root.at(draft).person]
        person.roles = frozenset({"expert"})
    for page in ("", "check", "workbook", "section/handling"):
        officer.get(f"{draft}{page}", status=404)
    mine = officer.get("/my")
    assert draft not in [one["href"] for one in mine.html.select("a[href]")]
    assert complaint.rstrip("/").rsplit("/", 1)[-1] not in mine.text
    form(mine, f"{draft}discard").submit(status=303)
    assert draft not in officer.get("/my").text
    with transaction_on(site.registry.database) as root:
        assert draft.strip("/").rsplit("/", 1)[-1] not in root["drafts"]


def test_an_overtaken_draft_takes_over_what_it_left_alone(
    site: Living, client: Client, complaint: str
) -> None:
    officer, key = client("case_officer"), confidential_of_office(site)
    asked = site.registry.rulebook["shanghai-2019"].forms[FORM]
    draft = handling(officer, complaint)
    checked = fill_draft(officer, draft, asked, GIVEN[FORM])
    with transaction_on(site.registry.database) as root:
        written = root.at(draft)
        data = {name: one for name, one in written.data.items() if name != key}
        written.data = data
    file_again(site, complaint, **{key: "另一人所写"})
    again = form(checked, "submit").submit(status=303).follow()
    assert "另一人所写" in again.text
    with transaction_on(site.registry.database) as root:
        assert root.at(draft).data == {**data, key: "另一人所写"}


def test_a_file_in_place_of_text_is_no_answer(client: Client, complaint: str) -> None:
    officer = client("case_officer")
    token = form(officer.get(complaint), "act")["csrf_token"].value
    posted = {"csrf_token": token}
    officer.post(f"{complaint}act", posted, upload_files=[("act", "a.txt", b"a")], status=404)
    draft = handling(officer, complaint)
    files = [("revision", "a.txt", b"a"), ("section", "b.txt", b"b")]
    assert officer.post(f"{draft}autosave", posted, upload_files=files, status="*").status_int < 500
    many = {**posted, "revision": "9" * 5000}
    officer.post(f"{draft}submit", many, status=303)
