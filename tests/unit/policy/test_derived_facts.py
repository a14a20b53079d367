"""Facts that rest on another policy, in books that hold it and in books that do not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from jiebang.policy import Book, Decider, load_book
from jiebang.yamlfile import BadFile

DAY = date(2020, 6, 1)
BOOK = Path(__file__).parent / "language" / "book"
COMMON = BOOK.with_name("vocabulary.yaml")
OWN = "facts: {firm.mark: {type: decimal, label: 分, source: {policy: points, value: points}}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A book with the pass mark, without the points table that its fact rests on."""
    (tmp_path / "pass.yaml").write_bytes((BOOK / "pass.yaml").read_bytes())
    return tmp_path


def test_a_case_may_bring_what_a_book_does_not_work_out(folder: Path, decider: Decider):
    book = load_book(folder, vocabulary=COMMON)
    assert decider.decide(book, "pass", {"firm.points": 60}, DAY).outcome == "grant"
    decision = decider.decide(book, "pass", {}, DAY)
    assert (decision.outcome, decision.missing) == ("undetermined", ("firm.points",))


def test_a_policy_with_nearly_that_name_is_a_misspelling(folder: Path):
    text = (BOOK / "points.yaml").read_text(encoding="utf-8")
    (folder / "pionts.yaml").write_text(text.replace("policy: points", "policy: pionts"), "utf-8")
    with pytest.raises(BadFile) as bad:
        load_book(folder, vocabulary=COMMON)
    assert [(one.code, one.suggestion) for one in bad.value.findings] == [
        ("unknown_policy", "pionts")
    ]


def test_a_book_holds_the_policies_of_its_own_facts(folder: Path):
    (folder / "vocabulary.yaml").write_text(OWN, encoding="utf-8")
    own = (folder / "pass.yaml").read_text(encoding="utf-8").replace("firm.points", "firm.mark")
    (folder / "pass.yaml").write_text(own, encoding="utf-8")
    with pytest.raises(BadFile) as bad:
        load_book(folder, vocabulary=COMMON)
    [finding] = bad.value.findings
    assert (finding.code, finding.file) == ("unknown_policy", f"{folder.name}/vocabulary.yaml")


def test_what_is_missing_is_what_a_case_must_bring(shanghai: Book, decider: Decider):
    facts = {
        "applicant.kind": "enterprise",
        "demand.raised_by_applicant": True,
        "contract.agency_province": "上海市",
        "contract.service": "demand_mining",
    }
    decision = decider.decide(shanghai, "innovation-voucher", facts, date(2019, 9, 1))
    assert decision.outcome == "undetermined"
    assert "sme.tech_staff" in decision.missing
    assert "applicant.is_tech_sme" not in decision.missing
    stated = {**facts, "applicant.is_tech_sme": True}
    assert (
        decider.decide(shanghai, "innovation-voucher", stated, date(2019, 9, 1)).code == "ROUTE_A"
    )
