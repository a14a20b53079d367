"""Files, honest ones and liars."""

from __future__ import annotations

import hashlib
import io
import struct
import tracemalloc
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from jiebang.forms.attachments.inspecting import inspect, safe_name
from jiebang.forms.attachments.limits import UploadRefused, read_limits
from jiebang.forms.book import Translator

LIMITS = read_limits(Path(__file__).resolve().parents[4] / "forms" / "uploads.yaml")
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def picture(kind: str, width: int, height: int):
    held = io.BytesIO()
    Image.new("1", (width, height)).save(held, kind)
    return held.getvalue()


PNG, JPG = picture("png", 3, 2), picture("jpeg", 3, 2)
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600


def archive(members: Mapping[str, bytes | str], **kw: Any):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, **kw) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return held.getvalue()


ENTITY = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
#: Hardly to be packed, and so long that what follows lies over the end of a piece that is read.
NOISE = "".join(hashlib.sha512(bytes([nth])).hexdigest() for nth in range(256))[:-6]
DOCX = archive({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"})


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("执照.pdf", PDF, "application/pdf"),
        ("扫描.PNG", PNG, "image/png"),
        ("照片.jpeg", JPG, "image/jpeg"),
        ("旧.doc", OLE, "application/msword"),
        (
            "新.docx",
            DOCX,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("版式.ofd", archive({"OFD.xml": "<x/>"}), "application/ofd"),
        ("说明.txt", "需求说明\r\n".encode(), "text/plain"),
        ("旧说明.txt", "需求说明".encode("gb18030"), "text/plain"),
    ],
)
def test_honest_files(name: str, content: bytes, media_type: str):
    with_content = inspect(io.BytesIO(content), name, LIMITS)
    with with_content.content as kept:
        assert kept.read() == content
    assert (with_content.name, with_content.media_type) == (name, media_type)
    assert with_content.size == len(content)
    assert with_content.sha256 == hashlib.sha256(content).hexdigest()


def lying_size():
    """An archive whose directory says that a large member is small."""
    content = bytearray(archive({"word/document.xml": b"\0" * 5_000_000}))
    at = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, 10)
    return bytes(content)


def encrypted():
    content = bytearray(DOCX)
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "zh", "en"),
    [
        ("a.exe", b"MZ" + b"\0" * 100, "不接受", "not accepted"),
        ("a.pdf.html", b"<script>", "不接受", "not accepted"),
        ("a.pdf", b"MZ" + b"\0" * 100, "与扩展名不符", "not what its extension says"),
        ("a.pdf", PNG, "与扩展名不符", "not what its extension says"),
        ("a.png", b"<svg onload=alert(1)>", "与扩展名不符", "not what its extension says"),
        ("a.jpg", PDF, "与扩展名不符", "not what its extension says"),
        ("a.txt", b"\0\1\2", "与扩展名不符", "not what its extension says"),
        ("a.txt", PNG, "与扩展名不符", "not what its extension says"),
        ("a.docx", archive({"any": "x"}), "与扩展名不符", "not what its extension says"),
        ("a.xlsx", DOCX, "与扩展名不符", "not what its extension says"),
        ("a.docx", DOCX[:-30], "与扩展名不符", "not what its extension says"),
        ("a.docx", lying_size(), "与扩展名不符", "not what its extension says"),
        ("a.docx", encrypted(), "设有密码", "password"),
        (
            "a.docx",
            archive({"word/document.xml": "x", "../../etc/cron.d/x": "y"}),
            "指向包外",
            "outside",
        ),
        ("a.docx", archive({"word/document.xml": "x", "/etc/x": "y"}), "指向包外", "outside"),
        ("a.docx", archive({"word/document.xml": "x", "..\\x": "y"}), "指向包外", "outside"),
        ("a.docx", archive({"word/document.xml": b"\0" * 20_000_000}), "压缩比异常", "so tightly"),
        ("a.png", PNG[:20], "与扩展名不符", "not what its extension says"),
        ("a.png", picture("png", 10_000, 10_000), "像素", "pixels"),
        ("a.jpg", picture("jpeg", 10_000, 10_000), "像素", "pixels"),
        # One file that is two: what was looked at is not what somebody else will open.
        ("a.png", PNG + DOCX, "与扩展名不符", "not what its extension says"),
        ("a.pdf", PDF + DOCX, "与扩展名不符", "not what its extension says"),
        ("a.jpg", JPG + PDF, "与扩展名不符", "not what its extension says"),
        ("a.docx", PDF + DOCX, "与扩展名不符", "not what its extension says"),
        ("a.docx", archive({"word/document.xml": ENTITY}), "实体", "entities"),
        ("a.docx", archive({"word/document.xml": ENTITY.encode("utf-16")}), "实体", "entities"),
        ("a.xlsx", archive({"xl/workbook.xml": "<x/>", "_rels/.rels": ENTITY}), "实体", "entities"),
        ("a.docx", archive({"word/document.xml": NOISE + ENTITY}), "实体", "entities"),
        ("a.xlsx", archive({"xl/workbook.xml": "", "xl/vbaProject.bin": "x"}), "宏", "macros"),
        ("a.pdf", b"", "是空文件", "is empty"),
        ("noextension", PDF, "带扩展名", "with an extension"),
        ("..", PDF, "带扩展名", "with an extension"),
        (".pdf", PDF, "带扩展名", "with an extension"),
        ("", PDF, "带扩展名", "with an extension"),
    ],
)
def test_liars(translator: Translator, name: str, content: bytes, zh: str, en: str):
    with pytest.raises(UploadRefused) as refused:
        inspect(io.BytesIO(content), name, LIMITS)
    assert zh in translator(refused.value.message, "zh_CN")
    assert en in translator(refused.value.message, "en")


class Zeros(io.RawIOBase):
    """As many zero bytes as asked for, made while they are read."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1):
        given = min(size if size >= 0 else self.left, self.left)
        self.left -= given
        return b"\0" * given


def test_oversize_is_refused_before_it_is_read_and_memory_stays_flat(translator: Translator):
    stream = Zeros(2**40)
    tracemalloc.start()
    try:
        with pytest.raises(UploadRefused) as refused:
            inspect(stream, "a.pdf", LIMITS)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "50 MB" in translator(refused.value.message, "zh_CN")
    assert 2**40 - stream.left <= 51 * 1024 * 1024
    assert peak < 8 * 1024 * 1024


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_a_flood_of_pixels_is_never_decoded(kind: str):
    flood = io.BytesIO(picture(kind, 10_000, 10_000))
    tracemalloc.start()
    try:
        with pytest.raises(UploadRefused):
            inspect(flood, f"a.{kind}", LIMITS)
        assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_a_bomb_of_many_members():
    bomb = archive({"word/document.xml": "x"} | {f"m{i}": "" for i in range(LIMITS.max_members)})
    with pytest.raises(UploadRefused):
        inspect(io.BytesIO(bomb), "a.docx", LIMITS)


def test_total_of_unpacked_sizes(translator: Translator):
    members = {f"m{i}": b"\0" * 1_000_000 for i in range(220)} | {"word/document.xml": b"x"}
    with pytest.raises(UploadRefused) as refused:
        inspect(io.BytesIO(archive(members)), "a.docx", LIMITS)
    assert "200 MB" in translator(refused.value.message, "zh_CN")


@pytest.mark.parametrize(
    ("posted", "kept"),
    [
        ("C:\\Users\\某人\\执照.pdf", "执照.pdf"),
        ("../../etc/执照.pdf", "执照.pdf"),
        ("a\0b\r\nc\u202e.pdf", "abc.pdf"),
        ('<b>"x"?.pdf', "bx.pdf"),
        ("  . 名 .pdf ", "名.pdf"),
        ("长" * 300 + ".pdf", "长" * 80 + ".pdf"),
    ],
)
def test_names(posted: str, kept: str):
    assert safe_name(posted) == kept
