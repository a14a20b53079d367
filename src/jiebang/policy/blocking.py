"""Why not: the conditions that keep a rule from being met, each worked out once and read off traces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from jiebang.policy.bound import Bound, BoundGroup, BoundLeaf, BoundOver, BoundRule
from jiebang.policy.language.vocabulary import Vocabulary
from jiebang.policy.reading import MOST_KEPT, alone
from jiebang.policy.states import MET, UNMET, State
from jiebang.policy.tracing import Trace
from jiebang.policy.words import phrase

#: What blocks, after what tells it apart from others: its words and its fact.
Blocker = tuple[tuple[str, str | None], Mapping[str, Any]]
#: Adds what blocks to a list, given the trace of a condition in the state that blocks.
Walk = Callable[[Trace, list[Blocker]], None]
#: What is told of the traces that the reader shares, by their identity: a trace kept is alive, and no
#: other object can have its identity.
_Kept = dict[int, tuple[Trace, Blocker]]
#: What the trace of a group tells of a fact.
_GROUP: Final[Trace] = dict.fromkeys(
    ("fact", "found", "asked", "label", "found_text", "asked_text")
)


class Blocking:
    """Finds what blocks one rule. ``clause`` is cited where neither condition nor rule cites one."""

    def __init__(self, rule: BoundRule, clause: str, vocabulary: Vocabulary) -> None:
        self._clause, self._vocabulary = rule.rule.clause or clause, vocabulary
        #: Adds what blocks to a list, given the trace of the rule's condition, which is unmet.
        self.walk = self._walked(rule.when, UNMET)[2]

    def _walked(self, bound: Bound, blocked: State) -> tuple[str, _Kept, Walk]:
        """The state in which a condition blocks, what is kept of it, and its walk.

        A condition with words of its own speaks for all under it.
        """
        kept: _Kept = {}
        if not isinstance(bound, BoundGroup) or (bound.unmet and blocked is UNMET):
            return blocked.value, kept, self._single(bound, blocked, kept)
        inner = blocked if bound.kind != "not" else MET if blocked is UNMET else UNMET
        walks = [self._walked(part, inner) for part in bound.parts]

        def some(trace: Trace, found: list[Blocker]) -> None:
            for (value, told, walk), part in zip(walks, trace["parts"], strict=True):
                if part["state"] == value:
                    known = told.get(id(part))
                    if known:
                        found.append(known[1])
                    else:
                        walk(part, found)

        return blocked.value, kept, some

    def _single(self, bound: Bound, blocked: State, kept: _Kept) -> Walk:
        tell = self._told(bound, blocked)
        shared = isinstance(bound, BoundLeaf) and alone(bound)

        def one(trace: Trace, found: list[Blocker]) -> None:
            told = tell(trace)
            blocker = ((told["text"], told["fact"]), told)
            if shared:
                if len(kept) >= MOST_KEPT:
                    kept.clear()
                kept[id(trace)] = (trace, blocker)
            found.append(blocker)

        return one

    def _told(self, bound: Bound, blocked: State) -> Callable[[Trace], Mapping[str, Any]]:
        own: Any = bound
        if not isinstance(bound, BoundGroup):
            own = bound.over if isinstance(bound, BoundOver) else bound.leaf
        clause = own.clause or self._clause
        words = own.unmet if blocked is UNMET else None
        worded = words is not None
        fixed = (words.zh, words.in_locale("en")) if words else self._phrased(bound, blocked)

        def told(trace: Trace) -> Mapping[str, Any]:
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
