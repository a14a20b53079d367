"""Many of a form that is filed by itself, brought in by one workbook: training records of a district."""

from __future__ import annotations

import gc
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from openpyxl import load_workbook
from webtest import TestApp, Upload
from webtest.response import TestResponse

from jiebang import clock
from jiebang.outbox.loop import transaction_on
from tests.functional.filling import form
from tests.functional.workbooks import FIRST, KEYS, saved, table, write_rows
from tests.living import Living

Client = Callable[..., TestApp]
FORM = "training-record"

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


def record(number: int, **changed: Any) -> dict[str, Any]:
    return {"organiser": f"示例举办单位{number}", "district": "闵行区", **changed}


def session(row: int, **changed: Any) -> dict[str, Any]:
    """A line of the second sheet, of that row of the first."""
    return {
        "!row": row,
        "audience": "工作人员",
        "topic": "技术需求挖掘",
        "held_on": clock.today(),
        "count": 20,
        **changed,
    }


def write(
    template: bytes, rows: Sequence[Mapping[str, Any]], sessions: Sequence[Mapping[str, Any]]
) -> bytes:
    book = load_workbook(io.BytesIO(write_rows(template, rows)))
    sheet = book.worksheets[1]
    columns = {cell.value: cell.column for cell in sheet[KEYS]}
    for number, line in enumerate(sessions, FIRST):
        for key, value in line.items():
            sheet.cell(number, columns[key], value)
    return saved(book)


def checked(site: Living, client: TestApp, content: bytes) -> TestResponse:
    """The page of an import that a worker has checked."""
    asked = form(client.get("/imports"), "/imports/")
    asked["form"], asked["file"] = FORM, Upload("培训记录.xlsx", content)
    path = asked.submit(status=303).follow().request.path
    site.catch_up()
    return client.get(path)


def figures(page: TestResponse) -> list[int]:
    return [int(one.dd.text) for one in page.html.select("dl.figures > div")]


def filed(site: Living) -> dict[str, Any]:
    """What was filed: number to organiser, sessions, district and who acts as what."""
    with transaction_on(site.registry.database) as root:
        found = root.edition("shanghai-2019")["submissions"].values()
        return {
            one.number: (
                one.filed.current.data["organiser"],
                [line["count"] for line in one.filed.current.data["sessions"]],
                one.district,
                (one.owner, one.owner_role, one.handled_by),
                one.filed.last,
            )
            for one in found
        }


def test_each_good_row_is_filed_once_as_a_submission(site: Living, client: Client) -> None:
    officer = client("district_officer")
    template = bytes(officer.get(f"/forms/{FORM}/batch.xlsx").body)
    rows = [
        record(1),
        record(2, summary="=1+1"),
        record(3),
        record(4, district="浦东新区"),
        record(1),
        record(6),
    ]
    sessions = [
        session(3),
        session(3, audience="参与机构", count=35),
        session(4),
        session(5, count="许多"),
        session(6),
        session(7),
        session(7, audience="参与机构", count=35),
    ]
    content = write(template, rows, sessions)
    page = checked(site, officer, content)
    # Six rows: one good, four wrong (formula, count, district, no session), one the same as another.
    assert figures(page) == [6, 1, 4, 1]
    assert filed(site) == {}
    assert "本区" in page.text
    for _twice in range(2):
        form(page, "/confirm").submit(status=303)
    site.catch_up()
    site.catch_up()
    office = ("", "district_officer", ("case_officer",))
    assert filed(site) == {"SH2019-PX-0001": ("示例举办单位1", [20, 35], "310112", office, 1)}
    done = officer.get(page.request.path)
    told = table(done.click(href="result.xlsx").body)
    assert next(row[2] for row in told[1:] if row[2]) == "SH2019-PX-0001"
    # The wrong rows come back with their sessions; corrected, the workbook goes in as it is.
    book = load_workbook(io.BytesIO(page.click(href="wrong.xlsx").body))
    main, lines = book.worksheets[:2]
    keys = {cell.value: cell.column for cell in main[KEYS]}
    columns = {cell.value: cell.column for cell in lines[KEYS]}
    names = {main.cell(row, keys["organiser"]).value: row for row in range(FIRST, FIRST + 4)}
    main.cell(names["示例举办单位2"], keys["summary"], "已改好。")
    main.cell(names["示例举办单位4"], keys["district"], "闵行区")
    for row in range(FIRST, FIRST + 3):
        if lines.cell(row, columns["count"]).value == "许多":
            lines.cell(row, columns["count"], 12)
    for key, value in session(names["示例举办单位6"]).items():
        lines.cell(FIRST + 3, columns[key], value)
    again = checked(site, officer, saved(book))
    assert figures(again) == [4, 4, 0]
    form(again, "/confirm").submit(status=303)
    site.catch_up()
    assert sorted((one[0], one[1]) for one in filed(site).values()) == [
        ("示例举办单位1", [20, 35]),
        ("示例举办单位2", [20]),
        ("示例举办单位3", [12]),
        ("示例举办单位4", [20]),
        ("示例举办单位6", [20]),
    ]
    assert not form_confirm(checked(site, officer, content))


def form_confirm(page: TestResponse) -> bool:
    """Whether there is anything left to import."""
    return bool(page.html.select('form[action$="/confirm"]'))


def test_what_was_imported_is_handled_like_any_filing(site: Living, client: Client) -> None:
    officer = client("district_officer")
    template = bytes(officer.get(f"/forms/{FORM}/batch.xlsx").body)
    page = checked(site, officer, write(template, [record(1)], [session(3)]))
    form(page, "/confirm").submit(status=303)
    site.catch_up()
    with transaction_on(site.registry.database) as root:
        [case] = root.edition("shanghai-2019")["submissions"].values()
        person = next(one for one in root["people"].values() if "district_officer" in one.roles)
        version = case.filed.current
        assert (version.filed.person, version.filed.organisation) == (person.id, None)
        assert version.data["sessions"][0]["held_on"] == clock.today().isoformat()
        assert [one.act for one in case.journal] == ["file"]
        assert case.path in person.cases
        assert not list(root["drafts"].values())
        path = f"{case.path}/"
    # The catalog reads what the importer told.
    site.catch_up()
    assert path in [one["href"] for one in officer.get("/my").html.select("a[href]")]
    listed = client("case_officer").get("/submissions")
    assert "SH2019-PX-0001" in listed.text
    accept = next(
        one
        for one in client("case_officer").get(path).forms.values()
        if (one.action or "").endswith("act")
    )
    accept.submit("act", value="accept", status=303)
    for role in ("demander", "expert", "agency"):
        client(role).get(path, status=404)


def test_the_form_is_brought_in_by_those_it_names_alone(site: Living, client: Client) -> None:
    template = client("case_officer").get(f"/forms/{FORM}/batch.xlsx").body
    page = checked(
        site,
        client("case_officer"),
        write(bytes(template), [record(1, district=None)], [session(3)]),
    )
    # The office itself is held to no district.
    assert figures(page) == [1, 1, 0]
    client("demander").get("/imports", status=404)
    officer = client("district_officer")
    chosen = officer.get("/imports").html.select("#form option")
    assert {one["value"] for one in chosen} == {"pre-registration", FORM}
