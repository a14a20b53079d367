"""A broken rule or form file while the server runs: the last good one stays until it is mended."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jiebang.casework.policies.rulebook import Rulebook
from tests.faults.running import Demander, Prepared, Server, Visitor, case_path, prepare, staff_of
from tests.living import ROOT

RULE = "shanghai-2019/eligibility/demander.yaml"
FORM = "pre-registration.yaml"


class Office:
    """A running site whose files may be edited, and two people of it."""

    def __init__(self, prepared: Prepared) -> None:
        self.rules, self.forms = prepared.folder / "rules", prepared.folder / "forms"
        shutil.copytree(ROOT / "rules", self.rules)
        shutil.copytree(ROOT / "forms", self.forms)
        self.server = Server(
            prepared.folder,
            **{
                "jiebang.rules": str(self.rules),
                "jiebang.forms": str(self.forms),
                "jiebang.reload_rules": "true",
            },
        )
        self.server.start()
        self.demander = Demander(self.server, 0)
        self.officer: Visitor = staff_of(prepared, self.server, "case_officer")

    def findings(self) -> list[tuple[str, str]]:
        """File and place of each finding on the status page."""
        page = self.officer.get("/status")
        assert page.status == 200
        rows = page.page.xpath("//section[@role='alert']//tbody/tr")
        return [(row.findtext("th"), row.findtext("td")) for row in rows]

    def version(self) -> str:
        """The version of the policies in force."""
        page = self.officer.get("/status").page
        return str(page.xpath("//dl[@class='facts']//code")[0].text)

    def decision(self) -> str:
        """File a pre-registration; the page of the decision that follows."""
        number = self.demander.file().rstrip("/").rsplit("/", 1)[-1]
        page = self.demander.get(f"{case_path(number)}decision/1")
        assert page.status == 200
        return page.text

    def questions(self) -> str:
        """The first page of a fresh draft."""
        page = self.demander.get(f"{self.demander.begin()}section/need")
        assert page.status == 200
        return page.text


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    one = Office(prepare(tmp_path_factory.mktemp("office"), firms=1))
    yield one
    one.server.kill()


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("when:", "wenn:"),
        ("rules:", "rules: ]"),
        ("demander.", "demander.no_such_fact_of_"),
    ],
)
def test_a_broken_rule_file_changes_nothing_until_it_is_mended(office: Office, good: str, bad: str):
    file = office.rules / RULE
    text = file.read_text("utf-8")
    assert good in text
    before = office.version()
    assert office.findings() == []
    try:
        file.write_text(text.replace(good, bad, 1), "utf-8")
        assert any(RULE.rsplit("/", 1)[-1] in where for where, _line in office.findings())
        assert all(line.split(":")[0].strip().isdecimal() for _where, line in office.findings())
        assert office.version() == before
        assert before in office.decision()
    finally:
        file.write_text(text + "\n# mended\n", "utf-8")
    assert office.findings() == []
    assert office.version() in office.decision()
    file.write_text(text, "utf-8")
    assert office.findings() == []
    assert office.version() == before


@pytest.mark.parametrize(
    ("good", "bad"), [("type: longtext", "type: a-long-text"), ("sections:", "sections: {")]
)
def test_a_broken_form_file_changes_nothing_until_it_is_mended(office: Office, good: str, bad: str):
    file = office.forms / FORM
    text = file.read_text("utf-8")
    assert good in text
    assert "需求简述" in office.questions()
    try:
        file.write_text(text.replace(good, bad, 1).replace("需求简述", "改过的简述"), "utf-8")
        assert any(FORM in where for where, _line in office.findings())
        shown = office.questions()
        assert "需求简述" in shown
        assert "改过的简述" not in shown
        assert office.demander.file()
    finally:
        file.write_text(text.replace("需求简述", "改过的简述"), "utf-8")
    assert office.findings() == []
    assert "改过的简述" in office.questions()
    file.write_text(text, "utf-8")
    assert "改过的简述" not in office.questions()


def test_whoever_asks_while_files_are_read_again_waits_for_what_is_found(tmp_path: Path):
    for name in ("rules", "forms"):
        shutil.copytree(ROOT / name, tmp_path / name)
    book = Rulebook(rules=tmp_path / "rules", forms=tmp_path / "forms", reload=True)
    assert not book.findings
    file = tmp_path / "forms" / FORM
    file.write_text(file.read_text("utf-8").replace("sections:", "sections: {", 1), "utf-8")

    def ask(nth: int) -> bool:
        # One after the other, so that some ask in the middle of the reading.
        time.sleep(nth / 500)
        return bool(book.findings)

    with ThreadPoolExecutor(50) as threads:
        assert all(threads.map(ask, range(50)))
