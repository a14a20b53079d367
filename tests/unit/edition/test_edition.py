"""The edition on the real notice, and what is said of a broken one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from jiebang.clauses import load_clauses
from jiebang.edition.definition import Edition, Named
from jiebang.edition.loading import load_edition
from jiebang.forms.book import FormBook
from jiebang.wording import Wording
from jiebang.yamlfile import BadFile, Finding

RULES = Path(__file__).resolve().parents[3] / "rules"
FOLDER = RULES / "shanghai-2019"
EDITIONS = sorted(one.parent for one in RULES.glob("*/edition.yaml"))
FILE = FOLDER / "edition.yaml"


@pytest.fixture(scope="module")
def edition() -> Edition:
    return load_edition(FOLDER)


def findings(tmp_path: Path, old: str, new: str) -> list[Finding]:
    """What is said of the real edition with one passage changed."""
    text = FILE.read_text("utf-8")
    assert old in text
    folder = tmp_path / "shanghai-2019"
    folder.mkdir()
    shutil.copy(RULES / "clauses.yaml", tmp_path)
    (folder / "edition.yaml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(BadFile) as bad:
        load_edition(folder)
    return list(bad.value.findings)


def line_of(passage: str) -> int:
    return FILE.read_text("utf-8").split(passage)[0].count("\n") + 1


def walk(value: Any) -> Iterator[BaseModel]:
    if isinstance(value, BaseModel):
        yield value
        for name in type(value).model_fields:
            yield from walk(getattr(value, name))
    elif isinstance(value, tuple):
        for one in value:
            yield from walk(one)


class TestTheNotice:
    def test_documents(self, edition: Edition):
        city, ministry = edition.documents
        assert (city.number, city.issued_on) == ("沪科合〔2019〕23号", date(2019, 8, 5))
        assert [one.zh for one in city.issuers] == [
            "上海市科学技术委员会",
            "上海市市场监督管理局",
            "上海市教育委员会",
        ]
        assert (ministry.number, ministry.printed_on) == ("国科发火〔2019〕228号", date(2019, 7, 8))

    def test_organisers_by_role(self, edition: Edition):
        counted = {(one.document, one.role.zh): len(one.members) for one in edition.organisers}
        assert counted["SH", "主办单位"] == 5
        assert counted["SH", "承办单位"] == 1
        assert counted["SH", "合作单位"] == 4
        assert next(one for one in edition.organisers if one.role.zh == "合作单位").open

    def test_twelve_districts_in_shanghai(self, edition: Edition):
        codes = [one.code for one in edition.districts]
        assert len(set(codes)) == 12
        assert all(code.startswith(edition.home_province) for code in codes)
        left_out = {"310105", "310109", "310117", "310151"}
        assert not left_out & set(codes)

    def test_every_district_hosts_a_session(self, edition: Edition):
        hosts = {host.name.zh for one in edition.sessions.items for host in one.hosts}
        assert {one.name.zh for one in edition.districts} <= hosts

    def test_sessions(self, edition: Edition):
        assert [one.seq for one in edition.sessions.items] == list(range(1, 30))
        assert edition.session(11).name.name == edition.session(13).name.name
        assert edition.session(19).joint
        assert [one.name.zh for one in edition.session(17).hosts] == ["青浦区", "长三角"]
        with pytest.raises(KeyError):
            edition.session(30)

    def test_a_doubtful_name_carries_a_mark_and_a_note(self, edition: Edition):
        firm = edition.session(24).implementers[0]
        assert firm.doubtful
        assert firm.confidence == "low"
        assert firm.printed == "绿~科技服务（上海）有限公司"
        named = [one for one in walk(edition) if isinstance(one, Named)]
        assert all(one.note for one in named if one.doubtful)
        low = [one for one in edition.sessions.items if one.implementers[0].confidence == "low"]
        assert [one.seq for one in low] == [2, 9, 10, 12, 13, 14, 15, 24, 28]

    def test_a_mended_misprint_is_not_doubtful(self, edition: Edition):
        handan = edition.host_events.items[3].local_hosts[0]
        assert (handan.name.zh, handan.printed) == ("邯郸市人民政府", "即羊F市人民政府")
        assert not handan.doubtful

    def test_host_events(self, edition: Edition):
        assert len(edition.host_events.items) == 18
        assert edition.host_events.local_hosts == 25

    def test_only_the_onsite_round_has_a_date(self, edition: Edition):
        dated = [one.code for one in edition.phases if one.from_ or one.until]
        assert dated == ["onsite"]
        onsite = edition.phase("onsite")
        assert (onsite.from_, onsite.until) == (date(2019, 11, 1), date(2019, 11, 30))
        assert onsite.precision == "month"
        assert all(one.note for one in edition.phases)
        with pytest.raises(KeyError):
            edition.phase("party")

    def test_services_rooms_and_contacts(self, edition: Edition):
        assert [one.clause for one in edition.services] == [f"SH-3.4.{n}" for n in range(1, 9)]
        assert [(one.area, one.rooms, one.fee) for one in edition.rooms] == [
            (50, 5, 0),
            (100, 1, 0),
            (500, 1, 0),
        ]
        assert edition.rooms[2].basis == "interpretation"
        assert [one.phone for one in edition.complaint_contacts] == ["010-88656293"]
        assert {one.phone for one in edition.contacts} >= {"8008205114", "4008205114"}

    def test_awards_and_support_name_their_clauses(self, edition: Edition):
        assert [one.clause for one in edition.awards] == [f"SH-3.5.2({n})" for n in range(1, 8)]
        assert "SH-3.5.0c" in {one.clause for one in edition.support}

    def test_the_announcement_can_hide_name_and_contact(self, edition: Edition):
        hidden = {one.field: one.hidden_by for one in edition.announcement.lines if one.hidden_by}
        assert hidden["org_name"] == "hide_name"
        assert {hidden[field] for field in ("contact", "mobile", "email")} == {"hide_contact"}
        assert edition.announcement.batch.zh.format(number=3) == "（第3批）"

    def test_every_line_of_the_announcement_is_a_question(self, edition: Edition):
        forms = FormBook.load(RULES.parent / "forms")
        wishes = {question.key for question in forms["redaction-wishes"].questions}
        for line in edition.announcement.lines:
            assert line.field in {question.key for question in forms[line.form].questions}
            assert not line.hidden_by or line.hidden_by in wishes

    def test_sessions_as_choices(self, edition: Edition):
        options = edition.session_options()
        assert len({one.code for one in options}) == len({one.label.zh for one in options}) == 29
        assert options[1].label.zh == "2. 中以创新协作（普陀区／海外）"
        assert options[1].label.en == "2. China–Israel innovation cooperation (Putuo / Overseas)"

    def test_english_for_all_but_names_of_firms(self, edition: Edition):
        firms = {
            one.name
            for group in (*edition.sessions.items, *edition.organisers)
            for one in (*getattr(group, "implementers", ()), *getattr(group, "members", ()))
        }
        untranslated = {
            one.zh
            for one in walk(edition)
            if isinstance(one, Wording) and not one.en and one not in firms
        }
        assert not untranslated


class TestTheClauses:
    def test_every_clause_speaks_both_languages(self):
        clauses = load_clauses(RULES)
        assert len(clauses) >= 130
        assert all(one.zh and one.en for one in clauses.values())

    @pytest.mark.parametrize("folder", EDITIONS, ids=lambda one: one.name)
    def test_every_clause_cited_under_rules_is_known(self, folder: Path):
        known = load_clauses(folder)
        cited = {
            found
            for path in folder.rglob("*.yaml")
            if path.name != "clauses.yaml"
            for found in re.findall(r"clause: ([^\s,}]+)", path.read_text("utf-8"))
        }
        assert cited
        assert not cited - set(known)


class TestAnotherRegion:
    """A second edition with a notice, clauses and sections of its own: no code knows Shanghai."""

    def test_its_own_clauses_stand_for_those_beside_it(self):
        clauses = load_clauses(RULES / "example-province")
        assert {one.split("-")[0] for one in clauses} == {"EX"}

    def test_its_edition_cites_its_own_notice(self):
        edition = load_edition(RULES / "example-province")
        assert [one.id for one in edition.documents] == ["EX"]
        assert edition.host_events.items == ()
        assert {one.clause.split("-")[0] for one in edition.awards} == {"EX"}


class TestABrokenEdition:
    def test_an_unknown_clause_names_the_nearest(self, tmp_path: Path):
        old = "phone: 021-35366202, purpose: technical, person: 杭天宇, clause: SH-C2"
        (found,) = findings(tmp_path, old, old.replace("SH-C2", "SH-C22"))
        assert (found.code, found.suggestion) == ("unknown_clause", "SH-C2")
        assert found.line == line_of(old)

    def test_an_unknown_key(self, tmp_path: Path):
        (found,) = findings(tmp_path, "home_province:", "home_provence:")[-1:]
        assert found.line == line_of("home_province:")

    def test_a_count_that_is_not_kept(self, tmp_path: Path):
        (found,) = findings(tmp_path, "count: 29", "count: 30")
        assert found.code == "wrong_count"
        assert found.line == line_of("count: 29")
        assert "实有 29 项" in found.zh

    def test_places_that_are_not_kept(self, tmp_path: Path):
        (found,) = findings(tmp_path, "local_hosts: 25", "local_hosts: 26")
        assert found.code == "wrong_count"

    def test_a_session_number_twice(self, tmp_path: Path):
        (found,) = findings(tmp_path, "- seq: 29", "- seq: 28")
        assert found.code == "repeated"
        assert found.line == line_of("- seq: 29")

    def test_a_district_twice(self, tmp_path: Path):
        (found,) = findings(tmp_path, 'code: "310120"', 'code: "310112"')
        assert found.code == "repeated"

    def test_a_folder_of_another_name(self, tmp_path: Path):
        (found,) = findings(tmp_path, "id: shanghai-2019", "id: shanghai-2020")
        assert found.code == "wrong_id"

    def test_a_doubt_without_a_note(self, tmp_path: Path):
        old = "{name: 上海市宝山区科技企业联合会}"
        new = "{name: 上海市宝山区科技企业联合会, confidence: low}"
        found = findings(tmp_path, old, new)[0]
        assert found.line == line_of(old)
        assert "note" in found.zh

    def test_a_missing_date_without_a_note(self, tmp_path: Path):
        old = "    until: null\n    note: {zh: 通知未写明时间, en: The notice gives no date}\n"
        (found,) = findings(tmp_path, old, "    until: null\n")
        assert "note" in found.zh

    def test_a_phase_that_ends_before_it_begins(self, tmp_path: Path):
        (found,) = findings(tmp_path, "until: 2019-11-30", "until: 2019-10-30")
        assert "早于" in found.zh

    def test_no_file(self, tmp_path: Path):
        shutil.copy(RULES / "clauses.yaml", tmp_path)
        (tmp_path / "shanghai-2020").mkdir()
        with pytest.raises(BadFile):
            load_edition(tmp_path / "shanghai-2020")
