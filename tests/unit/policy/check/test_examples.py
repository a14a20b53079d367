"""What the examples of a policy leave untried."""

from __future__ import annotations

from collections.abc import Callable

from jiebang.yamlfile import Finding

Check = Callable[..., list[Finding]]
BODY = """
default: {outcome: deny, code: REFUSED, say: 不行}
rules:
  - id: enough
    when:
      all:
        - {fact: case.count, at_least: 5}
        - {fact: case.kind, in: [a, b]}
    then: {outcome: grant, code: GRANTED, say: 行}
  - {id: odd, when: {fact: case.sound, is: 否}, then: {outcome: flag, code: ODD, say: 有缺陷}}
examples:
"""


def example(given: str, expect: str, day: str = "2019-09-01") -> str:
    return f"  - {{name: 例, as_of: {day}, given: {{{given}}}, expect: {{{expect}}}}}\n"


GRANTED = example("case.count: 5, case.kind: a, case.sound: 是", "outcome: grant")
FEW = example("case.count: 4, case.kind: a, case.sound: 否", "outcome: deny, flags: [ODD]")
OTHER = example("case.count: 6, case.kind: c, case.sound: 是", "outcome: deny")


def test_examples_that_try_everything(check: Check):
    assert check(BODY + GRANTED + FEW + OTHER) == []


def test_no_example_at_all(check: Check):
    (found,) = check(BODY.replace("examples:\n", ""), examples=True)
    assert (found.code, found.paste.splitlines()[0]) == ("no_example", "examples:")


def test_outcomes_that_no_example_reaches(check: Check):
    found = [one for one in check(BODY + GRANTED) if one.code == "outcome_untried"]
    assert [one.zh for one in found] == ["没有例子得出“ODD”", "没有例子得出“REFUSED”"]
    assert found[0].case == "as_of: 2019-08-05, given: {case.sound: 否, case.count: 4}"
    assert all("expect: {outcome: " in one.paste for one in found)


def test_thresholds_tried_on_one_side(check: Check):
    (found,) = check(BODY + GRANTED + FEW)
    assert (found.code, found.line) == ("one_sided", 13)
    assert "case.kind: c" in found.case
    (found,) = check(
        BODY + GRANTED + FEW.replace("count: 4, case.kind: a", "count: 5, case.kind: c")
    )
    assert (found.code, found.line) == ("one_sided", 12)
    assert "case.count: 4" in found.case


def test_what_is_pasted_mends_it(check: Check):
    body = BODY + GRANTED
    for _ in range(6):
        found = [one for one in check(body) if one.paste]
        if not found:
            break
        body += f"  {found[0].paste}\n"
    assert check(body) == []


def test_an_outcome_that_no_case_has_needs_no_example(check: Check):
    whole = BODY.replace(
        "{fact: case.count, at_least: 5}",
        "{any: [{fact: case.count, at_least: 5}, {fact: case.count, less_than: 5}]}",
    )
    whole = whole.replace("[a, b]", "[a, b, c]")
    assert "没有例子得出“REFUSED”" not in [
        one.zh for one in check(whole + GRANTED + FEW.replace("deny", "grant"))
    ]


def test_a_list_of_every_code_has_no_other_side(check: Check):
    found = check(BODY.replace("[a, b]", "[a, b, c]") + GRANTED + FEW)
    assert [one for one in found if one.code == "one_sided"] == []


def test_a_threshold_that_a_parameter_moves_is_tried_on_the_day_of_the_example(check: Check):
    values = "[{from: 2019-08-05, value: 5}, {from: 2019-10-01, value: 9}]"
    moved = f"parameters:\n  least: {{type: integer, values: {values}}}\n"
    body = moved + BODY.replace("at_least: 5", "at_least: {param: least}")
    late = FEW.replace("2019-09-01", "2019-10-02").replace("count: 4", "count: 8")
    assert [one for one in check(body + GRANTED + FEW + OTHER) if one.code == "one_sided"] == []
    assert "one_sided" in {one.code for one in check(body + GRANTED + late + OTHER)}
