"""Facts are kept as JSON and come back as what they were: a decision must replay to the same bytes."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from jiebang.casework.policies.facts import as_json, of_records
from jiebang.policy import Fact, Vocabulary
from jiebang.policy.facts import admit_facts
from jiebang.policy.language.vocabulary import RecordField
from jiebang.wording import Wording

SOURCE = {"case": "nothing"}
FIELDS = {
    "name": RecordField(type="text", label=Wording(zh="名")),
    "amount": RecordField(type="money", unit="万元", label=Wording(zh="额")),
    "share": RecordField(type="decimal", label=Wording(zh="比")),
    "on": RecordField(type="date", label=Wording(zh="日")),
    "done": RecordField(type="boolean", label=Wording(zh="否")),
}
RECORD = {
    "name": "甲“乙”\n",
    "amount": 123_45,
    "share": Decimal("0.10"),
    "on": date(2019, 2, 28),
    "done": False,
}


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("text", "需求 ＜é＞ 𠮷"),
        ("code", "enterprise"),
        ("boolean", True),
        ("integer", 2**53 - 1),
        ("decimal", Decimal("-12.340000")),
        ("decimal", Decimal("0.000001")),
        ("money", 1),
        ("date", date(2020, 2, 29)),
        ("list of code", ["b", "a", "b"]),
        ("list of date", (date(2019, 8, 5), date(2019, 12, 31))),
        ("list of decimal", [Decimal("1.5"), Decimal("1.50")]),
        ("list of money", []),
        ("list of records", [RECORD, {"name": "丙"}, {}]),
        ("list of records", (MappingProxyType({**RECORD, "amount": None}),)),
    ],
)
def test_a_fact_comes_back_as_it_was(type_: str, value: Any) -> None:
    unit = "元" if "money" in type_ else ""
    fields = FIELDS if type_ == "list of records" else {}
    fact = Fact(type=type_, unit=unit, label=Wording(zh="事实"), fields=fields, source=SOURCE)
    vocabulary = Vocabulary({"case.fact": fact})
    kept = json.dumps(as_json(value))
    before = admit_facts(vocabulary, {"case.fact": value})["case.fact"]
    after = admit_facts(vocabulary, {"case.fact": json.loads(kept)})["case.fact"]
    assert after == before
    assert repr(after) == repr(before)


def test_records_have_no_columns_but_their_own() -> None:
    """A table may ask more than its fact tells; the policy room takes no field it does not know."""
    fact = Fact(type="list of records", label=Wording(zh="行"), fields=FIELDS, source=SOURCE)
    rows = [{"name": "甲", "room": "301"}, {"room": "302"}]
    kept = of_records(fact, rows)
    assert kept == [{"name": "甲"}, {}]
    assert admit_facts(Vocabulary({"case.fact": fact}), {"case.fact": kept})
    text = Fact(type="text", label=Wording(zh="字"), source=SOURCE)
    assert of_records(text, "甲") == "甲"
