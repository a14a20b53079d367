"""The readers of a policy asked side by side, and their answers brought to one form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from jiebang.policy import Book, Decider, load_book
from jiebang.policy.bulk import decide_all
from jiebang.policy.decider import Answer
from tests.fuzz.oracle import Unsure, decide
from tests.fuzz.policies import Written

DISAGREES: Final = "ENGINE_DISAGREES"
#: Codes that say why nothing is decided; light answers carry none.
_REASONS: Final = frozenset({"FACTS_MISSING", "NOT_STATED", "NO_VALUE"})
#: One case in so many is explained in full as well, which takes longer than deciding it.
_EXPLAINED: Final = 10
Case = dict[str, Any]


@dataclass(frozen=True)
class Mismatch:
    """A case on which readers differ, with what each of them says."""

    policy: str
    day: date
    case: Case
    answers: Mapping[str, Any]

    @property
    def kinds(self) -> frozenset[str]:
        """What went wrong, so that a smaller case can be seen to show the same."""
        first = next(iter(self.answers.values()))
        found = {name: _trouble(one, first) for name, one in self.answers.items()}
        return frozenset(f"{name} {trouble}" for name, trouble in found.items() if trouble)

    def __str__(self) -> str:
        told = "\n".join(f"  {name}: {one}" for name, one in self.answers.items())
        return f"policy {self.policy} on {self.day}\ncase: {self.case}\n{told}"


def _trouble(answer: Any, first: Any) -> str:
    """What is wrong with an answer, beside the first; empty where nothing is."""
    if isinstance(answer, str):
        return f"raises {answer.split(':')[0]}"
    if answer[1] == DISAGREES:
        return "disagrees"
    return "" if answer == first else "differs"


def load(written: Written, folder: Path) -> Book:
    """The book that was written, from files. Raises ``BadFile``."""
    (folder / "book").mkdir(exist_ok=True)
    for old in (folder / "book").iterdir():
        old.unlink()
    for name, text in written.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return load_book(folder / "book")


def exact(value: Any) -> Any:
    """A value of an outcome, in the one form in which values are compared."""
    if isinstance(value, list | tuple):
        return tuple(exact(one) for one in value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Fraction(value)
    return value


def _form(outcome: str, code: str, flags: Sequence[str], values: Mapping[str, Any]) -> Any:
    told = {name: exact(one) for name, one in values.items()}
    return outcome, code, tuple(flags), told


def engine_answers(
    decider: Decider, book: Book, policy: str, cases: Sequence[Case], day: date
) -> list[Any]:
    """What engine and explainer say."""
    return _answers(cases, lambda some: decider.outcomes(book, policy, some, day))


def bulk_answers(book: Book, policy: str, cases: Sequence[Case], day: date) -> list[Any]:
    """What the bulk reader says."""
    return _answers(cases, lambda some: decide_all(book, policy, some, day))


def _answers(cases: Sequence[Case], ask: Callable[[Sequence[Case]], Iterable[Answer]]) -> list[Any]:
    """The answers to cases; an exception is an answer that nobody else gives."""
    try:
        found = list(ask(cases))
    except Exception as error:  # noqa: BLE001  # told as a mismatch, with the case that does it
        if len(cases) == 1:
            return [f"{type(error).__name__}: {error}"]
        return [one for case in cases for one in _answers([case], ask)]
    return [_form(one.outcome, one.code, one.flags, one.values) for one in found]


def explained(decider: Decider, book: Book, policy: str, case: Case, day: date, light: Any) -> Any:
    """What the decision in full says. Its amounts are in words: only their names are compared."""
    try:
        full = decider.decide(book, policy, case, day)
        full.as_bytes()
    except Exception as error:  # noqa: BLE001  # told as a mismatch
        return f"{type(error).__name__}: {error}"
    code = "" if full.code in _REASONS else full.code
    named = set(full.values) == set(light[3])
    return full.outcome, code, full.flags, light[3] if named else dict(full.values)


def oracle_answer(written: Written, policy: str, case: Case, day: date) -> Any:
    """What the oracle says of a case that lacks nothing; ``None`` where it does not judge."""
    try:
        said = decide(written.docs, policy, case, day)
    except Unsure:
        return None
    return _form(said.outcome, said.code, said.flags, said.values)


def mismatches(
    decider: Decider,
    book: Book,
    written: Written,
    policy: str,
    cases: Sequence[tuple[Case, bool]],
    day: date,
) -> Iterator[tuple[str, Mismatch | None]]:
    """The outcome of each case, and a mismatch if readers differ. Each says whether it is whole."""
    facts = [case for case, _ in cases]
    engine = engine_answers(decider, book, policy, facts, day)
    bulk = bulk_answers(book, policy, facts, day)
    for number, ((case, whole), one, other) in enumerate(zip(cases, engine, bulk, strict=True)):
        answers = {"engine and explainer": one, "bulk": other}
        if number % _EXPLAINED == 0 and not isinstance(one, str):
            answers["in full"] = explained(decider, book, policy, case, day, one)
        oracle = oracle_answer(written, policy, case, day) if whole else None
        if oracle is not None:
            answers["oracle"] = oracle
        mismatch = Mismatch(policy, day, case, answers)
        outcome = "exception" if isinstance(one, str) else one[0]
        yield outcome, mismatch if mismatch.kinds else None
