"""The guide for those who edit forms, done step by step, and every snippet of its reference loaded."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from textwrap import indent

import pytest

from jiebang.cli import main
from jiebang.forms import FormBook
from tests.functional.test_guide import BLOCK, LESSON, apply
from tests.living import ROOT

GUIDE = (ROOT / "docs" / "forms.md").read_text("utf-8")
LESSONS, REFERENCE = GUIDE.split("\n---\n")
SNIPPET = re.compile(r"^```yaml (fields|body)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANSWERS = re.compile(r"^```json \S+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEAD = "id: probe\nversion: 1\ntitle: {zh: 试填, en: Probe}\nsource: R\n"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with the forms and rules of the site."""
    for name in ("forms", "rules"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def folders(copy: Path) -> list[str]:
    """The options that say where the copy is."""
    return ["--forms", str(copy / "forms"), "--rules", str(copy / "rules")]


def steps() -> dict[str, str]:
    """Each lesson by its name."""
    _, *parts = LESSON.split(LESSONS)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_every_lesson_ends_with_clean_forms(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = steps()
    assert list(told) == ["第一课", "第二课", "第三课", "第四课", "第五课"]
    for name, body in told.items():
        for block in BLOCK.findall(body):
            apply(copy, block)
        assert main(["form", "check", *folders(copy)]) == 0, (name, capsys.readouterr().out)
    forms = FormBook.load(copy / "forms")
    assert forms["room-booking"].version == 2
    assert forms["event-registration"].filing is not None


def test_the_new_check_finds_what_the_guide_says(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = steps()["第三课"]
    answers = ANSWERS.search(lesson)
    assert answers is not None
    (copy / "answers.json").write_text(answers[1], "utf-8")
    judge = ["form", "validate", "service-request", "--data", str(copy / "answers.json")]
    command = [*judge, "--json", "--edition", "shanghai-2019", *folders(copy)]
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out)["errors"] == []
    for block in BLOCK.findall(lesson):
        apply(copy, block)
    assert main(command) == 1
    found = json.loads(capsys.readouterr().out)
    assert [one["field"] for one in found["errors"]] == ["wanted_by"]
    assert found["facts"]["service.requester"] == "demander"


def test_a_fact_that_only_one_side_names_is_said(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vocabulary, question = BLOCK.findall(steps()["第五课"])
    apply(copy, vocabulary)
    assert main(["form", "check", *folders(copy)]) == 1
    assert "room.people" in capsys.readouterr().out
    apply(copy, question)
    assert main(["form", "check", *folders(copy)]) == 0


def test_an_option_that_the_vocabulary_lacks_is_said_as_the_guide_says(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    booking = copy / "forms" / "room-booking.yaml"
    known = "          - {code: hall-500,"
    more = "          - {code: studio, label: {zh: 录播室, en: Studio}}\n"
    booking.write_text(booking.read_text("utf-8").replace(known, more + known), "utf-8")
    assert main(["form", "check", *folders(copy)]) == 1
    said = "“room”的选项“studio”不在事实“room.kind”之列，可用：meeting-50、meeting-100、hall-500"
    assert said in GUIDE
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(("kind", "text"), SNIPPET.findall(REFERENCE))
def test_every_snippet_of_the_reference_is_a_form(kind: str, text: str, copy: Path) -> None:
    body = text
    if kind == "fields":
        only = "sections:\n  - id: only\n    title: {zh: 部分, en: Section}\n    fields:\n"
        body = only + indent(text, "      ")
    (copy / "forms" / "probe.yaml").write_text(HEAD + body, "utf-8")
    assert FormBook.load(copy / "forms")["probe"].questions
