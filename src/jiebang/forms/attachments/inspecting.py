"""Files that people attach, looked at before anything is kept.

Limits and types stand in ``forms/uploads.yaml``.
"""

from __future__ import annotations

import codecs
import hashlib
import re
import tempfile
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import IO, BinaryIO

import puremagic

from jiebang.forms.attachments.archives import check_archive
from jiebang.forms.attachments.images import check_image
from jiebang.forms.attachments.limits import MB, FileType, UploadLimits, UploadRefused, lies
from jiebang.forms.signs import refused_sign
from jiebang.i18n import _

_CHUNK = 64 * 1024
#: Up to this size a file is held in memory, beyond it on disk.
_IN_MEMORY = 1024 * 1024
#: Names longer than this are cut before their extension: file systems end at 255 bytes.
_NAME_LENGTH = 80


@dataclass(frozen=True)
class Accepted:
    """A file that may be kept: ``content`` stands at its beginning and is the caller's to close."""

    name: str
    media_type: str
    size: int
    sha256: str
    content: IO[bytes]


def inspect(stream: BinaryIO, filename: str, limits: UploadLimits) -> Accepted:
    """Copy a posted file aside, a piece at a time, and judge it. Raises ``UploadRefused``."""
    name = safe_name(filename)
    kind = _type_by_name(name, limits)
    content = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - handed to the caller
    try:
        # A request that is tried again, after a conflict, posts a file that was read already.
        if stream.seekable():
            stream.seek(0)
        size, digest = _copy(stream, content, name, limits)
        if size == 0:
            raise UploadRefused(_("“${name}” is empty.", mapping={"name": name}))
        if kind.content == "text":
            _check_text(content, name)
        else:
            _check_magic(content, name, kind)
        if kind.content == "zip":
            check_archive(content, name, kind, limits, size)
        else:
            _check_not_an_archive_too(content, name)
        if kind.content == "image":
            check_image(content, name, kind, limits)
        content.seek(0)
        return Accepted(name, kind.media_type, size, digest, content)
    except BaseException:
        content.close()
        raise


def safe_name(filename: str) -> str:
    """The last part of a path, without signs that a file system or a page would stumble over."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", filename))[-1]
    kept = "".join(
        sign for sign in last if sign not in '<>:"|?*\t\n' and refused_sign(sign) is None
    )
    stem, dot, extension = kept.strip(" .").rpartition(".")
    if not stem.strip(" .") or not extension:
        raise UploadRefused(
            _(
                "A file needs a name with an extension, such as licence.pdf. "
                "Rename it and attach it again."
            )
        )
    return stem[:_NAME_LENGTH].rstrip(" .") + dot + extension


def _type_by_name(name: str, limits: UploadLimits) -> FileType:
    extension = name.rpartition(".")[2].lower()
    for kind in limits.types:
        if kind.extension == extension:
            return kind
    words = {"name": name, "kinds": limits.extensions_text}
    raise UploadRefused(
        _("“${name}” is of a type that is not accepted. Use ${kinds}.", mapping=words)
    )


def _copy(stream: BinaryIO, content: IO[bytes], name: str, limits: UploadLimits) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > limits.max_file_mb * MB:
            words = {"name": name, "limit": limits.max_file_mb}
            raise UploadRefused(
                _(
                    "“${name}” is larger than ${limit} MB. Make it smaller or split it.",
                    mapping=words,
                )
            )
        digest.update(chunk)
        content.write(chunk)
    return size, digest.hexdigest()


def _check_magic(content: IO[bytes], name: str, kind: FileType) -> None:
    content.seek(0)
    # Readers of PDF look for its beginning this far into a file: another type must not hold one.
    if "pdf" not in kind.magic and b"%PDF-" in content.read(1024):
        raise lies(name)
    content.seek(0)
    try:
        found = puremagic.magic_stream(content)
    except (ValueError, puremagic.PureError):
        raise lies(name) from None
    if not any(one.extension.lstrip(".") in kind.magic and one.offset == 0 for one in found):
        raise lies(name)


def _check_not_an_archive_too(content: IO[bytes], name: str) -> None:
    # A picture or a PDF with an archive behind it opens as either: whoever unpacks it finds what
    # nobody looked at.
    content.seek(0)
    if zipfile.is_zipfile(content):
        raise lies(name)


def _check_text(content: IO[bytes], name: str) -> None:
    if not any(_reads_as(content, encoding) for encoding in ("utf-8-sig", "gb18030")):
        raise lies(name)


def _reads_as(content: IO[bytes], encoding: str) -> bool:
    content.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := content.read(_CHUNK):
            if refused_sign(decoder.decode(chunk).replace("\r", "")) is not None:
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
