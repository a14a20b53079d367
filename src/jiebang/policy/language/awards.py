"""Reading an award file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, cast

from jiebang.policy.language.award import (
    Award,
    AwardExample,
    Flag,
    MustHold,
    Quota,
    Rank,
    Recipient,
    WeightedSum,
)
from jiebang.policy.language.conditions import read_condition
from jiebang.policy.language.cursor import Cursor
from jiebang.policy.language.operands import Names, read_formula, read_operand
from jiebang.policy.language.parser import NO_ROW
from jiebang.policy.language.parts import (
    CODE,
    ID,
    NAME,
    once,
    read_effective,
    read_given,
    read_number,
    read_parameters,
    read_source,
    shaped,
)
from jiebang.policy.language.tables import read_table
from jiebang.policy.language.terms import FactRef, Formula, ParamRef
from jiebang.policy.language.tree import Literal, Outcome, Output, Policy, Rule
from jiebang.policy.language.types import ORDERED, WEIGHTS, Type, Value, Weight, read_type
from jiebang.policy.language.vocabulary import Vocabulary
from jiebang.wording import Wording
from jiebang.yamlfile import BadFile, Finding
from jiebang.yamlfile import Source as Parsed

_KEYS: Final = (
    "award", "title", "source", "effective", "owner", "parameters", "recipients", "qualify", "rank",
    "tie_break", "quota", "scope", "pay", "cumulative", "examples",
)  # fmt: skip
_QUOTA: Final = ("min", "max", "per", "max_per_group", "when_short", "when_tied_at_edge")
_ORDERS: Final = ("descending", "ascending")
#: The prefix of the facts that weights name: ``weights: {novelty: 40}`` scores ``entry.novelty``.
ENTRY: Final = "entry."
#: The scale on which a weighted fact is scored.
WORST: Final = 0
BEST: Final = 100
QUALIFIED: Final = "QUALIFIED"
_SCORES: Final = frozenset({"integer", "decimal"})


def in_scale(score: Value) -> bool:
    """Whether a weight can be put on a score."""
    return isinstance(score, int | Decimal) and WORST <= score <= BEST


def parse_award(
    source: Parsed, vocabulary: Vocabulary, clauses: Collection[str] = ()
) -> tuple[Award, list[tuple[str, Cursor]]]:
    """The award in a parsed file, and the policies it names. Raises ``BadFile``."""
    findings: list[Finding] = []
    at = Cursor(source, (), source.data, findings)
    names = Names(vocabulary, read_parameters(at, clauses), clauses)
    award = _award(at, names)
    if findings or award is None:
        raise BadFile(sorted(set(findings), key=lambda one: (one.line, one.column)))
    return award, names.references


def _award(at: Cursor, names: Names) -> Award | None:
    if not at.mapping(_KEYS, ("award", "title", "source", "effective")):
        return None
    award_id, title = shaped(at.child("award"), ID), at.wording_at("title") or Wording(zh="")
    cited, days = read_source(at.child("source"), names), read_effective(at.child("effective"))
    rank, tied, quota, pay, recipients = (
        at.get(key) for key in ("rank", "tie_break", "quota", "pay", "recipients")
    )
    scope, examples = at.get("scope"), at.get("examples")
    per = ""
    if scope and scope.mapping(("per",), ("per",)):
        per = _fact(scope.child("per"), names)
    if days is None:
        return None
    common = {
        "title": title,
        "source": cited,
        "start": days[0],
        "until": days[1],
        "owner": at.text_at("owner"),
        "parameters": names.parameters,
        "examples": (),
        "file": at.source.name,
    }
    paid = _pay(pay, f"{award_id}/pay", names, common) if pay else None
    cumulative = at.get("cumulative")
    read = _rank(rank, names) if rank else None
    told = _examples(examples, names, _weighed(read, names)) if examples else ()
    return Award(
        id=award_id,
        title=title,
        source=cited,
        start=days[0],
        until=days[1],
        owner=at.text_at("owner"),
        parameters=names.parameters,
        recipients=_recipients(recipients) if recipients else (),
        qualify=_qualify(at.get("qualify"), f"{award_id}/qualify", names, common),
        rank=read,
        tie_break=tuple(_tie(one, names) for one in tied.items()) if tied else (),
        quota=_quota(quota, names) if quota else None,
        scope=per,
        pay=paid[0] if paid else None,
        must_hold=paid[1] if paid else None,
        cumulative=_boolean(cumulative) if cumulative else None,
        examples=told,
        file=at.source.name,
    )


def _boolean(at: Cursor) -> bool | None:
    operand = read_operand(at, Type("boolean"), Names(Vocabulary({}), {}))
    return operand.value is True if isinstance(operand, Literal) else None


def _fact(at: Cursor, names: Names) -> str:
    name = at.text()
    if name and name not in names.vocabulary.facts:
        at.unknown("unknown_fact", "事实", "fact", name, names.vocabulary.facts)
        return ""
    return name


def _recipients(at: Cursor) -> tuple[Recipient, ...]:
    found: list[Recipient] = []
    for one in at.items():
        if not isinstance(one.data, dict):
            found.append(Recipient(shaped(one, NAME), Decimal(0)))
        elif one.mapping(("role", "share"), ("role", "share")):
            share = read_number(one.child("share"))
            found.append(Recipient(shaped(one.child("role"), NAME), share or Decimal(0)))
    once(at, [one.role for one in found])
    shares = [one.share for one in found if one.share]
    if shares and (sum(shares) != 1 or len(shares) < len(found)):
        zh = "各方的 share 合计应为 100%"
        at.wrong("shares", zh, "the shares must add up to 100%")
    if not shares and len(found) == 1:
        return (Recipient(found[0].role, Decimal(1)),)
    return tuple(found)


def _qualify(
    at: Cursor | None, policy_id: str, names: Names, common: Mapping[str, Any]
) -> Policy | None:
    if at is None:
        return None
    when = read_condition(at, names)
    if when is None:
        return None
    granted = Outcome("grant", QUALIFIED, Wording(zh="符合参评条件", en="Qualifies"))
    refused = Outcome("deny", "NOT_QUALIFIED", Wording(zh="不符合参评条件", en="Does not qualify"))
    rule = Rule("qualify", None, when, granted, (), "text", "must", "", "", at.place)
    return Policy(
        id=policy_id, outputs={}, default=refused, rules=(rule,), table=None, **dict(common)
    )


def _pay(
    at: Cursor, policy_id: str, names: Names, common: Mapping[str, Any]
) -> tuple[Policy, MustHold | None] | None:
    unit = at.text_at("unit") if isinstance(at.data, dict) else ""
    listed = at.get("outputs")
    if listed is None:
        at.wrong("missing_key", "缺少“outputs”（谁出资）", '"outputs" is missing: who pays')
        return None
    typed = read_type("money", unit or "元")
    payers = [str(one.data) for one in listed.items()]
    labels = at.get("labels")
    said = _labels(labels, payers) if labels else {}
    outputs = {one: Output(typed, said.get(one, Wording(zh=one))) for one in payers}
    read = read_table(at, names, outputs, common["title"], ("unit", "labels", "must_hold"))
    must = at.get("must_hold")
    held = _must_hold(must, payers, typed, names) if must else None
    if read is None:
        return None
    if read[0].hit == "collect":
        at.wrong("collect", "pay 不能用 collect", '"pay" does not collect')
    policy = Policy(
        id=policy_id,
        outputs=MappingProxyType(outputs),
        default=Outcome("deny", *NO_ROW),
        rules=read[1],
        table=read[0],
        **dict(common),
    )
    return policy, held


def _labels(at: Cursor, payers: list[str]) -> dict[str, Wording]:
    """What the payers are called."""
    if not at.mapping(payers):
        return {}
    return {str(name): at.child(name).wording() for name in at.data}


def _must_hold(at: Cursor, payers: list[str], typed: Type, names: Names) -> MustHold | None:
    if not at.mapping(("sum_of", "equals"), ("sum_of", "equals")):
        return None
    columns = [one.choice(payers, "出资方", "payer") for one in at.child("sum_of").items()]
    equals = read_operand(at.child("equals"), typed, names)
    if equals is None or not all(columns):
        return None
    return MustHold(tuple(columns), equals, at.place)


def _rank(at: Cursor, names: Names) -> Rank | None:
    if not at.mapping(("score", "order", "round"), ("score",)):
        return None
    order, places = at.get("order"), at.get("round")
    word = order.choice(_ORDERS, "次序", "order") if order else "descending"
    digits = read_number(places) if places else Decimal(2)
    if digits is None or digits % 1 or not 0 <= digits <= 6:
        at.child("round").wrong("round", "round 为 0 到 6 的整数", '"round" is 0 to 6')
        return None
    score = _score(at.child("score"), names)
    return Rank(score, word == "descending", int(digits)) if score else None


def _score(at: Cursor, names: Names) -> WeightedSum | FactRef | Formula | None:
    if not at.mapping(("weighted_sum", "fact", "formula")) or len(at.data) != 1:
        at.wrong("score", "写 weighted_sum、fact 或 formula", "write weighted_sum, fact or formula")
        return None
    kind = next(iter(at.data))
    child = at.child(kind)
    if kind == "formula":
        return read_formula(child, names)
    if kind == "fact":
        name = _fact(child, names)
        return FactRef(name) if name and _ordered(child, name, names) else None
    if not child.mapping(("param",), ("param",)):
        return None
    name = child.child("param").text()
    known = names.parameters.get(name)
    if known is None or known.type.scalar != WEIGHTS:
        weights = [key for key, one in names.parameters.items() if one.type.scalar == WEIGHTS]
        child.child("param").unknown(
            "unknown_param", "权重参数", "weights parameter", name, weights
        )
        return None
    for dated in known.values:
        for key, _weight in cast("tuple[Weight, ...]", dated.value or ()):
            fact = f"{ENTRY}{key}"
            if fact not in names.vocabulary.facts:
                child.unknown(
                    "unknown_fact", "打分事实", "scored fact", fact, names.vocabulary.facts
                )
            else:
                _ordered(child, fact, names, _SCORES)
    return WeightedSum(name)


def _weighed(rank: Rank | None, names: Names) -> frozenset[str]:
    """The facts that weights are put on, on whatever day."""
    if rank is None or not isinstance(rank.score, WeightedSum):
        return frozenset()
    dated = names.parameters[rank.score.parameter].values
    weights = (one for given in dated for one in cast("tuple[Weight, ...]", given.value or ()))
    return frozenset(ENTRY + key for key, _ in weights)


def _ordered(at: Cursor, name: str, names: Names, allowed: Collection[str] = ORDERED) -> bool:
    typed = names.vocabulary.facts[name].typed
    if typed.many or typed.scalar not in allowed:
        at.wrong("wrong_type", f"“{name}”是 {typed}，不能排序", f'"{name}" is a {typed}: no order')
        return False
    return True


def _tie(at: Cursor, names: Names) -> tuple[str, bool]:
    if not at.mapping(("fact", "order"), ("fact",)):
        return "", True
    order = at.get("order")
    word = order.choice(_ORDERS, "次序", "order") if order else "descending"
    name = _fact(at.child("fact"), names)
    if name:
        _ordered(at.child("fact"), name, names, ORDERED | {"date"})
    return name, word == "descending"


def _quota(at: Cursor, names: Names) -> Quota | None:
    if not at.mapping(_QUOTA):
        return None
    numbers = {
        key: read_operand(at.child(key), Type("integer"), names)
        for key in ("min", "max", "max_per_group")
        if at.get(key)
    }
    for key, one in numbers.items():
        if one is not None and not isinstance(one, Literal | ParamRef):
            at.child(key).wrong("quota", "写数字或 {param: …}", "write a number or {param: …}")
    per = at.get("per")
    if (per is None) != ("max_per_group" not in numbers):
        at.wrong("quota", "per 与 max_per_group 要一起写", '"per" goes with "max_per_group"')
    flags = {key: _flag(at.child(key)) for key in _QUOTA[4:] if at.get(key)}
    return Quota(
        numbers.get("min"),
        numbers.get("max"),
        _fact(per, names) if per else "",
        numbers.get("max_per_group"),
        flags.get("when_short"),
        flags.get("when_tied_at_edge"),
    )


def _flag(at: Cursor) -> Flag | None:
    if not at.mapping(("flag", "say"), ("flag", "say")):
        return None
    return Flag(shaped(at.child("flag"), CODE), at.child("say").wording())


def _examples(at: Cursor, names: Names, scored: Collection[str]) -> tuple[AwardExample, ...]:
    found = [_example(one, names.vocabulary, scored) for one in at.items()]
    return tuple(one for one in found if one)


def _entry(
    at: Cursor, vocabulary: Vocabulary, scored: Collection[str]
) -> tuple[str, Mapping[str, Value]]:
    facts = read_given(at.get("facts"), vocabulary)
    for name in facts.keys() & scored:
        if not in_scale(facts[name]):
            zh, en = f"“{name}”应为 {WORST}–{BEST} 分", f'"{name}" is {WORST} to {BEST}'
            at.child("facts").child(name).wrong("score", zh, en)
    return at.child("entry").text(), facts


def _example(at: Cursor, vocabulary: Vocabulary, scored: Collection[str]) -> AwardExample | None:
    keys = ("name", "as_of", "entries", "expect")
    if not at.mapping(keys, keys):
        return None
    entries = [
        _entry(one, vocabulary, scored)
        for one in at.child("entries").items()
        if one.mapping(("entry", "facts"), ("entry",))
    ]
    once(at.child("entries"), [name for name, _ in entries])
    expect, day = at.child("expect"), at.child("as_of").day()
    if not expect.mapping(("awarded", "flags", "totals"), ("awarded",)) or day is None:
        return None
    flags, totals = expect.get("flags"), expect.get("totals")
    if totals and not isinstance(totals.data, dict):
        totals.mapping(())
    return AwardExample(
        at.child("name").text(),
        day,
        tuple(entries),
        tuple(one.text() for one in expect.child("awarded").items()),
        tuple(one.text() for one in flags.items()) if flags else None,
        totals.data if totals and isinstance(totals.data, dict) else None,
        at.place,
    )
