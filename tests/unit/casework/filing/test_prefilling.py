"""What a form starts with: the first origin that has an answer, and nothing that may not be read."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from jiebang.casework.filing.prefilling import Known, prefilled, remember_party
from jiebang.model.people import Credentials, Identifier, Organisation, Person

#: Late on the last day of the year in Shanghai already the first of the next.
AT = datetime(2019, 12, 31, 17, 0, tzinfo=UTC)


def known(identifier: Identifier | None, **more: Any) -> Known:
    person = Person(name="经办人员", email="desk@example.com", credentials=Credentials(""), at=AT)
    person.phone = "13800000000"
    organisation = Organisation(identifier=identifier, name="演示企业", at=AT)
    organisation.attributes["district"] = "310112"
    return Known(person=person, organisation=organisation, **more)


def first(*origins: str, of: Known | None = None) -> Any:
    question = SimpleNamespace(key="asked", prefill=origins)
    form = SimpleNamespace(questions=(question,))
    given = of or known(Identifier("CN", "91310115MA1K00023E"))
    return prefilled(form=form, known=given, at=AT).get("asked")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("origin", "answer"),
    [
        ("party.name", "演示企业"),
        ("party.credit_code", "91310115MA1K00023E"),
        ("party.country", "domestic"),
        ("party.district", "310112"),
        ("party.unheard_of", None),
        ("person.name", "经办人员"),
        ("person.phone", "13800000000"),
        ("person.email", "desk@example.com"),
        ("person.credentials", None),
        ("clock.today", "2020-01-01"),
        ("clock.year", 2020),
        ("case.number", None),
        ("pre-registration.need_brief", None),
    ],
)
def test_an_origin(origin: str, answer: object) -> None:
    assert first(origin) == answer


def test_the_first_origin_that_has_an_answer_is_taken() -> None:
    of = known(None, number="SH2019-0001", earlier=lambda _form: {"problem": "", "brief": "简述"})
    assert first("demand-survey.problem", "pre-registration.brief", "case.number", of=of) == "简述"


def test_a_foreign_organisation_has_no_credit_code() -> None:
    abroad = known(Identifier("singapore", "X1"))
    assert first("party.credit_code", of=abroad) is None
    assert first("party.country", of=abroad) == "overseas"


def test_a_natural_person_has_neither_code_nor_country() -> None:
    assert first("party.credit_code", "party.country", of=known(None)) is None


def test_what_members_answered_about_their_organisation_comes_back() -> None:
    of = known(Identifier("CN", "91310115MA1K00023E"))
    asked = [
        SimpleNamespace(key="address", prefill=("party.address",)),
        SimpleNamespace(key="org_name", prefill=("party.name",)),
        SimpleNamespace(key="brief", prefill=("pre-registration.brief",)),
    ]
    values = {"address": "示例路1号", "org_name": "别的名称", "brief": "简述"}
    assert of.organisation
    remember_party(
        form=SimpleNamespace(questions=asked),  # type: ignore[arg-type]
        values=values,
        organisation=of.organisation,
    )
    assert first("party.address", of=of) == "示例路1号"
    assert first("party.name", of=of) == "演示企业"
    assert of.organisation.details == {"address": "示例路1号"}
