"""A broken file always gives findings with a line, never a traceback, never silence."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from jiebang.casework.policies.rulebook import Rulebook
from jiebang.clauses import FILE as CLAUSES
from jiebang.policy import Book, load_book, read_book
from jiebang.policy.book import VOCABULARY
from jiebang.policy.language.vocabulary import PolicyResult
from jiebang.yamlfile import BadFile, Finding
from tests.seed import SEED
from tests.unit.policy.mutations import mutations

REPOSITORY = Path(__file__).parents[3]
#: How a policy or an award begins.
HEAD = re.compile(r"^(policy|award):", re.MULTILINE)
RULES = REPOSITORY / "rules" / "shanghai-2019"
#: Mutated files, of which so many are also put into the rules that a site reads again and again.
MUTATED, ACTIVE = 500, 40
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
        ("{exists: {in: case.kind}}", "unknown_list", "case.days"),
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


TABLE = """outputs:
  note: {{type: text}}
  paid: {{type: money, unit: 元}}
table:
  hit: collect {}
  inputs: [case.open]
  rows:
    - {{id: R1, when: [是], then: {{{}}}}}
    - {{id: R2, when: [否], then: {{{}}}}}
"""


@pytest.mark.parametrize("collect", ["sum", "max", "min"])
def test_only_quantities_of_one_kind_are_collected(make_book: Callable[..., Book], collect: str):
    assert make_book(TABLE.format(collect, "paid: 5", "paid: 0"), default="")
    undeclared = TABLE.partition("table:")[1] + TABLE.partition("table:")[2]
    assert make_book(undeclared.format(collect, "paid: 5元", "paid: 5元 * 2"), default="")
    for table, one, other in (
        (TABLE, "note: 甲", "note: 乙"),
        (undeclared, "paid: 5", "paid: 5元"),
    ):
        with pytest.raises(BadFile) as bad:
            make_book(table.format(collect, one, other), default="")
        assert {one.code for one in bad.value.findings} == {"collect"}


def test_a_broken_file_is_not_held_against_those_that_rest_on_it(
    make_book: Callable[..., Book], tmp_path: Path
):
    make_book(RULE.format("{fact: case.open, is: 是}"))
    good = (tmp_path / "book" / "trial.yaml").read_text("utf-8")
    (tmp_path / "book" / "other.yaml").write_text(
        good.replace("policy: trial", "policy: other").replace(
            "fact: case.open", "fact: case.opne"
        ),
        "utf-8",
    )
    (tmp_path / "book" / "trial.yaml").write_text(
        good.replace("{fact: case.open, is: 是}", "{policy: other, is: grant}"), "utf-8"
    )
    with pytest.raises(BadFile) as bad:
        load_book(tmp_path / "book")
    assert [(one.file, one.code) for one in bad.value.findings] == [("other.yaml", "unknown_fact")]


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [("integer", "-1", {"days"}), ("decimal", "1.5", {"days"}), ("integer", "20", set())],
)
def test_a_deadline_is_a_number_of_days(
    make_book: Callable[..., Book], kind: str, value: str, found: set[str]
):
    limit = f"parameters: {{d: {{type: {kind}, values: [{{from: 2019-08-05, value: {value}}}]}}}}\n"
    duty = "obligations: [{deadline: {working_days: {param: d}}}]"
    body = RULE.format("{fact: case.open, is: 是}").replace("say: 行", f"say: 行, {duty}")
    findings: Iterable[Finding] = ()
    try:
        make_book(limit + body)
    except BadFile as bad:
        findings = bad.findings
    assert {one.code for one in findings} == found


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


def drawn(folder: Path, many: int) -> Iterator[tuple[Path, str, str]]:
    """Mutations of every file in turn: the file, what is done to it, the text that comes of it."""
    chosen = random.Random(SEED)  # noqa: S311  # no secrets
    files = [one for one in sorted(folder.rglob("*.yaml")) if HEAD.search(one.read_text("utf-8"))]
    left: dict[Path, list[tuple[str, str]]] = {one: [] for one in files}
    for number in range(many):
        path = files[number % len(files)]
        left[path] = left[path] or mutations(path.read_text("utf-8"), chosen)
        yield path, *left[path].pop()


def well_told(findings: Iterable[Finding], name: str, broken: str) -> bool:
    """Whether findings tell of a file by its name, a line within it, and in both languages."""
    mine = [one for one in findings if one.file == name]
    lines = range(1, len(broken.splitlines()) + 1)
    return bool(mine) and all(one.line in lines and one.zh and one.en for one in mine)


def needed(book: Book) -> Mapping[str, set[str]]:
    """For each file of a book, those without which it cannot be read: alone it is read much faster."""
    file_of = {one.id: one.file for one in book.deciding.values()}
    direct: dict[str, set[str]] = {name: set() for name in file_of.values()}
    for one in book.deciding.values():
        for fact in (*one.facts, *book.asks[one.id]):
            source = book.vocabulary.facts[fact].source
            if isinstance(source, PolicyResult) and source.policy in file_of:
                direct[one.file].add(file_of[source.policy])
    shared = {name for name in book.files if name.endswith((VOCABULARY, CLAUSES))}
    found = {}
    for name in direct:
        reached = {name}
        while more := {below for one in reached for below in direct[one]} - reached:
            reached |= more
        found[name] = reached | shared
    return found


def test_of_500_mutated_files_none_is_read(tell: Callable[[str], None]):
    book = load_book(RULES)
    files = needed(book)
    tell(f"{MUTATED} mutations of {len(files)} policy files")
    for name, some in files.items():
        assert read_book(RULES.name, {one: book.files[one] for one in some}), name
    for path, what, broken in drawn(RULES, MUTATED):
        name = path.relative_to(RULES).as_posix()
        mine = {one: book.files[one] for one in files[name]} | {name: broken.encode()}
        with pytest.raises(BadFile) as bad:
            pytest.fail(f"seed {SEED}, {what}: {read_book(RULES.name, mine)}")
        assert well_told(bad.value.findings, name, broken), f"seed {SEED}, {what}: {bad.value}"


def test_a_mutated_file_never_becomes_active(tmp_path: Path, tell: Callable[[str], None]):
    tell(f"{ACTIVE} mutations put into the rules of a site")
    for name in ("rules", "forms"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    folder = tmp_path / RULES.relative_to(REPOSITORY)
    rulebook = Rulebook(rules=tmp_path / "rules", forms=tmp_path / "forms", reload=True)
    good = rulebook[folder.name].book.version
    assert not rulebook.findings
    for path, what, broken in drawn(folder, ACTIVE):
        text = path.read_text("utf-8")
        path.write_text(broken, "utf-8")
        name, told = path.relative_to(folder).as_posix(), f"seed {SEED}, {path.name}: {what}"
        assert well_told(rulebook.findings.get(folder.name, ()), name, broken), told
        assert rulebook[folder.name].book.version == good, told
        path.write_text(text, "utf-8")
    assert rulebook[folder.name].book.version == good
    assert not rulebook.findings
