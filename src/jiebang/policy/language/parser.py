"""From one policy file to the typed tree, or to findings with their lines."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Final

from jiebang.policy.language.conditions import read_condition
from jiebang.policy.language.cursor import Cursor
from jiebang.policy.language.operands import Names
from jiebang.policy.language.parts import (
    ID,
    basis_of,
    clause_at,
    force_of,
    once,
    read_effective,
    read_given,
    read_outcome,
    read_outputs,
    read_parameters,
    read_source,
    shaped,
)
from jiebang.policy.language.tables import read_table
from jiebang.policy.language.tree import Example, Expectation, Outcome, Output, Policy, Rule, Table
from jiebang.policy.language.vocabulary import Vocabulary
from jiebang.wording import Wording
from jiebang.yamlfile import BadFile, Finding
from jiebang.yamlfile import Source as Parsed

_KEYS: Final = (
    "policy", "title", "source", "effective", "owner", "parameters", "outputs", "default", "rules",
    "table", "examples",
)  # fmt: skip
_RULE: Final = (
    "id", "title", "when", "then", "overrides", "basis", "force", "clause", "quote"
)  # fmt: skip
_VERDICTS: Final = ("grant", "deny", "flag", "none")
_DEFAULTS: Final = ("grant", "deny", "none")
EXPECTED: Final = ("grant", "deny", "none", "value", "undetermined", "not_in_force")
#: What is said where no row of a table is met and the file says nothing.
NO_ROW: Final = ("NO_ROW", Wording(zh="表中没有对应的行", en="No row of the table applies"))


def parse_policy(
    source: Parsed, vocabulary: Vocabulary, clauses: Collection[str] = ()
) -> tuple[Policy, list[tuple[str, Cursor]]]:
    """The policy in a parsed file, and the other policies it names with their places.

    Raises ``BadFile`` with every finding.
    """
    findings: list[Finding] = []
    at = Cursor(source, (), source.data, findings)
    names = Names(vocabulary, read_parameters(at, clauses), clauses)
    policy = _policy(at, names)
    if findings or policy is None:
        raise BadFile(sorted(set(findings), key=lambda one: (one.line, one.column)))
    return policy, names.references


def _policy(at: Cursor, names: Names) -> Policy | None:
    if not at.mapping(_KEYS, ("policy", "title", "source", "effective")):
        return None
    title = at.wording_at("title") or Wording(zh="")
    outputs = read_outputs(at)
    found = _rules(at, names, outputs, title)
    default = _default(at, names, outputs, found[0] if found else None)
    days = read_effective(at.child("effective"))
    examples = at.get("examples")
    told = [_example(one, names.vocabulary) for one in examples.items()] if examples else []
    policy_id = shaped(at.child("policy"), ID)
    cited = read_source(at.child("source"), names)
    if default is None or days is None or found is None:
        return None
    return Policy(
        id=policy_id,
        title=title,
        source=cited,
        start=days[0],
        until=days[1],
        owner=at.text_at("owner"),
        parameters=names.parameters,
        outputs=outputs,
        default=default,
        rules=found[1],
        table=found[0],
        examples=tuple(one for one in told if one),
        file=at.source.name,
    )


def _rules(
    at: Cursor, names: Names, outputs: Mapping[str, Output], title: Wording
) -> tuple[Table | None, tuple[Rule, ...]] | None:
    table, rules = at.get("table"), at.get("rules")
    if (table is None) == (rules is None):
        at.wrong(
            "rules", "写 rules 或 table，恰好一个", 'write either "rules" or "table"', "rules: …"
        )
        return None
    if table is not None:
        return read_table(table, names, outputs, title)
    if rules is None:
        return None
    read = [_rule(one, names, outputs) for one in rules.items()]
    good = tuple(one for one in read if one)
    once(rules, [one.id for one in good])
    return (None, good) if len(good) == len(read) else None


def _default(
    at: Cursor, names: Names, outputs: Mapping[str, Output], table: Table | None
) -> Outcome | None:
    written = at.get("default")
    if written is None:
        if at.get("table") is None:
            at.wrong("missing_key", "缺少“default”", '"default" is missing', "default: …")
            return None
        collects = table is not None and table.hit == "collect"
        return Outcome("value" if collects else "deny", *NO_ROW)
    default = read_outcome(written, _DEFAULTS, names, outputs, fallback=("DEFAULT", NO_ROW[1]))
    if default and default.outcome == "grant":
        written.wrong("default_grants", "缺省结论不能是 grant", "the default must not grant")
    return default


def _rule(at: Cursor, names: Names, outputs: Mapping[str, Output]) -> Rule | None:
    if not at.mapping(_RULE, ("id", "when", "then")):
        return None
    when = read_condition(at.child("when"), names)
    rule_id, title = shaped(at.child("id"), ID), at.wording_at("title")
    fallback = (rule_id.upper().replace("-", "_"), title or Wording(zh=rule_id))
    then = read_outcome(at.child("then"), _VERDICTS, names, outputs, fallback=fallback)
    overrides, force = at.get("overrides"), force_of(at)
    if force == "prefer" and then and then.outcome != "flag":
        at.child("then").wrong(
            "preference_decides",
            "“优先/推荐/鼓励”不能作出 grant 或 deny，只能 flag",
            "a preference never grants or denies; it may flag",
        )
    others = tuple(one.text() for one in overrides.items()) if overrides else ()
    quote, basis, clause = at.text_at("quote"), basis_of(at), clause_at(at, names)
    if when is None or then is None:
        return None
    return Rule(rule_id, title, when, then, others, basis, force, clause, quote, at.place)


def _example(at: Cursor, vocabulary: Vocabulary) -> Example | None:
    if not at.mapping(("name", "as_of", "given", "expect"), ("name", "as_of", "expect")):
        return None
    given = read_given(at.get("given"), vocabulary)
    expect, day = _expectation(at.child("expect")), at.child("as_of").day()
    name = at.child("name").text()
    if expect is None or day is None:
        return None
    return Example(name, day, given, expect, at.place)


def _expectation(at: Cursor) -> Expectation | None:
    if not at.mapping(("outcome", "code", "flags", "unmet", "missing", "values"), ("outcome",)):
        return None

    def listed(key: str) -> tuple[str, ...] | None:
        found = at.get(key)
        return tuple(one.text() for one in found.items()) if found else None

    values = at.get("values")
    if values and not isinstance(values.data, dict):
        values.mapping(())
    given: Any = values.data if values and isinstance(values.data, dict) else None
    return Expectation(
        at.child("outcome").choice(EXPECTED, "结论", "outcome"),
        at.text_at("code") or None,
        listed("flags"),
        listed("unmet"),
        listed("missing"),
        MappingProxyType(given) if given is not None else None,
    )
