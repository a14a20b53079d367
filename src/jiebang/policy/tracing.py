"""The trace of a condition: its label, the value found and the value asked.

What does not depend on the case is worked out once per policy and period.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from jiebang.policy.bound import Atom, BoundLeaf, BoundOver, Right
from jiebang.policy.decision import plain
from jiebang.policy.formula import evaluate
from jiebang.policy.language.tree import Policy
from jiebang.policy.language.types import Type, Value
from jiebang.policy.language.vocabulary import Vocabulary
from jiebang.policy.states import (
    MET,
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
WEAKEST: Final = ("text", "interpretation", "unverified")


def weakest(*bases: str) -> str:
    """The weakest of several bases."""
    return max(bases, key=WEAKEST.index)


class Tracer:
    """Builds the step of each leaf and list condition of one policy."""

    def __init__(self, policy: Policy, vocabulary: Vocabulary) -> None:
        self._policy, self._vocabulary = policy, vocabulary

    def step(self, condition: Atom, clause: str, basis: str) -> Step:
        """The step of a leaf, or of a condition over a list, of a rule with its clause and basis."""
        if isinstance(condition, BoundOver):
            return self._over(condition, clause, basis)
        return self._leaf(condition, clause, basis)

    def cited(self, own: str, around: str) -> str:
        """The clause of a condition: its own, that of what it is in, or the policy's."""
        return own or around or self._policy.source.clause

    def _leaf(self, bound: BoundLeaf, clause: str, basis: str) -> Step:
        about = about_of(bound, self._vocabulary) or Quantity(bound.type)
        static = {
            "kind": "leaf",
            "fact": bound.fact or (bound.formula.text if bound.formula else None),
            "label": {one: subject(bound, self._vocabulary, one) for one in ("zh", "en")},
            "operator": bound.operator,
            "param": bound.right.params[0] if bound.right.params else None,
            "clause": self.cited(bound.leaf.clause, clause),
            "basis": self._basis(bound.right, basis),
        }
        typed = Type("boolean") if bound.operator == "known" else bound.type
        held = self._held(bound, bound.right, typed, about)
        test, show, formula = leaf_test(bound), _shower(about, bound.type), bound.formula

        def run(facts: Facts) -> tuple[State, Trace]:
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
            "clause": self.cited(bound.over.clause, clause),
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
    """Whether a value reads differently in English: bare numbers do not."""
    return type(value) is not int or bool(about.options or about.unit)


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
