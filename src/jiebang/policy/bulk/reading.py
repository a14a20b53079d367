"""Cases from a file, as people write them: JSON lines or Parquet, a part at a time.

A row is a case. Facts are dotted, or nested as records; money stands in the unit of its fact, booleans as
是/否 or true/false, as ``jiebang.policy.facts.read_facts`` takes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Final, cast

import polars as pl
from pydantic_core import from_json

from jiebang.errors import JiebangError
from jiebang.money import FEN_PER_UNIT
from jiebang.policy.bulk.sheet import ROW, dtype_of, encoded
from jiebang.policy.language.tree import POLICY_FACT
from jiebang.policy.language.types import DECIMAL_PLACES, LARGEST, WrongType, read_written
from jiebang.policy.language.vocabulary import Fact, Vocabulary
from jiebang.yamlfile import nearest

#: Cases that are read at once: a row group of a Parquet file as polars writes it.
PART: Final = 262_144
_LINES: Final = 50_000
_MAGIC: Final = b"PAR1"
#: Values that are the same if they are equal and of one type.
_PLAIN: Final = frozenset({str, bool, int, float, Decimal, date})


class BadCases(JiebangError):
    """Cases that cannot be read: the row, counted from 1, the fact, and why. 0: the whole file."""

    def __init__(self, row: int, fact: str, zh: str, en: str) -> None:
        self.row, self.fact, self.zh, self.en = row, fact, zh, en
        where, place = (f"第 {row} 行", f"row {row}") if row else ("", "")
        at, about = (
            "：".join(x for x in (where, fact) if x),
            ", ".join(x for x in (place, fact) if x),
        )
        super().__init__(f"{at}：{zh} / {about}: {en}" if at else f"{zh} / {en}")


@dataclass(frozen=True)
class Part:
    """Some cases in order, as each vocabulary types them. ``first`` is the number of the first, from 0."""

    first: int
    height: int
    frames: tuple[pl.DataFrame, ...]


def count_cases(path: Path) -> int:
    """How many cases a file holds. Raises ``BadCases``."""
    try:
        if _is_parquet(path):
            return int(pl.scan_parquet(path).select(pl.len()).collect().item())
        with path.open("rb") as file:
            return sum(1 for _ in file)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BadCases(0, "", f"{path}：读不出来", f"unreadable: {_brief(error)}") from error


def read_cases(path: Path, vocabularies: tuple[Vocabulary, ...]) -> Iterator[Part]:
    """The cases of a file, part by part, once for each vocabulary.

    A fact must be known to one of the vocabularies at least; the others are not told of it. Raises
    ``BadCases``.
    """
    reader = _Reader(vocabularies)
    try:
        if _is_parquet(path):
            yield from reader.parquet(path)
        else:
            yield from reader.lines(path)
    except (OSError, pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise BadCases(0, "", f"{path}：读不出来", f"unreadable: {_brief(error)}") from error


def _brief(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


class _Reader:
    def __init__(self, vocabularies: tuple[Vocabulary, ...]) -> None:
        self._vocabularies = vocabularies
        self._names = {
            name for one in vocabularies for name in one.facts if not name.startswith(POLICY_FACT)
        }

    def parquet(self, path: Path) -> Iterator[Part]:
        """Part by part, column by column."""
        scanned = pl.scan_parquet(path)
        count, first = count_cases(path), 0
        while first < count:
            frame = scanned.slice(first, PART).collect()
            columns: dict[str, pl.Series] = {}
            for series in self._flat(frame.get_columns()):
                if series.name in columns:
                    raise BadCases(0, series.name, "写了两次", "given twice")
                self._check(series.name, 0)
                columns[series.name] = series
            yield self._part(first, frame.height, columns)
            first += frame.height

    def _flat(self, columns: Iterable[pl.Series]) -> Iterator[pl.Series]:
        for series in columns:
            if isinstance(series.dtype, pl.Struct) and series.name not in self._names:
                inner = series.struct.unnest()
                yield from self._flat(one.alias(f"{series.name}.{one.name}") for one in inner)
            else:
                yield series

    def lines(self, path: Path) -> Iterator[Part]:
        """Part by part, line by line."""
        with path.open(encoding="utf-8-sig", newline="\n") as file:
            first = 0
            while lines := list(islice(file, _LINES)):
                cases = [self._case(line, first + at) for at, line in enumerate(lines, 1)]
                names = dict.fromkeys(name for one in cases for name in one)
                for name in names:
                    if name not in self._names:
                        self._check(
                            name, first + 1 + next(n for n, x in enumerate(cases) if name in x)
                        )
                columns = {name: [one.get(name) for one in cases] for name in names}
                yield self._part(first, len(cases), columns)
                first += len(cases)

    def _case(self, line: str, row: int) -> dict[str, Any]:
        try:
            written = from_json(line, allow_inf_nan=False)
        except ValueError as error:
            raise BadCases(row, "", "不是 JSON", f"not JSON: {_brief(error)}") from error
        if not isinstance(written, dict):
            raise BadCases(row, "", "每行应为一个 JSON 对象", "each line is a JSON object")
        if written.keys() <= self._names:
            return written
        found: dict[str, Any] = {}
        for name, value in self._nested(written, ""):
            if name in found:
                raise BadCases(row, name, "写了两次", "given twice")
            found[name] = value
        return found

    def _nested(self, written: Mapping[str, Any], before: str) -> Iterator[tuple[str, Any]]:
        for key, value in written.items():
            name = f"{before}{key}"
            if isinstance(value, dict) and name not in self._names:
                yield from self._nested(value, f"{name}.")
            else:
                yield name, value

    def _check(self, name: str, row: int) -> None:
        if name not in self._names:
            hint = nearest(name, self._names)
            zh = "词表中没有这个事实" + (f"，是否想写“{hint}”？" if hint else "")
            en = "no such fact" + (f', did you mean "{hint}"?' if hint else "")
            raise BadCases(row, name, zh, en)

    def _part(self, first: int, height: int, columns: Mapping[str, pl.Series | list[Any]]) -> Part:
        made: dict[tuple[str, object], pl.Series] = {}
        frames = []
        for one in self._vocabularies:
            typed = {ROW: pl.int_range(height, dtype=pl.UInt32, eager=True)}
            for name, raw in columns.items():
                fact = one.facts.get(name)
                if fact is None:
                    continue
                same = (name, (fact.typed, tuple(fact.options)))
                if same not in made:
                    made[same] = typed_column(name, fact, raw, first)
                typed[name] = made[same]
            frames.append(pl.DataFrame(typed))
        return Part(first, height, tuple(frames))


def typed_column(name: str, fact: Fact, raw: pl.Series | list[Any], first: int) -> pl.Series:
    """A column of written values as typed ones. ``first``: the number of its first row, from 0.

    Raises ``BadCases`` with the first row that is wrong.
    """
    found = _converted(fact, raw) if isinstance(raw, pl.Series) else None
    if found is None:
        values = raw.to_list() if isinstance(raw, pl.Series) else raw
        found = pl.Series(_read(name, fact, values, first), dtype=dtype_of(fact.typed))
    return found.alias(name)


def _converted(fact: Fact, raw: pl.Series) -> pl.Series | None:
    """A column that is of the right type as it stands; ``None``: read it value by value."""
    typed = fact.typed
    if raw.dtype == pl.Null:
        return raw.cast(dtype_of(typed))
    if typed.many:
        return None
    match typed.scalar:
        case "text" | "code" if raw.dtype == pl.String:
            found = raw.str.normalize("NFC")
            odd = fact.options and not set(raw.unique().drop_nulls()) <= set(fact.options)
            return None if odd else found
        case "boolean" if raw.dtype == pl.Boolean:
            return raw
        case "date" if raw.dtype == pl.Date:
            return raw
        case "integer" | "money" | "decimal" if raw.dtype.is_integer():
            return _scaled(fact, raw)
    return None


def _scaled(fact: Fact, raw: pl.Series) -> pl.Series | None:
    """Whole numbers as fen or millionths, if none is too large."""
    scalar = fact.typed.scalar
    factor = FEN_PER_UNIT[fact.typed.unit] if scalar == "money" else 1
    factor = 10**DECIMAL_PLACES if scalar == "decimal" else factor
    edges = (cast("int | None", raw.min()), cast("int | None", raw.max()))
    if not all(one is None or abs(one) * factor <= LARGEST for one in edges):
        return None
    return raw.cast(pl.Int64) * factor


def _read(name: str, fact: Fact, values: list[Any], first: int) -> list[Any]:
    """Each value read as people write it; the same value is read once."""
    kinds = {*map(type, values)} - {type(None)}
    try:
        if len(kinds) == 1 and kinds <= _PLAIN:
            known = {one: encoded(fact.typed, _admitted(fact, one)) for one in {*values} - {None}}
            return [*map(known.get, values)]
    except WrongType:
        pass
    found = []
    for number, value in enumerate(values):
        try:
            read = None if value is None else encoded(fact.typed, _admitted(fact, value))
        except WrongType as wrong:
            raise BadCases(first + number + 1, name, wrong.zh, wrong.en) from None
        found.append(read)
    return found


def _admitted(fact: Fact, value: Any) -> Any:
    found = read_written(fact.typed, value)
    if fact.options and fact.type == "code" and value not in fact.options:
        raise WrongType(f"没有选项“{value}”", f'no such option: "{value}"')
    return found
