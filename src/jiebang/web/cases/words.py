"""Words for outcomes and states, which the rule files leave to the screens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from jiebang.i18n import _

OUTCOMES = {
    "grant": _("Granted"),
    "deny": _("Refused"),
    "undetermined": _("Not determined yet"),
    "not_in_force": _("Not in force on that day"),
}
STATES = {"met": _("Met"), "unmet": _("Not met"), "unknown": _("Not known")}
BASES = {
    "interpretation": _("interpretation"),
    "unverified": _("not verified"),
}


def spoken(part: Mapping[str, Any], locale: str) -> str:
    """The text of a reason or condition in the reader's language, Chinese when there is no other."""
    return str(
        part.get("text") if locale.startswith("zh") else part.get("text_en") or part.get("text")
    )


class Leaf(NamedTuple):
    """One condition of a decision as a row of its table."""

    label: str
    asked: str
    found: str
    state: str
    clause: str
    basis: str


def leaves(trace: Any, locale: str) -> Iterator[Leaf]:
    """Every condition in a decision's trace, in order."""
    if isinstance(trace, list):
        for one in trace:
            yield from leaves(one, locale)
    elif isinstance(trace, dict):
        if "fact" in trace:
            label = trace["label"]
            yield Leaf(
                label=label["zh"] if locale.startswith("zh") else label["en"] or label["zh"],
                asked=str(trace.get("asked", "")),
                found="—" if trace.get("found") is None else str(trace["found"]),
                state=trace["state"],
                clause=trace.get("clause", ""),
                basis=trace.get("basis", "text"),
            )
        for one in trace.values():
            yield from leaves(one, locale)
