"""Who may do what (权限表). This one table; traversal, views and tests all read it.

A row says: on a context of that kind, these may do that. The words for *who*:

``everyone``, ``signed_in``
    the public; anybody who signed in.
``owner``
    a person holding the role *demander* for the organisation that owns the case.
``drafter``
    the person who is writing the draft.
``self``
    the person themselves.
``district_officer``
    a district officer (区科技主管部门) of the case's own district.
any other word
    a role held by the person, for the site or for any organisation.

Grants on a case (see ``cases.Grant``) add to the table, each with its cause. Staff roles count only
after the second factor. What a *stage* allows stands in ``rules/<edition>/workflow/``, not here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pyramid.authorization import Allow, Authenticated, Everyone

Entry = tuple[str, str, str]

#: Roles of the office (工作人员): each needs a second factor.
STAFF = (
    "case_officer",
    "reviewer",
    "policy_editor",
    "policy_approver",
    "district_officer",
    "auditor",
    "administrator",
)
#: Roles outside the office.
OUTSIDE = ("demander", "challenger", "agency", "expert")
ROLES = (*OUTSIDE, *STAFF)


class Row(NamedTuple):
    """One row of the table."""

    kind: str
    permission: str
    who: tuple[str, ...]


TABLE = (
    Row("site", "view_public", ("everyone",)),
    Row("site", "sign_up", ("everyone",)),
    Row("site", "own_work", ("signed_in",)),
    Row("site", "own_account", ("signed_in",)),
    Row("site", "start_demand", ("demander",)),
    Row("site", "work_queue", ("case_officer", "district_officer")),
    Row("site", "judgement_queue", ("reviewer",)),
    Row("site", "publish", ("case_officer",)),
    Row(
        "site",
        "view_rules",
        ("policy_editor", "policy_approver", "auditor", "case_officer", "reviewer"),
    ),
    Row("site", "manage_people", ("administrator",)),
    Row(
        "demand", "view_case", ("owner", "case_officer", "reviewer", "district_officer", "auditor")
    ),
    Row("demand", "view_journal", ("case_officer", "auditor")),
    Row("demand", "file", ("owner",)),
    Row("demand", "consent", ("owner",)),
    Row("demand", "withdraw", ("owner",)),
    Row("demand", "analyse", ("case_officer",)),
    Row("demand", "judge", ("reviewer",)),
    Row("demand", "work", ("case_officer",)),
    Row("draft", "edit_draft", ("drafter",)),
    Row("announcement", "view_public", ("everyone",)),
    Row("person", "own_account", ("self",)),
    Row("person", "manage_people", ("administrator",)),
    Row("organisation", "manage_people", ("administrator",)),
)

#: A grant of the first carries the second with it: who analyses a case must be able to read it.
IMPLIED = {"analyse": ("view_case",)}


def principal_for_role(role: str) -> str:
    """The principal of everybody who holds a role."""
    return f"role:{role}"


def principal_for_member(organisation: str, role: str) -> str:
    """The principal of those who hold a role for one organisation."""
    return f"organisation:{organisation}:{role}"


def principal_for_person(person: str) -> str:
    """The principal of one person."""
    return f"person:{person}"


def principal_for_district(district: str | None) -> str:
    """The principal of the district officers of one district."""
    return f"district:{district}"


def acl(kind: str, context: Any) -> list[Entry]:
    """The table's rows for a context, and its grants, as Pyramid reads them."""
    entries = [
        (Allow, _principal(who, context), row.permission)
        for row in TABLE
        if row.kind == kind
        for who in row.who
    ]
    for grant in getattr(context, "grants", ()):
        for permission in (grant.permission, *IMPLIED.get(grant.permission, ())):
            principal = principal_for_member(grant.organisation, grant.role)
            entries.append((Allow, principal, permission))
    return entries


def _principal(who: str, context: Any) -> str:
    match who:
        case "everyone":
            return str(Everyone)
        case "signed_in":
            return str(Authenticated)
        case "owner":
            return principal_for_member(context.owner, "demander")
        case "drafter":
            return principal_for_person(context.person)
        case "self":
            return principal_for_person(context.__name__)
        case "district_officer" if hasattr(context, "district"):
            return principal_for_district(context.district)
        case role:
            return principal_for_role(role)
