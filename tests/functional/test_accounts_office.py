"""The second factor, lockout, limits, organisations' members and the administrator's work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from webtest import TestApp
from webtest.response import TestResponse

from jiebang import clock
from jiebang.outbox.loop import transaction_on
from tests.functional.conftest import Mailbox, undone
from tests.functional.filling import PRE_REGISTRATION, answer, form
from tests.functional.test_accounts import (
    ADDRESS,
    ORGANISATION,
    PASSWORD,
    choose_password,
    fill,
    sign_in,
    sign_up,
    text,
)
from tests.living import Living, living


@pytest.fixture
def mailing(lasting: tuple[Living, Mailbox]) -> Iterator[Living]:
    with undone(*lasting):
        yield lasting[0]


@pytest.fixture
def mailbox(lasting: tuple[Living, Mailbox]) -> Mailbox:
    return lasting[1]


@pytest.fixture
def site(mailing: Living) -> Living:
    return mailing


def wrong_password(client: TestApp, email: str, times: int) -> TestResponse:
    for _time in range(times):
        page = sign_in(client, email, "wrong password")
        assert page.status_int == 422
    return page


def code_page(site: Living, role: str) -> tuple[TestApp, TestResponse]:
    """A browser that gave the right password, and the page that asks for the code."""
    client, account = site.stranger(), site.accounts[role]
    return client, sign_in(client, account.email, account.password)


def give(page: TestResponse, code: str) -> TestResponse:
    asked = form(page, "/sign-in-code")
    asked["code"] = code
    return asked.submit(status="*").maybe_follow()


def test_staff_hold_their_roles_after_the_code_only(site: Living) -> None:
    client, page = code_page(site, "case_officer")
    client.get("/queue", status=401)
    assert give(page, "000000").status_int == 422
    client.get("/queue", status=401)
    give(page, site.code("case_officer"))
    client.get("/queue", status=200)


def test_a_code_works_once(site: Living) -> None:
    code = site.code("reviewer")
    _first, page = code_page(site, "reviewer")
    assert give(page, code).request.path == "/my"
    _second, page = code_page(site, "reviewer")
    assert give(page, code).status_int == 422
    with clock.shifted(timedelta(minutes=1)):
        later = pyotp.TOTP(site.accounts["reviewer"].totp_secret).at(clock.now())
        assert give(page, later).request.path == "/my"


def test_wrong_codes_lock_the_account_although_the_password_is_right(site: Living) -> None:
    """Somebody with a stolen password gets a handful of codes, not any number."""
    for _try in range(site.settings.lockout_failures):
        _client, page = code_page(site, "auditor")
        give(page, "000000")
    _client, page = code_page(site, "auditor")
    assert page.status_int == 422
    with clock.shifted(timedelta(minutes=site.settings.lockout_minutes + 1)):
        _client, page = code_page(site, "auditor")
        code = pyotp.TOTP(site.accounts["auditor"].totp_secret).at(clock.now())
        assert give(page, code).request.path == "/my"


def test_wrong_passwords_lock_the_account_for_a_while(site: Living) -> None:
    account, client = site.accounts["challenger"], site.stranger()
    wrong = wrong_password(client, account.email, site.settings.lockout_failures)
    locked = sign_in(client, account.email, account.password)
    assert text(locked) == text(wrong)
    assert locked.html.find(id="email")["value"] == account.email
    assert account.password not in locked.text
    with clock.shifted(timedelta(minutes=site.settings.lockout_minutes + 1)):
        assert sign_in(client, account.email, account.password).request.path == "/my"


def test_a_right_password_begins_the_count_anew(site: Living) -> None:
    account, client = site.accounts["challenger"], site.stranger()
    for _round in range(2):
        wrong_password(client, account.email, site.settings.lockout_failures - 1)
        assert sign_in(client, account.email, account.password).request.path == "/my"


def test_an_unknown_address_sounds_like_a_wrong_password(site: Living) -> None:
    known = wrong_password(site.stranger(), site.accounts["agency"].email, 1)
    unknown = wrong_password(site.stranger(), "nobody@example.com", 1)
    assert text(known) == text(unknown)


def test_too_many_attempts_from_one_address_are_told_to_wait(tmp_path: Path) -> None:
    with living(tmp_path, **{"jiebang.sign_in_rate": "3"}) as site:
        client, account = site.stranger(), site.accounts["demander"]
        wrong_password(client, "nobody@example.com", 3)
        asked = form(client.get("/sign-in"), "/sign-in")
        asked["email"], asked["password"] = account.email, account.password
        told = asked.submit(status=429)
        assert told.html.find(id="email")["value"] == account.email
        assert "Retry-After" in told.headers
        elsewhere = TestApp(site.app, extra_environ={**client.extra_environ, "REMOTE_ADDR": "::1"})
        assert sign_in(elsewhere, account.email, account.password).request.path == "/my"
        for path in ("/forgotten", "/sign-up"):
            answers = [_ask_again(site.stranger(), path).status_int for _time in range(4)]
            assert answers[-2:] == [303, 429]


def _ask_again(client: TestApp, path: str) -> TestResponse:
    page = client.get(path)
    if path == "/sign-up":
        return answer(page, {**ORGANISATION, "email": ADDRESS}).submit("save", status="*")
    asked = form(page, path)
    asked["email"] = ADDRESS
    return asked.submit(status="*")


def test_a_link_is_too_old_after_its_hours(mailing: Living, mailbox: Mailbox) -> None:
    client = mailing.stranger()
    fill(client)
    mailing.catch_up()
    with clock.shifted(timedelta(hours=mailing.settings.link_hours, minutes=1)):
        assert "链接已失效" in text(client.get(mailbox.link(ADDRESS)))
    choose_password(client, mailbox.link(ADDRESS))
    assert sign_in(client).request.path == "/my"


def test_a_second_factor_is_set_up_with_picture_and_code(mailing: Living, mailbox: Mailbox) -> None:
    client = sign_up(mailing, mailbox)
    client.get("/second-factor.svg", status=404)
    page = client.get("/second-factor")
    secret = page.html.main.code.text
    picture = client.get(page.html.main.img["src"])
    assert picture.content_type == "image/svg+xml"
    assert b"style" not in picture.body
    asked = form(page, "/second-factor")
    asked["code"] = "000000"
    again = asked.submit(status=422)
    assert again.html.main.code.text == secret
    code = pyotp.TOTP(secret).at(clock.now())
    asked["code"] = code
    asked.submit(status=303).follow(status=200)
    page = sign_in(mailing.stranger())
    assert page.html.find(id="code") is not None
    # The code that set it up is used.
    assert give(page, code).status_int == 422


def test_what_was_typed_comes_back_after_signing_in_again(site: Living) -> None:
    client, account = site.client("demander"), site.accounts["demander"]
    draft = form(client.get("/my"), "/start").submit().follow().request.path
    page = client.get(f"{draft}section/need")
    asked = answer(page, {**PRE_REGISTRATION["need"], "need_title": "写到一半的名称"})
    client.reset()
    page = asked.submit("save", status=401)
    back = form(page, "/sign-in")
    back["email"], back["password"] = account.email, "wrong password"
    back = form(back.submit(status=422), "/sign-in")
    back["email"], back["password"] = account.email, account.password
    kept = back.submit(status=200)
    form(kept, "section/need").submit(status=303)
    assert client.get(f"{draft}section/need").html.find(attrs={"name": "need_title"})["value"] == (
        "写到一半的名称"
    )


def test_what_was_typed_outlives_a_sign_in_page_left_open(site: Living) -> None:
    """The sign-in page itself expired: what it kept is kept on."""
    client, account = site.stranger(), site.accounts["demander"]
    page = client.post("/my", {"title": "写了很久", "password": PASSWORD}, status=401)
    asked = form(page, "/sign-in")
    asked["email"], asked["password"] = account.email, account.password
    client.reset()
    expired = asked.submit(status=400)
    assert account.password not in expired.text
    again = form(form(expired, "/sign-in").submit(status=422), "/sign-in")
    again["email"], again["password"] = account.email, account.password
    kept = again.submit(status=200)
    assert kept.html.find(attrs={"name": "title"})["value"] == "写了很久"
    assert PASSWORD not in kept.text


@pytest.mark.parametrize("target", ["https://evil.invalid/", "//evil.invalid", "/\\evil.invalid"])
def test_signing_in_never_leads_to_another_site(site: Living, target: str) -> None:
    client, account = site.stranger(), site.accounts["demander"]
    asked = form(client.get("/sign-in"), "/sign-in")
    asked["email"], asked["password"], asked["target"] = account.email, account.password, target
    assert asked.submit(status=303).location == "http://127.0.0.1:6543/my"


def test_a_second_person_joins_when_a_member_agrees(mailing: Living, mailbox: Mailbox) -> None:
    first = sign_up(mailing, mailbox)
    second = sign_up(mailing, mailbox, email="second@example.com", contact="第二人")
    third = sign_up(mailing, mailbox, email="third@example.com", contact="第三人")
    assert ORGANISATION["org_name"] not in text(second.get("/account"))
    mailing.catch_up()
    assert "代表" in mailbox.to(ADDRESS)[-1]["Subject"]
    page = first.get("/account")
    assert "第二人" in text(page)
    assert "第三人" in text(page)
    decide(page, "approve-member", "第二人")
    decide(first.get("/account"), "decline-member", "第三人")
    mailing.catch_up()
    assert ORGANISATION["org_name"] in text(second.get("/account"))
    assert ORGANISATION["org_name"] not in text(third.get("/account"))
    assert "现在可以" in mailbox.to("second@example.com")[-1]["Subject"]
    assert "未获同意" in mailbox.to("third@example.com")[-1]["Subject"]
    with transaction_on(mailing.registry.database) as site:
        acts = [one.act for one in site.role_changes]
        assert sorted(acts) == ["approve-member", "decline-member"]
        assert not list(site.role_changes.broken_links())
        own = [
            one for one in site["organisations"].values() if one.name == ORGANISATION["org_name"]
        ]
        assert len(own) == 1


def decide(page: TestResponse, act: str, name: str) -> None:
    """Press the button that decides on one person's request."""
    found = [one for one in page.forms.values() if one.action == f"/{act}" and name in one.text]
    assert len(found) == 1
    found[0].submit(status=303)


def test_nobody_decides_on_requests_to_another_organisation(
    mailing: Living, mailbox: Mailbox
) -> None:
    sign_up(mailing, mailbox)
    asker = sign_up(mailing, mailbox, email="second@example.com")
    with transaction_on(mailing.registry.database) as site:
        (own,) = [one for one in site["organisations"].values() if len(one.requests)]
        request = {"organisation": own.id, "person": next(iter(own.requests))}
    request["csrf_token"] = form(asker.get("/account"), "/sign-out")["csrf_token"].value
    asker.post("/approve-member", request, status=404)
    assert ORGANISATION["org_name"] not in text(asker.get("/account"))


def test_one_person_holds_roles_for_several_organisations(
    mailing: Living, mailbox: Mailbox
) -> None:
    client = sign_up(mailing, mailbox)
    page = client.get("/another-role")
    assert page.html.find(attrs={"name": "email"})["value"] == ADDRESS
    other = {"role": "agency", "org_name": "演示服务（合肥）有限公司", "uscc": "91340100MA1K00066G"}
    wrong = answer(page, {**ORGANISATION, **other, "email": "other@example.com"})
    assert ADDRESS in text(wrong.submit("save", status=422))
    other["email"] = ADDRESS
    answer(page, {**ORGANISATION, **other}).submit("save", status=303).follow()
    # A member of an organisation takes on another role for it without asking themselves.
    answer(page, {**ORGANISATION, "role": "challenger", "email": ADDRESS}).submit(
        "save", status=303
    )
    account = text(client.get("/account"))
    for shown in (ORGANISATION["org_name"], other["org_name"], "需求方", "挑战者", "服务机构"):
        assert shown in account
    assert form(client.get("/my"), "/start")


def test_the_administrator_gives_roles_that_count_at_once(site: Living) -> None:
    administrator, officer = site.client("administrator"), site.client("case_officer")
    found = administrator.get("/people", {"text": "case-officer@"})
    asked = form(found, "/people/demo-case-officer/roles")
    assert [one.checked for one in asked.fields["role"]].count(True) == 1
    next(one for one in asked.fields["role"] if one._value == "reviewer").checked = True
    assert "演示·经办人员" in asked.submit(status=303).follow().text
    officer.get("/queue", status=401)
    with transaction_on(site.registry.database) as tree:
        assert tree["people"]["demo-case-officer"].roles == {"case_officer", "reviewer"}
        (entry,) = tree.role_changes
        assert (entry.actor, entry.act) == ("demo-administrator", "set-roles")
        assert entry.detail["roles"] == ["case_officer", "reviewer"]


def test_nobody_changes_their_own_roles(site: Living) -> None:
    administrator = site.client("administrator")
    page = administrator.get("/people", {"text": "administrator@"})
    assert not [one for one in page.forms.values() if (one.action or "").endswith("/roles")]
    token = form(page, "/sign-out")["csrf_token"].value
    for act in ("roles", "drop-second-factor"):
        administrator.post(
            f"/people/demo-administrator/{act}",
            {"csrf_token": token, "role": "policy_approver"},
            status=409,
        )
    administrator.get("/status", status=404)


def test_the_administrator_unlocks_and_frees_from_a_lost_device(site: Living) -> None:
    administrator, account = site.client("administrator"), site.accounts["reviewer"]
    wrong_password(site.stranger(), account.email, site.settings.lockout_failures)
    page = administrator.get("/people", {"text": "reviewer@"})
    form(page, "/unlock").submit(status=303)
    _client, page = code_page(site, "reviewer")
    assert page.html.find(id="code") is not None
    page = administrator.get("/people", {"text": "reviewer@"})
    form(page, "/drop-second-factor").submit(status=303)
    client, page = code_page(site, "reviewer")
    assert page.request.path == "/my"
    client.get("/judgements", status=404)
    assert "第二重验证" in text(client.get("/account"))


def test_a_role_that_does_not_exist_is_not_given(site: Living) -> None:
    administrator = site.client("administrator")
    token = form(administrator.get("/people"), "/sign-out")["csrf_token"].value
    for field, value in (("role", "demander"), ("role", "emperor"), ("district", "000000")):
        administrator.post(
            "/people/demo-expert/roles", {"csrf_token": token, field: value}, status=404
        )
