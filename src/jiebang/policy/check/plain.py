"""Plain analysis of one policy: what needs no proof to be seen."""

from __future__ import annotations

from collections.abc import Iterator

from jiebang.policy.binding import Circular, override_order
from jiebang.policy.language.tree import Policy, parameters_of
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
    for parameter in policy.parameters.values():
        if parameter.on(policy.start) is None:
            yield _finding(
                policy,
                parameter.place,
                "no_value",
                f"参数“{parameter.name}”在施行首日 {policy.start} 没有值（没有规定就写 null）",
                f'"{parameter.name}" has no value on the first day, {policy.start}',
            )


def find_advice(policy: Policy) -> Iterator[Finding]:
    """What a policy can be used in spite of, but should not be published with."""
    if not policy.examples:
        yield _finding(
            policy,
            (1, 1),
            "no_example",
            "没有例子：请至少写一个 examples",
            "there is no example",
            "examples: [{name: …, as_of: …, given: {…}, expect: {outcome: …}}]",
        )
    used = {name for rule in policy.rules for name in parameters_of(rule.when)}
    for parameter in policy.parameters.values():
        if parameter.name not in used:
            yield _finding(
                policy,
                parameter.place,
                "unused_param",
                f"参数“{parameter.name}”没有规则用到",
                f'no rule uses the parameter "{parameter.name}"',
            )


def _finding(
    policy: Policy, place: tuple[int, int], code: str, zh: str, en: str, hint: str = ""
) -> Finding:
    return Finding(policy.file, *place, code, zh, en, hint)
