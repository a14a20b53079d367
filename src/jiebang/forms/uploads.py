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
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Literal

import puremagic
from pydantic import BaseModel, ConfigDict, Field

from jiebang.errors import JiebangError
from jiebang.forms.signs import refused_sign
from jiebang.i18n import _
from jiebang.yamlfile import read

_CHUNK = 64 * 1024
#: Up to this size a file is held in memory, beyond it on disk.
_IN_MEMORY = 1024 * 1024
#: Names longer than this are cut before their extension: file systems end at 255 bytes.
_NAME_LENGTH = 80
_MB = 1024 * 1024


class FileType(BaseModel):
    """One type that may be attached: what its content must look like, beyond its name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    extension: str = Field(pattern=r"^[a-z0-9]+$")
    media_type: str
    #: ``magic``: by its first bytes; ``zip``: an archive holding ``member``; ``text``: plain text.
    content: Literal["magic", "zip", "text"]
    magic: tuple[str, ...] = ()
    member: str = ""


class UploadLimits(BaseModel):
    """What may be attached. A MB is 1024 × 1024 bytes; ``max_ratio`` is unpacked to packed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_file_mb: int = Field(gt=0)
    max_unzipped_mb: int = Field(gt=0)
    max_ratio: int = Field(gt=0)
    max_members: int = Field(gt=0)
    types: tuple[FileType, ...]

    @property
    def extensions_text(self) -> str:
        """The extensions as people read them."""
        return ", ".join(one.extension.upper() for one in self.types)

    @property
    def accept(self) -> str:
        """The ``accept`` attribute of a file input."""
        return ",".join(f".{one.extension}" for one in self.types)


@dataclass(frozen=True)
class Accepted:
    """A file that may be kept: ``content`` stands at its beginning and is the caller's to close."""

    name: str
    media_type: str
    size: int
    sha256: str
    content: IO[bytes]


class UploadRefused(JiebangError):
    """A file that is not kept; ``message`` says why and what to do."""

    def __init__(self, message: object) -> None:
        super().__init__(message)
        self.message = message


def read_limits(path: Path) -> UploadLimits:
    """Read ``uploads.yaml``. Raises ``BadFile``."""
    return read(path, UploadLimits, f"{path.parent.name}/{path.name}")


def inspect(stream: BinaryIO, filename: str, limits: UploadLimits) -> Accepted:
    """Copy a posted file aside, a piece at a time, and judge it. Raises ``UploadRefused``."""
    name = safe_name(filename)
    kind = _type_by_name(name, limits)
    content = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - handed to the caller
    try:
        size, digest = _copy(stream, content, name, limits)
        if size == 0:
            raise UploadRefused(_("“${name}” is empty.", mapping={"name": name}))
        if kind.content == "text":
            _check_text(content, name)
        else:
            _check_magic(content, name, kind)
            if kind.content == "zip":
                _check_archive(content, name, kind, limits, size)
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
        if size > limits.max_file_mb * _MB:
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


def _lies(name: str) -> UploadRefused:
    return UploadRefused(
        _(
            "The content of “${name}” is not what its extension says. "
            "Save it again in its own format.",
            mapping={"name": name},
        )
    )


def _check_magic(content: IO[bytes], name: str, kind: FileType) -> None:
    content.seek(0)
    try:
        found = puremagic.magic_stream(content)
    except (ValueError, puremagic.PureError):
        raise _lies(name) from None
    if not any(one.extension.lstrip(".") in kind.magic and one.offset == 0 for one in found):
        raise _lies(name)


def _check_text(content: IO[bytes], name: str) -> None:
    if not any(_reads_as(content, encoding) for encoding in ("utf-8-sig", "gb18030")):
        raise _lies(name)


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


def _check_archive(
    content: IO[bytes], name: str, kind: FileType, limits: UploadLimits, size: int
) -> None:
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            members = archive.infolist()
            if kind.member not in {member.filename for member in members}:
                raise _lies(name)
            _check_members(members, name, limits, size)
            for member in members:
                # Sizes in the directory can lie: unpacking to nowhere proves them.
                with archive.open(member) as unpacked:
                    while unpacked.read(_CHUNK):
                        pass
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        raise _lies(name) from None


def _check_members(
    members: list[zipfile.ZipInfo], name: str, limits: UploadLimits, size: int
) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > limits.max_members or unpacked > limits.max_unzipped_mb * _MB:
        words = {"name": name, "limit": limits.max_unzipped_mb}
        raise UploadRefused(
            _("“${name}” unpacks to more than ${limit} MB. Attach a smaller file.", mapping=words)
        )
    if unpacked > limits.max_ratio * size:
        raise UploadRefused(
            _(
                "“${name}” is packed so tightly that it may be a trap. Save it again.",
                mapping={"name": name},
            )
        )
    for member in members:
        parts = re.split(r"[/\\]", member.filename)
        if ".." in parts or parts[0] == "" or ":" in parts[0] or "\0" in member.orig_filename:
            raise UploadRefused(
                _("“${name}” holds file names that point outside of it.", mapping={"name": name})
            )
        if member.flag_bits & 0x1:
            raise UploadRefused(
                _(
                    "“${name}” is protected by a password. Remove the password.",
                    mapping={"name": name},
                )
            )
