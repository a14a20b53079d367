"""Running the examples of a book, and all that an author is told about it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from jiebang.policy.awarding import Awarding, award
from jiebang.policy.book import Book, load_book
from jiebang.policy.decider import Decider, EngineUnavailable
from jiebang.policy.decision import Decision
from jiebang.policy.language.award import Award, AwardExample
from jiebang.policy.language.tree import Example, Policy
from jiebang.yamlfile import BadFile, Finding


@dataclass(frozen=True)
class ExampleResult:
    """How one example of a policy or an award went; ``differences`` is empty when it passed."""

    policy: Policy | Award
    example: Example | AwardExample
    differences: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the decision was as expected."""
        return not self.differences


def run_examples(
    *, book: Book, decider: Decider, only: Collection[str] = ()
) -> Iterator[ExampleResult]:
    """Decide every example, or those of some policies. Raises ``EngineUnavailable``."""
    for policy in book.policies.values():
        if only and policy.id not in only:
            continue
        for example in policy.examples:
            decision = decider.decide(book, policy.id, example.given, example.as_of)
            yield ExampleResult(policy, example, tuple(_differences(example, decision)))
    for one in book.awards.values():
        if only and one.id not in only:
            continue
        for story in one.examples:
            came = award(
                book=book,
                decider=decider,
                award_id=one.id,
                entries=story.entries,
                as_of=story.as_of,
            )
            yield ExampleResult(one, story, tuple(_award_differences(story, came)))


def check_book(folder: Path, *, vocabulary: Path | None = None, decider: Decider) -> list[Finding]:
    """Everything an author is told before publishing; empty when all is well.

    A book that borrows the vocabulary of a folder elsewhere need not cite the clauses that lie there.
    """
    # z3 takes a while to load, and only a check needs it.
    from jiebang.policy.check.whole import find_all  # noqa: PLC0415

    try:
        book = load_book(folder, vocabulary=vocabulary)
    except BadFile as bad:
        return list(bad.findings)
    beside = vocabulary is None or vocabulary.resolve().parent == folder.resolve().parent
    findings = find_all(book, covers=beside)
    unfit = decider.preflight(book)
    findings += unfit
    if unfit:
        return findings
    try:
        results = list(run_examples(book=book, decider=decider))
    except EngineUnavailable as error:
        zh, en = f"规则引擎不可用：{error}", f"the engine is unavailable: {error}"
        return [*findings, Finding(str(folder), 1, 1, "preflight", zh, en)]
    for one in results:
        if not one.passed:
            told = "；".join(one.differences)
            zh, en = f"例子“{one.example.name}”不符：{told}", f"the example fails: {told}"
            findings.append(Finding(one.policy.file, *one.example.place, "example", zh, en))
    return findings


def _award_differences(example: AwardExample, came: Awarding) -> Iterator[str]:
    awarded = [str(one["entry"]) for one in came.ranked if one["awarded"]]
    pairs: list[tuple[str, object, object]] = [
        ("awarded", sorted(example.awarded), sorted(awarded))
    ]
    if example.flags is not None:
        pairs.append(("flags", sorted(example.flags), sorted(came.flags)))
    for name, wanted in (example.totals or {}).items():
        pairs.append((f"totals.{name}", wanted, came.totals.get(name)))
    for name, wanted, found in pairs:
        if wanted != found:
            yield f"{name}: {wanted} ≠ {found}"


def _differences(example: Example, decision: Decision) -> Iterator[str]:
    expect = example.expect
    worded = [str(one["text"]) for one in decision.unmet]
    must = {str(one["text"]) for one in decision.unmet if one["worded"]}
    pairs: list[tuple[str, object, object]] = [("outcome", expect.outcome, decision.outcome)]
    if expect.code is not None:
        pairs.append(("code", expect.code, decision.code))
    if expect.flags is not None:
        pairs.append(("flags", sorted(expect.flags), sorted(decision.flags)))
    if expect.missing is not None:
        pairs.append(("missing", sorted(expect.missing), sorted(decision.missing)))
    for name, wanted in (expect.values or {}).items():
        pairs.append((f"values.{name}", wanted, decision.values.get(name)))
    for name, wanted, found in pairs:
        if wanted != found:
            yield f"{name}: {wanted} ≠ {found}"
    if expect.unmet is not None and not must <= set(expect.unmet) <= set(worded):
        yield f"unmet: {sorted(expect.unmet)} ≠ {worded}"
