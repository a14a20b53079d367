"""Words for outcomes and states, which the rule files leave to the screens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jiebang.i18n import _

OUTCOMES = {
    "grant": _("Granted"),
    "deny": _("Refused"),
    "none": _("No verdict"),
    "value": _("Worked out"),
    "undetermined": _("Not determined yet"),
    "not_in_force": _("Not in force on that day"),
}
STATES = {"met": _("Met"), "unmet": _("Not met"), "unknown": _("Not known")}
BASES = {
    "text": _("from the text"),
    "interpretation": _("interpretation"),
    "unverified": _("not verified"),
}
#: Where a fact came from, by the first word of its origin (``casework.facts``).
ORIGINS = {
    "form": _("From a form that was filed"),
    "party": _("From the registered details of the organisation"),
    "judgement": _("Judged by a reviewer"),
    "case": _("From the case itself"),
    "journal": _("From the journal of the case"),
}
#: How a decision came out when it was computed again (``casework.replaying``).
REPLAYS = {
    "same": _("The same, to the byte"),
    "explained": _("Decided the same; explained in an older format"),
    "differs": _("Not the same: the auditor must look at this"),
    "altered": _("The record was altered after it was made: the auditor must look at this"),
    "no_version": _("Not possible: this site does not keep the version it was made by"),
    "unanswered": _("Not possible just now: the rule engine gave no answer"),
}


def spoken(part: Mapping[str, Any], locale: str) -> str:
    """The text of a reason or condition in the reader's language, Chinese when there is no other."""
    return str(
        part.get("text") if locale.startswith("zh") else part.get("text_en") or part.get("text")
    )
