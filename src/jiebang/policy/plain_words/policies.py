"""A whole policy in plain Chinese or English, made from its file: what it asks, says and rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final, cast

from jiebang.policy.binding import bind
from jiebang.policy.bound import Bound, BoundGroup, BoundLeaf, BoundOver, BoundPolicy
from jiebang.policy.language.terms import (
    Call,
    FactRef,
    Formula,
    NameOf,
    Number,
    ParamRef,
    SumOf,
    Term,
)
from jiebang.policy.language.tree import (
    DEADLINE,
    Literal,
    Obligation,
    Outcome,
    Parameter,
    Policy,
    Rule,
)
from jiebang.policy.language.types import WEIGHTS, Type, Value, Weight
from jiebang.policy.language.vocabulary import Vocabulary
from jiebang.policy.plain_words.words import (
    CALLS,
    FORCES,
    HEADS,
    HITS,
    SIGNS,
    VERDICTS,
    Pair,
    pick,
    spoken,
)
from jiebang.policy.words import Quantity, money_words, phrase, shown
from jiebang.wording import Wording

#: Where a condition is longer than this it is counted, not quoted, in the one sentence of a policy.
_LONGEST: Final = {"zh": 70, "en": 150}


@dataclass(frozen=True)
class Line:
    """A condition in words; ``parts`` stand under it. ``unmet`` is what is said when it is not met."""

    text: str
    clause: str = ""
    unmet: str = ""
    parts: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Said:
    """What is decided: the verdict as a code and in words, what is said, values and duties."""

    outcome: str
    verdict: str
    text: str
    values: tuple[tuple[str, str], ...]
    duties: tuple[str, ...]


@dataclass(frozen=True)
class RuleRead:
    """One rule or row of a table. ``force`` is empty for a plain 应."""

    id: str
    title: str
    when: Line
    said: Said
    force: str
    basis: str
    clause: str
    quote: str
    overrides: tuple[str, ...]


@dataclass(frozen=True)
class ParameterRead:
    """A parameter with its dated values: day, value in words, clause, whether in force now."""

    name: str
    title: str
    basis: str
    values: tuple[tuple[date, str, str, bool], ...]


@dataclass(frozen=True)
class Reading:
    """A policy in words, as its parameters stand on a day."""

    sentence: str
    order: str
    rules: tuple[RuleRead, ...]
    otherwise: Said
    parameters: tuple[ParameterRead, ...]


def read_policy(policy: Policy, vocabulary: Vocabulary, day: date, locale: str) -> Reading:
    """A policy in ``zh`` or ``en`` with the parameters of a day; before its first day, of that."""
    reader = Reader(policy.parameters, vocabulary, max(day, policy.start), locale)
    bound = bind(policy, reader.day, vocabulary)
    table = policy.table
    hit = (table.collect or table.hit) if table else "rules"
    return Reading(
        sentence=reader.sentence(bound),
        order=pick(HITS[hit], locale) if len(policy.rules) > 1 else "",
        rules=tuple(reader.rules(bound)),
        otherwise=reader.said(policy.default, policy),
        parameters=tuple(reader.parameters()),
    )


class Reader:
    """Puts the parts of a policy into words of one locale on one day."""

    def __init__(
        self,
        parameters: Mapping[str, Parameter],
        vocabulary: Vocabulary,
        day: date,
        locale: str,
    ) -> None:
        self._parameters, self._vocabulary = parameters, vocabulary
        self.day, self.locale = day, locale

    def say(self, pair: Pair) -> str:
        """The half of a pair that is read here."""
        return pick(pair, self.locale)

    def sentence(self, bound: BoundPolicy) -> str:
        """What a policy does, in one sentence."""
        policy, default = bound.policy, spoken(bound.policy.default.say, self.locale)
        if policy.table:
            inputs = [self.label(name) for name in policy.table.inputs]
            listed = self.listed(inputs)
            rows = len(policy.rules)
            return self.say(
                (f"按{listed}查 {rows} 行的表得出结论。", f"Looked up in {rows} rows by {listed}.")
            )
        deciding = [one for one in bound.rules if one.rule.then.outcome != "flag"] or bound.rules
        first, others = deciding[0], len(bound.rules) - 1
        words, then = self._briefly(self.line(first.when)), self.said(first.rule.then, policy).text
        plural = "" if others == 1 else "s"
        more = self.say((f"；另有 {others} 条规则", f"; {others} more rule{plural}"))
        more = more if others else ""
        return self.say(
            (
                f"{words}的，{then}；否则，{default}{more}。",
                f"If {words}: {then}; otherwise: {default}{more}.",
            )
        )

    def _briefly(self, when: Line) -> str:
        """A condition for a sentence: quoted where it is short and plain, else counted."""
        parts = when.parts or (when,)
        plain = when.text == self.say(HEADS["all"]) or not when.parts
        words = self.say(("，且", ", and ")).join(one.text for one in parts)
        if plain and not any(one.parts for one in parts) and len(words) <= _LONGEST[self.locale]:
            return words
        hold = "1 condition holds" if len(parts) == 1 else f"{len(parts)} conditions hold"
        return self.say((f"满足 {len(parts)} 项条件", hold))

    def rules(self, bound: BoundPolicy) -> Iterator[RuleRead]:
        """Every rule or row in order."""
        for one in bound.rules:
            rule = one.rule
            title = spoken(rule.title, self.locale) if rule.title else ""
            yield RuleRead(
                id=rule.id,
                title=title,
                when=self.line(one.when),
                said=self.said(rule.then, bound.policy),
                force="" if rule.force == "must" else self.say(FORCES[rule.force]),
                basis=rule.basis,
                clause=rule.clause or bound.policy.source.clause,
                quote=rule.quote,
                overrides=tuple(self._named(bound.policy, other) for other in rule.overrides),
            )

    def line(self, condition: Bound) -> Line:
        """A condition in words, with those under it."""
        if isinstance(condition, BoundGroup):
            return self._group(condition)
        own = condition.leaf if isinstance(condition, BoundLeaf) else condition.over
        text = self._statement(condition) or phrase(condition, self._vocabulary, self.locale)
        if condition.gap:
            name = self.parameter(condition.gap)
            text = self.say(
                (
                    f"{self._about(condition)}（通知没有规定“{name}”，由人判断）",
                    f"{self._about(condition)} (the notice does not state “{name}”: a person judges)",
                )
            )
        return Line(text, own.clause, spoken(own.unmet, self.locale) if own.unmet else "")

    def _statement(self, condition: BoundLeaf | BoundOver) -> str:
        """A fact that is so or not, as a statement: its label says it already."""
        value = condition.right.value
        if not isinstance(condition, BoundLeaf) or not isinstance(value, bool):
            return ""
        if not condition.fact or condition.operator not in {"is", "is_not"}:
            return ""
        label = self.label(condition.fact)
        if value is (condition.operator == "is"):
            return label
        return self.say((f"并非“{label}”", f"not: {label}"))

    def _group(self, group: BoundGroup) -> Line:
        parts = tuple(self.line(one) for one in group.parts)
        unmet = spoken(group.unmet, self.locale) if group.unmet else ""
        if len(parts) == 1 and group.kind != "not":
            [only] = parts
            return replace(only, clause=group.clause or only.clause, unmet=unmet or only.unmet)
        if not parts:
            return Line(self.say(("无条件", "Always")))
        return Line(self.say(HEADS[group.kind]), group.clause, unmet, parts)

    def _about(self, condition: BoundLeaf | BoundOver) -> str:
        return self.listed([self.label(one) for one in condition.facts])

    def said(self, outcome: Outcome, policy: Policy) -> Said:
        """An outcome in words."""
        values = tuple(
            (self._output(policy, name), self.operand(one, self._typed(policy, name)))
            for name, one in outcome.values.items()
        )
        text = spoken(outcome.say, self.locale)
        for name, words in zip(outcome.values, values, strict=True):
            text = text.replace(f"{{{name}}}", words[0])
        return Said(
            outcome=outcome.outcome,
            verdict=self.say(VERDICTS[outcome.outcome]),
            text=text,
            values=values,
            duties=tuple(self._duty(one) for one in outcome.obligations),
        )

    def operand(self, one: Literal | ParamRef | FactRef | Formula | object, typed: Type) -> str:
        """A value, a parameter on the day, a fact or a formula in words."""
        if isinstance(one, Literal):
            return shown(one.value, Quantity(typed), self.locale)
        if isinstance(one, ParamRef):
            return self._on_the_day(self._parameters[one.name])
        if isinstance(one, FactRef):
            return self.label(one.name)
        return self.term(one.term) if isinstance(one, Formula) else ""

    def term(self, term: Term, *, inner: bool = False) -> str:
        """A formula in words, with the names of its facts and parameters."""
        match term:
            case Number(value, money):
                return _number(value, self.locale, money=money)
            case NameOf(ref):
                name = (
                    self.parameter(ref.name) if isinstance(ref, ParamRef) else self.label(ref.name)
                )
                return f"“{name}”"
            case SumOf(fact, field):
                part = spoken(self._vocabulary.facts[fact].described(field).label, self.locale)
                return self.say((f"“{self.label(fact)}”中“{part}”的合计", f"the sum of “{part}”"))
            case Call(function, parts) if function in SIGNS:
                words = f" {SIGNS[function]} ".join(self.term(one, inner=True) for one in parts)
                return f"({words})" if inner else words
            case Call(function, parts, _money, places):
                return self.say(CALLS[function]).format(
                    self.listed([self.term(one) for one in parts]), places
                )

    def parameters(self) -> Iterator[ParameterRead]:
        """Every parameter with all its values."""
        for one in self._parameters.values():
            now = one.on(self.day)
            yield ParameterRead(
                name=one.name,
                title=self.parameter(one.name),
                basis=one.basis,
                values=tuple(
                    (dated.start, self.value(one, dated.value), dated.clause, dated is now)
                    for dated in one.values
                ),
            )

    def value(self, parameter: Parameter, value: Value | None) -> str:
        """A value of a parameter in words; codes by the words of a fact that has them."""
        if value is None:
            return self.say(("通知没有规定", "not stated in the notice"))
        if parameter.type.scalar == WEIGHTS:
            weights = cast("tuple[Weight, ...]", value)
            return self.listed([f"{self.label(f'entry.{key}')} {one:f}" for key, one in weights])
        about = Quantity(parameter.type)
        about.options = self._options(value)
        return shown(value, about, self.locale)

    def named(self, code: str) -> str:
        """The words of a code, where some fact has them."""
        found = self._options(code).get(code)
        return spoken(found, self.locale) if found else code

    def _options(self, value: Value) -> dict[str, Wording]:
        """Words for codes: of the first fact all of whose codes are among its options."""
        wanted = value if isinstance(value, tuple) else (value,)
        for fact in self._vocabulary.facts.values():
            for about in (fact, *fact.fields.values()):
                if about.options and all(one in about.options for one in wanted):
                    return about.options
        return {}

    def parameter(self, name: str) -> str:
        """What a parameter is called."""
        title = self._parameters[name].title
        return spoken(title, self.locale) if title else name

    def label(self, fact: str) -> str:
        """What a fact is called."""
        known = self._vocabulary.facts.get(fact)
        return spoken(known.label, self.locale) if known else fact

    def listed(self, words: list[str]) -> str:
        """Words one after another."""
        return self.say(("、", ", ")).join(words)

    def _on_the_day(self, parameter: Parameter) -> str:
        dated = parameter.on(self.day)
        return self.value(parameter, dated.value if dated else None)

    def _output(self, policy: Policy, name: str) -> str:
        output = policy.outputs.get(name)
        return spoken(output.label, self.locale) if output else name

    @staticmethod
    def _typed(policy: Policy, name: str) -> Type:
        output = policy.outputs.get(name)
        return output.type if output else Type("decimal")

    def _named(self, policy: Policy, rule: str) -> str:
        other: Rule | None = next((one for one in policy.rules if one.id == rule), None)
        return spoken(other.title, self.locale) if other and other.title else rule

    def _duty(self, one: Obligation) -> str:
        amount = self._on_the_day(self._parameters[one.amount.name]) if one.amount else ""
        detail = f"{amount} {one.detail}".strip()
        if self.locale == "zh":
            detail = detail.replace("working days", "个工作日").replace("days", "天")
        known = self._vocabulary.obligations.get(one.name)
        name = spoken(known, self.locale) if known else one.name
        if one.name == DEADLINE:
            name = self.say(("期限", "deadline"))
        return f"{name} {detail}".strip()


def _number(value: Decimal, locale: str, *, money: bool) -> str:
    if money:
        return money_words(int(value), "元", locale)
    return f"{(value * 100).normalize():f}%" if 0 < value < 1 else format(value.normalize(), "f")
