"""A decision as plain data that can be stored for years and replayed to the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from jiebang.money import from_fen
from jiebang.policy.language.types import Type, Value

#: The format of explanations: raised whenever the same decision would no longer be the same bytes, so
#: that a replay can tell what is explained differently from what is decided differently.
EXPLANATION: Final = 1
#: A binary float holds this many decimal digits.
_EXACT: Final = 15


@dataclass(frozen=True)
class Decision:
    """What a policy says of a case on a day.

    ``outcome`` is grant, deny, none, value, undetermined or not_in_force. ``values`` are amounts by
    name, money in its unit. Everything else is plain JSON data, parts of which decisions share: it must
    not be changed. ``open_flags`` are flags that missing facts could still raise: a preference that
    nobody has judged yet is not one that was refused.
    """

    policy: str
    book: str
    as_of: date
    outcome: str
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)
    reasons: tuple[Mapping[str, Any], ...] = ()
    unmet: tuple[Mapping[str, Any], ...] = ()
    missing: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    obligations: tuple[str | Mapping[str, str], ...] = ()
    trace: tuple[Mapping[str, Any], ...] = ()
    open_flags: tuple[Mapping[str, Any], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The decision as JSON data, with the keys that other tools rely on. Not to be changed."""
        return {
            "policy": self.policy,
            "book": self.book,
            "as_of": self.as_of.isoformat(),
            "outcome": self.outcome,
            "code": self.code,
            "values": dict(self.values),
            "reasons": list(self.reasons),
            "unmet": list(self.unmet),
            "missing": list(self.missing),
            "flags": list(self.flags),
            "obligations": list(self.obligations),
            "trace": list(self.trace),
            "open_flags": list(self.open_flags),
        }

    def as_bytes(self) -> bytes:
        """Canonical JSON: the same decision is always the same bytes."""
        return canonical_json(self.as_dict())


def canonical_json(data: object) -> bytes:
    """UTF-8 JSON with sorted keys and no blanks. Raises ``TypeError`` for what JSON cannot hold."""
    text = json.dumps(
        data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return text.encode()


def plain(value: Value | None, typed: Type) -> Any:
    """A typed value as JSON data: dates in ISO form, money in its unit, decimals as text."""
    if isinstance(value, tuple):
        return [_item(one, typed) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if typed.scalar == "money" and isinstance(value, int):
        amount = from_fen(value, typed.unit)
        whole = amount == amount.to_integral_value()
        return int(amount) if whole else format(amount, "f")
    return value


def _item(item: object, typed: Type) -> Any:
    """An item of a list: a scalar, a record, or a weight with its name."""
    if isinstance(item, Mapping):
        return {name: plain(one, typed.field(name) or typed) for name, one in item.items()}
    return plain(item, typed.one)  # type: ignore[arg-type]  # a scalar is left


def stated(value: Value, typed: Type) -> Any:
    """A value of an outcome as JSON data: money in its unit, numbers as numbers."""
    if isinstance(value, tuple):
        return [stated(one, typed) for one in value]  # type: ignore[arg-type]  # scalars only
    if typed.scalar == "money" and isinstance(value, int | Decimal):
        return number(from_fen(int(value), typed.unit))
    if isinstance(value, Decimal):
        return number(value)
    return value.isoformat() if isinstance(value, date) else value


def number(value: Decimal) -> int | float | str:
    """A decimal as a JSON number that reads back the same; beyond 15 digits as text."""
    if value == value.to_integral_value():
        return int(value)
    return (
        float(value) if len(value.normalize().as_tuple().digits) <= _EXACT else format(value, "f")
    )
