"""``jiebang policy`` as other tools call it: books of any folder, exit codes, and JSON in and out."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jiebang.cli import main

Output = pytest.CaptureFixture[str]
DAY = "2019-09-01"
VOCABULARY = """\
facts:
  firm.kind:
    type: code
    label: {zh: 种类, en: Kind}
    options: {small: {zh: 小, en: Small}, large: {zh: 大, en: Large}}
    source: {form: firm, field: kind}
  firm.local: {type: boolean, label: {zh: 在本地, en: Local}, source: {form: firm, field: local}}
  firm.staff: {type: integer, label: {zh: 人数, en: Staff}, source: {form: firm, field: staff}}
  firm.cost: {type: money, unit: 元, label: {zh: 费用, en: Cost}, source: {form: firm, field: cost}}
  firm.since: {type: date, label: {zh: 成立, en: Since}, source: {form: firm, field: since}}
  entry.quality: {type: decimal, label: {zh: 质量, en: Quality}, source: {form: jury, field: q}}
  entry.price: {type: decimal, label: {zh: 价格, en: Price}, source: {form: jury, field: p}}
  entry.district: {type: boolean, label: {zh: 区推荐, en: By district}, source: {form: jury, field: d}}
"""
_HEAD = """\
title: {zh: 试点, en: Pilot}
source: {document: 试〔2019〕1号, clause: SH-3.1, quote: 原文}
effective: {from: 2019-01-01, until: 2019-12-31}
"""
POLICY = f"""\
policy: aid
{_HEAD}\
parameters:
  least: {{type: integer, values: [{{from: 2019-01-01, value: 5}}, {{from: 2019-07-01, value: 10}}]}}
outputs: {{amount: {{type: money, unit: 元}}}}
default: {{outcome: deny, code: REFUSED, say: 不予补助}}
rules:
  - id: local-firm
    basis: interpretation
    when:
      all:
        - {{fact: firm.local, is: 是, unmet: 须在本地}}
        - {{fact: firm.staff, at_least: {{param: least}}, unmet: 人数不足}}
    then: {{outcome: grant, code: AIDED, say: 给予补助, amount: "min(firm.cost * 33%, 100元)"}}
examples:
  - name: 补助
    as_of: 2019-09-01
    given: {{firm.local: 是, firm.staff: 10, firm.cost: 33.33}}
    expect: {{outcome: grant, values: {{amount: 11}}}}
  - {{name: 外地, as_of: 2019-09-01, given: {{firm.local: 否}}, expect: {{outcome: deny}}}}
  - {{name: 人少, as_of: 2019-09-01, given: {{firm.local: 是, firm.staff: 9}}, expect: {{outcome: deny}}}}
"""
TABLE = f"""\
policy: size
{_HEAD}\
table:
  hit: unique
  inputs: [firm.kind, firm.staff]
  rows:
    - {{id: A, when: [small, {{at_least: 5}}], then: {{outcome: grant, code: YES_A, say: 可}}}}
    - {{id: B, when: [small, {{less_than: 5}}], then: {{outcome: deny, code: NO_B, say: 否}}}}
    - {{id: C, when: [large, "-"], then: {{outcome: deny, code: NO_C, say: 否}}}}
examples:
  - {{name: 一, as_of: 2019-09-01, given: {{firm.kind: small, firm.staff: 6}}, expect: {{outcome: grant}}}}
  - {{name: 二, as_of: 2019-09-01, given: {{firm.kind: small, firm.staff: 1}}, expect: {{outcome: deny}}}}
  - {{name: 三, as_of: 2019-09-01, given: {{firm.kind: large}}, expect: {{outcome: deny}}}}
"""
AWARD = f"""\
award: prize
{_HEAD}\
parameters:
  most: {{type: integer, values: [{{from: 2019-01-01, value: 10}}]}}
  sum: {{type: money, unit: 元, values: [{{from: 2019-01-01, value: 100000}}]}}
  weights: {{type: weights, values: [{{from: 2019-01-01, value: {{quality: 60, price: 40}}}}]}}
rank: {{score: {{weighted_sum: {{param: weights}}}}, order: descending, round: 2}}
quota: {{min: 5, max: {{param: most}}}}
pay:
  hit: unique
  inputs: [entry.district]
  outputs: [city, district]
  rows:
    - {{id: P1, when: [是], then: [50000, 50000]}}
    - {{id: P2, when: [否], then: [100000, 0]}}
  must_hold: {{sum_of: [city, district], equals: {{param: sum}}}}
"""
UNREADABLE = [
    ("firm.local", {"firm.locl": True}),
    ("firm.local", {"firm": {"local": True}, "firm.local": False}),
    ("firm.local", '{"firm.local": true, "firm.local": false}'),
    ("medium", {"firm.kind": "medium"}),
    ("firm.staff", {"firm.staff": 10**30}),
    ("firm.staff", '{"firm.staff": Infinity}'),
    ("firm.since", {"firm.since": "2019-09-01T08:00:00"}),
    ("案 件.json", '{"firm.staff": ' + "9" * 5000 + "}"),
    ("案 件.json", "[" * 100_000),
    ("JSON", []),
]


def write(folder: Path, **files: str) -> Path:
    """A book in a folder, with its words beside it."""
    folder.mkdir(parents=True)
    (folder.parent / "vocabulary.yaml").write_text(VOCABULARY, "utf-8")
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return folder


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write(tmp_path / "规 则" / "试点 书", 补助=POLICY, size=TABLE, prize=AWARD)


@pytest.fixture
def ask(book: Path, capsys: Output) -> Callable[..., Any]:
    """Ask the book about what is written in JSON; the exit code, the JSON answered, and the errors."""

    def asked(name: str, written: object, day: str = DAY, command: str = "decide") -> Any:
        path = book.parent / "案 件.json"
        text = written if isinstance(written, str) else json.dumps(written, ensure_ascii=False)
        path.write_text(text, "utf-8")
        flag = "--facts" if command == "decide" else "--entries"
        asking = [command, str(book), name, flag, str(path), "--as-of", day, "--json"]
        capsys.readouterr()
        code = main(["policy", *asking])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else None, err

    return asked


def entry(name: object, quality: object = 50, price: object = 50, **more: object) -> Any:
    facts = {"entry.quality": quality, "entry.price": price, "entry.district": False}
    return {"entry": name, "facts": facts | {f"entry.{key}": one for key, one in more.items()}}


def findings(book: Path, capsys: Output) -> tuple[int, list[dict[str, Any]]]:
    capsys.readouterr()
    code = main(["policy", "check", str(book), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_answer_has_the_keys_that_tools_read(ask: Callable[..., Any]) -> None:
    nested = {"firm": {"local": "是", "staff": 10, "cost": 33.33}}
    code, said, err = ask("aid", nested)
    assert (code, err) == (0, "")
    fixed = "policy book as_of outcome code values reasons unmet missing flags obligations trace"
    assert set(fixed.split()) <= set(said)
    # 33 % of 33.33 yuan is 10.9989: whole fen, half up.
    assert (said["outcome"], said["code"], said["values"]) == ("grant", "AIDED", {"amount": 11})
    [reason] = said["reasons"]
    assert reason["rule"] == "local-firm"
    assert (reason["clause"], reason["basis"]) == ("SH-3.1", "interpretation")


def test_a_day_has_its_own_parameters(ask: Callable[..., Any]) -> None:
    firm = {"firm.local": True, "firm.staff": 9, "firm.cost": 1}
    days = ["2018-12-31", "2019-01-01", "2019-06-30", "2019-07-01", "2019-12-31", "2020-01-01"]
    said = [ask("aid", firm, day=day)[1]["outcome"] for day in days]
    assert said == ["not_in_force", "grant", "grant", "deny", "deny", "not_in_force"]


def test_only_what_could_change_the_outcome_is_missing(ask: Callable[..., Any]) -> None:
    assert ask("aid", "\ufeff{}")[1]["missing"][:2] == ["firm.local", "firm.staff"]
    assert ask("aid", {"firm.local": True, "firm.staff": 10})[1]["missing"] == ["firm.cost"]
    refused = ask("aid", {"firm.local": False})[1]
    assert (refused["outcome"], refused["missing"]) == ("deny", [])
    assert [(one["text"], one["fact"]) for one in refused["unmet"]] == [("须在本地", "firm.local")]


@pytest.mark.parametrize(("told", "written"), UNREADABLE)
def test_facts_that_cannot_be_read_are_named(
    ask: Callable[..., Any], told: str, written: object
) -> None:
    code, said, err = ask("aid", written)
    assert (code, said, told in err, "Traceback" in err) == (2, None, True, False)


def test_a_day_is_written_in_one_way(ask: Callable[..., Any]) -> None:
    for day in ("2019-9-1", "20190901", "2019-W36", "2019-02-30", "", "９"):
        with pytest.raises(SystemExit, match="2"):
            ask("aid", {}, day=day)


def test_an_award_pays_in_yuan_what_adds_up(ask: Callable[..., Any]) -> None:
    jury = [entry(f"E{n:02}", 40 + n, district=n % 2 == 0) for n in range(12)]
    code, came, err = ask("prize", jury, command="award")
    assert (code, err, came["flags"]) == (0, "", [])
    assert came["totals"] == {"awarded": 10, "city": 750_000, "district": 250_000}
    best = came["ranked"][0]
    assert (best["entry"], best["score"], best["rank"], best["awarded"]) == ("E11", 50.6, 1, True)
    assert [one["awarded"] for one in came["ranked"]] == [True] * 10 + [False] * 2


def test_what_is_not_awarded_is_told_why(ask: Callable[..., Any]) -> None:
    [one] = ask("prize", [entry("A", district=None)], command="award")[1]["ranked"]
    assert (one["awarded"], one["pending"], one["missing"]) == (False, True, ["entry.district"])
    code, came, _ = ask("prize", [entry("A")], command="award", day="2020-01-01")
    assert (code, came["ranked"], came["flags"]) == (0, [], ["NOT_IN_FORCE"])
    assert came["totals"] == {"awarded": 0, "city": 0, "district": 0}


def test_entries_that_cannot_be_judged_are_refused(ask: Callable[..., Any]) -> None:
    twice = [entry("A"), entry("A")], [entry("1"), entry(1)], [entry("e\u0301"), entry("\u00e9")]
    scores = [entry("A", 100.01)], [entry("A", -1)], [entry("A", "many")]
    shapes: Any = [entry(" ")], [entry(None)], [{"entry": "A"}], {}, [{"entry": "A", "facts": 1}]
    for jury in (*twice, *scores, *shapes):
        code, came, err = ask("prize", jury, command="award")
        assert (code, came, " / " in err) == (2, None, True), jury


def test_a_broken_file_is_a_finding_and_nothing_is_decided_on_it(
    book: Path, ask: Callable[..., Any], capsys: Output
) -> None:
    (book / "补助.yaml").write_text(POLICY.replace("fact: firm.local", "fact: firm.locl"), "utf-8")
    code, [one] = findings(book, capsys)
    assert (code, one["file"], one["line"], one["column"]) == (1, "补助.yaml", 14, 12)
    assert one["suggestion"] == "firm.local"
    assert ask("aid", {})[:2] == (2, None)
    assert main(["policy", "test", str(book)]) == 2


@pytest.mark.parametrize(("now", "kind", "met"), [("4", "gap", []), ("7", "overlap", ["A", "B"])])
def test_a_case_shows_what_is_wrong_with_a_table(
    book: Path, ask: Callable[..., Any], capsys: Output, now: str, kind: str, met: list[str]
) -> None:
    (book / "size.yaml").write_text(TABLE.replace("less_than: 5", f"less_than: {now}"), "utf-8")
    [one] = [each for each in findings(book, capsys)[1] if each["code"] == kind]
    staff = re.search(r"firm\.kind: small, firm\.staff: (\d+)", one["case"])
    assert staff, one
    said = ask("size", {"firm.kind": "small", "firm.staff": int(staff[1])})[1]
    rows = [rule["rule"] for rule in said["trace"] if rule["state"] == "met"]
    assert (rows, said["outcome"]) == (met, "undetermined" if met else "deny")


def test_what_is_to_be_pasted_mends_the_file(book: Path, capsys: Output) -> None:
    (book / "prize.yaml").unlink()
    assert findings(book, capsys) == (0, [])
    file = book / "size.yaml"
    cut = [line for line in TABLE.splitlines() if "name: 二" not in line]
    file.write_text("\n".join(cut), "utf-8")
    code, found = findings(book, capsys)
    assert (code, {one["code"] for one in found}) == (1, {"outcome_untried", "one_sided"})
    file.write_text("\n".join([*cut, *(f"  {one['paste']}" for one in found)]), "utf-8")
    assert findings(book, capsys) == (0, [])


def test_a_book_is_the_same_however_it_is_named(
    book: Path, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    (book.parent / "vocabulary.yaml").rename(book / "vocabulary.yaml")
    (tmp_path / "facts.json").write_text("{}", "utf-8")
    (tmp_path / "link").symlink_to(book)
    versions = set()
    for place, name in [(book, "."), (book.parent, f"{book.name}/"), (tmp_path, "link")]:
        monkeypatch.chdir(place)
        facts = os.path.relpath(tmp_path / "facts.json")
        assert main(["policy", "decide", name, "aid", "--facts", facts, "--json"]) == 0
        versions.add(json.loads(capsys.readouterr().out)["book"])
    assert len(versions) == 1


def test_the_words_of_the_site_do_not_touch_a_book_with_all_its_own(
    book: Path, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site" / "rules"
    site.mkdir(parents=True)
    (book.parent / "vocabulary.yaml").rename(book / "vocabulary.yaml")
    (site / "vocabulary.yaml").write_text(VOCABULARY, "utf-8")
    monkeypatch.chdir(site.parent)
    assert main(["policy", "test", str(book)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "6 passed, 0 failed"


def test_exit_codes_of_books_that_are_not_there(tmp_path: Path, capsys: Output) -> None:
    for command in ("check", "test", "coverage"):
        assert main(["policy", command, str(tmp_path / "nothing")]) == 2
        out, err = capsys.readouterr()
        assert (out, "没有这个文件夹" in err) == ("", True)
    assert main(["policy", "check", str(write(tmp_path / "words" / "empty"))]) == 2


def test_standard_output_is_json_in_any_encoding(book: Path, tmp_path: Path) -> None:
    (tmp_path / "jury.json").write_text('[{"entry": "\\ud800", "facts": {}}]', "utf-8")
    command = [str(Path(sys.executable).with_name("jiebang")), "policy", "award", str(book)]
    command += ["prize", "--entries", "jury.json", "--as-of", DAY, "--json"]
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, check=False)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    assert json.loads(done.stdout)["undetermined"][0]["entry"] == "\ud800"
