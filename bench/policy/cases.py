"""One rule set over forty facts, drawn from a seed, as data that belongs to no engine.

Thresholds are values that cases take, so that boundaries are met often.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

#: A value as the site keeps it: money in fen.
Plain = bool | str | int | Decimal | date
Case = Mapping[str, Plain]

SEED: Final = 2019
_START: Final = date(2019, 8, 5)
_OPTIONS: Final = (
    ("上海市", "江苏省", "浙江省", "安徽省", "北京市", "境外"),
    ("企业", "高等学校", "科研院所", "社会团体", "其他"),
    ("集成电路", "人工智能", "生物医药", "新材料", "智能制造"),
    ("需求挖掘", "技术转移", "检验检测", "知识产权"),
)
#: How many facts there are of each kind: forty in all.
COUNTS: Final[Mapping[str, int]] = {
    "boolean": 10,
    "code": 10,
    "integer": 7,
    "decimal": 4,
    "money": 5,
    "date": 4,
}
_ORDERED: Final = ("at_least", "at_most", "more_than", "less_than")
_OUTCOMES: Final = ("grant", "deny", "flag")


@dataclass(frozen=True)
class Field:
    """One fact: ``options`` are the values of a code."""

    name: str
    kind: str
    options: tuple[str, ...] = ()

    def draw(self, chance: random.Random) -> Plain:
        """A value of the fact."""
        match self.kind:
            case "boolean":
                return chance.random() < 0.5
            case "code":
                return chance.choice(self.options)
            case "integer":
                return chance.randrange(20)
            case "decimal":
                return Decimal(chance.randrange(40)) / 4
            case "money":
                return chance.randrange(1, 41) * 250_000
        return _START + timedelta(days=7 * chance.randrange(20))


@dataclass(frozen=True)
class Leaf:
    """A condition on one fact. ``asked`` is a list of codes for ``in``, else one value."""

    field: Field
    operator: str
    asked: Plain | tuple[str, ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one of its conditions."""

    leaves: tuple[Leaf, ...]


@dataclass(frozen=True)
class Rule:
    """All of its parts. The first rule met that grants or denies decides."""

    id: str
    parts: tuple[Leaf | AnyOf, ...]
    outcome: str


def fields() -> tuple[Field, ...]:
    """The forty facts."""
    return tuple(
        Field(f"{kind}_{number}", kind, _OPTIONS[number % len(_OPTIONS)] if kind == "code" else ())
        for kind, count in COUNTS.items()
        for number in range(count)
    )


def draw_rules(count: int, seed: int = SEED) -> tuple[Rule, ...]:
    """So many rules: all of two or three conditions, in every third an ``any`` of two among them."""
    chance = random.Random(seed)  # noqa: S311 - the same rules each time
    known = fields()
    rules = []
    for number in range(count):
        size = 2 + chance.randrange(2)
        picked = chance.sample(known, size + 1)
        parts: list[Leaf | AnyOf] = [_leaf(chance, one) for one in picked[:size]]
        if number % 3 == 2:
            parts[-1] = AnyOf((_leaf(chance, picked[size - 1]), _leaf(chance, picked[size])))
        rules.append(Rule(f"rule-{number}", tuple(parts), _OUTCOMES[number % len(_OUTCOMES)]))
    return tuple(rules)


def _leaf(chance: random.Random, field: Field) -> Leaf:
    match field.kind:
        case "boolean":
            return Leaf(field, "is", field.draw(chance))
        case "code":
            operator = chance.choice(("is", "is_not", "in", "in"))
            if operator == "in":
                listed = chance.sample(field.options, 2 + chance.randrange(2))
                return Leaf(field, operator, tuple(listed))
            return Leaf(field, operator, field.draw(chance))
        case "date":
            return Leaf(field, chance.choice(("on_or_before", "on_or_after")), field.draw(chance))
    return Leaf(field, chance.choice(_ORDERED), field.draw(chance))


def draw_cases(count: int, *, missing: float = 0.0, seed: int = SEED) -> list[Case]:
    """So many cases; each fact is missing from each with the chance ``missing``."""
    chance = random.Random(seed + 1)  # noqa: S311 - the same cases each time
    known = fields()
    return [
        {one.name: one.draw(chance) for one in known if chance.random() >= missing}
        for _number in range(count)
    ]


def leaves(rule: Rule) -> Iterator[Leaf]:
    """Every condition of a rule."""
    for part in rule.parts:
        yield from part.leaves if isinstance(part, AnyOf) else (part,)


#: The states of a rule, as decisions spell them.
MET, UNMET, UNKNOWN = "met", "unmet", "unknown"


def state_of(rule: Rule, case: Case) -> str:
    """What the rule set means: a third reader beside the engines, to hold them all against."""
    states = []
    for part in rule.parts:
        if isinstance(part, Leaf):
            states.append(_holds(part, case))
        else:
            inner = [_holds(one, case) for one in part.leaves]
            states.append(next((one for one in (MET, UNKNOWN) if one in inner), UNMET))
    return next((one for one in (UNMET, UNKNOWN) if one in states), MET)


def _holds(leaf: Leaf, case: Case) -> str:
    found = case.get(leaf.field.name)
    return UNKNOWN if found is None else MET if compare(leaf, found) else UNMET


def compare(leaf: Leaf, found: Plain) -> bool:
    """Whether a condition holds of a value."""
    asked: object = leaf.asked
    match leaf.operator:
        case "is":
            return found == asked
        case "is_not":
            return found != asked
        case "in":
            return found in leaf.asked  # type: ignore[operator]  # a list of codes
        case "at_least" | "on_or_after":
            return found >= asked  # type: ignore[operator]  # of one kind, and ordered
        case "at_most" | "on_or_before":
            return found <= asked  # type: ignore[operator]
        case "more_than":
            return found > asked  # type: ignore[operator]
    return found < asked  # type: ignore[operator]
