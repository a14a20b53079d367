"""Facts at the door of the policy room: named in the vocabulary, and of the right type."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from jiebang.errors import JiebangError
from jiebang.policy.language.types import Value, WrongType, read_written
from jiebang.policy.language.vocabulary import Vocabulary

#: Values of a fact, and letters of one, that are remembered as right.
MOST_KEPT: Final = 64
LONGEST_KEPT: Final = 64
_NEVER: Final[tuple[type | None, set[object]]] = (None, set())


@dataclass(frozen=True)
class FactProblem:
    """What is wrong with one fact."""

    fact: str
    zh: str
    en: str


class BadFacts(JiebangError):
    """Facts that no policy can be asked about; ``problems`` lists every reason."""

    def __init__(self, problems: Sequence[FactProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{one.fact}: {one.zh} / {one.en}" for one in problems))


def admit_facts(vocabulary: Vocabulary, facts: Mapping[str, object]) -> dict[str, Value]:
    """Facts as the site keeps them (money in fen). A null is a missing fact. Raises ``BadFacts``.

    Most values come again and again: one found right before, of the very type, is not read again.
    """
    admitted: dict[str, Value] = {}
    rest: dict[str, object] = {}
    find = vocabulary.admitted.get
    for name, raw in facts.items():
        typed, right = find(name, _NEVER)
        if type(raw) is typed and raw in right:
            admitted[name] = raw  # type: ignore[assignment]  # what is right is a value
        else:
            rest[name] = raw
    if rest:
        for name, value in _admit(vocabulary, rest.items(), written=False).items():
            admitted[name] = value
            raw = rest[name]
            if value == raw:
                _keep(*find(name, _NEVER), raw)
    return admitted


def _keep(typed: type | None, right: set[object], raw: object) -> None:
    """Remember a value that was right as it stands. Zeros are equal of whatever order: they are not."""
    if type(raw) is typed and (raw or typed is not Decimal):
        if len(right) >= MOST_KEPT:
            right.clear()
        if not isinstance(raw, str) or len(raw) <= LONGEST_KEPT:
            right.add(raw)


def read_facts(vocabulary: Vocabulary, written: Mapping[str, object]) -> dict[str, Value]:
    """Facts as people write them in JSON, dotted or nested. Raises ``BadFacts``."""
    return _admit(vocabulary, _flat(written, "", vocabulary), written=True)


def _flat(
    written: Mapping[str, object], before: str, vocabulary: Vocabulary
) -> Iterator[tuple[str, object]]:
    for key, value in written.items():
        name = f"{before}{key}"
        if isinstance(value, Mapping) and name not in vocabulary.facts:
            yield from _flat(value, f"{name}.", vocabulary)
        else:
            yield name, value


def _admit(
    vocabulary: Vocabulary,
    facts: Iterable[tuple[str, object]],
    *,
    written: bool,
) -> dict[str, Value]:
    admitted: dict[str, Value] = {}
    problems: list[FactProblem] = []
    find = vocabulary.brought.get
    for name, raw in facts:
        known = find(name)
        if known is None:
            hint = vocabulary.nearest(str(name))
            zh = "词表中没有这个事实" + (f"，是否想写“{hint}”？" if hint else "")
            en = "no such fact" + (f', did you mean "{hint}"?' if hint else "")
            problems.append(FactProblem(unicodedata.normalize("NFC", str(name)), zh, en))
        elif name in admitted:
            problems.append(FactProblem(name, "写了两次", "given twice"))
        elif raw is not None:
            read, codes = known
            try:
                given = read_written(vocabulary.facts[name].typed, raw) if written else read(raw)
            except WrongType as wrong:
                problems.append(FactProblem(name, wrong.zh, wrong.en))
                continue
            admitted[name] = given
            odd = [raw] if codes is not None and raw not in codes else []
            if isinstance(given, tuple):
                odd = vocabulary.facts[name].unknown_codes(given)
            problems += [
                FactProblem(name, f"没有选项“{one}”", f'no such option: "{one}"') for one in odd
            ]
    if problems:
        raise BadFacts(problems)
    return admitted
