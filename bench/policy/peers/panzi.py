"""panzi-json-logic: the rules as a list of conditions, worked out in one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from json_logic import jsonLogic  # type: ignore[import-untyped]  # no types

from bench.policy.cases import Case, Leaf, Rule
from bench.policy.peers import COMPARED, Number, flat, simple

_OPERATORS: Final = {**COMPARED, "is": "===", "is_not": "!==", "in": "in"}


class Engine:
    """The rules."""

    def __init__(self, rules: Sequence[Rule], _how: str) -> None:
        self._logic = [_rule(one) for one in rules]

    def ready(self, case: Case) -> dict[str, Number]:
        """The data."""
        return flat(case)

    def decide(self, ready: dict[str, Number]) -> Any:
        """For each rule whether it is met."""
        return jsonLogic(self._logic, ready)

    def met(self, answer: Any) -> set[int]:
        """The numbers of those that are."""
        return {number for number, one in enumerate(answer) if one}


def _rule(rule: Rule) -> dict[str, Any]:
    parts = [
        _leaf(part) if isinstance(part, Leaf) else {"or": [_leaf(one) for one in part.leaves]}
        for part in rule.parts
    ]
    return {"and": parts}


def _leaf(leaf: Leaf) -> dict[str, Any]:
    asked = list(leaf.asked) if isinstance(leaf.asked, tuple) else simple(leaf.asked)
    return {_OPERATORS[leaf.operator]: [{"var": leaf.field.name}, asked]}
