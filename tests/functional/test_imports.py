"""Workbooks brought in: checked, shown, confirmed, filed row by row; and lists taken out."""

from __future__ import annotations

import gc
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from openpyxl import load_workbook
from webtest import TestApp, Upload
from webtest.response import TestResponse

from jiebang import clock
from jiebang.casework.accounts.joining import join
from jiebang.model import imports
from jiebang.model.people import Credentials, Person
from jiebang.outbox.loop import transaction_on
from tests.functional.filling import form, pre_register
from tests.functional.test_submissions import begin, file_alone
from tests.functional.workbooks import company, saved, table, write_answers, write_rows
from tests.living import Living

Client = Callable[..., TestApp]

#: WebOb leaves posted files to the collector of garbage, since a request may be tried again with them.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Posted files are collected while their warnings are passed over, not in some other test."""
    yield
    gc.collect()


def bring_in(client: TestApp, content: bytes, name: str = "汇总.xlsx", status: int = 303) -> Any:
    asked = form(client.get("/imports"), "/imports/")
    asked["file"] = Upload(name, content)
    return asked.submit(status=status)


def checked(site: Living, client: TestApp, content: bytes) -> TestResponse:
    """The page of an import that a worker has checked."""
    page = bring_in(client, content).follow()
    assert page.html.select("#progress progress")
    site.catch_up()
    return client.get(page.request.path)


def template(client: TestApp) -> bytes:
    return bytes(client.get("/forms/pre-registration/batch.xlsx").body)


def figures(page: TestResponse) -> dict[str, int]:
    return {one.dt.text.strip(): int(one.dd.text) for one in page.html.select("dl.figures > div")}


def demands(site: Living) -> list[Any]:
    with transaction_on(site.registry.database) as root:
        found = root.edition("shanghai-2019")["demands"].values()
        return sorted(
            (one.number, one.title, one.stage, one.district, root["organisations"][one.owner].name)
            for one in found
        )


def test_only_the_good_rows_are_filed_and_only_when_confirmed(site: Living, client: Client) -> None:
    officer = client("district_officer")
    rows = [
        company(1),
        company(2, mobile="12"),
        company(3, need_title="=1+1"),
        company(4, district="浦东新区"),
        company(5, uscc=None),
        company(6, tech_field="没有这一项"),
        company(7, reward_mode="是"),
    ]
    page = checked(site, officer, write_rows(template(officer), rows))
    assert demands(site) == []
    assert list(figures(page).values()) == [7, 2, 5]
    listed = [int(re.sub(r"\D", "", one.text)) for one in page.html.select("tbody th")]
    assert listed == [4, 5, 6, 7, 8]
    confirmed = form(page, "/confirm").submit(status=303).follow()
    assert confirmed.html.select("#progress progress")
    site.catch_up()
    filed = demands(site)
    assert [one[1:] for one in filed] == [
        ("示例需求1", "awaiting_judgement", "310112", "示例单位1"),
        ("示例需求7", "awaiting_judgement", "310112", "示例单位7"),
    ]
    done = officer.get(confirmed.request.path)
    told = table(done.click(href="result.xlsx").body)
    numbers = {row[0]: row[2] for row in told[1:] if row[2]}
    assert numbers == {3: filed[0][0], 9: filed[1][0]}
    assert {one[0]: bool(one[5]) for one in told[1:]} == {
        number: number not in numbers for number in range(3, 10)
    }


def test_a_row_is_filed_as_if_by_hand(site: Living, client: Client) -> None:
    officer = client("district_officer")
    page = checked(site, officer, write_rows(template(officer), [company(1)]))
    form(page, "/confirm").submit(status=303)
    site.catch_up()
    with transaction_on(site.registry.database) as root:
        [case] = root.edition("shanghai-2019")["demands"].values()
        owner = root["organisations"][case.owner]
        person = next(one for one in root["people"].values() if "district_officer" in one.roles)
        version = case.current("pre-registration")
        assert (version.filed.person, version.filed.organisation) == (person.id, owner.id)
        assert version.data["mobile"] == "13800000000"
        assert version.data["reward_mode"] is False
        assert [one.act for one in case.journal][:2] == ["file", "decide"]
        assert case.decision("demander-eligibility").outcome == "undetermined"
        assert owner.identifier.number == version.data["uscc"]
        assert list(owner.members) == []
        assert case.path in owner.cases
        assert list(person.drafts) == []
        assert not list(root["drafts"].values())
        path = case.path
    # The officer of the district and the case officer see it; nobody who merely signed in does.
    assert officer.get(f"{path}/").status_int == 200
    client("case_officer").get(f"{path}/", status=200)
    client("demander").get(f"{path}/", status=404)


def test_wrong_rows_come_back_marked_and_can_be_imported_corrected(
    site: Living, client: Client
) -> None:
    officer = client("district_officer")
    rows = [company(1), company(2, mobile="12", need_title="+机密"), company(3, need_brief="=A1")]
    page = checked(site, officer, write_rows(template(officer), rows))
    book = load_workbook(io.BytesIO(page.click(href="wrong.xlsx").body))
    sheet = book.worksheets[0]
    keys = {cell.value: cell.column for cell in sheet[2]}
    marked = {
        (row, key)
        for key, column in keys.items()
        for row in (3, 4)
        if sheet.cell(row, column).fill.start_color.rgb == "00F9D6D5"
    }
    assert marked == {(3, "!wrong"), (3, "mobile"), (4, "!wrong"), (4, "need_brief")}
    assert sheet.cell(3, keys["need_title"]).value == "'+机密"
    assert sheet.cell(4, keys["need_brief"]).data_type == "s"
    assert "12" in str(sheet.cell(3, keys["mobile"]).value)
    assert all(sheet.cell(row, keys["!wrong"]).value for row in (3, 4))
    sheet.cell(3, keys["mobile"], "13800000000")
    sheet.cell(4, keys["need_brief"], "改好了")
    again = checked(site, officer, saved(book))
    assert list(figures(again).values()) == [2, 2, 0]
    form(again, "/confirm").submit(status=303)
    site.catch_up()
    assert [one[1] for one in demands(site)] == ["+机密", "示例需求3"]


def test_the_same_rows_twice_are_one_filing(site: Living, client: Client) -> None:
    officer = client("district_officer")
    content = write_rows(template(officer), [company(1), company(2), company(1)])
    page = checked(site, officer, content)
    second = checked(site, officer, content)
    assert list(figures(page).values()) == [3, 2, 0, 1]
    # Confirmed twice, and once more by way of another import of the same file.
    form(page, "/confirm").submit(status=303)
    form(page, "/confirm").submit(status=303)
    form(second, "/confirm").submit(status=303)
    site.catch_up()
    assert len(demands(site)) == 2
    third = checked(site, officer, content)
    assert not third.html.select('form[action$="confirm"]')
    assert third.html.select(".notice--warn")
    assert len(demands(site)) == 2


def test_a_crash_in_the_middle_files_nothing_twice(site: Living, client: Client) -> None:
    officer = client("district_officer")
    rows = [company(number) for number in range(25)]
    page = checked(site, officer, write_rows(template(officer), rows))
    form(page, "/confirm").submit(status=303)
    wired = site.consumers()
    importer = next(one for one in wired if one.name == "imports")
    importer.catch_up(site.registry.database)
    assert 0 < len(demands(site)) < 25
    # Another worker takes over: it knows nothing but the database.
    site.catch_up()
    assert len(demands(site)) == 25
    assert len({one[0] for one in demands(site)}) == 25


def test_a_fault_of_ours_stops_one_import_and_going_on_ends_it(
    site: Living, client: Client
) -> None:
    officer = client("district_officer")
    page = checked(site, officer, write_rows(template(officer), [company(1)]))
    form(page, "/confirm").submit(status=303)
    with transaction_on(site.registry.database) as root:
        [one] = root["imports"].values()
        row = next(iter(one.rows.values()))
        kept, row.content = row.content, "damaged"
    site.catch_up()
    stopped = officer.get(page.request.path)
    with transaction_on(site.registry.database) as root:
        [one] = root["imports"].values()
        assert one.state == imports.STOPPED
        next(iter(one.rows.values())).content = kept
    form(stopped, "/go-on").submit(status=303)
    site.catch_up()
    assert len(demands(site)) == 1


@pytest.mark.parametrize(
    ("make", "status"),
    [
        (lambda template: template[: len(template) // 2], 422),
        (lambda _template: b"PK\x03\x04 nothing", 422),
        (lambda _template: b"", 422),
    ],
)
def test_a_file_that_is_no_workbook_is_refused_at_once(
    client: Client, make: Callable[[bytes], bytes], status: int
) -> None:
    officer = client("district_officer")
    page = bring_in(officer, make(template(officer)), status=status)
    assert page.html.select(".error-summary li")[0].text.strip()


def test_another_workbook_is_refused_with_the_remedy(site: Living, client: Client) -> None:
    officer = client("district_officer")
    other = officer.get("/forms/demand-survey/blank.xlsx").body
    page = checked(site, officer, bytes(other))
    assert page.html.select(".notice--warn p")
    assert not page.html.select('form[action$="confirm"]')
    book = load_workbook(io.BytesIO(template(officer)))
    book.worksheets[0].delete_cols(3)
    lost = checked(site, officer, saved(book))
    assert "统一社会信用代码" in lost.html.select_one(".notice--warn").text
    empty = checked(site, officer, template(officer))
    assert empty.html.select(".notice--warn p")


def test_who_claims_what_an_office_filed(site: Living, client: Client) -> None:
    """The first who signs up with a code is not handed the case of the enterprise."""
    officer = client("district_officer")
    page = checked(site, officer, write_rows(template(officer), [company(1)]))
    form(page, "/confirm").submit(status=303)
    site.catch_up()
    rules = site.registry.rulebook["shanghai-2019"]
    answers = {"role": "demander", "org_attr": "enterprise", **company(1), "country": "domestic"}
    with transaction_on(site.registry.database) as root:
        people = {}
        for key, email in (("stranger", "other@example.com"), ("contact", "Desk1@example.com")):
            person = Person(
                name="经办人员", email=email, credentials=Credentials("x"), at=clock.now()
            )
            root["people"][key] = people[key] = person
        how = {"site": root, "rules": rules, "answers": answers, "at": clock.now()}
        assert not join(person=people["stranger"], **how)
        assert not people["stranger"].memberships
        assert join(person=people["contact"], **how)
        [case] = root.edition("shanghai-2019")["demands"].values()
        assert people["contact"].memberships[case.owner] == {"demander"}


def test_only_those_the_form_names_bring_it_in_and_nobody_sees_anothers(
    site: Living, client: Client
) -> None:
    for role in ("demander", "reviewer", "auditor", "expert"):
        client(role).get("/imports", status=404)
    client(None).get("/imports", status=401)
    officer = client("district_officer")
    page = checked(site, officer, write_rows(template(officer), [company(1)]))
    other = client("case_officer")
    other.get(page.request.path, status=404)
    other.get(f"{page.request.path}wrong.xlsx", status=404)
    assert not other.get("/imports").html.select("tbody tr")
    form(page, "/discard").submit(status=303)
    officer.get(page.request.path, status=404)


def test_a_workbook_of_one_form_is_taken_into_its_draft_after_a_look(
    site: Living, client: Client
) -> None:
    demander = client("demander")
    draft = begin(demander, "demand-survey")
    asked = site.registry.rulebook["shanghai-2019"].forms["demand-survey"]
    keys = {one.type: one.key for one in reversed(asked.questions)}
    before = demander.get(f"{draft}workbook.xlsx").body
    answers = {keys["longtext"]: "'引号开头\n=第二行", keys["money"]: 12.5}
    page = demander.get(f"{draft}workbook")
    upload = form(page, "/workbook")
    upload["file"] = Upload("调查表.xlsx", write_answers(bytes(before), answers))
    preview = upload.submit(status=200)
    assert len(preview.html.select("table.compare > tbody > tr")) == 2
    with transaction_on(site.registry.database) as root:
        [kept] = root["drafts"].values()
        assert keys["longtext"] not in kept.data
    form(preview, "/take-workbook").submit(status=303)
    with transaction_on(site.registry.database) as root:
        [kept] = root["drafts"].values()
        assert kept.data[keys["longtext"]] == "引号开头\n=第二行"
        assert kept.data[keys["money"]] == "12.5"
    # Sent again from the old preview, it meets the newer draft.
    again = form(preview, "/take-workbook").submit(status=303)
    assert again.location.endswith("/workbook") or again.status_int == 303
    after = table(demander.get(f"{draft}workbook.xlsx").body)
    assert any("引号开头" in str(cell) for row in after for cell in row)


def test_lists_are_exported_as_they_stand_on_the_page(site: Living, client: Client) -> None:
    officer = client("district_officer")
    rows = [company(number) for number in range(30)]
    page = checked(site, officer, write_rows(template(officer), rows))
    form(page, "/confirm").submit(status=303)
    site.catch_up()
    pre_register(client("demander"))
    site.catch_up()
    for role in ("case_officer", "district_officer"):
        for query in ("", "?order=number&down=1", "?stage=awaiting_judgement&order=title"):
            shown, at = [], f"/queue{query}"
            while at:
                one = client(role).get(at)
                shown += [
                    row.select_one("td.number").text.strip() for row in one.html.select("tbody tr")
                ]
                following = one.html.select(".pager a")
                later = [link for link in following if link.text.strip() in {"下一页", "Next"}]
                at = f"/queue{later[0]['href']}" if later else ""
            export = client(role).get(f"/queue.xlsx{query}")
            assert [row[0] for row in table(export.body)[1:]] == shown
    file_alone(site, "demander", "demand-survey")
    site.catch_up()
    told = table(client("case_officer").get("/submissions.xlsx?form=demand-survey").body)
    assert [row[0] for row in told[1:]] == ["SH2019-DC-0001"]
    client("demander").get("/queue.xlsx", status=404)


def test_a_filed_version_as_a_workbook_is_masked_as_on_screen(site: Living, client: Client) -> None:
    asked = site.registry.rulebook["shanghai-2019"].forms["demand-survey"]
    masked = {one.key for one in asked.questions if one.mask == "phone"}
    filed = file_alone(site, "demander", "demand-survey")
    address = f"{filed}document/demand-survey/1"

    def shown(role: str) -> dict[str, str]:
        page = client(role).get(address)
        rows = table(page.click(href=r"print\.xlsx").body)
        answer = [one.lower() for one in map(str, rows[0])].index("!key") + 4
        return {row[0]: row[answer] for row in rows if row[0] in masked}

    assert masked
    assert shown("demander") == dict.fromkeys(masked, "13800000000")
    assert shown("case_officer") == dict.fromkeys(masked, "138****0000")
    client("challenger").get(f"{address}/print.xlsx", status=404)
