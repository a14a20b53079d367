"""Archives among attached files: office documents and OFD are ZIP archives of XML."""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import IO

from jiebang.forms.attachments.limits import MB, FileType, UploadLimits, UploadRefused, lies
from jiebang.i18n import _

_CHUNK = 64 * 1024
#: What a document type declaration begins with, in the encodings XML parsers must read. Office
#: formats never have one (ECMA-376 part 2), and entities that point elsewhere need one.
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
_XML = (".xml", ".rels", ".vml")
#: Where office documents keep programs.
_MACROS = ("vbaproject.bin", "vbadata.xml")


def check_archive(
    content: IO[bytes], name: str, kind: FileType, limits: UploadLimits, size: int
) -> None:
    """Look at every member, unpacked to nowhere. ``size`` is that of the archive in bytes.

    Raises ``UploadRefused``.
    """
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            members = archive.infolist()
            if kind.member not in {member.filename for member in members}:
                raise lies(name)
            _check_members(members, name, limits, size)
            for member in members:
                # Sizes in the directory can lie: unpacking to nowhere proves them.
                with archive.open(member) as unpacked:
                    if _declares_a_type(unpacked) and member.filename.lower().endswith(_XML):
                        raise _reaches_out(name)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        raise lies(name) from None


def _declares_a_type(unpacked: IO[bytes]) -> bool:
    """Read a member to its end; whether a document type declaration stands in it."""
    found, tail = False, b""
    while chunk := unpacked.read(_CHUNK):
        # Two chunks may share a declaration between them.
        window = tail + chunk
        found = found or any(one in window for one in _DOCTYPES)
        tail = window[-max(map(len, _DOCTYPES)) :]
    return found


def _reaches_out(name: str) -> UploadRefused:
    return UploadRefused(
        _(
            "“${name}” declares XML entities, which office programs never write. "
            "Save it again in its own format.",
            mapping={"name": name},
        )
    )


def _check_members(
    members: list[zipfile.ZipInfo], name: str, limits: UploadLimits, size: int
) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > limits.max_members or unpacked > limits.max_unzipped_mb * MB:
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
        if parts[-1].lower() in _MACROS:
            raise UploadRefused(
                _("“${name}” holds macros. Save it without macros.", mapping={"name": name})
            )
        if member.flag_bits & 0x1:
            raise UploadRefused(
                _(
                    "“${name}” is protected by a password. Remove the password.",
                    mapping={"name": name},
                )
            )
