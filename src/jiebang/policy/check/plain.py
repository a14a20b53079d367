"""Plain analysis of one policy or award: what needs no proof to be seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jiebang.policy.binding import Circular, override_order
from jiebang.policy.language.award import Award, WeightedSum
from jiebang.policy.language.terms import Formula, ParamRef
from jiebang.policy.language.tree import DEADLINE, Operand, Policy, parameters_of
from jiebang.wording import Wording
from jiebang.yamlfile import Finding, nearest


def find_errors(policy: Policy) -> Iterator[Finding]:
    """What makes a policy unusable although each line of it reads well."""
    ids = {rule.id for rule in policy.rules}
    for rule in policy.rules:
        for other in rule.overrides:
            if other not in ids or other == rule.id:
                hint = nearest(other, ids - {rule.id})
                yield _finding(
                    policy,
                    rule.place,
                    "unknown_rule",
                    f"overrides 指向不存在的规则“{other}”"
                    + (f"，是否想写“{hint}”？" if hint else ""),
                    f'overrides the unknown rule "{other}"'
                    + (f', did you mean "{hint}"?' if hint else ""),
                    hint,
                )
    try:
        override_order(policy.rules)
    except Circular as circle:
        yield _finding(
            policy,
            policy.rules[0].place,
            "circular",
            f"规则互相例外，成了循环：{circle}",
            f"rules override each other in a circle: {circle}",
        )
    yield from _unset(policy)


def find_unset(award: Award) -> Iterator[Finding]:
    """Parameters of an award without a value on its first day, where no part of it is a policy."""
    if award.qualify is None and award.pay is None:
        yield from _unset(award)


def find_advice(one: Policy | Award) -> Iterator[Finding]:
    """What a policy or award can be used in spite of, but should not be published with."""
    if not one.examples:
        expect = "awarded: [A]" if isinstance(one, Award) else "outcome: …"
        facts = "entries: [{entry: A, facts: {…}}]" if isinstance(one, Award) else "given: {…}"
        paste = f"examples:\n  - {{name: …, as_of: {one.start}, {facts}, expect: {{{expect}}}}}"
        yield _finding(
            one,
            (1, 1),
            "no_example",
            "没有例子：请至少写一个 examples",
            "there is no example",
            "写一个例子 / write an example",
            paste,
        )
    used = set(_of_award(one) if isinstance(one, Award) else _of_policy(one))
    for parameter in one.parameters.values():
        if parameter.name not in used:
            yield _finding(
                one,
                parameter.place,
                "unused_param",
                f"参数“{parameter.name}”没有用到",
                f'nothing uses the parameter "{parameter.name}"',
                f"用 {{param: {parameter.name}}} 引用它，或删去 / use it, or delete it",
            )


def find_unknown_duties(policy: Policy, known: Mapping[str, Wording]) -> Iterator[Finding]:
    """Obligations that the vocabulary does not list, where it lists any."""
    for place, said in (
        ((1, 1), policy.default),
        *((rule.place, rule.then) for rule in policy.rules),
    ):
        for duty in said.obligations:
            if known and duty.name not in known and duty.name != DEADLINE:
                hint = nearest(duty.name, known)
                yield _finding(
                    policy,
                    place,
                    "unknown_obligation",
                    f"词表没有义务“{duty.name}”" + (f"，是否想写“{hint}”？" if hint else ""),
                    f'the vocabulary lists no obligation "{duty.name}"'
                    + (f', did you mean "{hint}"?' if hint else ""),
                    hint or "写进词表的 obligations / list it under obligations in the vocabulary",
                )


def _of_policy(policy: Policy) -> Iterator[str]:
    """The parameters that the rules, the outcomes and their obligations use."""
    for said in (policy.default, *(rule.then for rule in policy.rules)):
        for value in said.values.values():
            yield from _of_operand(value)
        for duty in said.obligations:
            yield from _of_operand(duty.amount)
    for rule in policy.rules:
        yield from parameters_of(rule.when)


def _of_award(award: Award) -> Iterator[str]:
    """The parameters that any part of an award uses."""
    for part in (award.qualify, award.pay):
        if part:
            yield from _of_policy(part)
    score = award.rank.score if award.rank else None
    if isinstance(score, WeightedSum):
        yield score.parameter
    else:
        yield from _of_operand(score)
    if award.quota:
        for one in (award.quota.minimum, award.quota.maximum, award.quota.per_group):
            yield from _of_operand(one)
    if award.must_hold:
        yield from _of_operand(award.must_hold.equals)


def _of_operand(operand: Operand | None) -> Iterator[str]:
    if isinstance(operand, ParamRef):
        yield operand.name
    elif isinstance(operand, Formula):
        yield from operand.parameters


def _unset(one: Policy | Award) -> Iterator[Finding]:
    for parameter in one.parameters.values():
        if parameter.on(one.start) is None:
            first = parameter.values[0].start if parameter.values else None
            yield _finding(
                one,
                parameter.place,
                "no_value",
                f"参数“{parameter.name}”在施行首日 {one.start} 没有值（没有规定就写 null）"
                + (f"，它的第一个值从 {first} 起" if first else ""),
                f'"{parameter.name}" has no value on the first day, {one.start}'
                + (f"; the first is from {first}" if first else ""),
                f"补一个从 {one.start} 起的值 / add a value from {one.start}",
                f"- {{from: {one.start}, value: null}}",
                f"as_of: {one.start}",
            )


def _finding(
    one: Policy | Award,
    place: tuple[int, int],
    code: str,
    zh: str,
    en: str,
    hint: str = "",
    paste: str = "",
    case: str = "",
) -> Finding:
    return Finding(one.file, *place, code, zh, en, hint, case, paste)
