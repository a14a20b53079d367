"""The examples of a policy or an award in plain Chinese or English: given this, expect that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from jiebang.money import to_fen
from jiebang.policy.awarding import INCOMPLETE, PAY_UNDETERMINED, SHORT, TIED
from jiebang.policy.binding import bind
from jiebang.policy.bound import Bound, BoundGroup, BoundLeaf
from jiebang.policy.explain import NOT_IN_FORCE
from jiebang.policy.language.award import Award, AwardExample
from jiebang.policy.language.tree import Example, Policy
from jiebang.policy.language.types import Value
from jiebang.policy.language.vocabulary import Vocabulary
from jiebang.policy.plain_words.awards import payer
from jiebang.policy.plain_words.words import VERDICTS, Pair, pick
from jiebang.policy.words import money_words, shown
from jiebang.wording import Wording

_OPEN: Final[Mapping[str, Pair]] = {
    **VERDICTS,
    "undetermined": ("尚不能决定", "Not determined yet"),
    "not_in_force": ("当日不在施行期", "Not in force on that day"),
}
_PARTS: Final[Mapping[str, Pair]] = {
    "flags": ("提示", "flags"),
    "unmet": ("未满足", "not met"),
    "missing": ("缺少", "missing"),
    "awarded": ("获奖", "awarded"),
    "count": ("获奖数", "number awarded"),
    "none": ("无", "none"),
}
#: What is flagged of awards without a word in the file.
_FLAGS: Final[Mapping[str, Pair]] = {
    INCOMPLETE: ("有的尚不能评定", "some cannot be judged yet"),
    PAY_UNDETERMINED: ("由谁出资不能确定", "who pays cannot be decided"),
    NOT_IN_FORCE: ("不在施行期", "not in force"),
    SHORT.code: (SHORT.say.zh, SHORT.say.en),
    TIED.code: (TIED.say.zh, TIED.say.en),
}
_COLON: Final[Pair] = ("：", ": ")

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ExampleRead:
    """An example in words. ``given`` names what it is about (empty for a single case) and its facts."""

    name: str
    as_of: date
    given: tuple[tuple[str, Pairs], ...]
    expected: tuple[str, ...]


def read_examples(
    one: Policy | Award, vocabulary: Vocabulary, locale: str
) -> Iterator[ExampleRead]:
    """The examples of a policy or an award in ``zh`` or ``en``, in order."""
    flags = _flags(one, locale)
    if isinstance(one, Award):
        for story in one.examples:
            given = [(name, _facts(facts, vocabulary, locale)) for name, facts in story.entries]
            expected = tuple(_of_award(one, story, flags, locale))
            yield ExampleRead(story.name, story.as_of, tuple(given), expected)
        return
    for example in one.examples:
        facts = _facts(example.given, vocabulary, locale)
        expected = tuple(_of_policy(one, example, vocabulary, flags, locale))
        yield ExampleRead(example.name, example.as_of, (("", facts),), expected)


def _flags(one: Policy | Award, locale: str) -> Mapping[str, str]:
    """What the file says with each flag."""
    if isinstance(one, Policy):
        said = {rule.then.code: rule.then.say for rule in one.rules if rule.then.outcome == "flag"}
    else:
        quota = (one.quota.short, one.quota.tied) if one.quota else ()
        said = {flag.code: flag.say for flag in quota if flag}
    own = {code: pick(words, locale) for code, words in _FLAGS.items()}
    return own | {code: words.in_locale(locale) for code, words in said.items()}


def _facts(facts: Mapping[str, Value], vocabulary: Vocabulary, locale: str) -> Pairs:
    known = vocabulary.facts
    return tuple(
        (known[name].label.in_locale(locale), shown(value, known[name], locale))
        for name, value in facts.items()
    )


def _of_policy(
    policy: Policy, example: Example, vocabulary: Vocabulary, said: Mapping[str, str], locale: str
) -> Iterator[str]:
    expect = example.expect
    yield pick(_OPEN[expect.outcome], locale)
    labels = None
    if expect.missing is not None:
        labels = [vocabulary.facts[name].label.in_locale(locale) for name in expect.missing]
    flags = _said(expect.flags, said)
    unmet = None
    if expect.unmet is not None:
        bound = bind(policy, example.as_of, vocabulary)
        worded = (one for rule in bound.rules for one in _worded(rule.when))
        words = {one.zh: one.in_locale(locale) for one in worded}
        unmet = [words.get(one, one) for one in expect.unmet]
    for part, listed in (("flags", flags), ("unmet", unmet), ("missing", labels)):
        if listed is not None:
            yield _named(part, listed, locale)
    for name, value in (expect.values or {}).items():
        yield f"{name}{pick(_COLON, locale)}{value}"


def _of_award(
    award: Award, example: AwardExample, said: Mapping[str, str], locale: str
) -> Iterator[str]:
    yield _named("awarded", example.awarded, locale)
    flags = _said(example.flags, said)
    if flags is not None:
        yield _named("flags", flags, locale)
    for name, value in (example.totals or {}).items():
        if name == "awarded":
            yield _named("count", [str(value)], locale)
        else:
            yield f"{payer(award, name, locale)}{pick(_COLON, locale)}{_yuan(value, locale)}"


def _worded(condition: Bound) -> Iterator[Wording]:
    """What is said where a condition, or one under it, is not met."""
    if isinstance(condition, BoundGroup):
        own = condition.unmet
        for part in condition.parts:
            yield from _worded(part)
    else:
        written = condition.leaf if isinstance(condition, BoundLeaf) else condition.over
        own = written.unmet
    if own:
        yield own


def _yuan(value: object, locale: str) -> str:
    return money_words(to_fen(Decimal(str(value)), "元"), "元", locale)


def _said(flags: tuple[str, ...] | None, said: Mapping[str, str]) -> list[str] | None:
    return None if flags is None else [said.get(one, one) for one in flags]


def _named(part: str, listed: list[str] | tuple[str, ...], locale: str) -> str:
    words = pick(("、", ", "), locale).join(listed) or pick(_PARTS["none"], locale)
    return f"{pick(_PARTS[part], locale)}{pick(_COLON, locale)}{words}"
