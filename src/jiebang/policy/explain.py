"""The explainer: the second of the two readers that compute every decision, and the one that says why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from jiebang.clock import show_date
from jiebang.money import from_fen
from jiebang.policy.binding import Bound, BoundLeaf, BoundPolicy, bound_leaves
from jiebang.policy.decision import Decision, plain
from jiebang.policy.language.tree import ParamRef, Rule
from jiebang.policy.language.types import Type, Value
from jiebang.policy.language.vocabulary import Fact, Vocabulary
from jiebang.policy.meaning import (
    Facts,
    Settled,
    State,
    group_state,
    leaf_state,
    open_parameters,
    outcome_of,
)

#: Codes of decisions that no rule words.
MISSING, NOT_STATED, NOT_IN_FORCE = "FACTS_MISSING", "NOT_STATED", "NOT_IN_FORCE"
DISAGREEMENT = "ENGINE_DISAGREES"

_ASKED: Final = {
    "is": ("为“{0}”", "is “{0}”"),
    "is_not": ("不为“{0}”", "is not “{0}”"),
    "in": ("为其中之一：{0}", "is one of: {0}"),
    "not_in": ("不在其中：{0}", "is none of: {0}"),
    "at_least": ("不少于 {0}", "is at least {0}"),
    "at_most": ("不超过 {0}", "is at most {0}"),
    "more_than": ("多于 {0}", "is more than {0}"),
    "less_than": ("少于 {0}", "is less than {0}"),
    "on_or_before": ("不晚于 {0}", "is on or before {0}"),
    "on_or_after": ("不早于 {0}", "is on or after {0}"),
    "within_days_of": ("与 {0} 相距不超过 {1} 天", "is within {1} days of {0}"),
    "matches": ("符合式样 {0}", "matches {0}"),
    "known": ("已有记录：{0}", "is on record: {0}"),
}
_WEAKEST: Final = ("text", "interpretation", "unverified")


@dataclass(frozen=True, slots=True)
class Node:
    """A condition with its state on the facts."""

    bound: Bound
    state: State
    parts: tuple[Node, ...] = ()


def evaluate(condition: Bound, facts: Facts) -> Node:
    """The tree of states under a condition."""
    if isinstance(condition, BoundLeaf):
        return Node(condition, leaf_state(condition, facts))
    parts = tuple(evaluate(part, facts) for part in condition.parts)
    return Node(condition, group_state(condition.kind, [one.state for one in parts]), parts)


@dataclass(frozen=True)
class Explainer:
    """Words a verdict on one case."""

    bound: BoundPolicy
    vocabulary: Vocabulary
    facts: Facts
    nodes: Sequence[Node]

    def decision(self, settled: Settled, *, book: str, as_of: date) -> Decision:
        """The decision in full."""
        policy = self.bound.policy
        flags = [
            number
            for number, state in enumerate(settled.applied)
            if state is State.MET and self.bound.rules[number].rule.then.outcome == "flag"
        ]
        flagged = [self._reason(number) for number in flags]
        codes = tuple(dict.fromkeys(self.bound.rules[n].rule.then.code for n in flags))
        trace = tuple(self._rule_trace(number, settled) for number in range(len(self.nodes)))
        if not settled.decided:
            gaps = self._gaps(settled)
            return Decision(
                policy.id,
                book,
                as_of,
                "undetermined",
                NOT_STATED if gaps else MISSING,
                reasons=(*gaps, *flagged),
                missing=settled.missing,
                flags=codes,
                trace=trace,
            )
        said = outcome_of(self.bound, settled.rule)
        reasons = [self._reason(settled.rule)]
        if said.outcome == "deny":
            reasons += [self._reason(number) for number in self._others(settled, "deny")]
        return Decision(
            policy.id,
            book,
            as_of,
            said.outcome,
            said.code,
            reasons=(*reasons, *flagged),
            unmet=tuple(self._blocking()) if said.outcome == "deny" else (),
            flags=codes,
            obligations=tuple(one.as_data() for one in said.obligations),
            trace=trace,
        )

    def disagreement(self, decision: Decision) -> Decision:
        """What is decided when engine and explainer differ: nothing; a person must look."""
        zh = "两套计算结果不一致，须由人工处理"
        en = "The two computations disagree; a person must decide."
        reason = self._worded("engine", "undetermined", zh, en, "", "unverified")
        return Decision(
            decision.policy,
            decision.book,
            decision.as_of,
            "undetermined",
            DISAGREEMENT,
            reasons=(reason,),
            trace=decision.trace,
        )

    def _others(self, settled: Settled, outcome: str) -> list[int]:
        return [
            number
            for number, state in enumerate(settled.applied)
            if state is State.MET
            and number != settled.rule
            and self.bound.rules[number].rule.then.outcome == outcome
        ]

    def _gaps(self, settled: Settled) -> list[Mapping[str, Any]]:
        found = []
        for one in open_parameters(self.bound, self.facts, settled):
            dated = self.bound.values[one.name]
            name = one.title.zh if one.title else one.name
            name_en = one.title.in_locale("en") if one.title else one.name
            zh = f"通知没有规定“{name}”，须由人工决定"
            en = f"The notice does not state “{name_en}”; a person must decide."
            clause = dated.clause if dated else ""
            found.append(self._worded(one.name, "undetermined", zh, en, clause, one.basis))
        return found

    def _reason(self, number: int | None) -> Mapping[str, Any]:
        said = outcome_of(self.bound, number)
        if number is None:
            return self._worded(
                "default", said.outcome, said.say.zh, said.say.in_locale("en"), "", "text"
            )
        rule = self.bound.rules[number].rule
        return self._worded(
            rule.id,
            said.outcome,
            said.say.zh,
            said.say.in_locale("en"),
            rule.clause,
            self._basis(number),
            quote=rule.quote,
            force=rule.force,
        )

    def _worded(
        self,
        rule: str,
        outcome: str,
        zh: str,
        en: str,
        clause: str,
        basis: str,
        *,
        quote: str = "",
        force: str = "must",
    ) -> Mapping[str, Any]:
        source = self.bound.policy.source
        return {
            "rule": rule,
            "outcome": outcome,
            "text": zh,
            "text_en": en,
            "clause": clause or source.clause,
            "quote": quote or (source.quote if clause in {"", source.clause} else ""),
            "document": source.document,
            "basis": basis,
            "force": force,
        }

    def _basis(self, number: int) -> str:
        """The weakest of the bases that a reason rests on, its parameters' among them."""
        rule = self.bound.rules[number].rule
        used = {
            operand.name
            for leaf in bound_leaves(self.bound.rules[number].when)
            for operand in (leaf.leaf.right, leaf.leaf.days)
            if isinstance(operand, ParamRef)
        }
        bases = [rule.basis, *(self.bound.policy.parameters[name].basis for name in used)]
        return max(bases, key=_WEAKEST.index)

    def _blocking(self) -> list[Mapping[str, Any]]:
        """Why not: the conditions that keep each granting rule from being met."""
        found: list[Mapping[str, Any]] = []
        for bound, node in zip(self.bound.rules, self.nodes, strict=True):
            if bound.rule.then.outcome == "grant" and node.state is State.UNMET:
                found += self._blockers(node, bound.rule, State.UNMET)
        unique = {(one["text"], one["fact"]): one for one in reversed(found)}
        return list(reversed(unique.values()))

    def _blockers(self, node: Node, rule: Rule, blocked: State) -> Iterator[Mapping[str, Any]]:
        if node.state is not blocked:
            return
        own = node.bound.leaf if isinstance(node.bound, BoundLeaf) else node.bound
        if isinstance(node.bound, BoundLeaf) or (own.unmet and blocked is State.UNMET):
            entry = self._entry(node)
            clause = own.clause or rule.clause or self.bound.policy.source.clause
            asked = (entry["asked_text"]["zh"], entry["asked_text"]["en"])
            label = entry["label"]
            if blocked is State.MET:
                asked = (f"不应{asked[0]}", f"must not be so: {asked[1]}")
            text = own.unmet.zh if own.unmet else f"{label['zh']}：{asked[0]}"
            text_en = own.unmet.in_locale("en") if own.unmet else f"{label['en']}: {asked[1]}"
            keys = ("fact", "found", "asked", "label", "found_text", "asked_text")
            yield {
                "text": text,
                "text_en": text_en,
                "clause": clause,
                "worded": own.unmet is not None,
                **{key: entry[key] for key in keys},
            }
            return
        if node.bound.kind == "not":
            blocked = State.MET if blocked is State.UNMET else State.UNMET
        for part in node.parts:
            yield from self._blockers(part, rule, blocked)

    def _rule_trace(self, number: int, settled: Settled) -> Mapping[str, Any]:
        rule = self.bound.rules[number].rule
        return {
            "rule": rule.id,
            "title": {
                "zh": rule.title.zh if rule.title else rule.then.say.zh,
                "en": (rule.title or rule.then.say).in_locale("en"),
            },
            "outcome": rule.then.outcome,
            "code": rule.then.code,
            "state": self.nodes[number].state.value,
            "applied": settled.applied[number].value,
            "basis": self._basis(number),
            "when": self._trace(self.nodes[number], rule.clause, rule.basis),
        }

    def _trace(self, node: Node, clause: str, basis: str) -> Mapping[str, Any]:
        own = node.bound.leaf if isinstance(node.bound, BoundLeaf) else node.bound
        cited = own.clause or clause or self.bound.policy.source.clause
        if isinstance(node.bound, BoundLeaf):
            right = node.bound.leaf.right
            if isinstance(right, ParamRef):
                given = self.bound.policy.parameters[right.name].basis
                basis = max(basis, given, key=_WEAKEST.index)
            return {
                **self._entry(node),
                "state": node.state.value,
                "clause": cited,
                "basis": basis,
            }
        return {
            "kind": node.bound.kind,
            "state": node.state.value,
            "parts": [self._trace(part, cited, basis) for part in node.parts],
        }

    def _entry(self, node: Node) -> dict[str, Any]:
        if not isinstance(node.bound, BoundLeaf):
            none = {"zh": "", "en": ""}
            return {
                "kind": node.bound.kind, "fact": None, "found": None, "asked": None,
                "label": none, "found_text": none, "asked_text": none,
            }  # fmt: skip
        leaf, bound = node.bound.leaf, node.bound
        fact = self.vocabulary.facts[leaf.fact]
        found = self.facts.get(leaf.fact)
        right = self.facts.get(bound.other) if bound.other else bound.value
        typed = Type("boolean") if leaf.operator == "known" else fact.typed
        value = plain(right, Type(typed.scalar, many=isinstance(right, tuple), unit=typed.unit))
        asked: Any = value if leaf.operator == "is" else {leaf.operator: value}
        if bound.days is not None:
            asked["days"] = bound.days
        return {
            "kind": "leaf",
            "fact": leaf.fact,
            "label": {"zh": fact.label.zh, "en": fact.label.in_locale("en")},
            "operator": leaf.operator,
            "found": plain(found, fact.typed),
            "asked": asked,
            "param": leaf.right.name if isinstance(leaf.right, ParamRef) else None,
            "found_text": {
                "zh": _shown(found, fact, "zh"),
                "en": _shown(found, fact, "en"),
            },
            "asked_text": {
                "zh": self._asked(bound, right, fact, "zh"),
                "en": self._asked(bound, right, fact, "en"),
            },
        }

    def _asked(self, bound: BoundLeaf, right: Value | None, fact: Fact, locale: str) -> str:
        shown = _shown(right, fact, locale)
        if right is None and bound.other:
            shown = self.vocabulary.facts[bound.other].label.in_locale(locale)
        return _ASKED[bound.leaf.operator][locale == "en"].format(shown, bound.days)


def _shown(value: Value | None, fact: Fact, locale: str) -> str:
    if value is None:
        return "未知" if locale == "zh" else "not known"
    if isinstance(value, tuple):
        return ("、" if locale == "zh" else ", ").join(_shown(one, fact, locale) for one in value)
    if isinstance(value, bool):
        words = ("是", "否") if locale == "zh" else ("yes", "no")
        return words[0] if value else words[1]
    if isinstance(value, date):
        return show_date(value, locale)
    if isinstance(value, str):
        return fact.options[value].in_locale(locale) if value in fact.options else value
    if fact.type == "money" and isinstance(value, int):
        return f"{from_fen(value, fact.unit):,f} {fact.unit}"
    number = format(value, "f") if isinstance(value, Decimal) else str(value)
    return f"{number} {fact.unit}".strip()


def not_in_force(
    bound_policy: str, *, title_zh: str, title_en: str, book: str, as_of: date
) -> Decision:
    """What is decided on a day outside the policy's dates."""
    reason = {
        "rule": "effective",
        "outcome": "not_in_force",
        "text": f"{show_date(as_of, 'zh')}“{title_zh}”不在施行期内",
        "text_en": f"“{title_en}” is not in force on {show_date(as_of, 'en')}.",
        "clause": "",
        "basis": "text",
    }
    return Decision(bound_policy, book, as_of, "not_in_force", NOT_IN_FORCE, reasons=(reason,))
