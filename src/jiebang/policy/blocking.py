"""Why not: the conditions that keep a rule from being met, each worked out once and read off traces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from jiebang.policy.bound import Bound, BoundGroup, BoundLeaf, BoundOver, BoundRule
from jiebang.policy.language.vocabulary import Vocabulary
from jiebang.policy.states import MET, UNMET, State
from jiebang.policy.tracing import Trace
from jiebang.policy.words import phrase

Blocker = Mapping[str, Any]
#: Adds what blocks to a list, given the trace of a condition.
Walk = Callable[[Trace, list[Blocker]], None]
#: What the trace of a group tells of a fact.
_GROUP: Final[Trace] = dict.fromkeys(
    ("fact", "found", "asked", "label", "found_text", "asked_text")
)


class Blocking:
    """Finds what blocks one rule. ``clause`` is cited where neither condition nor rule cites one."""

    def __init__(self, rule: BoundRule, clause: str, vocabulary: Vocabulary) -> None:
        self._clause, self._vocabulary = rule.rule.clause or clause, vocabulary
        self.walk = self._walk(rule.when, UNMET)

    def _walk(self, bound: Bound, blocked: State) -> Walk:
        """A condition with words of its own speaks for all under it."""
        value = blocked.value
        if not isinstance(bound, BoundGroup) or (bound.unmet and blocked is UNMET):
            told = self._told(bound, blocked)

            def one(trace: Trace, found: list[Blocker]) -> None:
                if trace["state"] == value:
                    found.append(told(trace))

            return one
        inner = blocked if bound.kind != "not" else MET if blocked is UNMET else UNMET
        walks = [self._walk(part, inner) for part in bound.parts]

        def some(trace: Trace, found: list[Blocker]) -> None:
            if trace["state"] == value:
                for walk, part in zip(walks, trace["parts"], strict=True):
                    walk(part, found)

        return some

    def _told(self, bound: Bound, blocked: State) -> Callable[[Trace], Blocker]:
        own: Any = bound
        if not isinstance(bound, BoundGroup):
            own = bound.over if isinstance(bound, BoundOver) else bound.leaf
        clause = own.clause or self._clause
        words = own.unmet if blocked is UNMET else None
        worded = words is not None
        fixed = (words.zh, words.in_locale("en")) if words else self._phrased(bound, blocked)

        def told(trace: Trace) -> Blocker:
            zh, en = fixed or _asked(trace, blocked)
            told = trace if "fact" in trace else _GROUP
            return {
                "text": zh,
                "text_en": en,
                "clause": clause,
                "worded": worded,
                "fact": told["fact"],
                "found": told["found"],
                "asked": told["asked"],
                "label": told["label"],
                "found_text": told["found_text"],
                "asked_text": told["asked_text"],
            }

        return told

    def _phrased(self, bound: Bound, blocked: State) -> tuple[str, str] | None:
        """A condition in words; ``None`` for a leaf, whose words depend on the case."""
        if isinstance(bound, BoundLeaf):
            return None
        zh, en = (phrase(bound, self._vocabulary, one) for one in ("zh", "en"))
        return (f"不应：{zh}", f"must not be so: {en}") if blocked is MET else (zh, en)


def _asked(trace: Trace, blocked: State) -> tuple[str, str]:
    told, name = trace["asked_text"], trace["label"]
    zh, en = told["zh"], told["en"]
    if blocked is MET:
        zh, en = f"不应{zh}", f"must not be so: {en}"
    return f"{name['zh']}：{zh}", f"{name['en']}: {en}"
