"""From one policy file to the typed tree, or to findings with their lines."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, cast

from jiebang.policy.language.conditions import Names, read_condition
from jiebang.policy.language.cursor import Cursor
from jiebang.policy.language.tree import (
    Basis,
    Dated,
    Example,
    Expectation,
    Force,
    Obligation,
    Outcome,
    Parameter,
    Policy,
    Rule,
    Source,
    Verdict,
)
from jiebang.policy.language.types import TYPES, Value, WrongType, read_type, read_written
from jiebang.policy.language.vocabulary import Vocabulary
from jiebang.wording import Wording
from jiebang.yamlfile import BadFile, Finding
from jiebang.yamlfile import Source as Parsed

#: What the language means but this reader does not read: refused by name, never ignored.
LATER: Final = ("award", "table", "qualify", "rank", "tie_break", "quota", "pay", "facts", "scope")
_KEYS = (
    "policy", "title", "source", "effective", "owner", "parameters", "default", "rules", "examples"
)  # fmt: skip
_RULE = ("id", "title", "when", "then", "overrides", "basis", "force", "clause", "quote")
_BASES = ("text", "interpretation", "unverified")
_FORCES = ("must", "may", "prefer", "default")
_VERDICTS = ("grant", "deny", "flag")
_EXPECTED = ("grant", "deny", "undetermined", "not_in_force")
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CODE = re.compile(r"[A-Z][A-Z0-9_]*")
_CLAUSE = re.compile(r"[A-Z]{2}-[A-Z]?[0-9]+(\.[0-9]+)*(\([0-9]+\))?[a-z]?")
_DEADLINE = re.compile(r"[1-9][0-9]* (working )?days?")


def parse_policy(source: Parsed, vocabulary: Vocabulary) -> Policy:
    """The policy in a parsed file. Raises ``BadFile`` with every finding."""
    findings: list[Finding] = []
    policy = _policy(Cursor(source, (), source.data, findings), vocabulary)
    if findings or policy is None:
        raise BadFile(sorted(findings, key=lambda one: (one.line, one.column)))
    return policy


def _policy(at: Cursor, vocabulary: Vocabulary) -> Policy | None:
    required = ("policy", "title", "source", "effective", "default", "rules")
    if not at.mapping(_KEYS, required, LATER):
        return None
    parameters = _parameters(at)
    names = Names(vocabulary, parameters)
    default = _outcome(at.child("default"), ("grant", "deny"))
    if default and default.outcome == "grant":
        at.child("default").wrong(
            "default_grants", "缺省结论不能是 grant", "the default must not grant"
        )
    rules = [_rule(one, names) for one in at.child("rules").items()]
    good = tuple(one for one in rules if one)
    _once(at.child("rules"), [one.id for one in good])
    days = _effective(at.child("effective"))
    examples = at.get("examples")
    title = at.wording_at("title") or Wording(zh="")
    policy_id = _shaped(at.child("policy"), _ID)
    cited = _source(at.child("source"))
    told = [_example(one, vocabulary) for one in examples.items()] if examples else []
    if default is None or days is None:
        return None
    return Policy(
        id=policy_id,
        title=title,
        source=cited,
        start=days[0],
        until=days[1],
        owner=at.text_at("owner"),
        parameters=parameters,
        default=default,
        rules=good,
        examples=tuple(one for one in told if one),
        file=at.source.name,
    )


def _shaped(at: Cursor, shape: re.Pattern[str]) -> str:
    word = at.text()
    if word and not shape.fullmatch(word):
        at.wrong("shape", f"“{word}”的写法不对", f'"{word}" is not written as it should be')
    return word


def _clause_at(at: Cursor) -> str:
    clause = at.get("clause")
    return _shaped(clause, _CLAUSE) if clause else ""


def _once(at: Cursor, ids: list[str]) -> None:
    for one in sorted({one for one in ids if ids.count(one) > 1}):
        at.wrong("twice", f"“{one}”出现了不止一次", f'"{one}" appears more than once')


def _source(at: Cursor) -> Source:
    keys = ("document", "clause", "quote")
    at.mapping(keys, keys)
    return Source(at.text_at("document"), _clause_at(at), at.text_at("quote"))


def _effective(at: Cursor) -> tuple[date, date | None] | None:
    if not at.mapping(("from", "until"), ("from",)):
        return None
    until = at.get("until")
    start, end = at.child("from").day(), until.day() if until else None
    if start and end and end < start and until:
        until.wrong("dates", "结束日早于开始日", "ends before it starts")
    return (start, end) if start else None


def _parameters(at: Cursor) -> Mapping[str, Parameter]:
    block = at.get("parameters")
    found: dict[str, Parameter] = {}
    if block is None:
        return found
    if not isinstance(block.data, dict):
        block.mapping(())
        return found
    for key in block.data:
        if not isinstance(key, str) or not _NAME.fullmatch(key):
            block.wrong("shape", f"参数名“{key}”的写法不对", f'bad parameter name "{key}"')
            continue
        one = block.child(key)
        if one.mapping(
            ("type", "unit", "title", "basis", "values"), ("type", "values"), ("weights",)
        ):
            parameter = _parameter(one)
            if parameter:
                found[key] = parameter
    return MappingProxyType(found)


def _parameter(at: Cursor) -> Parameter | None:
    kind = at.child("type").choice(
        [one for one in TYPES if one != "list of records"], "类型", "type"
    )
    if not kind:
        return None
    unit = at.get("unit")
    typed = read_type(kind, unit.text() if unit else "")
    values: list[Dated] = []
    for one in at.child("values").items():
        if not one.mapping(("from", "value", "clause"), ("from",)):
            continue
        if "value" not in one.data:
            one.wrong(
                "missing_key",
                "缺少“value”（没有规定就写 null）",
                '"value" is missing (null: none given)',
            )
            continue
        start, value = one.child("from").day(), one.get("value")
        try:
            read = read_written(typed, value.data) if value else None
        except WrongType as wrong:
            one.child("value").wrong("wrong_type", f"参数值{wrong.zh}", f"the value {wrong.en}")
            continue
        if start:
            values.append(Dated(start, read, _clause_at(one)))
    starts = [one.start for one in values]
    if len(set(starts)) < len(starts):
        at.wrong("dates", "同一天有两个值", "two values start on one day")
    ordered = tuple(sorted(values, key=lambda one: one.start))
    return Parameter(at.key, at.wording_at("title"), typed, _basis(at), ordered, at.place)


def _basis(at: Cursor) -> Basis:
    found = at.get("basis")
    return cast("Basis", (found and found.choice(_BASES, "依据", "basis")) or "text")


def _outcome(at: Cursor, allowed: Collection[str]) -> Outcome | None:
    required = ("outcome", "code", "say")
    if not at.mapping((*required, "obligations"), required):
        return None
    verdict = at.child("outcome").choice(allowed, "结论", "outcome")
    duties = at.get("obligations")
    obligations = [_obligation(one) for one in duties.items()] if duties else []
    if not verdict:
        return None
    return Outcome(
        cast("Verdict", verdict),
        _shaped(at.child("code"), _CODE),
        at.child("say").wording(),
        tuple(one for one in obligations if one),
    )


def _obligation(at: Cursor) -> Obligation | None:
    if isinstance(at.data, dict):
        if not at.mapping(("deadline",), ("deadline",)):
            return None
        detail = _shaped(at.child("deadline"), _DEADLINE)
        return Obligation("deadline", detail)
    return Obligation(_shaped(at, _NAME))


def _rule(at: Cursor, names: Names) -> Rule | None:
    if not at.mapping(_RULE, ("id", "when", "then")):
        return None
    when = read_condition(at.child("when"), names)
    then = _outcome(at.child("then"), _VERDICTS)
    overrides, force = at.get("overrides"), at.get("force")
    force_word = (force and force.choice(_FORCES, "力度", "force")) or "must"
    if force_word == "prefer" and then and then.outcome != "flag":
        at.child("then").wrong(
            "preference_decides",
            "“优先/推荐/鼓励”不能作出 grant 或 deny，只能 flag",
            "a preference never grants or denies; it may flag",
        )
    others = tuple(one.text() for one in overrides.items()) if overrides else ()
    quote = at.text_at("quote")
    rule_id, title, basis, clause = (
        _shaped(at.child("id"), _ID),
        at.wording_at("title"),
        _basis(at),
        _clause_at(at),
    )
    if when is None or then is None:
        return None
    return Rule(
        rule_id,
        title,
        when,
        then,
        others,
        basis,
        cast("Force", force_word),
        clause,
        quote,
        at.place,
    )


def _example(at: Cursor, vocabulary: Vocabulary) -> Example | None:
    if not at.mapping(("name", "as_of", "given", "expect"), ("name", "as_of", "expect")):
        return None
    given: dict[str, Value] = {}
    facts = at.get("given")
    for key in facts.data if facts and isinstance(facts.data, dict) else ():
        if facts is None:
            break
        known = vocabulary.facts.get(key)
        if known is None:
            facts.unknown("unknown_fact", "事实", "fact", str(key), vocabulary.facts)
            continue
        try:
            given[key] = read_written(known.typed, facts.data[key])
        except WrongType as wrong:
            facts.child(key).wrong("wrong_type", f"“{key}”{wrong.zh}", f'"{key}" {wrong.en}')
    if facts and not isinstance(facts.data, dict):
        facts.mapping(())
    expect, day = _expectation(at.child("expect")), at.child("as_of").day()
    name = at.child("name").text()
    if expect is None or day is None:
        return None
    return Example(name, day, MappingProxyType(given), expect, at.place)


def _expectation(at: Cursor) -> Expectation | None:
    if not at.mapping(("outcome", "code", "flags", "unmet", "missing"), ("outcome",)):
        return None

    def listed(key: str) -> tuple[str, ...] | None:
        found = at.get(key)
        return tuple(one.text() for one in found.items()) if found else None

    return Expectation(
        at.child("outcome").choice(_EXPECTED, "结论", "outcome"),
        at.text_at("code") or None,
        listed("flags"),
        listed("unmet"),
        listed("missing"),
    )
