"""A broken file always gives findings with a line, never a traceback, never silence."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from jiebang.policy import Book, load_book
from jiebang.yamlfile import BadFile

REPOSITORY = Path(__file__).parents[3]
FILE = REPOSITORY / "rules/shanghai-2019/eligibility/demander.yaml"
RULE = "rules:\n  - {{id: r, when: {}, then: {{outcome: grant, code: OK, say: 行}}}}\n"


@pytest.mark.parametrize(
    ("condition", "code", "suggestion"),
    [
        ("{fact: case.kidn, is: a}", "unknown_fact", "case.kind"),
        ("{fact: case.kind, iss: a}", "unknown_key", "is"),
        ("{fact: case.kind, is: z}", "unknown_option", ""),
        ("{fact: case.kind, at_least: 3}", "wrong_operator", ""),
        ("{fact: case.count, is: 三}", "wrong_type", ""),
        ("{fact: case.count, at_least: {param: limt}}", "unknown_param", "limit"),
        ("{fact: case.count, at_least: {fact: case.price}}", "wrong_type", ""),
        ("{fact: case.count, at_least: 3, at_most: 5}", "operator", ""),
        ("{fact: case.filed, within_days_of: 2019-09-01}", "days", ""),
        ("{fact: case.name, matches: '(('}", "pattern", ""),
        ("{exists: {in: case.kind}}", "unknown_list", ""),
        ("{all: []}", "empty_group", ""),
        ("{policy: trail, is: grant}", "unknown_policy", "trial"),
    ],
)
def test_a_finding_names_the_place_and_the_nearest_word(
    make_book: Callable[..., Book], condition: str, code: str, suggestion: str
):
    parameters = "parameters: {limit: {type: integer, values: [{from: 2019-08-05, value: 5}]}}\n"
    with pytest.raises(BadFile) as bad:
        make_book(parameters + RULE.format(condition))
    [finding] = [one for one in bad.value.findings if one.code == code]
    assert (finding.line, finding.suggestion) == (9, suggestion)


def test_a_preference_never_decides(make_book: Callable[..., Book]):
    body = RULE.format("{fact: case.open, is: 是}").replace("id: r,", "id: r, force: prefer,")
    with pytest.raises(BadFile) as bad:
        make_book(body)
    assert [one.code for one in bad.value.findings] == ["preference_decides"]


def test_a_file_without_a_policy_is_not_ignored(make_book: Callable[..., Book], tmp_path: Path):
    make_book(RULE.format("{fact: case.open, is: 是}"))
    (tmp_path / "book" / "other.yaml").write_text("polcy: x\n", encoding="utf-8")
    with pytest.raises(BadFile) as bad:
        load_book(tmp_path / "book")
    assert [(one.file, one.code, one.line) for one in bad.value.findings] == [
        ("other.yaml", "no_policy", 1)
    ]


@pytest.mark.parametrize("seed", range(12))
def test_mutated_files_give_findings_with_lines(tmp_path: Path, seed: int):
    text = FILE.read_text(encoding="utf-8")
    (tmp_path / "vocabulary.yaml").write_bytes((REPOSITORY / "rules/vocabulary.yaml").read_bytes())
    folder = tmp_path / "book"
    folder.mkdir()
    chosen = random.Random(seed)  # noqa: S311  # mutations, no secrets
    findings = []
    for _ in range(12):
        at = chosen.randrange(len(text))
        with_ = chosen.choice(
            ["", ":", "{", "]", "\t", "- ", "null", "&a ", "*a", "!!", "\n", "1", '"']
        )
        cut = chosen.randrange(12)
        (folder / "m.yaml").write_text(text[:at] + with_ + text[at + cut :], encoding="utf-8")
        lines = len((folder / "m.yaml").read_text(encoding="utf-8").splitlines())
        try:
            load_book(folder)
        except BadFile as bad:
            findings += [(one, lines) for one in bad.findings]
    assert findings
    assert all(1 <= one.line <= lines + 1 and one.zh and one.en for one, lines in findings)
