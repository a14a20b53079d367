"""Signing up, signing in and looking after one's account, with letters over real SMTP."""

from __future__ import annotations

from typing import Any

from webtest import TestApp
from webtest.response import TestResponse

from tests.functional.conftest import Mailbox
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
    assert letter["Subject"] == "请确认您的邮箱地址"
    choose_password(client, mailbox.link(ADDRESS))
    assert sign_in(client).request.path == "/my"
    account = text(client.get("/account"))
    assert ORGANISATION["org_name"] in account
    assert "需求方" in account
    assert form(client.get("/my"), "/start").submit().follow().status_int == 200
