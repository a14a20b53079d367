"""Words and marks about policies that their files leave to the screens."""

from __future__ import annotations

from jiebang.casework.desk import SYSTEM
from jiebang.i18n import _

#: Folders that books usually have; one of another name is shown by its name.
FOLDERS = {
    "agency": _("Service agencies"),
    "awards": _("Awards and titles"),
    "complaints": _("Complaints and supervision"),
    "confidentiality": _("Confidentiality"),
    "contracts": _("Technology contracts"),
    "district": _("Districts"),
    "eligibility": _("Who may take part"),
    "matching": _("Matching and the on-site round"),
    "openness": _("Openness and fairness"),
    "organisation": _("Organisation"),
    "publication": _("Publication of demands"),
    "reward": _("Rewards of demanders"),
    "services": _("Services"),
    "solutions": _("Solutions"),
    "summary": _("Summing up"),
    "support": _("Support"),
    "vouchers": _("Innovation vouchers"),
}

#: The look of the mark of each basis (依据): what nobody has verified stands out.
BASIS_TAGS = {"text": "", "interpretation": "tag--act", "unverified": "tag--warn"}


def published_by(by: str) -> object:
    """Who published a book: the site itself, or an account of its server at the command line."""
    kind, _colon, account = by.partition(":")
    if kind == "command":
        return _("command line (${account})", mapping={"account": account})
    return _("by itself, at the first start") if by == SYSTEM.person else by
