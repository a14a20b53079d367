"""Plausible answers to any form, typed the way a browser sends them. No real people, no real firms."""

from __future__ import annotations

import re
from datetime import timedelta

from webtest import TestApp, Upload
from webtest.forms import File, Radio, Select
from webtest.forms import Form as HtmlForm
from webtest.response import TestResponse

from jiebang import clock
from jiebang.forms.language.definition import Form
from jiebang.forms.language.question import Question
from tests.functional.filling import form as form_for
from tests.functional.filling import questions
from tests.living import Living

#: What stands for an answer of a type. What is missing here is worded by the question.
BY_TYPE: dict[str, str] = {
    "decimal": "1",
    "credit_code": "91310115MA1K00023E",
    "division": "310115",
    "industry": "C3921",
    "phone": "13800000000",
    "email": "desk@example.com",
    "url": "https://example.com/",
    "reference": "SH2019-0001",
}
#: Tried where a text must have a shape; numbers that belong to nobody.
SHAPED = ("6222000000001234", "201000", "310101190001010000", "A-1", "2019")
LATER = (clock.today() + timedelta(days=9)).isoformat()
#: What a form checks that plausible answers do not meet by themselves.
GIVEN = {
    "publicity": {"to": LATER},
    "complaint": {"extension_until": LATER, "anonymous": "no", "tel": "02100000000"},
}
FILE = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def plausible(question: Question, part: str) -> str:
    """An answer to a question, or to a part of it, as typed."""
    if part == "date" or question.type == "date":
        return clock.today().isoformat()
    if question.type in {"year", "year_range"}:
        return str(clock.today().year)
    if question.type in {"integer", "money"}:
        return str(max(question.min or 0, min(100, question.max or 1)))
    if question.type in BY_TYPE:
        return BY_TYPE[question.type]
    if question.shape:
        shaped = [*([question.example.zh] if question.example else []), *SHAPED]
        return next(one for one in shaped if re.fullmatch(question.shape.pattern, one))
    words = f"示例{question.label.zh}"
    return (words * 9 if question.min else words)[: question.max or 20]


def fill_page(response: TestResponse, form: Form, given: dict[str, str]) -> HtmlForm:
    """Answer everything on a page of questions that is still empty; ``given`` goes before."""
    page = questions(response)
    by_key = {one.key: one for one in form.questions}
    for _name, field in page.field_order:
        place = (getattr(field, "id", None) or "").removeprefix("f-").split("-")
        if place[0] not in by_key:
            continue
        question = by_key[place[0]]
        columns = {one.key: one for one in question.columns}
        asked = columns.get(place[-1], question)
        key = place[0] if asked is question else place[-1]
        if isinstance(field, File):
            # What is asked for under a condition alone is attached too: it does no harm.
            wanted = asked.required or asked.required_when
            field.value = [Upload("证明材料.pdf", FILE)] if wanted else []
        elif key in given and not isinstance(field, Radio):
            field.value = given[key]
        elif isinstance(field, Radio):
            field.value = given.get(key) or (field.value or field.options[0][0])
        elif isinstance(field, Select):
            field.value = field.value or next(code for code, *_rest in field.options if code)
        elif hasattr(field, "checked"):
            field.checked = field.checked or question.type == "consent" or place[-1] in {"0", key}
        elif not field.value:
            field.value = plausible(asked, place[-1])
    return page


def fill_draft(
    client: TestApp, draft: str, form: Form, given: dict[str, str] | None = None
) -> TestResponse:
    """Fill every section of a draft and answer its check page. Fails with what the page finds wrong."""
    done: set[str] = set()
    while left := [one for one in _sections(client, draft) if one not in done]:
        section = left[0]
        page = client.get(f"{draft}section/{section}")
        response = fill_page(page, form, given or {}).submit("save", status="*")
        if response.status_int != 303:
            wrong = [one.text.strip() for one in response.html.select(".error-summary li")]
            raise AssertionError((form.id, section, response.status_int, wrong))
        # An answer may have brought up another section.
        done.add(section)
    checked = client.get(f"{draft}check")
    wrong = [one.text.strip() for one in checked.html.select(".error-summary li")]
    assert not wrong, (form.id, wrong)
    return checked


def _sections(client: TestApp, draft: str) -> list[str]:
    listed = client.get(draft).html.select(".task-list a[href]")
    return [str(one["href"]).rsplit("/", 1)[-1] for one in listed]


def begin(client: TestApp, form_id: str, **posted: str) -> str:
    """Begin a form as the first of those it may be filed as; answers the path of the draft."""
    asked = form_for(client.get(f"/forms/{form_id}"), f"/forms/{form_id}/start")
    for name, value in posted.items():
        asked[name] = value
    return str(asked.submit(status=303).follow().request.path)


def file_alone(site: Living, role: str, form_id: str, **posted: str) -> str:
    """Fill a form with plausible answers, file it, and answer the path of the submission."""
    client = site.client(role)
    draft = begin(client, form_id, **posted)
    asked = site.registry.rulebook["shanghai-2019"].forms[form_id]
    checked = fill_draft(client, draft, asked, GIVEN.get(form_id))
    receipt = form_for(checked, "submit").submit(status=303).follow()
    return str(receipt.html.select_one("main .btn-act")["href"])
