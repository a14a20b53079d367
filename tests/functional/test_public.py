"""What the public sees of the notice: everything it states, doubt marked as doubt, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from webtest import TestApp

from tests.functional.filling import form
from tests.living import Living

Client = Callable[..., TestApp]


def test_all_sessions_and_events_stand_there(site: Living) -> None:
    edition = site.registry.rulebook["shanghai-2019"].edition
    sessions, events = site.client().get("/sessions").html.select("tbody")
    assert len(sessions.select("tr")) == 29
    assert len(events.select("tr")) == 18
    doubtful = sum(
        one.doubtful
        for session in edition.sessions.items
        for one in (session.name, *session.hosts, *session.implementers)
    )
    assert doubtful > 0
    assert len(sessions.select(".tag--warn")) == doubtful
    for one in sessions.select(".tag--warn"):
        assert one.find_next_sibling(class_="quiet").text.strip()


def test_dates_the_notice_does_not_give_are_not_made_up(client: Client) -> None:
    phases = client().get("/about").html.find("h2", string="阶段安排").find_next("dl")
    dated = [one.text for one in phases.select("dd") if "2019-" in one.text]
    assert len(dated) == 1
    assert "2019-11" in dated[0]
    assert len(phases.select("dd")) > 1


@pytest.mark.parametrize("page", ["/", "/about", "/sessions", "/organisers", "/contact"])
def test_every_clause_that_is_named_leads_somewhere(client: Client, page: str) -> None:
    named = {one["href"] for one in client().get(page).html.select("a.clause")}
    known = {f"/clauses#{one['id']}" for one in client().get("/clauses").html.select("dt[id]")}
    assert named
    assert named <= known


def test_the_organisers_the_districts_and_the_complaint_line(client: Client) -> None:
    organisers = client().get("/organisers")
    assert len(organisers.html.select("#districts ~ ul li")) == 12
    assert "国家技术转移东部中心" in organisers.text
    complaints = client().get("/contact").html.find(id="complaints").find_next("dl")
    assert "010-88656293" in complaints.text


def test_the_language_is_the_visitors_choice_and_stays(client: Client) -> None:
    visitor = client()
    chinese = visitor.get("/about")
    assert chinese.html.html["lang"] == "zh-CN"
    english = form(chinese, "/language").submit("to").follow()
    assert english.request.path == "/about"
    assert english.html.html["lang"] == "en"
    assert "About the challenge" in english.text
    assert visitor.get("/").html.html["lang"] == "en"


def test_the_language_switch_leads_to_no_other_site(client: Client) -> None:
    visitor = client()
    token = form(visitor.get("/"), "/language")["csrf_token"].value
    for elsewhere in ("https://example.org/", "//example.org/", "/\\example.org"):
        answer = visitor.post("/language", {"csrf_token": token, "to": "en", "back": elsewhere})
        assert answer.location == "http://127.0.0.1:6543/"


def test_headers_are_strict_on_every_kind_of_answer(client: Client) -> None:
    visitor = client()
    style = visitor.get("/").html.select_one('link[href$="/site.css"]')["href"]
    for path, status in (("/", 200), ("/nowhere", 404), ("/my", 401), (style, 200)):
        headers = visitor.get(path, status=status).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none';")
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert ("no-store" in headers.get("Cache-Control", "")) == (path != style)


def test_health_and_metrics_answer_and_tell_nothing(client: Client) -> None:
    visitor = client()
    assert visitor.get("/healthz").json == {"status": "ok"}
    metrics = visitor.get("/metrics").text
    assert "jiebang_requests_total" in metrics
    assert "demander" not in metrics


@pytest.mark.parametrize(
    "path", ["/announcements/1/SH2019-9999/", "/about/more", "/sign-in/again", "/sessions/3"]
)
def test_what_stands_below_a_page_does_not_exist(client: Client, path: str) -> None:
    client().get(path, status=404)
