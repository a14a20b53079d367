"""What changes between two books over the same cases: outcomes, money, and what is no longer decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal
from typing import Final

import polars as pl

from jiebang.policy.bulk.amounts import Kind
from jiebang.policy.bulk.deciding import UNDETERMINED, Verdicts
from jiebang.policy.bulk.sheet import ROW

#: Wide enough for every sum of what 128 bits hold.
_EXACT: Final = Context(prec=60)
_SAID: Final = ("outcome", "code", "rule")
_SIDES: Final = ("a", "b")


@dataclass(frozen=True)
class Said:
    """What was decided: the outcome, its code, and the rule that decided, empty for the default."""

    outcome: str
    code: str
    rule: str


Move = tuple[Said, Said]


@dataclass
class Sums:
    """A value summed over the cases that have it, in each book; ``cases`` in which it differs.

    Money is in fen.
    """

    money: bool = False
    a: Decimal = Decimal(0)
    b: Decimal = Decimal(0)
    cases: int = 0

    @property
    def difference(self) -> Decimal:
        """How much more the second book gives."""
        return _EXACT.subtract(self.b, self.a)


@dataclass
class PolicyDiff:
    """What changes in one policy. A case is changed in outcome, code, flags, or a value.

    ``moves`` counts the changed cases by what decided them before and after, ``by_move`` sums the
    difference of each value over these, ``examples`` is the first
    case of each, from 0; ``other_rule_only`` is how many only another rule decides now.
    """

    policy: str
    cases: int = 0
    changed: int = 0
    newly_undetermined: int = 0
    no_longer_undetermined: int = 0
    other_rule_only: int = 0
    moves: Counter[Move] = field(default_factory=Counter)
    by_move: dict[Move, dict[str, Decimal]] = field(default_factory=dict)
    examples: dict[Move, int] = field(default_factory=dict)
    values: dict[str, Sums] = field(default_factory=dict)

    @property
    def outcomes(self) -> Counter[tuple[str, str]]:
        """The changed cases by their outcome before and after."""
        found: Counter[tuple[str, str]] = Counter()
        for (before, after), count in self.ordered():
            found[before.outcome, after.outcome] += count
        return found

    def ordered(self) -> list[tuple[Move, int]]:
        """The moves, the most frequent first; among equals in the order of their words."""
        return sorted(
            self.moves.items(),
            key=lambda one: (-one[1], *((said.outcome, said.code, said.rule) for said in one[0])),
        )

    def add(self, a: Verdicts, b: Verdicts, first: int) -> pl.Series:
        """Take in the verdicts on some cases, the first of them having this number from 0.

        Answers the places of the changed cases among them.
        """
        kinds = dict.fromkeys((*a.kinds, *b.kinds))
        frame = _beside(a, b, tuple(kinds))
        self.cases += frame.height
        told = frame.select(
            changed=pl.col("changed").sum(),
            newly=(_undetermined("b") & ~_undetermined("a")).sum(),
            no_longer=(_undetermined("a") & ~_undetermined("b")).sum(),
            rule=((pl.col("rule_a") != pl.col("rule_b")) & ~pl.col("changed")).sum(),
        ).row(0)
        self.changed += told[0]
        self.newly_undetermined += told[1]
        self.no_longer_undetermined += told[2]
        self.other_rule_only += told[3]
        numbers = _numbers(a, b)
        for name, scale in numbers.items():
            self._sum(frame, name, scale, (a.kinds.get(name), b.kinds.get(name)))
        changed = frame.filter("changed")
        self._move(changed, numbers, first)
        return changed[ROW]

    def _sum(
        self, frame: pl.DataFrame, name: str, scale: int, kinds: tuple[Kind | None, Kind | None]
    ) -> None:
        sums = self.values.setdefault(name, Sums())
        sums.money = all(one.money for one in kinds if one)
        before, after = pl.col(f"value {name}_a"), pl.col(f"value {name}_b")
        a, b, cases = frame.select(
            before.sum().alias("a"), after.sum().alias("b"), before.ne_missing(after).sum()
        ).row(0)
        sums.a = _EXACT.add(sums.a, _scaled(a, scale))
        sums.b = _EXACT.add(sums.b, _scaled(b, scale))
        sums.cases += cases

    def _move(self, changed: pl.DataFrame, numbers: Mapping[str, int], first: int) -> None:
        keys = [f"{said}_{side}" for side in _SIDES for said in _SAID]
        more = [
            (_value(name, "b") - _value(name, "a")).sum().alias(f"more {name}") for name in numbers
        ]
        for row in changed.group_by(keys).agg(pl.len(), pl.col(ROW).min(), *more).iter_rows():
            move = Said(*row[:3]), Said(*row[3:6])
            self.moves[move] += row[6]
            self.examples.setdefault(move, first + row[7])
            sums = self.by_move.setdefault(move, {})
            for (name, scale), found in zip(numbers.items(), row[8:], strict=True):
                sums[name] = _EXACT.add(sums.get(name, Decimal(0)), _scaled(found, scale))


def _undetermined(side: str) -> pl.Expr:
    return pl.col(f"outcome_{side}") == UNDETERMINED


def _value(name: str, side: str) -> pl.Expr:
    return pl.col(f"value {name}_{side}").fill_null(0)


def _scaled(found: int, scale: int) -> Decimal:
    return Decimal(found).scaleb(-scale, _EXACT)


def _numbers(a: Verdicts, b: Verdicts) -> dict[str, int]:
    """The values that are numbers in both books, as far as they have them, with a common scale."""
    found = {}
    for name in dict.fromkeys((*a.kinds, *b.kinds)):
        kinds = [one.kinds[name] for one in (a, b) if name in one.kinds]
        if all(one.name == "number" for one in kinds):
            found[name] = max(one.scale for one in kinds)
    return found


def _beside(a: Verdicts, b: Verdicts, names: tuple[str, ...]) -> pl.DataFrame:
    """Both verdicts side by side, and whether they differ."""
    numbers = _numbers(a, b)
    columns: dict[str, pl.Series] = {}
    differs: list[pl.Expr] = [pl.col("flags_a") != pl.col("flags_b")]
    for side, one in zip(_SIDES, (a, b), strict=True):
        for said in _SAID:
            columns[f"{said}_{side}"] = one.frame[said]
        columns[f"flags_{side}"] = one.frame["flags"].list.join("\n")
        for name in names:
            columns[f"value {name}_{side}"] = _held(one, name, numbers.get(name))
    differs += [pl.col(f"{said}_a") != pl.col(f"{said}_b") for said in _SAID[:2]]
    for name in names:
        before, after = pl.col(f"value {name}_a"), pl.col(f"value {name}_b")
        same = columns[f"value {name}_a"].dtype == columns[f"value {name}_b"].dtype
        both = before.is_not_null() | after.is_not_null()
        differs.append(before.ne_missing(after) if same else both)
    frame = pl.DataFrame(columns).with_row_index(ROW)
    return frame.with_columns(pl.any_horizontal(differs).alias("changed"))


def _held(one: Verdicts, name: str, scale: int | None) -> pl.Series:
    kind = one.kinds.get(name)
    if kind is None:
        dtype = pl.Int128() if scale is not None else pl.String()
        return pl.Series([None], dtype=dtype).new_from_index(0, one.frame.height)
    column = one.frame[f"value {name}"]
    if scale is not None:
        factor = pl.lit(10 ** (scale - kind.scale), dtype=pl.Int128)
        return column.to_frame().select(pl.first() * factor).to_series()
    return column.list.join("\n") if kind.name == "codes" else column
