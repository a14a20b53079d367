"""Who may do what (权限表). This one table; traversal, views and tests all read it.

A row says: on a context of that kind, these may do that. The words for *who*:

``everyone``, ``signed_in``
    the public; anybody who signed in.
``owner``
    a person holding the role that owns the case (*demander* for a demand) for the organisation that
    owns it; of a case that no organisation owns, the person who filed it.
``handler``
    whoever handles the submission: the roles of the office that its form named when it was filed,
    district officers only in its own district where it has one.
``drafter``
    the person who is writing the draft, or who brought in the workbook.
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

from collections.abc import Iterator
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
    Row("site", "file_forms", ("signed_in",)),
    Row("site", "work_queue", ("case_officer", "district_officer")),
    Row(
        "site",
        "submission_queue",
        ("case_officer", "reviewer", "district_officer", "auditor"),
    ),
    Row("site", "import_forms", ("case_officer", "district_officer")),
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
    Row("demand", "return_document", ("case_officer",)),
    Row("demand", "handle", ("case_officer",)),
    Row("demand", "reveal", ("case_officer",)),
    Row("submission", "view_case", ("owner", "handler", "auditor")),
    Row("submission", "view_journal", ("handler", "auditor")),
    Row("submission", "withdraw", ("owner",)),
    Row("submission", "handle", ("handler",)),
    Row("submission", "return_document", ("handler",)),
    Row("submission", "reveal", ("handler",)),
    Row("draft", "edit_draft", ("drafter",)),
    Row("import", "own_import", ("drafter",)),
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
        (Allow, principal, row.permission)
        for row in TABLE
        if row.kind == kind
        for who in row.who
        for principal in _principals(who, context)
    ]
    for grant in getattr(context, "grants", ()):
        for permission in (grant.permission, *IMPLIED.get(grant.permission, ())):
            principal = principal_for_member(grant.organisation, grant.role)
            entries.append((Allow, principal, permission))
    return entries


def _principals(who: str, context: Any) -> Iterator[str]:
    match who:
        case "everyone":
            yield str(Everyone)
        case "signed_in":
            yield str(Authenticated)
        case "owner":
            yield _owner(context)
        case "handler":
            # A role outside the office would let in everybody who holds it for any organisation.
            yield from (_handler(role, context) for role in context.handled_by if role in STAFF)
        case "drafter":
            yield principal_for_person(context.person)
        case "self":
            yield principal_for_person(context.__name__)
        case "district_officer" if hasattr(context, "district"):
            yield principal_for_district(context.district)
        case role:
            yield principal_for_role(role)


def _owner(context: Any) -> str:
    if context.owner:
        return principal_for_member(context.owner, context.owner_role)
    return principal_for_person(context.person)


def _handler(role: str, context: Any) -> str:
    if role == "district_officer" and context.district:
        return principal_for_district(context.district)
    return principal_for_role(role)
