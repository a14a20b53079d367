"""Words for submissions: their states, and who may file."""

from __future__ import annotations

from jiebang.casework.filing.submitting import SIGNED_IN
from jiebang.i18n import _
from jiebang.web.accounts.words import ROLES

STATES = {
    "filed": _("Filed"),
    "returned": _("To be corrected"),
    "accepted": _("Accepted"),
    "closed": _("Closed"),
}
#: What happens next in each state, for whoever filed it.
NEXT = {
    "filed": _("The office looks at it. You are told by letter when something is needed."),
    "returned": _("Correct what was marked and file again."),
    "accepted": _("The office deals with it. The result appears here."),
    "closed": _("Nothing more is to be done."),
}
#: And for the office that handles it.
NEXT_OF_OFFICE = {
    "filed": _("Look through it: accept it, return it for correction from its page, or close it."),
    "returned": _("Waits for whoever filed it."),
    "accepted": _("Deal with it, then close it and say what came of it."),
    "closed": _("Nothing more is to be done."),
}
FILERS = {**ROLES, SIGNED_IN: _("Everybody who has signed in")}
