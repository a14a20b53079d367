"""The forms as data for other programs: what they ask, and what they take."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from webtest import TestApp

from tests.living import Living

FORMS = "/api/v1/forms"


@pytest.fixture
def program(site: Living) -> TestApp:
    """Somebody's program, signed in as nobody."""
    return site.client()


def test_every_form_is_listed_and_leads_to_its_data_and_schema(
    program: TestApp, site: Living
) -> None:
    listed = program.get(FORMS).json
    assert listed["edition"] == "shanghai-2019"
    known = site.registry.rulebook["shanghai-2019"].forms.forms
    assert {one["id"] for one in listed["forms"]} == set(known)
    for one in listed["forms"]:
        form = program.get(one["form"]).json
        schema = program.get(one["schema"])
        assert (form["id"], form["version"]) == (one["id"], one["version"])
        assert form["title"] == one["title"]
        assert form["schema"] == one["schema"]
        assert schema.content_type == "application/schema+json"
        Draft202012Validator.check_schema(schema.json)
        asked = [
            question["key"] for each in form["sections"] for question in each.get("questions", ())
        ]
        assert asked == list(schema.json["properties"])


def test_a_form_shows_its_blocks_and_options_and_nothing_for_authors(program: TestApp) -> None:
    form = program.get(f"{FORMS}/pre-registration").json
    questions = {
        question["key"]: question for each in form["sections"] for question in each["questions"]
    }
    assert questions["org_name"]["label"]["zh"]
    route = questions["agency_route"]
    assert [one["code"] for one in route["options"]] == ["own", "recommended", "basic"]
    assert len(questions["session_pref"]["options"]) == 29
    assert questions["uscc"]["shown_when"] == [{"field": "country", "is": "domestic"}]
    assert not _keys(form) & {"basis", "provinces", "lists"}
    survey = program.get(f"{FORMS}/demand-survey").json
    (industry,) = (
        question
        for each in survey["sections"]
        for question in each.get("questions", ())
        if question["type"] == "industry"
    )
    assert {"C", "C39"} <= {one["code"] for one in industry["options"]}


def _keys(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_keys, value))
    if isinstance(value, dict):
        return set(value).union(*map(_keys, value.values()))
    return set()


def test_a_program_that_has_an_answer_is_told_so(program: TestApp) -> None:
    first = program.get(f"{FORMS}/entry/schema")
    assert "public" in first.headers["Cache-Control"]
    again = program.get(
        f"{FORMS}/entry/schema", headers={"If-None-Match": first.headers["ETag"]}, status=304
    )
    assert again.body == b""
    other = program.get(f"{FORMS}/entry", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_int == 200


def test_only_the_headers_are_sent_where_only_they_are_asked_for(program: TestApp) -> None:
    whole, head = program.get(FORMS), program.head(FORMS)
    assert head.body == b""
    assert head.headers["ETag"] == whole.headers["ETag"]
    assert head.headers["Content-Length"] == str(len(whole.body))


@pytest.mark.parametrize("address", [f"{FORMS}/nda", f"{FORMS}/nda/schema", "/api/v1", "/api/x"])
@pytest.mark.parametrize(
    ("wanted", "language", "said"),
    [
        ("", "zh-CN", "没有"),
        ("en-GB,en;q=0.8", "en", "nothing at this address"),
        ("fr", "zh-CN", "没有"),
    ],
)
def test_what_is_not_there_is_a_problem_in_the_language_of_who_asks(
    program: TestApp, address: str, wanted: str, language: str, said: str
) -> None:
    answer = program.get(address, headers={"Accept-Language": wanted} if wanted else {}, status=404)
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Content-Language"] == language
    assert answer.json["status"] == 404
    assert answer.json["instance"] == address
    assert said in answer.json["detail"]


def test_the_language_chosen_on_the_site_goes_first(program: TestApp) -> None:
    program.set_cookie("language", "en")
    answer = program.get(f"{FORMS}/nda", headers={"Accept-Language": "zh-CN"}, status=404)
    assert answer.headers["Content-Language"] == "en"


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("path", ["", "/entry", "/entry/schema"])
def test_nothing_can_be_written(program: TestApp, method: str, path: str) -> None:
    answer = getattr(program, method)(f"{FORMS}{path}", status=405)
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Allow"] == "GET, HEAD"
    assert answer.json["status"] == 405


def test_nobodys_answers_are_in_it(program: TestApp) -> None:
    """The same bytes for everybody: nothing depends on who asks."""
    one = program.get(f"{FORMS}/demand-survey")
    assert "Set-Cookie" not in one.headers
    assert json.loads(one.body) == program.get(f"{FORMS}/demand-survey").json
