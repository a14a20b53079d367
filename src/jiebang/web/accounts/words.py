"""Words for the roles of the permission table, and for 承办单位, who register but get roles by hand."""

from __future__ import annotations

from jiebang.i18n import _

ROLES = {
    "demander": _("Demander"),
    "challenger": _("Challenger"),
    "agency": _("Service agency"),
    "expert": _("Expert"),
    "host": _("Undertaking unit"),
    "case_officer": _("Case officer"),
    "reviewer": _("Reviewer"),
    "policy_editor": _("Policy editor"),
    "policy_approver": _("Policy approver"),
    "district_officer": _("District officer"),
    "auditor": _("Auditor"),
    "administrator": _("Administrator"),
}
