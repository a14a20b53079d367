"""Bad input: a clear message at the field, nothing typed lost, and no answer that tells too much."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from webob import Request
from webtest import TestApp
from webtest.response import TestResponse

from tests.functional.filling import (
    PRE_REGISTRATION,
    answer,
    fill_sections,
    form,
    judge,
    pre_register,
    questions,
)
from tests.living import HOST, Living, living

TOO_LONG = "长" * 501
#: Ids that change from request to request, and what is derived from the address asked for.
CHANGING = re.compile(r'name="csrf_token" value="[^"]*"|name="(target|back)" value="[^"]*"')


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    with living(tmp_path_factory.mktemp("site")) as one:
        yield one


@pytest.fixture
def demander(site: Living) -> TestApp:
    return site.client("demander")


@pytest.fixture
def draft(demander: TestApp) -> str:
    return str(form(demander.get("/my"), "/start").submit().follow().request.path)


def errors(response: TestResponse) -> dict[str, str]:
    """The error summary: the field each entry leads to, and what it says."""
    return {
        one["href"].removeprefix("#"): one.text.strip()
        for one in response.html.select("[data-error-summary] a")
    }


def refused(client: TestApp, page: str, answers: dict[str, str]) -> dict[str, str]:
    """Send a page; it must come back with what was typed. Answers its errors."""
    response = answer(client.get(page), answers).submit("save", status=422)
    again = questions(client.get(page))
    for shown in (questions(response), again):
        assert {key: shown[key].value for key in answers} == answers
    assert response.html.title.text.startswith("错误：")
    said = errors(response)
    for field, message in said.items():
        at_field = response.html.find(id=f"{field}-error")
        assert at_field is not None, field
        assert at_field.text.strip() == message
        control = response.html.find(id=field)
        if control.name == "div":
            # A table of rows: its cells are marked, not the table.
            continue
        # Choices are marked as a whole.
        marked = control.find_parent("fieldset") if control.get("type") == "radio" else control
        assert marked["aria-invalid"] == "true"
        assert f"{field}-error" in marked["aria-describedby"]
    return said


def only(said: dict[str, str]) -> tuple[str, str]:
    """The one error there is."""
    assert len(said) == 1, said
    return next(iter(said.items()))


COMPANY = {
    "org_name": "演示企业（上海）有限公司",
    "country": "domestic",
    **PRE_REGISTRATION["company"],
}


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("91310000MA1K00015", "18"),
        ("91310000MA1K00015I", "I"),
        ("12345", "18"),
        ("91310115MA1K00023E", "91310000MA1K00015N"),
    ],
)
def test_a_wrong_credit_code(demander: TestApp, draft: str, code: str, says: str):
    page = f"{draft}section/company"
    field, message = only(refused(demander, page, {**COMPANY, "uscc": code}))
    assert field == "f-uscc"
    assert says in message


def test_the_code_of_somebody_else_is_not_filed(demander: TestApp, draft: str):
    stranger = {**PRE_REGISTRATION, "company": {**COMPANY, "uscc": "91310115MA1K00023E"}}
    for section, answers in stranger.items():
        answer(demander.get(f"{draft}section/{section}"), answers).submit("save", status="*")
    checked = demander.get(f"{draft}check")
    assert "91310000MA1K00015N" in checked.html.select_one("[role=alert]").text
    assert "焊接变形" in checked.text
    assert not checked.html.select('form[action$="submit"]')


def test_a_foreign_firm_without_its_country(demander: TestApp, draft: str):
    abroad = {**COMPANY, "country": "overseas", "country_name": "", "reg_no": "HRB 1234"}
    field, message = only(refused(demander, f"{draft}section/company", abroad))
    assert field == "f-country_name"
    assert "国家或地区" in message


def test_what_is_missing_is_named_field_by_field(demander: TestApp, draft: str):
    said = refused(
        demander,
        f"{draft}section/need",
        {"need_title": "", "need_brief": "写了简述。", "tech_field": ""},
    )
    assert set(said) == {"f-need_title", "f-tech_field"}
    assert "需求名称" in said["f-need_title"]


def test_a_text_that_is_too_long(demander: TestApp, draft: str):
    typed = {"need_title": "名称", "need_brief": TOO_LONG, "tech_field": "energy"}
    field, message = only(refused(demander, f"{draft}section/need", typed))
    assert field == "f-need_brief"
    assert "500" in message


@pytest.fixture(scope="module")
def analysis(site: Living) -> str:
    """The draft of an analysis, which asks for a date."""
    case = pre_register(site.client("demander"))
    judge(site.client("reviewer"), case)
    filling = form(site.client("case_officer").get(case), "fill/demand-analysis").submit()
    return str(filling.follow().request.path)


@pytest.mark.parametrize(
    "date", ["2019-13-45", "2019-02-29", "明天", "0000-00-00", "2019-08-05T00:00", "99999-01-01"]
)
def test_a_wrong_date(site: Living, analysis: str, date: str):
    officer = site.client("case_officer")
    said = refused(officer, f"{analysis}section/analysis", {"visit_date": date})
    assert date in said["f-visit_date"]
    assert "2019-08-05" in said["f-visit_date"]


@pytest.mark.parametrize("pasted", ["名\u0000称", "名\u0007称", "名\u202e称", "名\ufffe称"])
def test_pasted_control_characters(demander: TestApp, draft: str, pasted: str):
    page = f"{draft}section/need"
    typed = {"need_title": pasted, "need_brief": "简述。", "tech_field": "energy"}
    asked = questions(demander.get(page))
    fields = [(key, value) for key, value in asked.submit_fields("save") if key not in typed]
    response = demander.post(page, [*fields, *typed.items()], status="*")
    # Either the sign is refused at the field, or it is gone from what is kept; never kept silently.
    shown = demander.get(page).text
    assert "简述。" in shown
    if response.status_int == 422:
        assert set(errors(response)) == {"f-need_title"}
        now = questions(demander.get(page))
        fields = {key: now[key].value for key in ("csrf_token", "revision")}
        assert "需求名称" in demander.post(f"{draft}submit", fields, status=422).text
    else:
        assert response.status_int == 303
        assert pasted not in shown


@pytest.mark.parametrize(
    "body",
    [
        "__start__=x:sequence&need_title=a",
        "__end__=x:mapping&__end__=y:mapping",
        "__start__=need_title:mapping&a=b&__end__=need_title:mapping",
        "__start__=need_title:nonsense&__end__=need_title:nonsense",
        "%",
        "",
    ],
)
def test_a_malformed_post(demander: TestApp, draft: str, body: str):
    page = f"{draft}section/need"
    good = {"need_title": "先前写下的名称", "need_brief": "简述。", "tech_field": "energy"}
    answer(demander.get(page), good).submit("save", status=303)
    now = questions(demander.get(page))
    token, revision = now["csrf_token"].value, now["revision"].value
    response = demander.post(
        page,
        f"csrf_token={token}&revision={revision}&section=need&{body}",
        status="*",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert response.status_int in {303, 400, 422}, response.status
    assert "Traceback" not in response.text
    assert "Invalid pstruct" not in response.text
    assert "先前写下的名称" in demander.get(page).text


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data; boundary=x", "multipart/form-data", "application/json", "nonsense"],
)
def test_a_body_that_is_not_what_its_header_says(demander: TestApp, draft: str, content_type: str):
    page = f"{draft}section/need"
    headers = {
        "Content-Type": content_type,
        "X-CSRF-Token": questions(demander.get(page))["csrf_token"].value,
    }
    response = demander.post(page, "no form at all", headers=headers, status="*")
    assert response.status_int in {400, 409, 422}, response.status
    assert "Traceback" not in response.text


@pytest.mark.parametrize("revision", ["", "-1", "x", "9" * 30, "²"])
def test_a_nonsensical_revision(demander: TestApp, draft: str, revision: str):
    page = f"{draft}section/need"
    asked = answer(demander.get(page), {"need_title": "名称", "need_brief": "简述。"})
    asked["revision"].force_value(revision)
    response = asked.submit("save", status=409)
    assert "名称" in response.text


def test_an_expired_form_keeps_what_was_typed(demander: TestApp, draft: str):
    page = f"{draft}section/need"
    asked = answer(demander.get(page), {"need_title": "过期时写下的名称", "need_brief": "简述。"})
    asked["csrf_token"].force_value("0" * 40)
    expired = asked.submit("save", status=400)
    again = form(expired, "section/need")
    assert again["need_title"].value == "过期时写下的名称"
    assert "过期时写下的名称" not in demander.get(page).text
    again.submit(status=422)
    assert "过期时写下的名称" in demander.get(page).text


def test_a_form_sent_after_the_session_ended_survives_signing_in(site: Living, draft: str):
    browser = site.stranger()
    site.sign_in(browser, "demander")
    page = f"{draft}section/need"
    asked = answer(
        browser.get(page),
        {"need_title": "登录前写下的名称", "need_brief": "简述。", "tech_field": "energy"},
    )
    browser.reset()
    refused_ = asked.submit("save", status=401)
    signing = next(one for one in refused_.forms.values() if one.action == "/sign-in")
    account = site.accounts["demander"]
    signing["email"], signing["password"] = account.email, account.password
    back = signing.submit()
    sent = form(back, "section/need").submit()
    assert sent.status_int == 303
    assert "登录前写下的名称" in site.client("demander").get(page).text


@pytest.mark.parametrize(
    "path",
    [
        "/no-such-page",
        "/editions/no-such-edition/demands/SH2019-0001/",
        "/editions/shanghai-2019/demands/SH2019-9999/",
        "/drafts/0000000000000000/",
        "/drafts/",
        "/people/demo-demander/",
        "/..%2f..%2fetc%2fpasswd",
        "/static/../../main.py",
        "/" + "a" * 4000,
    ],
)
def test_an_unknown_address(site: Living, demander: TestApp, path: str):
    response = demander.get(path, status="*")
    assert response.status_int in {400, 404}, response.status
    assert "Traceback" not in response.text
    stranger = site.stranger().get(path, status="*")
    assert stranger.status_int in {400, 401, 404}


@pytest.mark.parametrize("path", ["/\xff\xfe", "/drafts/\xe9/", "/static/\xff"])
def test_an_address_that_is_no_text(site: Living, path: str):
    """Clients of the tests refuse to send such an address; scanners do not."""
    environ = {"PATH_INFO": path, "REQUEST_METHOD": "GET", "HTTP_HOST": HOST}
    response = Request(environ).get_response(site.app)
    assert response.status_int == 400
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_somebody_elses_case_is_a_case_that_does_not_exist(site: Living, demander: TestApp):
    started = form(demander.get("/my"), "/start").submit().follow().request.path
    receipt = form(fill_sections(demander, started, PRE_REGISTRATION), "submit").submit().follow()
    case = receipt.html.select_one("main .btn-act")["href"]
    number = case.rstrip("/").rsplit("/", 1)[-1]
    nothing = case.replace(number, "SH2019-9999")
    foreign_draft, no_draft = started, f"/drafts/{'0' * 16}/"
    for who in ("demander_suzhou", "challenger", "agency", "policy_editor", None):
        asking = site.client(who) if who else site.stranger()
        for there, absent, names in (
            (case, nothing, CASE_PAGES),
            (foreign_draft, no_draft, DRAFT_PAGES),
        ):
            for name in names:
                for method in (_get, _post):
                    seen, missing = method(asking, there + name), method(asking, absent + name)
                    assert seen == missing, (who, method.__name__, name)
                    assert number not in seen[2].replace("SH2019-9999", "")


CASE_PAGES = (
    "",
    "journal",
    "document/pre-registration/1",
    "document/pre-registration/1/file/x",
    "decision/1",
    "announcement",
    "consent",
    "withdraw-consent",
    "claim",
    "decide",
    "move",
    "fill/pre-registration",
    "judge/demander.purchase_capacity",
    "no-such-view",
)
DRAFT_PAGES = ("", "section/company", "autosave", "check", "submit", "receipt", "file/x", "discard")


def _get(client: TestApp, path: str) -> tuple[int, dict[str, str], str]:
    return _told(client.get(path, status="*"))


def _post(client: TestApp, path: str) -> tuple[int, dict[str, str], str]:
    token = client.get("/announcements").forms[0]["csrf_token"].value
    return _told(client.post(path, {"csrf_token": token}, status="*"))


def _told(response: TestResponse) -> tuple[int, dict[str, str], str]:
    """All that a visitor can tell apart: status, headers, page; without what changes each time."""
    headers = {
        key: value
        for key, value in response.headers.items()
        if key not in {"X-Request-Id", "Set-Cookie", "Content-Length"}
    }
    return response.status_int, headers, CHANGING.sub("", response.text)


@pytest.mark.parametrize("host", ["evil.example", "", f"{HOST}.evil.example", "127.0.0.1"])
def test_a_host_that_is_not_ours(site: Living, host: str):
    response = TestApp(site.app).get(
        "/announcements", extra_environ={"HTTP_HOST": host}, status=400
    )
    assert "evil" not in response.text
