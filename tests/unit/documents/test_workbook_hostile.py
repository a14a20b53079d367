"""Workbooks that lie about themselves: refused with a reason, whatever they claim, in little memory."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from jiebang.documents.workbook import Column, Sheet, write_workbook
from jiebang.documents.workbook_reading import Room, TooLong, Unreadable, read_workbook
from jiebang.forms.attachments.inspecting import inspect
from jiebang.forms.attachments.limits import UploadRefused, read_limits

ROOT = Path(__file__).parents[3]
LIMITS = read_limits(ROOT / "forms" / "uploads.yaml")
#: The room that a form of twenty questions has.
ROOM = Room(LIMITS.workbook.max_rows, 20, LIMITS.workbook.max_unzipped_mb * 2**20)
MAIN = "xl/worksheets/sheet1.xml"
HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
KEYS = '<row r="2"><c t="inlineStr"><is><t>a</t></is></c></row>'
#: Megabytes that reading one of these may add to what the program takes anyway.
MOST_MB = 150


def good() -> bytes:
    return write_workbook([Sheet("one", "表", [Column("a", "甲")], [["x"]])], {"form": "f"})


def with_member(name: str, pieces: Iterator[str]) -> bytes:
    """A good workbook in which one member is replaced, written a piece at a time."""
    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(good())) as source,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for item in source.infolist():
            if item.filename != name:
                target.writestr(item, source.read(item))
        with target.open(name, "w", force_zip64=True) as member:
            for piece in pieces:
                member.write(piece.encode())
    return held.getvalue()


def sheet_of(*pieces: str) -> Iterator[str]:
    yield f"{HEAD}{pieces[0] if len(pieces) > 1 else ''}<sheetData>{KEYS}"
    yield pieces[-1]
    yield "</sheetData></worksheet>"


def many(piece: str, count: int, each: int = 10_000) -> Iterator[str]:
    for _number in range(count // each):
        yield piece * each


def wide_row() -> bytes:
    """One row of seven million cells: it is whole in memory before any of it can be looked at."""
    start, end = f'{HEAD}<sheetData>{KEYS}<row r="3">', "</row></sheetData></worksheet>"
    return with_member(MAIN, iter([start, *many("<c/>", 7_000_000), end]))


def many_rows() -> bytes:
    pieces = [f"{HEAD}<sheetData>{KEYS}", *many("<row/>", 5_000_000), "</sheetData></worksheet>"]
    return with_member(MAIN, iter(pieces))


def attributes() -> bytes:
    told = "".join(f' a{number}="1"' for number in range(3_000_000))
    return with_member(MAIN, sheet_of(f"<row r='3'><c{told}/></row>"))


def shared_texts() -> bytes:
    name = "xl/sharedStrings.xml"
    head = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return with_member(name, iter([head, *many("<si><t>x</t></si>", 4_000_000), "</sst>"]))


def long_text() -> bytes:
    start = f"{HEAD}<sheetData>{KEYS}<row r='3'><c t='inlineStr'><is><t>"
    pieces = [start, *many("x", 100 * 2**20, 2**20), "</t></is></c></row></sheetData></worksheet>"]
    return with_member(MAIN, iter(pieces))


def unknown_part() -> bytes:
    return with_member("xl/extra.xml", iter(["<a>", *many("<b/>", 20_000_000), "</a>"]))


BOMBS: dict[str, Callable[[], bytes]] = {
    "wide row": wide_row,
    "many rows": many_rows,
    "attributes": attributes,
    "shared texts": shared_texts,
    "long text": long_text,
    "unknown part": unknown_part,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_in_little_memory(name: str, tmp_path: Path) -> None:
    (tmp_path / "bomb.xlsx").write_bytes(BOMBS[name]())
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", __name__, str(tmp_path / "bomb.xlsx")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert told[0] in {"TooLong", "Unreadable"}
    assert int(told[1]) < MOST_MB


def measure(path: Path) -> None:
    """Say how a workbook is refused and how many MB more that took at most."""
    # Of this process alone, which ends here.
    import resource  # noqa: PLC0415

    read_workbook(io.BytesIO(good()), ROOM)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    verdict = "read"
    with path.open("rb") as content:
        try:
            read_workbook(content, ROOM)
        except (TooLong, Unreadable) as refused:
            verdict = type(refused).__name__
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    sys.stdout.write(f"{verdict} {more // 1024}\n")


@pytest.mark.parametrize("reference", ["A1:XFD1048576", "A1"])
def test_what_a_sheet_claims_to_measure_is_not_believed(reference: str) -> None:
    row = '<row r="3"><c r="A3" t="inlineStr"><is><t>x</t></is></c></row>'
    content = with_member(MAIN, sheet_of(f'<dimension ref="{reference}"/>', row))
    [found] = read_workbook(io.BytesIO(content), ROOM).sheets["one"].rows
    assert (found.number, found.cells) == (3, {"a": "x"})


def test_a_row_at_the_very_end_is_found_and_one_beyond_it_is_refused() -> None:
    def row(number: int) -> bytes:
        cell = '<c t="inlineStr"><is><t>x</t></is></c>'
        return with_member(MAIN, sheet_of(f'<row r="{number}">{cell}</row>'))

    [found] = read_workbook(io.BytesIO(row(1_048_576)), ROOM).sheets["one"].rows
    assert found.number == 1_048_576
    with pytest.raises(Unreadable):
        read_workbook(io.BytesIO(row(10**9)), ROOM)


def test_more_filled_rows_than_there_is_room_for() -> None:
    content = write_workbook([Sheet("one", "表", [Column("a", "甲")], [["x"]] * 11)], {"form": "f"})
    with pytest.raises(TooLong):
        read_workbook(io.BytesIO(content), Room(10, 1, 10**7))
    assert len(read_workbook(io.BytesIO(content), Room(11, 1, 10**7)).sheets["one"].rows) == 11


ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)


@pytest.mark.parametrize("declared", [ENTITY, LAUGHS], ids=["outside", "laughs"])
@pytest.mark.parametrize("member", [MAIN, "xl/workbook.xml", "[Content_Types].xml"])
def test_entities_are_refused_and_put_in_nothing(declared: str, member: str) -> None:
    text = "&e;" if declared is ENTITY else "&j;"
    row = f'<row r="3"><c t="inlineStr"><is><t>{text}</t></is></c></row>'
    content = with_member(member, iter([declared, *sheet_of(row)]))
    with pytest.raises(UploadRefused):
        inspect(io.BytesIO(content), "a.xlsx", LIMITS)
    # The reader by itself puts in nothing from outside, and nothing that grows.
    with suppress(Unreadable):
        read = read_workbook(io.BytesIO(content), ROOM)
        assert all(len(repr(one)) < 1000 for one in read.sheets.values())
        assert socket.gethostname() not in repr(read)


@pytest.mark.parametrize("name", ["../../etc/passwd.xlsx", "..\\..\\a.xlsx", "/a.xlsx"])
def test_a_path_in_the_name_is_not_kept(name: str) -> None:
    accepted = inspect(io.BytesIO(good()), name, LIMITS)
    with accepted.content as content:
        assert read_workbook(content, ROOM).about == {"form": "f"}
    assert accepted.name in {"passwd.xlsx", "a.xlsx"}


def test_a_member_outside_and_macros_are_refused() -> None:
    for member in ("../evil.xml", "xl/vbaProject.bin"):
        with pytest.raises(UploadRefused):
            inspect(io.BytesIO(with_member(member, iter(["x"]))), "a.xlsx", LIMITS)


@pytest.mark.parametrize("cut", [0, 1, 100, -30])
def test_what_is_no_workbook_is_unreadable(cut: int) -> None:
    with pytest.raises(Unreadable):
        read_workbook(io.BytesIO(good()[:cut]), ROOM)


if __name__ == "__main__":
    measure(Path(sys.argv[1]))
