"""The guide for policy staff, done step by step: every lesson must come out as it says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from jiebang.cli import main
from jiebang.edition.loading import load_edition
from tests.living import ROOT

GUIDE = ROOT / "docs" / "policy-staff.md"
LESSON = re.compile(r"^## (第.课)", re.MULTILINE)
#: A fenced block: its kind, for a whole file its path, and its text.
BLOCK = re.compile(r"^```(diff|yaml)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def lessons() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Each lesson with its blocks."""
    text = GUIDE.read_text("utf-8").split("\n---\n")[0]
    _, *parts = LESSON.split(text)
    return [(name, BLOCK.findall(body)) for name, body in zip(parts[::2], parts[1::2], strict=True)]


def apply(folder: Path, block: tuple[str, str, str]) -> None:
    """Write a whole file, or put the lines that a difference adds where it says."""
    kind, path, body = block
    if kind == "yaml":
        (folder / path).write_text(body, "utf-8")
        return
    head, *hunks = re.split(r"^@@\n", body, flags=re.MULTILINE)
    target = folder / head.splitlines()[1].removeprefix("+++ b/")
    text = target.read_text("utf-8")
    for hunk in hunks:
        lines = hunk.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] in " -")
        after = "".join(line[1:] for line in lines if line[0] in " +")
        assert text.count(before) == 1, f"{target.name}: {before}"
        text = text.replace(before, after)
    target.write_text(text, "utf-8")


def test_every_lesson_ends_with_a_clean_book(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    book = tmp_path / "rules" / "shanghai-2019"
    told = lessons()
    assert [name for name, _ in told] == ["第一课", "第二课", "第三课", "第四课"]
    for name, blocks in told:
        if name == "第四课":
            shutil.copytree(book, book.with_name("shanghai-2020"))
            book = book.with_name("shanghai-2020")
        for block in blocks:
            apply(tmp_path, block)
        assert main(["policy", "check", str(book)]) == 0, (name, capsys.readouterr().out)
        assert main(["policy", "coverage", str(book)]) == 0, (name, capsys.readouterr().out)
    assert main(["policy", "test", str(book)]) == 0
    assert load_edition(book).id == book.name


def test_a_change_that_is_not_finished_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second lesson half done: the condition is there, the examples are not."""
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    [*_, examples] = blocks = dict(lessons())["第二课"]
    for block in blocks[:-1]:
        apply(tmp_path, block)
    book = str(tmp_path / "rules" / "shanghai-2019")
    assert main(["policy", "check", book]) == 1
    found = capsys.readouterr().out
    assert "没有例子得出“ELIGIBLE”" in found
    assert "demander.credible" in found
    apply(tmp_path, examples)
    assert main(["policy", "check", book]) == 0
