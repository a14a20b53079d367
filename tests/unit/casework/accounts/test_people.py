"""Accounts without a server: what is kept, what counts, and what letters say."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher

from jiebang.casework.accounts import joining, second_factor
from jiebang.casework.accounts import people as accounts
from jiebang.casework.accounts.demo_accounts import STAFF_NAMES, create_demo_accounts
from jiebang.casework.letters.cases import ACCOUNT, compose, read_token, sign_token
from jiebang.casework.policies.rulebook import read_rules
from jiebang.errors import Refused
from jiebang.model.feed import Change
from jiebang.model.people import Person
from jiebang.model.permissions import ROLES
from jiebang.model.site import Site
from jiebang.settings import Settings

ROOT = Path(__file__).parents[4]
NOW = datetime(2019, 8, 5, 1, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
ANSWERS = {
    "role": "demander",
    "org_name": "演示企业（上海）有限公司",
    "uscc": "91310000MA1K00015N",
    "org_attr": "enterprise",
    "contact": "联系岗",
    "mobile": "13800000000",
    "email": "desk@example.com",
}


@pytest.fixture(scope="module")
def rules() -> Any:
    return read_rules(ROOT / "rules" / "shanghai-2019", ROOT / "forms")


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings(
        rules=ROOT / "rules",
        forms=ROOT / "forms",
        locales=ROOT / "locales",
        edition="shanghai-2019",
        var=ROOT,
        fonts=ROOT,
        site_url="https://jiebang.invalid",
        allowed_hosts=("jiebang.invalid",),
        session_secret="for tests only: thirty-two characters",
        mail="console",
        mail_from="noreply@jiebang.invalid",
    )


def registered(site: Site, rules: Any, **answers: str) -> Person:
    """Somebody who signed up and proved the address."""
    person = signed_up(site, **answers)
    accounts.prove_address(site=site, rules=rules, person=person, password=PASSWORD, at=NOW)
    return person


def signed_up(site: Site, **answers: str) -> Person:
    given = {key: value for key, value in {**ANSWERS, **answers}.items() if value}
    accounts.sign_up(site=site, answers=given, locale="zh_CN", at=NOW)
    person: Person = site["people"][site.emails.get(given["email"].strip().lower())]
    return person


def check(site: Site, settings: Settings, password: str, email: str = ANSWERS["email"]) -> Any:
    return accounts.check_password(
        site=site, email=email, password=password, settings=settings, at=NOW
    )


def test_the_address_is_one_in_any_spelling(site: Site, rules: Any, settings: Settings) -> None:
    person = registered(site, rules, email=" Desk@Example.com ")
    assert check(site, settings, PASSWORD, "DESK@example.COM ") is person


def test_nobody_signs_in_before_the_address_is_proved(site: Site, settings: Settings) -> None:
    person = signed_up(site)
    assert check(site, settings, "") is None
    assert person.memberships == {}
    # Checking what is kept for them takes as long as checking a real password.
    assert not accounts.HASHER.check_needs_rehash(person.credentials.password)


def test_an_old_hash_is_made_anew_at_the_next_sign_in(
    site: Site, rules: Any, settings: Settings
) -> None:
    person = registered(site, rules)
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    person.credentials.password = weak.hash(PASSWORD)
    assert check(site, settings, "wrong password") is None
    assert weak.check_needs_rehash(person.credentials.password) is False
    assert check(site, settings, PASSWORD) is person
    assert accounts.HASHER.check_needs_rehash(person.credentials.password) is False
    assert check(site, settings, PASSWORD) is person


def test_a_short_password_is_refused(site: Site, rules: Any) -> None:
    with pytest.raises(Refused):
        accounts.prove_address(
            site=site, rules=rules, person=signed_up(site), password="short", at=NOW
        )


@pytest.mark.parametrize(
    ("uscc", "declared", "kind", "province", "district"),
    [
        ("91310000MA1K00015N", "enterprise", "enterprise", "上海市", None),
        ("91310112MA1K00031X", "enterprise", "enterprise", "上海市", "310112"),
        ("91320500MA1K0004X2", "enterprise", "enterprise", "江苏省", None),
        # The code is the stronger word on what is an enterprise.
        ("91310112MA1K00031X", "university", "enterprise", "上海市", "310112"),
        ("12310000MA1K00061L", "enterprise", "public_institution", "上海市", None),
        ("12310000MA1K00061L", "other", "public_institution", "上海市", None),
        ("12310000MA1K00061L", "university", "university", "上海市", None),
    ],
)
def test_what_policies_read_of_an_organisation(
    site: Site,
    rules: Any,
    uscc: str,
    declared: str,
    kind: str,
    province: str,
    district: str | None,
) -> None:
    person = registered(site, rules, uscc=uscc, org_attr=declared)
    (key,) = person.memberships
    facts = site["organisations"][key].attributes
    assert (facts["entity_type"], facts["registered_province"]) == (kind, province)
    assert facts["district"] == district


def test_a_code_is_registered_once_in_any_spelling(site: Site, rules: Any) -> None:
    first = registered(site, rules)
    second = registered(site, rules, uscc="９1310000ma1k-0001 5n", email="two@example.com")
    assert second.memberships == {}
    (organisation,) = site["organisations"].values()
    assert list(organisation.members) == [first.id]
    assert dict(organisation.requests) == {second.id: "demander"}


def test_a_foreign_number_is_registered_once_in_any_spelling(site: Site, rules: Any) -> None:
    abroad = {"uscc": "", "country_name": "Singapore", "reg_no": "20190805-K"}
    registered(site, rules, **abroad)
    again = {**abroad, "country_name": "SINGAPORE", "reg_no": "20190805k"}
    assert registered(site, rules, email="two@example.com", **again).memberships == {}
    (organisation,) = site["organisations"].values()
    assert organisation.attributes["registered_province"] == "境外"


def test_only_a_member_decides_and_only_once(site: Site, rules: Any) -> None:
    first = registered(site, rules)
    second = registered(site, rules, email="two@example.com")
    (organisation,) = site["organisations"].values()
    asked = {"site": site, "organisation": organisation, "person_id": second.id, "at": NOW}
    with pytest.raises(Refused):
        joining.approve(**asked, actor=second)
    joining.approve(**asked, actor=first)
    assert second.memberships[organisation.id] == {"demander"}
    for decide in (joining.approve, joining.decline):
        with pytest.raises(Refused):
            decide(**asked, actor=first)


def test_the_feed_holds_nothing_personal(site: Site, rules: Any) -> None:
    first = registered(site, rules)
    second = registered(site, rules, email="two@example.com")
    (organisation,) = site["organisations"].values()
    joining.approve(site=site, organisation=organisation, person_id=second.id, actor=first, at=NOW)
    accounts.ask_for_reset(site=site, email="two@example.com", at=NOW)
    changes = [change for _shard, _number, change in site.feed.after({})]
    assert len(changes) == 5
    for change in changes:
        assert change.detail.keys() == {"letter"}
        assert change.path.startswith("/people/")
        told = json.dumps([change.path, dict(change.detail)], ensure_ascii=False)
        assert not [word for word in ANSWERS.values() if len(word) > 8 and word in told]


def test_a_code_is_good_for_its_own_step_and_its_neighbours(
    site: Site, rules: Any, settings: Settings
) -> None:
    person = registered(site, rules)
    person.credentials.totp_secret = secret = second_factor.new_secret()
    code = pyotp.TOTP(secret).at

    def verify(minutes: float) -> bool:
        return second_factor.verify(
            person=person,
            code=code(NOW + timedelta(minutes=minutes)),
            settings=settings,
            at=NOW,
        )

    assert not verify(-1)
    assert verify(-0.5)
    assert verify(0)
    # An earlier code is spent as well.
    assert not verify(-0.5)
    assert not verify(0)
    assert verify(0.5)
    assert not verify(1)


def test_roles_given_stand_in_a_journal_that_shows_tampering(site: Site, rules: Any) -> None:
    person, by = registered(site, rules), registered(site, rules, email="two@example.com")
    roles = frozenset({"reviewer", "demander"})
    given: dict[str, Any] = {"site": site, "roles": roles, "districts": frozenset(), "at": NOW}
    epoch = person.credentials.epoch
    accounts.set_roles(**given, person=person, by=by)
    # Roles for organisations come from the organisations.
    assert person.roles == {"reviewer"}
    assert person.credentials.epoch > epoch
    with pytest.raises(Refused):
        accounts.set_roles(**given, person=by, by=by)
    assert [entry.detail["roles"] for entry in site.role_changes] == [["reviewer"]]
    assert not list(site.role_changes.broken_links())


def test_a_token_is_for_one_person_purpose_and_epoch(
    site: Site, rules: Any, settings: Settings
) -> None:
    person = registered(site, rules)
    token = sign_token(person=person, purpose="reset", settings=settings)
    soon = datetime.now(UTC) + timedelta(hours=settings.link_hours, minutes=-1)

    def read(purpose: str, at: datetime, token: str = token) -> Person | None:
        return read_token(site=site, token=token, purpose=purpose, settings=settings, at=at)

    assert read("reset", soon) is person
    assert read("confirm", soon) is None
    assert read("reset", soon + timedelta(minutes=2)) is None
    assert read("reset", soon, "") is None
    accounts.sign_out_everywhere(person=person)
    assert read("reset", soon) is None


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
@pytest.mark.parametrize("kind", ACCOUNT)
def test_every_letter_is_whole_in_both_languages(
    site: Site, rules: Any, settings: Settings, kind: str, locale: str
) -> None:
    person = registered(site, rules)
    person.locale = locale
    change = Change(NOW, f"/people/{person.id}", "letter", {"letter": kind})
    (letter,) = compose(site=site, change=change, settings=settings, rulebook={})
    assert letter.to == person.email
    assert letter.body.count(settings.site_url) == 1
    assert "${" not in letter.subject + letter.body
    chinese = any("一" <= sign <= "龥" for sign in letter.subject)
    assert chinese == (locale == "zh_CN")


def test_there_is_one_demo_account_for_every_role(site: Site, rules: Any) -> None:
    made = create_demo_accounts(site=site, rules=rules, at=NOW)
    assert {one.role for one in made} >= set(ROLES)
    assert len({one.password for one in made}) == len(made)
    for one in made:
        assert one.email.endswith("@jiebang.invalid")
        assert one.totp_uri.startswith("otpauth://") == (one.role in STAFF_NAMES)
    assert create_demo_accounts(site=site, rules=rules, at=NOW) == []
