"""``jiebang policy diff``: two books over many cases, at the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from jiebang.cli import main
from jiebang.policy.bulk import Verdicts
from jiebang.policy.bulk.deciding import Asked

VOCABULARY = """
facts:
  firm.kind:
    type: code
    label: 类型
    options: {enterprise: 企业, university: 高校}
    source: {case: kind}
  firm.spent: {type: money, unit: 万元, label: 支出, source: {case: spent}}
  firm.sound: {type: boolean, label: 完好, source: {case: sound}}
  firm.founded: {type: date, label: 成立日, source: {case: founded}}
  firm.staff: {type: integer, label: 人数, source: {case: staff}}
"""
GRANT = """policy: grant
title: {{zh: 补助, en: Grant}}
source: {{document: 沪科合〔2019〕23号, clause: SH-3.1(1), quote: 本市注册企业}}
effective: {{from: 2019-08-05}}
outputs: {{paid: {{type: money, unit: 元, label: 金额}}}}
default: {{outcome: deny, code: REFUSED, say: 不行}}
rules:
  - id: firm
    when: {{all: [{{fact: firm.kind, is: enterprise}}{more}]}}
    then: {{outcome: grant, code: FIRM, say: 行, paid: "min(firm.spent * {share}%, 100元)"}}
"""
SIDE = """policy: {name}
title: 旁的
source: {{document: 沪科合〔2019〕23号, clause: SH-3.1(1), quote: 本市注册企业}}
effective: {{from: 2019-08-05}}
default: {{outcome: deny, code: REFUSED, say: 不行}}
rules:
  - {{id: one, when: {{fact: {fact}, known: 是}}, then: {{outcome: grant, code: OK, say: 行}}}}
"""
CASES = [
    {"firm.kind": "enterprise", "firm.spent": 0.01, "firm.sound": "是"},
    {"firm.kind": "enterprise", "firm.spent": 0.5, "firm.sound": True},
    {"firm": {"kind": "university", "spent": 1}},
    {"firm.kind": "enterprise", "firm.spent": 0.0203},
    {"firm.kind": "enterprise", "firm.sound": "否"},
]


@pytest.fixture
def books(tmp_path: Path) -> tuple[str, str]:
    """Before: half of what was spent. After: 40%, and only of a sound firm."""
    (tmp_path / "vocabulary.yaml").write_text(VOCABULARY, "utf-8")
    terms = {"before": ("", 50), "after": (", {fact: firm.sound, is: 是}", 40)}
    for name, (more, share) in terms.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / "grant.yaml").write_text(GRANT.format(more=more, share=share), "utf-8")
        side = SIDE.format(name="staffed", fact="firm.staff")
        (folder / "staffed.yaml").write_text(side, "utf-8")
        only = SIDE.format(name=f"only-{name}", fact="firm.sound")
        (folder / "only.yaml").write_text(only, "utf-8")
    return str(tmp_path / "before"), str(tmp_path / "after")


def lines(path: Path, cases: Iterable[Any]) -> str:
    path.write_text("".join(f"{json.dumps(one)}\n" for one in cases), "utf-8")
    return str(path)


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = main(["policy", "diff", *words, "--as-of", "2019-09-01", "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_what_changes_is_told_by_policy_by_rule_and_in_money(
    books: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = told(capsys, *books, "--cases", lines(tmp_path / "cases.jsonl", CASES))
    assert code == 1
    assert (found["cases"], found["changed"], found["as_of"]) == (5, 3, "2019-09-01")
    assert (found["only_in_a"], found["only_in_b"]) == (["only-before"], ["only-after"])
    assert found["skipped"] == ["staffed"]
    assert found["confirmed"] == {"pairs": 10, "sampled": 10, "mismatches": 0}
    [grant] = found["policies"]
    assert grant["policy"] == "grant"
    assert (grant["changed"], grant["newly_undetermined"], grant["no_longer_undetermined"]) == (
        3,
        1,
        1,
    )
    assert {(one["from"], one["to"]): one["cases"] for one in grant["outcomes"]} == {
        ("grant", "grant"): 1,
        ("grant", "undetermined"): 1,
        ("undetermined", "deny"): 1,
    }
    # 50元 + 100元 + 100元 before; 40元 + 100元 after, and 100元 that is not decided yet.
    assert grant["values"] == [
        {"value": "paid", "unit": "元", "a": 250, "b": 140, "difference": -110, "cases": 2}
    ]
    moved = {(one["from"]["rule"], one["to"]["code"]): one for one in grant["rules"]}
    assert moved["firm", "FIRM"]["differences"] == {"paid": -10}
    assert moved["firm", "FIRM"]["example"] == 1
    assert moved["", "REFUSED"]["example"] == 5


def test_parquet_says_the_same_as_json_lines_and_people_read_it_too(
    books: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cases.parquet"
    pl.DataFrame(
        {
            "firm.kind": ["enterprise", "enterprise", "university", "enterprise", "enterprise"],
            "firm.spent": [0.01, 0.5, 1.0, 0.0203, None],
            "firm.sound": [True, True, None, None, False],
            "firm.founded": [date(2019, 9, 1), None, None, None, None],
        }
    ).write_parquet(path)
    _, by_column = told(capsys, *books, "--cases", str(path))
    _, by_line = told(capsys, *books, "--cases", lines(tmp_path / "cases.jsonl", CASES))
    assert by_column == by_line
    assert main(["policy", "diff", *books, "--cases", str(path), "--as-of", "2019-09-01"]) == 1
    shown = capsys.readouterr().out
    assert "补助 / Grant" in shown
    assert "250.00 → 140.00 元，差额 / difference -110.00 元" in shown
    assert "grant FIRM [firm] → undetermined" in shown
    assert "only-before" in shown


def test_a_book_does_not_differ_from_itself(
    books: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = lines(tmp_path / "cases.jsonl", CASES)
    code, found = told(capsys, books[0], books[0], "--cases", path)
    assert (code, found["changed"]) == (0, 0)
    code, found = told(capsys, *books, "--cases", path, "--policy", "staffed", "--sample", "0")
    assert (code, found["skipped"], found["policies"]) == (0, ["staffed"], [])
    code, found = told(capsys, *books, "--cases", lines(tmp_path / "none.jsonl", []))
    assert (code, found["cases"]) == (1, 0), "the books still have policies of their own"


def test_a_sample_is_drawn_again_by_its_seed(
    books: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = lines(tmp_path / "cases.jsonl", CASES)
    asked = (*books, "--cases", path, "--policy", "grant", "--sample", "2")
    _, first = told(capsys, *asked, "--seed", "7")
    _, again = told(capsys, *asked, "--seed", "7")
    assert first == again
    assert first["confirmed"]["sampled"] == 2
    assert 3 <= first["confirmed"]["pairs"] <= 5


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        (
            [{}, {"firm.kindd": "a"}],
            "第 2 行：firm.kindd：词表中没有这个事实，是否想写“firm.kind”？",
        ),
        ([{"firm.kind": "state"}], "第 1 行：firm.kind：没有选项“state”"),
        ([{"firm.spent": 0.0000001}], "金额最小到分"),
        (["enterprise"], "每行应为一个 JSON 对象"),
    ],
)
def test_bad_cases_are_told_by_row_and_fact(
    books: tuple[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    cases: list[Any],
    said: str,
) -> None:
    path = lines(tmp_path / "cases.jsonl", cases)
    assert main(["policy", "diff", *books, "--cases", path]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert not captured.out


def test_a_file_or_a_policy_that_is_not_there(
    books: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "none")
    assert main(["policy", "diff", *books, "--cases", missing]) == 2
    assert "读不出来 / " in capsys.readouterr().err
    path = lines(tmp_path / "cases.jsonl", CASES)
    assert main(["policy", "diff", *books, "--cases", path, "--policy", "grand"]) == 2
    assert "没有这个两本规则书都有的规则：grand" in capsys.readouterr().err
    assert main(["policy", "diff", books[0], missing, "--cases", path]) == 2
    assert capsys.readouterr().err


def test_a_mismatch_fails_the_run_and_is_shown(
    books: tuple[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A bulk reader gone wrong: it grants what is refused."""
    read: Callable[[Asked, str], Verdicts] = Asked.verdicts

    def wrong(asked: Asked, policy: str) -> Verdicts:
        verdicts = read(asked, policy)
        code = pl.col("code").replace({"REFUSED": "FIRM"})
        return replace(verdicts, frame=verdicts.frame.with_columns(code))

    monkeypatch.setattr(Asked, "verdicts", wrong)
    path = lines(tmp_path / "cases.jsonl", CASES)
    code = main(["policy", "diff", *books, "--cases", path, "--as-of", "2019-09-01"])
    captured = capsys.readouterr()
    assert code == 2
    assert "引擎与批量计算的结论不一致" in captured.err
    assert "grant，第 3 行 / row 3" in captured.err
