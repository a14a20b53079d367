"""Forms and rules agree, or each disagreement is found at its line with what mends it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from jiebang.casework.policies.agreeing import Ground, check_forms, disagreements
from jiebang.casework.policies.rulebook import read_rules
from jiebang.forms import FormBook, Option
from jiebang.policy.language.vocabulary import load_vocabulary
from jiebang.wording import Wording
from jiebang.yamlfile import BadFile, Finding, parse

ROOT = Path(__file__).parents[4]
FORM = """\
id: probe
version: 1
title: {zh: 试填, en: Probe}
source: R
HEAD
sections:
  - id: only
    title: {zh: 部分, en: Section}
    fields:
      - FIELD
"""
#: The line on which FIELD stands, where nothing is put for HEAD.
LINE = 9
BLOCK = """\
block: body
title: {zh: 单位, en: Body}
source: R
fields:
  - {key: name, type: text, max: 9, label: 名称, fact: name}
  - {key: code, type: credit_code, label: 代码, fact: {credit_code: value, kind: entity_kind}}
"""
LABEL = "label: {zh: 问, en: Asked}"

Agree = Callable[..., list[Finding]]


@pytest.fixture
def agree(tmp_path: Path) -> Agree:
    """What is found between a form of one field and a vocabulary, both written on the spot."""
    folder = tmp_path / "forms"
    (folder / "blocks").mkdir(parents=True)
    (folder / "print").mkdir()
    (folder / "print" / "table.typ").touch()
    (folder / "blocks" / "body.yaml").write_text(BLOCK, "utf-8")
    shutil.copy(ROOT / "forms" / "uploads.yaml", folder)

    def find(field: str, *facts: str, head: str = "", elsewhere: str = "") -> list[Finding]:
        text = FORM.replace("HEAD\n", f"{head}\n" if head else "").replace("FIELD", field)
        (folder / "probe.yaml").write_text(text, "utf-8")
        words = parse("facts:\n" + "".join(f"  {one}\n" for one in facts), "vocabulary.yaml")
        ground = Ground(
            phases={"call", "match"},
            clauses={"SH-1", "SH-2"},
            choices={"edition.sessions": [Option(code="7", label=Wording(zh="专场"))]},
            vocabulary=load_vocabulary([words]) if facts else None,
            words=[words],
            elsewhere={elsewhere},
        )
        return disagreements(folder=folder, forms=FormBook.load(folder), ground=ground)

    return find


def fact(name: str, type_: str, more: str = "", source: str = "{case: here}") -> str:
    unit = ", unit: 元" if type_.endswith("money") else ""
    return f"{name}: {{type: {type_}, label: 事实{unit}{more}, source: {source}}}"


OPTIONS = "options: [{code: a, label: 甲}, {code: b, label: 乙}]"
TABLE = f"columns: [{{key: day, type: date, label: 日}}, {{key: kind, type: one_of, label: 类, {OPTIONS}}}]"
#: A type with what it needs, the part that is stated, and the type of fact that it agrees with.
STATED = [
    ("text, max: 9", "value", "text"),
    ("longtext, max: 9", "value", "text"),
    ("phone", "value", "text"),
    ("email", "value", "text"),
    ("url", "value", "text"),
    ("division", "value", "text"),
    ("credit_code", "value", "text"),
    ("credit_code", "entity_kind", "code"),
    ("integer", "value", "integer"),
    ("year", "value", "integer"),
    ("decimal", "value", "decimal"),
    ("money", "value", "money"),
    ("date", "value", "date"),
    ("yes_no", "value", "boolean"),
    ("consent", "value", "boolean"),
    ("longtext, max: 9", "filled", "boolean"),
    (f"one_of, {OPTIONS}", "value", "code"),
    (f"several_of, {OPTIONS}", "value", "list of code"),
    (f"several_of, {OPTIONS}", "value", "list of text"),
    ("reference, refers_to: demand", "value", "text"),
    ("reference, refers_to: demand, several: true, max: 3", "value", "list of text"),
    (f"rating, {OPTIONS}", "rating", "code"),
    (f"rating, {OPTIONS}", "reason", "text"),
    ("year_range", "from", "integer"),
    ("signature", "date", "date"),
    ("signature", "name", "text"),
    (f"table, max: 3, {TABLE}", "count", "integer"),
    (f"table, max: 3, {TABLE}", "day", "list of date"),
    (f"table, max: 3, {TABLE}", "kind", "list of code"),
    (f"table, max: 3, {TABLE}", "kind", "list of text"),
    ("computed, computed: {count: rows}", "value", "integer"),
]
TYPES = ("text", "code", "boolean", "integer", "decimal", "money", "date")
ROWS = f"\n      - {{key: rows, type: table, max: 3, {TABLE}, {LABEL}}}"


def asked(kind: str, part: str) -> str:
    return f"{{key: one, type: {kind}, {LABEL}, fact: {{case.fact: {part}}}}}{ROWS}"


@pytest.mark.parametrize(("kind", "part", "type_"), STATED)
def test_answers_state_facts_of_their_own_type_and_no_other(
    agree: Agree, kind: str, part: str, type_: str
) -> None:
    more = ""
    if type_.endswith("code"):
        codes = ("a", "b", "enterprise", "government", "public_institution", "association",
                 "private_nonenterprise", "foundation", "individual_business", "cooperative",
                 "other")  # fmt: skip
        more = ", options: {" + ", ".join(f"{one}: 值" for one in codes) + "}"
    assert agree(asked(kind, part), fact("case.fact", type_, more)) == []
    for other in set(TYPES) - {type_}:
        (found,) = agree(asked(kind, part), fact("case.fact", other))
        assert (found.code, found.line, found.suggestion) == ("fact_type", LINE, other)
        assert "case.fact" in found.zh
        assert other in found.en


@pytest.mark.parametrize(
    "kind",
    [f"rating, {OPTIONS}", "year_range", "signature"],
)
def test_an_answer_of_several_parts_is_no_fact_as_a_whole(agree: Agree, kind: str) -> None:
    (found,) = agree(asked(kind, "value"), fact("case.fact", "text"))
    assert found.code == "fact_type"
    assert "as a whole is no fact" in found.en


def test_an_unknown_fact_is_found_with_the_nearest(agree: Agree) -> None:
    field = f"{{key: one, type: yes_no, {LABEL}, fact: demand.publishabel}}"
    (found,) = agree(field, fact("demand.publishable", "boolean"))
    assert (found.file, found.line) == ("forms/probe.yaml", LINE)
    assert found.suggestion == "demand.publishable"
    assert "是否想写“demand.publishable”？" in found.zh


def test_a_fact_that_another_edition_adds_is_no_fault(agree: Agree) -> None:
    field = f"{{key: one, type: yes_no, {LABEL}, fact: entry.patent}}"
    known = fact("demand.publishable", "boolean")
    assert len(agree(field, known)) == 1
    assert agree(field, known, elsewhere="entry.patent") == []


def test_options_have_to_be_those_of_the_fact(agree: Agree) -> None:
    field = f"{{key: one, type: one_of, {LABEL}, fact: case.kind, {OPTIONS}}}"
    assert agree(field, fact("case.kind", "code", ", options: {a: 甲, b: 乙, c: 丙}")) == []
    (found,) = agree(field, fact("case.kind", "code", ", options: {a: 甲, bb: 乙}"))
    assert (found.code, found.line, found.suggestion) == ("fact_option", LINE, "bb")


def test_options_that_the_edition_brings_have_to_be_those_of_the_fact(agree: Agree) -> None:
    field = f"{{key: one, type: one_of, {LABEL}, fact: case.kind, options_from: edition.sessions}}"
    assert agree(field, fact("case.kind", "code", ', options: {"7": 甲}')) == []
    (found,) = agree(field, fact("case.kind", "code", ', options: {"8": 甲}'))
    assert found.code == "fact_option"


def test_a_record_needs_a_column_for_each_of_its_fields(agree: Agree) -> None:
    field = f"{{key: one, type: table, max: 3, {LABEL}, fact: case.rows, {TABLE}}}"
    record = ", fields: {day: {type: date, label: 日}, kind: {type: code, label: 类}}"
    assert agree(field, fact("case.rows", "list of records", record)) == []
    record = ", fields: {days: {type: date, label: 日}}"
    (found,) = agree(field, fact("case.rows", "list of records", record))
    assert (found.code, found.line, found.suggestion) == ("unknown", LINE, "day")
    record = ", fields: {day: {type: text, label: 日}}"
    (found,) = agree(field, fact("case.rows", "list of records", record))
    assert (found.code, found.suggestion) == ("fact_type", "text")
    record = ", fields: {kind: {type: code, label: 类, options: {a: 甲}}}"
    (found,) = agree(field, fact("case.rows", "list of records", record))
    assert (found.code, found.suggestion) == ("fact_option", "")


def test_the_form_that_the_vocabulary_names_has_to_state_the_fact(agree: Agree) -> None:
    def from_form(source: str) -> str:
        return fact("case.fact", "boolean", source=source)

    states = f"{{key: one, type: yes_no, {LABEL}, fact: case.fact}}"
    assert agree(states, from_form("{form: probe, field: one}")) == []
    (found,) = agree(states, from_form("{form: prob, field: one}"))
    assert (found.file, found.line, found.suggestion) == ("vocabulary.yaml", 2, "probe")
    (found,) = agree(states, from_form("{form: probe, field: onne}"))
    assert (found.file, found.line, found.suggestion) == ("vocabulary.yaml", 2, "one")
    silent = f"{{key: one, type: yes_no, {LABEL}}}"
    (found,) = agree(silent, from_form("{form: probe, field: one}"))
    assert (found.file, found.line, found.paste) == ("forms/probe.yaml", LINE, "fact: case.fact")
    (found,) = agree(states, from_form("{form: probe, field: one, part: fild}"))
    assert found.suggestion == "filled"


def test_a_block_states_what_the_vocabulary_has_of_its_party(agree: Agree) -> None:
    known = fact("buyer.credit_code", "text"), fact("seller.name", "text")
    assert agree("{block: body, party: buyer}", *known) == []
    found = agree("{block: body, party: bayer}", *known)
    assert {one.suggestion for one in found} >= {"buyer.credit_code"}
    assert {one.line for one in found} == {LINE}
    (found,) = agree("{block: body, party: buyer}", fact("buyer.name", "date"))
    assert found.code == "fact_type"


@pytest.mark.parametrize(
    ("head", "suggestion"),
    [
        ("print: tabel", "table"),
        ("filing: {by: [demandr], handled_by: [case_officer], prefix: AB}", "demander"),
        ("filing: {by: [signed_in], handled_by: [case_offiser], prefix: AB}", "case_officer"),
        ("filing: {by: [signed_in], handled_by: [case_officer], prefix: AB, closes: cal}", "call"),
        ("batch: {by: [distric_officer]}", "district_officer"),
        ("checks: [{id: c, at: one, any_of: [one], message: 填, clause: SH-11}]", "SH-1"),
    ],
)
def test_what_a_form_names_besides_its_questions_is_there(
    agree: Agree, head: str, suggestion: str
) -> None:
    (found,) = agree(f"{{key: one, type: yes_no, {LABEL}}}", head=head)
    assert (found.code, found.line) == ("unknown", 5)
    assert found.suggestion == suggestion


@pytest.mark.parametrize(
    ("filing", "codes"),
    [
        ("by: [signed_in], handled_by: [case_officer], prefix: AB", []),
        ("by: [case_officer, district_officer], handled_by: [case_officer], prefix: AB", []),
        ("by: [case_officer], handled_by: [case_officer], prefix: AB", ["unknown"]),
        ("by: [signed_in], handled_by: [case_officer], prefix: AB, about: demand", ["batch"]),
    ],
)
def test_a_form_is_brought_in_by_those_who_may_file_it_and_about_no_demand(
    agree: Agree, filing: str, codes: list[str]
) -> None:
    head = f"filing: {{{filing}}}\nbatch: {{by: [district_officer]}}"
    found = agree(f"{{key: one, type: yes_no, {LABEL}}}", head=head)
    assert [(one.code, one.line) for one in found] == [(code, 6) for code in codes]


def test_clauses_and_lists_of_questions_are_there(agree: Agree) -> None:
    (found,) = agree(f"{{key: one, type: yes_no, {LABEL}, clause: SH-22}}")
    assert (found.line, found.suggestion) == (LINE, "SH-2")
    (found,) = agree(f"{{key: one, type: one_of, {LABEL}, options_from: edition.sesions}}")
    assert (found.line, found.suggestion) == (LINE, "edition.sessions")
    column = "{key: cell, type: one_of, label: 格, options_from: edition.sesions}"
    (found,) = agree(f"{{key: one, type: table, max: 2, {LABEL}, columns: [{column}]}}")
    assert (found.line, found.suggestion) == (LINE, "edition.sessions")


def test_a_print_layout_of_its_own_is_enough(agree: Agree, tmp_path: Path) -> None:
    field, head = f"{{key: one, type: yes_no, {LABEL}}}", "print: own"
    assert len(agree(field, head=head)) == 1
    (tmp_path / "forms" / "probe.typ").touch()
    assert agree(field, head=head) == []


def test_rules_are_not_read_beside_forms_that_disagree(tmp_path: Path) -> None:
    """But a published book, which says nothing of the forms of today, still decides."""
    forms = Path(shutil.copytree(ROOT / "forms", tmp_path / "forms"))
    edition = ROOT / "rules" / "shanghai-2019"
    good = read_rules(edition, forms)
    survey = forms / "demand-survey.yaml"
    text = survey.read_text("utf-8")
    survey.write_text(text.replace("fact: demand.class", "fact: demand.clas"), "utf-8")
    with pytest.raises(BadFile, match=r"是否想写“demand\.class”"):
        read_rules(edition, forms)
    assert read_rules(edition, forms, book=good.book).book is good.book
    survey.write_text(text.replace("print: table", "print: tabel"), "utf-8")
    with pytest.raises(BadFile, match="是否想写“table”"):
        read_rules(edition, forms, book=good.book)


def test_an_announcement_is_made_of_answers_that_are_asked(tmp_path: Path) -> None:
    rules = Path(shutil.copytree(ROOT / "rules", tmp_path / "rules"))
    file = rules / "shanghai-2019" / "edition.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("field: tech_field,", "field: tech_feld,", 1), "utf-8")
    (found,) = check_forms(ROOT / "forms", [file.parent])
    assert found.suggestion == "tech_field"
    assert found.line == text[: text.index("field: tech_field,")].count("\n") + 1
    assert check_forms(ROOT / "forms", [file.parent], only={"entry"}) == []


def test_the_forms_of_this_site_agree_with_every_edition() -> None:
    editions = [one.parent for one in sorted((ROOT / "rules").glob("*/edition.yaml"))]
    assert len(editions) == 2
    assert [str(one) for one in check_forms(ROOT / "forms", editions)] == []
