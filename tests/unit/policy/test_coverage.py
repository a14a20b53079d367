"""Which clause is cited where."""

from __future__ import annotations

from pathlib import Path

from jiebang.policy import Book, load_book
from jiebang.policy.coverage import coverage_of, uncited
from tests.unit.policy.check.conftest import HEAD, VOCABULARY

CLAUSES = """
clauses:
  SH-1: {kind: heading, zh: 一, en: I}
  SH-3.1(1): {kind: deciding, zh: 本市注册企业, en: Registered here}
  SH-3.1(2): {kind: duty, zh: 应当, en: A duty}
  SH-3.2: {kind: permission, zh: 可以, en: May}
  SH-3.3: {kind: preference, zh: 优先, en: Prefers}
  SH-3.4: {kind: deciding, zh: 条件, en: Condition}
  SH-3.5: {kind: deciding, zh: 另办, en: Elsewhere, reason: {zh: 由区办理, en: The district does it}}
  SH-3.6: {kind: duty, zh: 没有人管, en: Nobody}
"""
BODY = """
parameters:
  least: {type: integer, values: [{from: 2019-08-05, value: 5, clause: SH-3.1(2)}]}
default: {outcome: deny, code: REFUSED, say: 不行}
rules:
  - id: enough
    clause: SH-3.2
    when:
      all:
        - {fact: case.count, at_least: {param: least}, clause: SH-3.3}
        - exists: {in: case.parts, where: {item: value, is: u, clause: SH-3.4}}
    then: {outcome: grant, code: GRANTED, say: 行}
"""


def test_every_place_that_cites(tmp_path: Path):
    (tmp_path / "book").mkdir()
    (tmp_path / "vocabulary.yaml").write_text(VOCABULARY, encoding="utf-8")
    (tmp_path / "clauses.yaml").write_text(CLAUSES, encoding="utf-8")
    (tmp_path / "book" / "trial.yaml").write_text(HEAD + BODY, encoding="utf-8")
    book = load_book(tmp_path / "book")
    found = {one.clause: one for one in coverage_of(book)}
    assert {name: [str(each) for each in one.citations] for name, one in found.items()} == {
        "SH-1": [],
        "SH-3.1(1)": ["trial"],
        "SH-3.1(2)": ["trial:least"],
        "SH-3.2": ["trial:enough"],
        "SH-3.3": ["trial:enough"],
        "SH-3.4": ["trial:enough"],
        "SH-3.5": [],
        "SH-3.6": [],
    }
    assert [name for name, one in found.items() if not one.covered] == ["SH-3.6"]
    assert uncited(book) == ["SH-3.6"]
    assert found["SH-1"].as_dict()["reason"] == "标题，不作规定"
    assert found["SH-3.5"].as_dict()["reason_en"] == "The district does it"


def test_the_notice_is_covered(shanghai: Book):
    assert uncited(shanghai) == []
