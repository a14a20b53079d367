"""The trace of a decision: every condition with its label, the value found and the value asked.

What does not depend on the case is worked out once per policy and period. What a condition on one fact
comes to depends on the value alone: the trace of the last few values is kept and shared by the decisions
in which they are found, so it must not be changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from jiebang.policy.bound import Bound, BoundGroup, BoundLeaf, BoundOver, Right
from jiebang.policy.decision import plain
from jiebang.policy.formula import evaluate
from jiebang.policy.language.tree import Policy
from jiebang.policy.language.types import Type, Value
from jiebang.policy.language.vocabulary import Vocabulary
from jiebang.policy.states import (
    MET,
    NEGATED,
    UNMET,
    Facts,
    State,
    condition_state,
    items_of,
    leaf_test,
    over_state,
    right_value,
)
from jiebang.policy.words import (
    Described,
    Quantity,
    about_of,
    asked,
    measured,
    over_phrase,
    shown,
    subject,
)

Trace = dict[str, Any]
#: A condition on the facts of a case: its state and its trace.
Step = Callable[[Facts], tuple[State, Trace]]
#: Values of a fact for which a condition keeps its trace.
MOST_KEPT: Final = 64
_Pair = tuple[State, Trace]
_Kept = dict[Value | None, _Pair]
#: A condition in a group: the fact it is about, what is kept for its values, its step for all else.
_Part = tuple[str, _Kept, Step]
WEAKEST: Final = ("text", "interpretation", "unverified")


def weakest(*bases: str) -> str:
    """The weakest of several bases."""
    return max(bases, key=WEAKEST.index)


class Tracer:
    """Builds the step of each condition of one policy."""

    def __init__(self, policy: Policy, vocabulary: Vocabulary) -> None:
        self._policy, self._vocabulary = policy, vocabulary

    def step(self, condition: Bound, clause: str, basis: str) -> Step:
        """The step of a condition under a rule with its clause and basis."""
        return self._part(condition, clause, basis)[2]

    def _part(self, condition: Bound, clause: str, basis: str) -> _Part:
        if isinstance(condition, BoundLeaf):
            return _keeping(condition, self._leaf(condition, clause, basis))
        if isinstance(condition, BoundOver):
            return "", {}, self._over(condition, clause, basis)
        return "", {}, self._group(condition, clause, basis)

    def _group(self, group: BoundGroup, clause: str, basis: str) -> Step:
        cited = group.clause or clause or self._policy.source.clause
        parts = [self._part(part, cited, basis) for part in group.parts]
        kind = group.kind
        decisive, otherwise = (UNMET, MET) if kind == "all" else (MET, UNMET)

        def run(facts: Facts) -> _Pair:
            find, state, traces = facts.get, otherwise, []
            for fact, kept, step in parts:
                own, trace = kept.get(find(fact)) or step(facts)
                traces.append(trace)
                # What decides stands; else what is unknown does.
                if own is not otherwise and state is not decisive:
                    state = own
            if kind == "not":
                state = NEGATED[own]
            return state, {"kind": kind, "state": state._value_, "parts": traces}

        return run

    def _leaf(self, bound: BoundLeaf, clause: str, basis: str) -> Step:
        about = about_of(bound, self._vocabulary) or Quantity(bound.type)
        static = {
            "kind": "leaf",
            "fact": bound.fact or (bound.formula.text if bound.formula else None),
            "label": {one: subject(bound, self._vocabulary, one) for one in ("zh", "en")},
            "operator": bound.operator,
            "param": bound.right.params[0] if bound.right.params else None,
            "clause": bound.leaf.clause or clause or self._policy.source.clause,
            "basis": self._basis(bound.right, basis),
        }
        typed = Type("boolean") if bound.operator == "known" else bound.type
        held = self._held(bound, bound.right, typed, about)
        test, show, formula = leaf_test(bound), _shower(about, bound.type), bound.formula

        def run(facts: Facts) -> _Pair:
            state = test(facts, None)
            value = evaluate(formula.term, facts) if formula else facts.get(bound.fact)
            found, words = show(value)
            trace = {**static, "state": state._value_, "found": found, "found_text": words}
            trace["asked"], trace["asked_text"] = held(facts)
            return state, trace

        return run

    def _over(self, bound: BoundOver, clause: str, basis: str) -> Step:
        fact, about = self._vocabulary.facts[bound.fact], measured(bound, self._vocabulary)
        static = {
            "kind": "leaf",
            "fact": bound.fact,
            "label": {one: fact.label.in_locale(one) for one in ("zh", "en")},
            "operator": bound.over.kind,
            "param": bound.right.params[0] if bound.right.params else None,
            "clause": bound.over.clause or clause or self._policy.source.clause,
            "basis": self._basis(bound.right, basis),
        }
        words = {one: over_phrase(bound, self._vocabulary, one) for one in ("zh", "en")}
        held = self._held(bound, bound.right, bound.type, about) if bound.over.operator else None

        def run(facts: Facts) -> tuple[State, Trace]:
            state = over_state(bound, facts)
            found, told = _counted(bound, facts)
            trace = {**static, "state": state._value_, "found": found, "found_text": told}
            trace["asked"] = held(facts)[0] if held else bound.over.kind
            trace["asked_text"] = words
            return state, trace

        return run

    def _held(
        self, bound: BoundLeaf | BoundOver, right: Right, typed: Type, about: Described
    ) -> Callable[[Facts], tuple[Any, Mapping[str, str]]]:
        """What is asked: worked out once where it is a value, else on the facts."""
        operator = bound.operator if isinstance(bound, BoundLeaf) else bound.over.operator
        days = bound.days if isinstance(bound, BoundLeaf) else None

        def on(facts: Facts) -> tuple[Any, Mapping[str, str]]:
            value = right_value(right, facts)
            data = plain(value, Type(typed.scalar, isinstance(value, tuple), typed.unit))
            whole: Any = data if operator == "is" else {operator: data}
            if days is not None:
                whole["days"] = days
            told = {one: asked(bound, value, about, self._vocabulary, one) for one in ("zh", "en")}
            return whole, told

        if right.fact or right.formula:
            return on
        constant = on({})
        return lambda _facts: constant

    def _basis(self, right: Right, basis: str) -> str:
        return weakest(basis, *(self._policy.parameters[one].basis for one in right.params))


def _keeping(bound: BoundLeaf, step: Step) -> _Part:
    """A leaf that keeps what it comes to, where that depends on one short value alone."""
    fact, typed = bound.fact, bound.type
    if not fact or bound.right.fact or bound.right.formula or typed.many or typed.scalar == "text":
        return "", {}, step
    kept: _Kept = {}
    # 1.0 and 1.00 are equal, but are not written alike.
    written = typed.scalar == "decimal"

    def keep(facts: Facts) -> _Pair:
        value = facts.get(fact)
        key = str(value) if written else value
        pair = kept.get(key)
        if pair is None:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            pair = kept[key] = step(facts)
        return pair

    return ("", {}, keep) if written else (fact, kept, keep)


def _shower(
    about: Described, typed: Type
) -> Callable[[Value | None], tuple[Any, Mapping[str, str]]]:
    """A value as data and in words. The few values of codes and booleans are kept."""

    def show(value: Value | None) -> tuple[Any, Mapping[str, str]]:
        zh = shown(value, about, "zh")
        en = shown(value, about, "en") if _differs(value, about) else zh
        return plain(value, typed), {"zh": zh, "en": en}

    kept: dict[str | bool | None, tuple[Any, Mapping[str, str]]]
    kept = {value: show(value) for value in (None, *about.options)}
    if typed.scalar == "boolean":
        kept |= {value: show(value) for value in (True, False)}

    def look(value: Value | None) -> tuple[Any, Mapping[str, str]]:
        known = kept.get(value) if value is None or isinstance(value, str | bool) else None
        return known or show(value)

    return look


def _differs(value: Value | None, about: Described) -> bool:
    """Whether a value reads differently in English: numbers and money do not."""
    return not isinstance(value, int) or isinstance(value, bool) or bool(about.options)


def _counted(bound: BoundOver, facts: Facts) -> tuple[Any, Mapping[str, str]]:
    found = facts.get(bound.fact)
    if found is None:
        return None, {"zh": "未知", "en": "not known"}
    items = items_of(found)
    fitting = [
        one
        for one in items
        if bound.where is None or condition_state(bound.where, facts, one) is MET
    ]
    total, fit = len(items), len(fitting)
    told = {"zh": f"共 {total} 条，{fit} 条符合", "en": f"{total} in all, {fit} of them such"}
    return fit, told
