"""Blocks put into a form: prefixed, renamed, changed, about a party."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jiebang.forms import FormBook
from jiebang.yamlfile import BadFile

USES = """\
id: probe
version: 1
title: {zh: 试填, en: Probe}
source: R
sections:
  - id: only
    title: {zh: 部分, en: Section}
    fields:
      - {key: two, type: yes_no, label: {zh: 两方}}
      - {block: contact, party: demander}
      - block: contact
        party: agency
        prefix: agency_
        omit: [contact]
        shown_when: {field: two, is: true}
        change:
          mobile: {label: {zh: 机构电话, en: Phone of the agency}, required: false, recommended: true}
"""


@pytest.fixture
def read(folder: Path) -> Callable[[str], FormBook]:
    def write(text: str) -> FormBook:
        (folder / "probe.yaml").write_text(text, encoding="utf-8")
        return FormBook.load(folder)

    return write


def findings(read: Callable[[str], FormBook], text: str) -> list[tuple[str, int, str]]:
    with pytest.raises(BadFile) as bad:
        read(text)
    return [(one.file, one.line, one.zh) for one in bad.value.findings]


def test_a_block_used_twice(read: Callable[[str], FormBook]):
    form = read(USES)["probe"]
    assert [one.key for one in form.questions] == [
        "two", "contact", "mobile", "email", "agency_mobile", "agency_email",
    ]  # fmt: skip
    first, second = form.by_key["mobile"], form.by_key["agency_mobile"]
    assert (first.facts, second.facts) == (
        {"demander.mobile": "value"},
        {"agency.mobile": "value"},
    )
    assert (first.label.zh, second.label.zh) == ("手机", "机构电话")
    assert (first.required, second.required, second.recommended) == (True, False, True)
    # The use comes first, the block's own condition after it, under its new name.
    conditions = form.by_key["agency_email"].shown_when
    assert [one.field for one in conditions] == ["two", "agency_mobile"]
    assert [one.field for one in form.by_key["email"].shown_when] == ["mobile"]


def test_both_conditions_must_hold(read: Callable[[str], FormBook]):
    book = read(USES)
    data = {"mobile": "13800000000", "contact": "某", "agency_mobile": "13800000000"}
    data["agency_email"] = "name@example.com"
    hidden = book.validate(book["probe"], data | {"two": "no"}, locale="en")
    assert hidden.values == {"two": False, "mobile": "13800000000", "contact": "某"}
    shown = book.validate(book["probe"], data | {"two": "yes"}, locale="en")
    assert shown.values["agency_email"] == "name@example.com"
    assert shown.ok


@pytest.mark.parametrize(
    ("old", "new", "line", "zh"),
    [
        ("omit: [contact]", "omit: [mobile]", 14, "“agency_email”取决于“agency_mobile”"),
        ("mobile: {label", "mobil: {label", 17, "是否想写“mobile”"),
        ("mobile: {label", "contact: {label", 17, "没有名为“contact”的字段"),
        ("prefix: agency_", "prefix: agency", 13, "prefix"),
        ("field: two", "field: tow", 15, "是否想写“two”"),
        ("        prefix: agency_\n", "", 11, "“mobile”重复"),
        ("recommended: true", "prefill: party.nam", 17, "没有名为“party.nam”的来源"),
    ],
)
def test_a_use_that_does_not_fit(
    read: Callable[[str], FormBook], old: str, new: str, line: int, zh: str
):
    assert old in USES
    found = findings(read, USES.replace(old, new, 1))
    said = [one for one in found if zh in one[2]]
    assert said, found
    assert said[0][:2] == ("forms/probe.yaml", line)


@pytest.mark.parametrize(
    ("old", "new", "line", "zh"),
    [
        ("{field: mobile, filled: true}", "{field: mobil, filled: true}", 7, "是否想写“mobile”"),
        ("key: email", "key: mobile", 7, "“mobile”重复"),
        ("fact: mobile", "prefill: person.telephone", 6, "没有名为“person.telephone”的来源"),
        ("type: text, max: 20", "type: one_of, list: people", 5, "没有名为“people”的代码表"),
    ],
)
def test_a_fault_of_a_block_is_told_once_and_there(
    read: Callable[[str], FormBook], folder: Path, old: str, new: str, line: int, zh: str
):
    file = folder / "blocks" / "contact.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    found = [one for one in findings(read, USES) if one[0] == "forms/blocks/contact.yaml"]
    assert [one[1] for one in found] == [line]
    assert zh in found[0][2]
