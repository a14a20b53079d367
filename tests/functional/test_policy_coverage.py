"""``jiebang policy coverage`` and the cases that ``check`` shows, as people type them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jiebang.cli import main
from tests.unit.policy.check.conftest import HEAD, VOCABULARY

ROOT = Path(__file__).parents[2]
CLAUSES = """
clauses:
  SH-1: {kind: heading, zh: 一, en: I}
  SH-3.1(1): {kind: deciding, zh: 本市注册企业, en: Registered here}
  SH-3.6: {kind: duty, zh: 没有人管, en: Nobody}
"""
TABLE = """
table:
  hit: unique
  inputs: [case.kind]
  rows:
    - {id: R1, when: [{in: [a, b]}], then: {outcome: grant, code: GRANTED, say: 行}}
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    (tmp_path / "book").mkdir()
    (tmp_path / "vocabulary.yaml").write_text(VOCABULARY, encoding="utf-8")
    (tmp_path / "clauses.yaml").write_text(CLAUSES, encoding="utf-8")
    (tmp_path / "book" / "trial.yaml").write_text(HEAD + TABLE, encoding="utf-8")
    return tmp_path / "book"


def test_the_notice_is_covered(capsys: pytest.CaptureFixture[str]):
    assert main(["policy", "coverage", str(ROOT / "rules" / "shanghai-2019")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].endswith("0 uncited")
    assert any(line.startswith("SH-3.1(1)\t") and "demander-eligibility" in line for line in lines)


def test_an_uncited_clause(book: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["policy", "coverage", str(book)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "SH-1\t标题 heading\t标题，不作规定 / A heading; it rules nothing.",
        "SH-3.1(1)\t须作判断 deciding\ttrial",
        "SH-3.6\t应/须 duty\t没有政策引用 / uncited: 没有人管",
        "3 条，1 条须有规则而没有引用 / 3 clauses, 1 uncited",
    ]
    assert main(["policy", "coverage", str(book), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [one["covered"] for one in told] == [True, True, False]
    assert told[1]["cited_by"] == [{"policy": "trial", "part": ""}]


def test_without_clauses_there_is_nothing_to_cover(book: Path):
    (book.parent / "clauses.yaml").unlink()
    assert main(["policy", "coverage", str(book)]) == 2
    assert main(["policy", "coverage", str(book / "nowhere")]) == 2


def test_a_check_shows_a_case_and_what_to_paste(book: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["policy", "check", str(book)]) == 1
    said = capsys.readouterr().out
    assert "  情形 / case: as_of: 2019-08-05, given: {case.kind: c}\n" in said
    assert "  可粘贴 / paste: - {id: NEW, when: [c], then: {outcome: deny" in said
    assert main(["policy", "check", str(book), "--json"]) == 1
    told = {one["code"]: one for one in json.loads(capsys.readouterr().out)}
    assert set(told) == {"gap", "no_example", "uncited_clause"}
    assert told["gap"]["case"] == "as_of: 2019-08-05, given: {case.kind: c}"
