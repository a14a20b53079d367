"""Layouts of the policy staff: what is wrong with one is said with its place, and none asks the network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jiebang.documents.layouts import BadLayout
from jiebang.documents.sheet import Entry
from jiebang.documents.typesetting import column_widths, sheet_pdf, try_layout, width
from tests.unit.documents.sheets import (
    FONT_FOLDER,
    LAYOUTS,
    NAMES,
    ROOT,
    blank,
    filled,
    pages,
    pdf,
    text_of,
    with_entries,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of forms with the shared parts."""
    (tmp_path / "print").mkdir()
    (tmp_path / "print" / "parts.typ").write_bytes((LAYOUTS / "parts.typ").read_bytes())
    return tmp_path


def fault(folder: Path, text: str) -> BadLayout:
    """What is wrong with a form's own layout, the same when it is tried and when it prints."""
    own = folder / "own.typ"
    own.write_text(text, "utf-8")
    with pytest.raises(BadLayout) as tried:
        try_layout(filled(), own)
    with pytest.raises(BadLayout) as printed:
        sheet_pdf(filled(), own, FONT_FOLDER)
    assert str(tried.value) == str(printed.value)
    return tried.value


def test_the_place_of_a_fault(folder: Path):
    found = fault(folder, '#import "print/parts.typ": *\n#show: paper\n\n  #nobody(sheet)\n')
    assert (found.path.name, found.line, found.column) == ("own.typ", 4, 4)
    assert "nobody" in found.zh


def test_a_fault_in_a_file_that_is_brought_in_is_told_of_that_file(folder: Path):
    (folder / "print" / "more.typ").write_text("\n#let broken = (\n", "utf-8")
    found = fault(folder, '#import "print/more.typ": *\n')
    assert (found.path.name, found.line) == ("more.typ", 2)


@pytest.mark.parametrize(
    "text",
    [
        '#import "@preview/cetz:0.2.2": canvas',
        '#include "@local/office:1.0.0"',
        '#let name = "@preview/" + "cetz:0.2.2"\n#import name',
    ],
)
def test_a_package_is_refused_before_anything_is_fetched(folder: Path, text: str):
    found = fault(folder, f"\n{text}\n")
    assert found.line == 2
    assert "打印不联网" in found.zh
    assert "from the network" in found.en


@pytest.mark.parametrize("name", ["print/more.typ", "/print/more.typ"])
def test_a_package_in_a_file_that_is_brought_in_is_refused(folder: Path, name: str):
    (folder / "print" / "more.typ").write_text('#import "@preview/cetz:0.2.2"', "utf-8")
    assert fault(folder, f'#import "{name}": *').path.name == "more.typ"


def test_a_comment_about_a_package_is_none(folder: Path):
    own = folder / "own.typ"
    own.write_text('// #import "@preview/cetz:0.2.2"\n#link("https://example.com")[x]', "utf-8")
    try_layout(filled(), own)


@pytest.mark.parametrize("layout", NAMES)
def test_the_shared_layouts_are_sound(layout: str):
    for sheet in (filled(), blank()):
        try_layout(sheet, LAYOUTS / f"{layout}.typ")


@pytest.mark.parametrize("layout", NAMES)
@pytest.mark.parametrize("word", ["distortion of ", "焊接distortion变形"])
def test_a_long_text_of_long_words_prints(layout: str, word: str):
    sheet = with_entries(Entry("a", "内容", (word * 700).strip(), room=0))
    assert text_of(pdf(sheet, layout)).count("distortion") == 700


def test_a_date_takes_one_line_beside_long_cells():
    assert width("2019年8月5日") == 7.25
    head = ["日期", "编号", "内容", "结果", "日期"]
    rows = [["2019年8月5日", "SH2019-0001", "很长的内容" * 30, "不成立", "2019年8月7日"]]
    shares = column_widths(head, rows)
    assert shares[0] == shares[4] > width("2019年8月5日") + 1
    assert max(shares) == shares[2]
    assert column_widths(["甲", "乙"], []) == column_widths(["甲", "乙"], [["", ""]])


def test_no_sign_of_a_label_stands_alone_on_a_line():
    entries = [
        Entry(label, label, "答案", width="brief")
        for label in ("上年度研发费用", "注册地行政区划", "需求时限：起始年", "告知收到的日期")
    ]
    lines = "\n".join(pages(pdf(with_entries(*entries)))).splitlines()
    assert all(len(line.strip()) != 1 for line in lines)
    assert "需求时限：" in [line.strip() for line in lines]


def test_memory_stays_flat():
    script = """
from pathlib import Path
from tests.unit.documents.sheets import Entry, pdf, with_entries

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4 / 1024

def print_some(first, count):
    for number in range(first, first + count):
        words = "".join(chr(0x4E00 + (number * 97 + one) % 900) for one in range(2000))
        pdf(with_entries(*(Entry(str(one), "内容", words, room=0) for one in range(4))))

print_some(0, 3)
before = held()
print_some(3, 40)
print(held() - before)
"""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert float(run.stdout) < 20
