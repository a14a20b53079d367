"""Hostile files: refused with a reason, nothing typed lost, the server's memory flat."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.running import Answer, Demander, Server

MB = 1 << 20
#: What the server may need more for a moment, whatever is sent to it.
FLAT = 24 * MB
PDF = b"%PDF-1.4\n" + b"1 0 obj\n<<>>\nendobj\n" * 50 + b"%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(64)
DOCX = "word/document.xml"


def archive(path: Path, members: dict[str, int]) -> Path:
    """A zip whose members unpack to so many zeros, made a piece at a time."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, size in members.items():
            with packed.open(name, "w", force_zip64=True) as member:
                for _count in range(-(-size // MB)):
                    member.write(bytes(min(size, MB)))
    return path


def big(path: Path, size: int) -> Path:
    """A PDF of that size, with no blocks on the disk."""
    with path.open("wb") as file:
        file.write(PDF)
        file.truncate(size)
    return path


@pytest.fixture
def person(server: Server) -> Demander:
    return Demander(server, 2)


@pytest.fixture
def draft(person: Demander) -> str:
    return person.ready(need_title="上传之前写下的名称")


def attach(person: Demander, draft: str, filename: str, content: Path, revision: int = 1) -> Answer:
    """Send the page of the attachments with a file."""
    fields = [("section", "attachments"), ("revision", str(revision))]
    fields += [("__start__", "attachments:sequence"), ("__end__", "attachments:sequence")]
    return person.upload(f"{draft}section/attachments", fields, filename, content)


def kept(person: Demander, draft: str) -> list[str]:
    """The names of the draft's files; and what was typed before is still there."""
    assert "上传之前写下的名称" in person.get(f"{draft}section/need").text
    page = person.get(f"{draft}section/attachments").page
    return [one.text_content() for one in page.xpath("//a[contains(@href, '/file/')]")]


def reason(answer: Answer) -> str:
    """What the error summary says."""
    assert answer.status == 422, (answer.status, answer.text[:500])
    return str(answer.page.xpath("//*[@data-error-summary]")[0].text_content())


@pytest.mark.parametrize("size", [51, 300])
def test_a_file_over_the_limit(
    server: Server, person: Demander, draft: str, tmp_path: Path, size: int
):
    huge = big(tmp_path / "huge.pdf", size * MB)
    before = server.forget_peak()
    said = reason(attach(person, draft, "huge.pdf", huge))
    assert "huge.pdf" in said
    assert "50 MB" in said
    assert server.peak() - before < FLAT
    assert kept(person, draft) == []


def test_a_body_no_page_could_have_sent(
    server: Server, person: Demander, draft: str, tmp_path: Path
):
    huge = big(tmp_path / "huge.pdf", 2048 * MB)
    before = server.forget_peak()
    # The server hangs up without reading it all; whether its answer still arrives is up to TCP.
    with suppress(ConnectionResetError):
        assert attach(person, draft, "huge.pdf", huge).status == 413
    assert server.peak() - before < FLAT
    assert kept(person, draft) == []


def test_a_large_file_within_the_limit(
    server: Server, person: Demander, draft: str, tmp_path: Path
):
    large = big(tmp_path / "large.pdf", 49 * MB)
    before = server.forget_peak()
    assert attach(person, draft, "large.pdf", large).status == 303
    assert server.peak() - before < FLAT
    assert kept(person, draft) == ["large.pdf"]


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({DOCX: 40 * MB}, "压缩比"),
        ({DOCX: MB, "word/media/huge.bin": 210 * MB}, "200 MB"),
        ({DOCX: 100, "../../outside.txt": 100}, "指向"),
    ],
)
def test_an_archive_that_is_a_trap(
    server: Server,
    person: Demander,
    draft: str,
    tmp_path: Path,
    members: dict[str, int],
    says: str,
):
    trap = archive(tmp_path / "trap.docx", members)
    before = server.forget_peak()
    assert says in reason(attach(person, draft, "trap.docx", trap))
    assert server.peak() - before < FLAT
    assert kept(person, draft) == []


@pytest.mark.parametrize(
    ("filename", "content", "says"),
    [
        ("picture.pdf", PNG, "picture.pdf"),
        ("page.jpg", b"<html><script>alert(1)</script></html>", "page.jpg"),
        ("program.pdf", b"MZ" + bytes(200), "program.pdf"),
        ("program.exe", b"MZ" + bytes(200), "PDF"),
        ("plain.docx", PDF, "plain.docx"),
        ("other.docx", b"PK\3\4" + bytes(100), "other.docx"),
        ("binary.txt", bytes(range(256)), "binary.txt"),
        ("empty.pdf", b"", "empty.pdf"),
        ("no-extension", PDF, "扩展名"),
        (".pdf", PDF, "扩展名"),
    ],
)
def test_a_file_that_is_not_what_it_says(
    person: Demander, draft: str, tmp_path: Path, filename: str, content: bytes, says: str
):
    file = tmp_path / "sent"
    file.write_bytes(content)
    assert says in reason(attach(person, draft, filename, file))
    assert kept(person, draft) == []


@pytest.mark.parametrize(
    "filename", ["../../../etc/evil.pdf", "C:\\\\Windows\\\\evil.pdf", "/evil.pdf"]
)
def test_a_path_in_the_name_leads_nowhere(
    person: Demander, draft: str, tmp_path: Path, filename: str
):
    file = tmp_path / "sent"
    file.write_bytes(PDF)
    assert attach(person, draft, filename, file).status == 303
    assert kept(person, draft) == ["evil.pdf"]
    page = person.get(f"{draft}section/attachments").page
    [link] = page.xpath("//a[contains(@href, '/file/')]/@href")
    sent = person.get(link)
    assert sent.body == PDF
    assert sent.headers["Content-Disposition"] == "attachment; filename*=UTF-8''evil.pdf"
    assert person.get(f"{draft}file/..%2f..%2fsite.ini").status == 404
