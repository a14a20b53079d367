"""What would have to change: the fewest facts, of those that their owner can change, for a grant.

Only facts with ``owner_can_change`` are ever named. Where a condition holds such a fact against one of
somebody else (a score, a date of another party), the value asked would tell the other's: the fact is
then named, but the value is withheld. That a change exists at all says no more than the decision does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from jiebang.policy.book import Book
from jiebang.policy.decider import Decider
from jiebang.policy.decision import plain
from jiebang.policy.facts import admit_facts
from jiebang.policy.language.types import Value
from jiebang.policy.language.vocabulary import Fact
from jiebang.policy.words import shown

#: What came of it.
GRANTED, FOUND, IMPOSSIBLE, WAITING, NOT_FOUND = (
    "granted",
    "found",
    "impossible",
    "waiting",
    "not_found",
)
_SAID: Final[Mapping[str, tuple[str, str]]] = {
    GRANTED: ("已经可以通过，无须改动", "It is granted as it is."),
    IMPOSSIBLE: (
        "只改申请人自己能改的事实，不能通过",
        "Nothing that the owner can change would lead to a grant.",
    ),
    WAITING: (
        "在他人提供的事实补齐之前，只改自己能改的事实不能通过",
        "Until facts that others provide are there, nothing the owner can change leads to a grant.",
    ),
    NOT_FOUND: (
        "没有找到只改自己能改的事实就能通过的办法，请咨询办理人员",
        "No change that the owner can make was found to lead to a grant; please ask the staff.",
    ),
}


@dataclass(frozen=True)
class Change:
    """One fact that would have to be another. ``asked`` is ``None`` where any other text will do.

    ``withheld``: the value asked follows from somebody else's facts, and is not told.
    """

    fact: str
    about: Fact
    found: Value | None
    asked: Value | None
    withheld: bool

    def words(self, locale: str) -> str:
        """The change as a clause of a sentence, in ``zh`` or ``en``."""
        zh = locale == "zh"
        label = self.about.label.in_locale(locale)
        # An empty list has no words of its own.
        now = shown(self.found, self.about, locale) or ("无" if zh else "none")
        if self.withheld:
            wanted = (
                "符合要求的值（与他人的信息有关，不在此显示）"
                if zh
                else ("a value that does (it rests on what others stated and is not shown)")
            )
        elif self.asked is None:
            wanted = "其他内容" if zh else "something else"
        else:
            wanted = shown(self.asked, self.about, locale)
        if self.found is None:
            return f"补充“{label}”为 {wanted}" if zh else f"“{label}” is given as {wanted}"
        return (
            f"将“{label}”由 {now} 改为 {wanted}"
            if zh
            else (f"“{label}” changes from {now} to {wanted}")
        )

    def as_dict(self) -> dict[str, Any]:
        """JSON data."""
        return {
            "fact": self.fact,
            "label": self.about.label.zh,
            "label_en": self.about.label.in_locale("en"),
            "found": plain(self.found, self.about.typed),
            "asked": None if self.withheld else plain(self.asked, self.about.typed),
            "withheld": self.withheld,
        }


@dataclass(frozen=True)
class Changes:
    """What would have to change for a grant. ``status``: granted, found, impossible, waiting, not_found.

    ``waiting``: facts that others provide are missing, and without them there is no way.
    """

    policy: str
    as_of: date
    status: str
    changes: tuple[Change, ...] = ()

    def words(self, locale: str) -> str:
        """It all in one sentence, in ``zh`` or ``en``."""
        zh = locale == "zh"
        if self.status != FOUND:
            return _SAID[self.status][not zh]
        parts = [one.words(locale) for one in self.changes]
        return (
            f"若{'，并'.join(parts)}，则可通过"
            if zh
            else f"If {' and '.join(parts)}, it is granted."
        )

    def as_dict(self) -> dict[str, Any]:
        """JSON data."""
        return {
            "policy": self.policy,
            "as_of": self.as_of.isoformat(),
            "status": self.status,
            "text": self.words("zh"),
            "text_en": self.words("en"),
            "changes": [one.as_dict() for one in self.changes],
        }


def changes_for(
    *, book: Book, decider: Decider, policy_id: str, facts: Mapping[str, object], as_of: date
) -> Changes:
    """The smallest change to facts that their owner can change, so that a policy grants.

    The fewest facts first, then the shortest way from the values they have. Facts are as the site
    keeps them (money in fen); those that others provide stay as they are, missing ones missing. What
    is proposed has been decided, by both readers, and granted. Raises as ``Decider.decide``::

        told = changes_for(
            book=book, decider=decider, policy_id="announcement-redaction",
            facts={"announcement.wishes_recorded": True, "announcement.consented": False},
            as_of=date(2019, 9, 1),
        )
        told.words("zh")  # 若将“……同意……”由 否 改为 是，则可通过
    """
    # z3 takes a while to load, and most decisions are never asked this.
    from jiebang.policy.proving.nearest import (  # noqa: PLC0415
        Wish,
        impossible,
        nearest_grant,
        tied_facts,
    )

    admitted = admit_facts(book.vocabulary, facts)
    if decider.decide(book, policy_id, admitted, as_of).outcome == "grant":
        return Changes(policy_id, as_of, GRANTED)
    if not book.deciding[policy_id].in_force(as_of):
        return Changes(policy_id, as_of, IMPOSSIBLE)
    wish = Wish(book, policy_id, admitted, as_of)

    def granted(proposed: Mapping[str, Value]) -> bool:
        changed = {**admitted, **proposed}
        return decider.decide(book, policy_id, changed, as_of).outcome == "grant"

    proposed = nearest_grant(wish, granted)
    if proposed is not None:
        tied = set(tied_facts(book, policy_id))
        told = tuple(
            Change(
                fact=name,
                about=book.vocabulary.facts[name],
                found=admitted.get(name),
                asked=None if name in tied or name in wish.invented else value,
                withheld=name in tied,
            )
            for name, value in proposed.items()
        )
        return Changes(policy_id, as_of, FOUND, told)
    if impossible(wish):
        return Changes(policy_id, as_of, IMPOSSIBLE)
    return Changes(policy_id, as_of, WAITING if wish.lacking else NOT_FOUND)
