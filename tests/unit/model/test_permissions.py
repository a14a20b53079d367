from types import SimpleNamespace

from pyramid.authorization import ACLHelper, Everyone

from jiebang.model.cases import Grant
from jiebang.model.permissions import (
    OUTSIDE,
    ROLES,
    STAFF,
    TABLE,
    acl,
    principal_for_district,
    principal_for_member,
    principal_for_person,
    principal_for_role,
)

CASE_OFFICER = principal_for_role("case_officer")

WORDS = {"everyone", "signed_in", "owner", "handler", "drafter", "self"}


def demand(**more: object) -> SimpleNamespace:
    context = SimpleNamespace(
        owner="o1", owner_role="demander", district="310112", grants=(), **more
    )
    context.__acl__ = lambda: acl("demand", context)
    return context


def submission(**changed: object) -> SimpleNamespace:
    context = SimpleNamespace(
        **{
            "owner": "o1",
            "owner_role": "challenger",
            "person": "p1",
            "handled_by": ("case_officer", "district_officer"),
            "district": "310112",
            **changed,
        }
    )
    context.__acl__ = lambda: acl("submission", context)
    return context


def may(context: object, permission: str, *principals: str) -> bool:
    return bool(ACLHelper().permits(context, [Everyone, *principals], permission))


def test_the_table_speaks_only_of_known_roles_and_says_nothing_twice() -> None:
    assert {who for row in TABLE for who in row.who} <= {*WORDS, *ROLES}
    assert len({(row.kind, row.permission) for row in TABLE}) == len(TABLE)
    assert not set(STAFF) & set(OUTSIDE)


def test_only_the_owners_own_demanders_may_file_on_a_case() -> None:
    assert may(demand(), "file", principal_for_member("o1", "demander"))
    assert not may(demand(), "file", principal_for_member("o2", "demander"))
    assert not may(demand(), "file", principal_for_member("o1", "challenger"))
    assert not may(demand(), "file", principal_for_role("demander"))


def test_a_district_officer_sees_the_cases_of_the_own_district() -> None:
    assert may(demand(), "view_case", principal_for_district("310112"))
    assert not may(demand(), "view_case", principal_for_district("310115"))
    assert not may(demand(), "view_case", principal_for_role("district_officer"))


def test_a_grant_opens_the_case_and_taking_it_away_shuts_it() -> None:
    context, agency = demand(), principal_for_member("a1", "agency")
    assert not may(context, "analyse", agency)
    context.grants = (Grant("a1", "agency", "analyse", "assignment:x", None),)
    assert may(context, "analyse", agency)
    assert may(context, "view_case", agency)
    assert not may(context, "view_journal", agency)
    context.grants = ()
    assert not may(context, "view_case", agency)


def test_the_administrator_sees_no_case() -> None:
    cases = {"demand", "submission"}
    assert not [row for row in TABLE if row.kind in cases and "administrator" in row.who]


def test_a_submission_is_seen_by_those_it_was_filed_for_in_the_role_it_was_filed_under() -> None:
    assert may(submission(), "withdraw", principal_for_member("o1", "challenger"))
    for nobody in (
        principal_for_member("o1", "demander"),
        principal_for_member("o2", "challenger"),
        principal_for_role("challenger"),
        principal_for_person("p1"),
        principal_for_role("reviewer"),
    ):
        assert not may(submission(), "view_case", nobody)


def test_what_a_person_files_for_no_organisation_is_theirs_alone() -> None:
    own = submission(owner="")
    assert may(own, "view_case", principal_for_person("p1"))
    assert not may(own, "view_case", principal_for_person("p2"))
    assert not may(own, "view_case", principal_for_member("", "challenger"))


def test_a_submission_is_handled_by_the_roles_of_its_form() -> None:
    assert may(submission(), "handle", principal_for_role("case_officer"))
    assert may(submission(), "handle", principal_for_district("310112"))
    assert not may(submission(), "handle", principal_for_district("310115"))
    assert not may(submission(), "handle", principal_for_role("district_officer"))
    nowhere = submission(district=None)
    assert may(nowhere, "handle", principal_for_role("district_officer"))
    assert not may(submission(handled_by=("reviewer",)), "view_case", CASE_OFFICER)


def test_a_role_outside_the_office_never_handles() -> None:
    context = submission(handled_by=("demander",))
    assert not may(context, "view_case", principal_for_role("demander"))
