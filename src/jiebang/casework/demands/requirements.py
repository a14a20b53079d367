"""What a transition may ask of a case besides policies: the words of the workflow file, and no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jiebang.casework.accounts.vouching import code_in_doubt
from jiebang.casework.demands.announcing import consent_stands
from jiebang.casework.desk import Desk
from jiebang.model.cases import Demand
from jiebang.workflow.definition import Requirement


def holds(*, desk: Desk, case: Demand, requirement: Requirement) -> bool:
    """Whether a case meets one requirement of a transition."""
    return KINDS[requirement.kind](desk, case, requirement.name)


KINDS: Mapping[str, Callable[[Desk, Demand, str], bool]] = {
    "document": lambda _desk, case, form_id: case.current(form_id) is not None,
    "consent": lambda desk, case, _subject: consent_stands(desk=desk, case=case),
    "batch": lambda _desk, case, _state: case.batch is not None,
    "check": lambda desk, case, what: CHECKS[what](desk, case),
}

CHECKS: Mapping[str, Callable[[Desk, Demand], bool]] = {
    "credit-code": lambda desk, case: not code_in_doubt(desk.site["organisations"][case.owner]),
    "corrected": lambda _desk, case: not any(one.is_open for one in case.corrections),
}
