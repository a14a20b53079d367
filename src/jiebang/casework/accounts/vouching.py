"""Vouching for a credit code (统一社会信用代码) whose check digit fails: some lawful codes do."""

from __future__ import annotations

from datetime import datetime

from jiebang.casework.desk import Actor, Desk
from jiebang.casework.telling import tell
from jiebang.errors import Refused
from jiebang.i18n import _
from jiebang.identifiers import Verdict, check_credit_code
from jiebang.model.cases import Demand
from jiebang.model.people import Organisation

#: The attribute that says who vouched and why.
VOUCHED = "credit_code_vouched"


def code_in_doubt(organisation: Organisation) -> bool:
    """Whether the code fails its check digit (GB 32100-2015) and nobody vouched for it yet."""
    identifier = organisation.identifier
    return (
        identifier is not None
        and identifier.is_credit_code
        and VOUCHED not in organisation.attributes
        and check_credit_code(identifier.number) is Verdict.BAD_CHECK
    )


def vouch_for_code(*, desk: Desk, case: Demand, reason: str, actor: Actor, at: datetime) -> None:
    """Accept the owner's code with a recorded reason. Raises ``Refused`` without one."""
    if not reason.strip():
        raise Refused([_("Say why the code is right, for example: as on the business licence.")])
    organisation = desk.site["organisations"][case.owner]
    organisation.attributes[VOUCHED] = {"by": actor.person, "at": at, "reason": reason.strip()}
    case.journal.write(at=at, actor=actor.person, act="vouch-for-code", reason=reason.strip())
    tell(desk=desk, case=case, kind="vouched", at=at)
