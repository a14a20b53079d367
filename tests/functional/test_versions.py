"""Filed versions: sealed copies, masked answers, print, and the words of their time."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from pypdf import PdfReader
from webtest import TestApp, Upload
from webtest.response import TestResponse

from jiebang.outbox.loop import transaction_on
from tests.functional.filling import answer, file, form, judge, pre_register
from tests.functional.plausible import FILE
from tests.functional.test_corrections import correct, mark, refile
from tests.living import Living

Client = Callable[..., TestApp]


class TestSealedCopy:
    def seal(
        self, client: TestApp, case: str, content: bytes = FILE, name: str = "a.pdf"
    ) -> TestResponse:
        page = form(client.get(f"{case}document/pre-registration/1"), "seal/pre-registration/1")
        page["scan"] = Upload(name, content)
        return page.submit(status="*")

    def test_the_scan_is_a_version_with_the_same_answers(
        self, client: Client, site: Living
    ) -> None:
        demander, officer = client("demander"), client("case_officer")
        case = pre_register(demander)
        assert self.seal(demander, case).status_int == 303
        page = demander.get(f"{case}document/pre-registration/2")
        assert demander.get(page.html.find("a", string="a.pdf")["href"]).body == FILE
        with transaction_on(site.registry.database) as root:
            first, second = root.at(case).documents["pre-registration"]
            assert first.data == second.data
            assert first.sha256 != second.sha256
            assert second.seal.version == 1
        assert ">file-sealed<" in officer.get(f"{case}journal").text
        demander.get(f"{case}document/pre-registration/1", status=200)

    def test_the_office_opens_it_by_an_act_that_the_journal_keeps(self, client: Client) -> None:
        demander, officer = client("demander"), client("case_officer")
        case = pre_register(demander)
        self.seal(officer, case)
        officer.get(f"{case}document/pre-registration/2/scan", status=404)
        shown = form(officer.get(f"{case}document/pre-registration/2"), "reveal/pre-registration/2")
        assert shown.submit("field", value="scan").body == FILE
        assert ">reveal<" in officer.get(f"{case}journal").text
        auditor = client("auditor").get(f"{case}document/pre-registration/2")
        assert not auditor.html.select('form[action*="reveal/"]')

    @pytest.mark.parametrize(
        ("name", "content"), [("a.pdf", b"not a PDF"), ("a.txt", b"text"), ("", b"")]
    )
    def test_what_is_no_scan_is_refused_on_the_page(
        self, client: Client, name: str, content: bytes
    ) -> None:
        demander = client("demander")
        case = pre_register(demander)
        page = self.seal(demander, case, content, name)
        assert page.status_int == 422
        assert page.html.select(".error-summary li")
        demander.get(f"{case}document/pre-registration/2", status=404)

    def test_nobody_else_files_one(self, client: Client) -> None:
        demander = client("demander")
        case = pre_register(demander)
        for role in ("auditor", "reviewer", "district_officer"):
            page = client(role).get(f"{case}document/pre-registration/1")
            assert not page.html.select('form[action*="seal/"]')


class TestMasks:
    def test_others_see_part_of_a_number_on_every_channel(self, client: Client) -> None:
        demander, officer = client("demander"), client("case_officer")
        case = pre_register(demander)
        document = f"{case}document/pre-registration/1"
        assert "13800000000" in demander.get(document).text
        for role in ("case_officer", "reviewer", "auditor", "district_officer"):
            page = client(role).get(document)
            assert "13800000000" not in page.text
            assert "138****0000" in page.text
            assert "13800000000" not in client(role).get(case).text
        printed = officer.get(f"{document}/print.pdf").body
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages)
        assert "13800000000" not in text.replace("\\n", "")
        assert "13800000000" not in officer.get(f"{case}return/pre-registration").text

    def test_the_officer_shows_it_by_an_act_that_the_journal_keeps(self, client: Client) -> None:
        officer, case = client("case_officer"), pre_register(client("demander"))
        page = officer.get(f"{case}document/pre-registration/1")
        showing = form(page, "reveal/pre-registration/1")
        assert "13800000000" in showing.submit("field", value="mobile").text
        journal = officer.get(f"{case}journal")
        assert ">reveal<" in journal.text
        assert "13800000000" not in journal.text
        assert "13800000000" not in officer.get(f"{case}document/pre-registration/1").text
        showing.submit("field", value="need_title", status=404)

    def test_a_number_that_changed_is_told_as_changed_and_stays_masked(
        self, client: Client
    ) -> None:
        demander, officer = client("demander"), client("case_officer")
        case = pre_register(demander)
        mark(officer, case, "pre-registration", mobile="请核对号码。")
        draft = correct(demander, case, "pre-registration")
        section = demander.get(draft).html.select_one(".task-list a")["href"]
        answer(demander.get(section), {"mobile": "13811110000"}).submit("save", status=303)
        refile(demander, draft)
        compared = officer.get(f"{case}document/pre-registration/compare/1/2")
        assert len(compared.html.select("table.compare > tbody > tr")) == 1
        assert "13811110000" not in compared.text
        assert "13811110000" in demander.get(f"{case}document/pre-registration/compare/1/2").text


def test_a_version_is_printed_under_a_name_that_says_nothing(client: Client) -> None:
    case = pre_register(client("demander"))
    for output, starts in (("pdf", b"%PDF"), ("docx", b"PK")):
        sent = client("demander").get(f"{case}document/pre-registration/1/print.{output}")
        assert sent.body.startswith(starts)
        name = sent.headers["Content-Disposition"]
        assert case.rstrip("/").rsplit("/", 1)[-1] in name
        assert name.isascii()


def test_an_old_version_keeps_the_words_of_its_time(client: Client, site: Living) -> None:
    demander = client("demander")
    case = pre_register(demander)
    rules = site.registry.rulebook["shanghai-2019"]
    asked = rules.forms["pre-registration"]
    plain = asked.model_dump_json(by_alias=True).replace("需求名称", "所需技术的名称")
    rules.forms.forms["pre-registration"] = type(asked).model_validate_json(plain)
    judge(client("reviewer"), case, answer="no", opinion="材料不足。")
    file(demander, case, "pre-registration", {"need": {"need_title": "更正后的名称"}})
    first = demander.get(f"{case}document/pre-registration/1").text
    second = demander.get(f"{case}document/pre-registration/2").text
    assert "所需技术的名称" not in first
    assert "所需技术的名称" in second
    compared = demander.get(f"{case}document/pre-registration/compare/1/2")
    assert "所需技术的名称" in compared.text
