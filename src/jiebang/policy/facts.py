"""Facts at the door of the policy room: named in the vocabulary, and of the right type."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from jiebang.errors import JiebangError
from jiebang.policy.language.tree import POLICY_FACT
from jiebang.policy.language.types import Type, Value, WrongType, read_typed, read_written
from jiebang.policy.language.vocabulary import Vocabulary


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
    """Facts as the site keeps them (money in fen). A null is a missing fact. Raises ``BadFacts``."""
    return _admit(vocabulary, facts.items(), read_typed)


def read_facts(vocabulary: Vocabulary, written: Mapping[str, object]) -> dict[str, Value]:
    """Facts as people write them in JSON, dotted or nested. Raises ``BadFacts``."""
    return _admit(vocabulary, _flat(written, "", vocabulary), read_written)


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
    read: Callable[[Type, object], Value],
) -> dict[str, Value]:
    admitted: dict[str, Value] = {}
    problems: list[FactProblem] = []
    for name, raw in facts:
        known = None if str(name).startswith(POLICY_FACT) else vocabulary.facts.get(name)
        if known is None:
            hint = vocabulary.nearest(str(name))
            zh = "词表中没有这个事实" + (f"，是否想写“{hint}”？" if hint else "")
            en = "no such fact" + (f', did you mean "{hint}"?' if hint else "")
            problems.append(FactProblem(unicodedata.normalize("NFC", str(name)), zh, en))
        elif name in admitted:
            problems.append(FactProblem(name, "写了两次", "given twice"))
        elif raw is not None:
            try:
                admitted[name] = read(known.typed, raw)
            except WrongType as wrong:
                problems.append(FactProblem(name, wrong.zh, wrong.en))
                continue
            if known.options and known.type == "code" and raw not in known.options:
                zh, en = f"没有选项“{raw}”", f'no such option: "{raw}"'
                problems.append(FactProblem(name, zh, en))
    if problems:
        raise BadFacts(problems)
    return admitted
