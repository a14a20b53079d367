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
#: Where a fact came from, by the first word of its origin (``casework.facts``).
ORIGINS = {
    "form": _("From a form that was filed"),
    "party": _("From the registered details of the organisation"),
    "judgement": _("Judged by a reviewer"),
    "case": _("From the case itself"),
}


def spoken(part: Mapping[str, Any], locale: str) -> str:
    """The text of a reason or condition in the reader's language, Chinese when there is no other."""
    return str(
        part.get("text") if locale.startswith("zh") else part.get("text_en") or part.get("text")
    )


class Leaf(NamedTuple):
    """One condition of a decision as a row of its table."""

    rule: str
    label: str
    asked: str
    found: str
    state: str
    clause: str


def leaves(content: Mapping[str, Any], locale: str) -> Iterator[Leaf]:
    """Every condition in a decision's trace, rule by rule, in reading order."""
    language = "zh" if locale.startswith("zh") else "en"
    for rule in content["trace"]:
        yield from _leaves(rule["when"], rule["title"][language], language)


def _leaves(node: Mapping[str, Any], rule: str, language: str) -> Iterator[Leaf]:
    if node["kind"] == "leaf":
        yield Leaf(
            rule=rule,
            label=node["label"][language],
            asked=node["asked_text"][language],
            found=node["found_text"][language],
            state=node["state"],
            clause=node["clause"],
        )
    for part in node.get("parts", ()):
        yield from _leaves(part, rule, language)
