"""One book on one day, asked about many cases at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from jiebang.policy.binding import bind, fact_type
from jiebang.policy.book import Book
from jiebang.policy.bound import BoundPolicy
from jiebang.policy.bulk.amounts import Kind, kinds_of
from jiebang.policy.bulk.quantities import Quantity, rounded
from jiebang.policy.bulk.settling import CONFLICT, FLAGS, RULE, Memo
from jiebang.policy.bulk.sheet import ROW, Sheet, decoded, dtype_of, encoded
from jiebang.policy.bulk.verdicts import judged
from jiebang.policy.decider import Answer
from jiebang.policy.deriving import NOT_IN_FORCE
from jiebang.policy.facts import admit_facts
from jiebang.policy.language.types import DECIMAL_PLACES, Type, Value
from jiebang.policy.language.vocabulary import Clock, Computed, PolicyResult, Vocabulary
from jiebang.policy.meaning import collects, outcome_of

UNDETERMINED: Final = "undetermined"
_CONFLICTING: Final = "TABLE_CONFLICT"
_COLLECTED: Final = "COLLECTED"


@dataclass(frozen=True)
class Verdicts:
    """What a policy says of each case, in the order of the cases.

    Columns: ``outcome``, ``code``, ``rule`` (the id of the deciding rule, empty for the default),
    ``flags``, and ``value <name>`` for each value, null where there is none. ``kinds`` tells
    what each value is: a number is a whole number times ``10 ** -scale``, money is in fen.
    """

    frame: pl.DataFrame
    kinds: Mapping[str, Kind]

    def answers(self, rows: Iterable[int] | None = None) -> Iterator[Answer]:
        """The verdicts as the decider gives them; which facts are missing is not told."""
        picked = self.frame if rows is None else self.frame[list(rows)]
        for one in picked.iter_rows(named=True):
            values = {
                name: kind.typed(one[f"value {name}"])
                for name, kind in self.kinds.items()
                if one[f"value {name}"] is not None
            }
            yield Answer(one["outcome"], one["code"], one["rule"], tuple(one["flags"]), values, ())


class Bulk:
    """Reads the policies of a book on a day. What it learns of a policy it keeps for later cases.

    ``tally`` counts the cases judged, and how many of them were not judged by columns alone.
    """

    def __init__(self, book: Book, as_of: date) -> None:
        self.book, self.as_of = book, as_of
        self.tally: Counter[str] = Counter()
        self._bound: dict[str, BoundPolicy] = {}
        self._memos: dict[str, Memo] = {}

    def over(self, frame: pl.DataFrame) -> Asked:
        """Ask about the cases of a frame: a column of typed facts for each fact, as ``dtype_of``.

        Money is in fen, decimals in millionths; a null is a missing fact.
        """
        return Asked(self, frame)

    def bound(self, policy_id: str) -> BoundPolicy:
        """A policy with the parameters of the day."""
        if policy_id not in self._bound:
            policy = self.book.deciding[policy_id]
            self._bound[policy_id] = bind(policy, self.as_of, self.book.vocabulary)
        return self._bound[policy_id]

    def memo(self, policy_id: str) -> Memo:
        """What was settled of a policy so far."""
        return self._memos.setdefault(policy_id, {})


class Asked:
    """Some cases, asked of the policies of a book. What policies rest on is worked out once."""

    def __init__(self, bulk: Bulk, frame: pl.DataFrame) -> None:
        self._bulk = bulk
        facts = bulk.book.vocabulary.facts
        types = {name: facts[name].typed for name in frame.columns if name != ROW}
        # A frame of no fact at all has its rows still.
        numbered = frame.with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias(ROW))
        self._sheet = Sheet(numbered, types)
        self._sheet.tally = bulk.tally
        self._whole: set[str] = set()
        self._verdicts: dict[str, Verdicts] = {}

    def verdicts(self, policy_id: str) -> Verdicts:
        """What a policy says of each case. Raises ``KeyError`` for an unknown policy."""
        if policy_id not in self._verdicts:
            self._verdicts[policy_id] = self._decided(policy_id)
        return self._verdicts[policy_id]

    def _decided(self, policy_id: str) -> Verdicts:
        self._bulk.tally["verdicts"] += self._sheet.frame.height
        if not self._bulk.book.deciding[policy_id].in_force(self._bulk.as_of):
            told = self._sheet.frame.select(
                pl.lit(NOT_IN_FORCE).alias("outcome"),
                pl.lit("NOT_IN_FORCE").alias("code"),
                pl.lit("").alias("rule"),
                pl.lit([], dtype=pl.List(pl.String)).alias("flags"),
                pl.col(ROW),
            )
            return Verdicts(told.drop(ROW), {})
        bound = self._bulk.bound(policy_id)
        for name in bound.facts:
            self._complete(name)
        found = judged(self._sheet, bound, self._bulk.memo(policy_id))
        return Verdicts(_told(bound, found), kinds_of(bound))

    def _complete(self, name: str) -> None:
        """Work out a fact that no case brings, where it was not brought."""
        if name in self._whole:
            return
        self._whole.add(name)
        vocabulary = self._bulk.book.vocabulary
        typed = fact_type(name, vocabulary)
        self._sheet.need(name, typed)
        match vocabulary.facts[name].source:
            case PolicyResult(policy=policy, value=value) if policy in self._bulk.book.deciding:
                found = self._from_policy(policy, value, typed)
            case Computed():
                formula = vocabulary.formulas[name]
                for one in formula.facts:
                    self._complete(one)
                found = _fitted(self._sheet.formula(formula), typed)
            case Clock():
                found = pl.lit(self._bulk.as_of)
            case _:
                return
        self._sheet.add(name, pl.coalesce(name, found))

    def _from_policy(self, policy: str, value: str, typed: Type) -> pl.Expr:
        verdicts = self.verdicts(policy)
        if not value:
            outcome = pl.col(self._sheet.keep(verdicts.frame["outcome"]))
            return pl.when(outcome != UNDETERMINED).then(outcome)
        kind = verdicts.kinds.get(value)
        if kind is None:
            return pl.lit(None, dtype=dtype_of(typed))
        column = self._sheet.keep(verdicts.frame[f"value {value}"])
        if kind.name != "number":
            return pl.col(column)
        self._sheet.types[column] = Type("decimal" if kind.scale else "integer")
        return _fitted(self._sheet.quantity(column), typed)


def _fitted(found: Quantity, typed: Type) -> pl.Expr:
    """A number as the type of its fact; null where it does not fit."""
    if typed.scalar == "decimal":
        return rounded(found, DECIMAL_PLACES, "round").at(DECIMAL_PLACES).expr
    if typed.scalar == "money":
        return rounded(found, 0, "round").expr
    exact = rounded(found, DECIMAL_PLACES, "round")
    whole = rounded(exact, 0, "floor")
    return pl.when(whole.at(exact.scale).expr == exact.expr).then(whole.expr)


def _told(bound: BoundPolicy, found: pl.DataFrame) -> pl.DataFrame:
    """Verdicts in words, from the index of the deciding rule."""
    said = [outcome_of(bound, number) for number in (*range(len(bound.rules)), None)]
    codes = [_COLLECTED if collects(bound) else one.code for one in said]
    rules = [*(one.rule.id for one in bound.rules), ""]
    rule = pl.col(RULE)
    return found.select(
        _picked([one.outcome for one in said], rule).fill_null(UNDETERMINED).alias("outcome"),
        pl.when(CONFLICT)
        .then(pl.lit(_CONFLICTING))
        .otherwise(_picked(codes, rule).fill_null(""))
        .alias("code"),
        _picked(rules, rule).fill_null("").alias("rule"),
        pl.col(FLAGS).alias("flags"),
        pl.selectors.starts_with("value "),
    )


def _picked(words: list[str], place: pl.Expr) -> pl.Expr:
    return pl.lit(pl.Series(words, dtype=pl.String)).gather(place)


def typed_frame(
    vocabulary: Vocabulary, names: Iterable[str], cases: Sequence[Mapping[str, Value]]
) -> pl.DataFrame:
    """Typed facts of cases as a frame, with a column for each of the names."""
    columns: dict[str, Any] = {ROW: pl.int_range(len(cases), dtype=pl.UInt32, eager=True)}
    for name in names:
        typed = vocabulary.facts[name].typed
        values = [encoded(typed, one.get(name)) for one in cases]
        columns[name] = pl.Series(values, dtype=dtype_of(typed))
    return pl.DataFrame(columns)


def typed_cases(
    vocabulary: Vocabulary, names: Iterable[str], frame: pl.DataFrame
) -> list[dict[str, Value]]:
    """The cases of a frame as dicts of typed facts, without those that are missing."""
    types = {name: vocabulary.facts[name].typed for name in names if name in frame.columns}
    rows = frame.select(ROW, *types).iter_rows(named=True)
    return [
        {name: decoded(typed, one[name]) for name, typed in types.items() if one[name] is not None}
        for one in rows
    ]


def decide_all(
    book: Book, policy_id: str, cases: Sequence[Mapping[str, object]], as_of: date
) -> list[Answer]:
    """What a policy says of cases, as ``Decider.outcomes`` does: facts as the site keeps them.

    Raises ``KeyError`` for an unknown policy, and ``BadFacts``.
    """
    admitted = [admit_facts(book.vocabulary, one) for one in cases]
    brought = dict.fromkeys(name for one in admitted for name in one)
    frame = typed_frame(book.vocabulary, brought, admitted)
    return list(Bulk(book, as_of).over(frame).verdicts(policy_id).answers())
