"""Signing up, signing in and looking after one's account, with letters over real SMTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from webtest import TestApp
from webtest.response import TestResponse

from tests.functional.conftest import Mailbox, undone
from tests.functional.filling import answer, form
from tests.living import Living

PASSWORD = "correct horse battery staple"
ORGANISATION = {
    "role": "demander",
    "subject_kind": "legal_person",
    "org_name": "演示企业（闵行）有限公司",
    "country": "domestic",
    "uscc": "91310112MA1K00031X",
    "org_attr": "enterprise",
    "contact": "联系岗",
    "mobile": "13800000000",
    "agree": True,
}
ADDRESS = "new@example.com"


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


def fill(client: TestApp, **answers: Any) -> TestResponse:
    """Send the sign-up form with these answers and follow to the next page, if any."""
    response = answer(client.get("/sign-up"), {**ORGANISATION, "email": ADDRESS, **answers}).submit(
        "save", status="*"
    )
    return response.maybe_follow()


def choose_password(client: TestApp, link: str, password: str = PASSWORD) -> TestResponse:
    asked = form(client.get(link), link.partition("?")[0])
    asked["password"] = password
    return asked.submit(status="*").maybe_follow()


def sign_in(client: TestApp, email: str = ADDRESS, password: str = PASSWORD) -> TestResponse:
    asked = form(client.get("/sign-in"), "/sign-in")
    asked["email"], asked["password"] = email, password
    return asked.submit(status="*").maybe_follow()


def sign_up(site: Living, mailbox: Mailbox, **answers: Any) -> TestApp:
    """A browser of somebody who signed up, proved the address and signed in."""
    client, email = site.stranger(), answers.get("email", ADDRESS)
    fill(client, **answers)
    site.catch_up()
    choose_password(client, mailbox.link(email))
    sign_in(client, email)
    return client


def text(response: TestResponse) -> str:
    return str(response.html.main.text)


def test_an_organisation_signs_up_and_files_as_demander(mailing: Living, mailbox: Mailbox) -> None:
    client = mailing.stranger()
    assert "邮件已发出" in text(fill(client))
    assert mailing.catch_up() > 0
    (letter,) = mailbox.to(ADDRESS)
    assert letter["Subject"] == "请确认您的电子邮箱"
    choose_password(client, mailbox.link(ADDRESS))
    assert sign_in(client).request.path == "/my"
    account = text(client.get("/account"))
    assert ORGANISATION["org_name"] in account
    assert "需求方" in account
    assert form(client.get("/my"), "/start").submit().follow().status_int == 200


def test_a_natural_person_and_a_body_from_abroad_sign_up(mailing: Living, mailbox: Mailbox) -> None:
    person = sign_up(
        mailing,
        mailbox,
        email="one@example.com",
        role="challenger",
        subject_kind="natural_person",
        person_name="挑战者甲",
        person_country="新加坡",
    )
    assert "挑战者甲" in text(person.get("/account"))
    abroad = {"country": "overseas", "country_name": "CN", "reg_no": "91310112MA1K00031X"}
    foreign = sign_up(mailing, mailbox, email="two@example.com", org_name="Example Ltd", **abroad)
    assert "Example Ltd" in text(foreign.get("/account"))
    # A country somebody typed does not make a number a credit code of the same spelling.
    domestic = sign_up(mailing, mailbox, email="three@example.com")
    assert ORGANISATION["org_name"] in text(domestic.get("/account"))


def test_an_undertaking_unit_and_a_team_sign_up(mailing: Living, mailbox: Mailbox) -> None:
    team = {"subject_kind": "team", "team_name": "某科研团队", "person_name": "团队负责人"}
    leader = sign_up(
        mailing, mailbox, email="team@example.com", role="challenger", person_country="中国", **team
    )
    assert "团队负责人" in text(leader.get("/account"))
    host = sign_up(mailing, mailbox, role="host")
    # Its people get their roles by hand, so nobody is told that somebody was asked.
    assert ORGANISATION["org_name"] not in text(host.get("/account"))
    page = answer(host.get("/another-role"), {**ORGANISATION, "email": ADDRESS, "role": "host"})
    said = page.submit("save", status=422).html.select('[role="alert"] a')
    assert [one["href"].startswith("#f-role") for one in said] == [True]


def test_sign_up_keeps_what_was_typed_and_names_each_field(mailing: Living) -> None:
    page = answer(
        mailing.stranger().get("/sign-up"),
        {**ORGANISATION, "email": "not an address", "uscc": "9131", "contact": ""},
    ).submit("save", status=422)
    assert page.html.title.text.startswith("错误：")
    linked = {one["href"] for one in page.html.select('[role="alert"] a')}
    assert len(linked) == 3
    for anchor in linked:
        field = page.html.select_one(anchor)
        assert field is not None
    assert page.html.find(attrs={"name": "org_name"})["value"] == ORGANISATION["org_name"]
    assert page.html.find(attrs={"name": "email"})["value"] == "not an address"


def test_a_registered_address_is_told_by_letter_only(mailing: Living, mailbox: Mailbox) -> None:
    sign_up(mailing, mailbox)
    again = fill(mailing.stranger(), org_name="别的单位")
    fresh = fill(mailing.stranger(), email="fresh@example.com")
    assert text(again) == text(fresh)
    mailing.catch_up()
    assert mailbox.to(ADDRESS)[-1]["Subject"] == "您已注册"


def test_the_newest_answers_count_until_the_address_is_proved(
    mailing: Living, mailbox: Mailbox
) -> None:
    client = mailing.stranger()
    fill(client, org_name="打错的名称")
    mailing.catch_up()
    old = mailbox.link(ADDRESS)
    fill(client)
    mailing.catch_up()
    assert "链接已失效" in text(client.get(old))
    page = client.get(mailbox.link(ADDRESS))
    assert ORGANISATION["org_name"] in text(page)
    assert "打错的名称" not in text(page)


def test_a_link_works_once_and_for_its_purpose_only(mailing: Living, mailbox: Mailbox) -> None:
    sign_up(mailing, mailbox)
    client = mailing.stranger()
    confirm = mailbox.link(ADDRESS)
    assert "链接已失效" in text(client.get(confirm))
    forget(mailing, ADDRESS)
    reset = mailbox.link(ADDRESS)
    assert "链接已失效" in text(client.get(reset.replace("/reset", "/confirm")))
    assert "链接已失效" in text(client.get(reset[:-1] + ("A" if reset[-1] != "A" else "B")))
    choose_password(client, reset, "another long password")
    assert "链接已失效" in text(client.get(reset))
    assert sign_in(client, password="another long password").request.path == "/my"


def forget(site: Living, email: str) -> TestResponse:
    asked = form(site.stranger().get("/forgotten"), "/forgotten")
    asked["email"] = email
    page = asked.submit(status="*").maybe_follow()
    site.catch_up()
    return page


def test_forgetting_tells_no_stranger_who_is_registered(mailing: Living, mailbox: Mailbox) -> None:
    sign_up(mailing, mailbox)
    before = len(mailbox.letters)
    assert text(forget(mailing, ADDRESS)) == text(forget(mailing, "nobody@example.com"))
    assert len(mailbox.letters) == before + 1


def test_a_new_password_ends_every_session(mailing: Living, mailbox: Mailbox) -> None:
    here = sign_up(mailing, mailbox)
    forget(mailing, ADDRESS)
    choose_password(mailing.stranger(), mailbox.link(ADDRESS), "another long password")
    here.get("/my", status=401)


def test_changing_the_password_ends_the_other_sessions(mailing: Living, mailbox: Mailbox) -> None:
    here, elsewhere = sign_up(mailing, mailbox), mailing.stranger()
    sign_in(elsewhere)
    asked = form(here.get("/account"), "/change-password")
    asked["password_now"], asked["password"] = "wrong", "another long password"
    refused = asked.submit(status=422)
    assert refused.html.select_one('[role="alert"] a')["href"] == "#password-now"
    assert "another long password" not in refused.text
    asked["password_now"], asked["password"] = PASSWORD, "short"
    assert asked.submit(status=422).html.select_one('[role="alert"] a')["href"] == "#password"
    asked["password"] = "another long password"
    asked.submit(status=303).follow(status=200)
    elsewhere.get("/my", status=401)


def test_signing_out_everywhere_does(mailing: Living, mailbox: Mailbox) -> None:
    here, elsewhere = sign_up(mailing, mailbox), mailing.stranger()
    sign_in(elsewhere)
    form(here.get("/account"), "/sign-out-everywhere").submit(status=303)
    for client in (here, elsewhere):
        client.get("/my", status=401)


def test_signing_out_ends_this_session(site: Living) -> None:
    client = site.client("demander")
    leaving = form(client.get("/my"), "/sign-out")
    leaving.submit(status=303)
    client.get("/my", status=401)
    # The page was still open in another tab: that is no error of the visitor.
    assert leaving.submit(status=401).html.select('form[action="/sign-in"]')


def test_letters_come_in_the_language_that_was_chosen(mailing: Living, mailbox: Mailbox) -> None:
    client = sign_up(mailing, mailbox)
    form(client.get("/account"), "/letters-language").submit("to", index=1, status=303)
    forget(mailing, ADDRESS)
    assert mailbox.to(ADDRESS)[-1]["Subject"] == "Choose a new password"
