"""Findings about policies: a sentence in both languages, a case, and text to paste."""

from __future__ import annotations

from jiebang.policy.book import Book
from jiebang.policy.language.tree import Place, Policy
from jiebang.policy.meaning import collects, outcome_of
from jiebang.policy.proving.cases import Case, Judge, Judgement, given, text, written
from jiebang.policy.states import MET
from jiebang.yamlfile import Finding, decode


def tell(
    policy: Policy,
    place: Place,
    code: str,
    words: tuple[str, str],
    *,
    suggestion: str = "",
    case: str = "",
    paste: str = "",
) -> Finding:
    """A finding about a policy; ``words`` in Chinese and English."""
    return Finding(policy.file, *place, code, *words, suggestion, case, paste)


def case_of(case: Case, judge: Judge) -> str:
    """A case in the words of the vocabulary, with its day."""
    return f"as_of: {case.as_of}, given: {given(case, judge.book.vocabulary)}"


def example_of(case: Case, judge: Judge, policy: Policy, name: str) -> str:
    """An example to paste: the case with what it comes to now."""
    facts = given(case, judge.book.vocabulary)
    if policy.id in judge.book.policies:
        expect = _expected(judge.judge(policy.id, case))
        return f"- {{name: {text(name)}, as_of: {case.as_of}, given: {facts}, expect: {expect}}}"
    entries = f"[{{entry: A, facts: {facts}}}]"
    return f"- {{name: {text(name)}, as_of: {case.as_of}, entries: {entries}, expect: {{awarded: [A]}}}}"


def _expected(found: Judgement) -> str:
    if not found.settled.decided:
        return "{outcome: undetermined}"
    said = outcome_of(found.bound, found.settled.rule)
    parts = [f"outcome: {said.outcome}"]
    if not collects(found.bound):
        parts.append(f"code: {said.code}")
    raised = flags_of(found)
    if raised:
        parts.append(f"flags: [{', '.join(raised)}]")
    return "{" + ", ".join(parts) + "}"


def flags_of(found: Judgement) -> list[str]:
    """The codes of the flags that a case raises."""
    rules = zip(found.bound.rules, found.settled.applied, strict=True)
    codes = [
        one.rule.then.code
        for one, state in rules
        if state is MET and one.rule.then.outcome == "flag"
    ]
    return list(dict.fromkeys(codes))


def row_of(found: Judgement, judge: Judge) -> str:
    """A row to paste into a table for a case that meets none."""
    table = found.bound.policy.table
    if table is None:
        return ""
    facts = judge.book.vocabulary.facts
    cells = [
        written(found.facts[name], facts[name].typed) if name in found.facts else '"-"'
        for name in table.inputs
    ]
    if table.outputs:
        then = "[" + ", ".join("0" for _ in table.outputs) + "]"
    else:
        then = "{outcome: deny, code: NOT_LISTED, say: 请写明结论}"
    return f"- {{id: NEW, when: [{', '.join(cells)}], then: {then}}}"


def default_place(book: Book, policy: Policy) -> Place:
    """Where the default of a policy stands, or its file begins."""
    return decode(book.files[policy.file], policy.file).place(("default",))
