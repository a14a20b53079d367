"""What may be attached (附件): the limits and types of ``forms/uploads.yaml``, and the refusal."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from jiebang.errors import JiebangError
from jiebang.i18n import _
from jiebang.yamlfile import read

MB = 1024 * 1024


class FileType(BaseModel):
    """One type that may be attached: what its content must look like, beyond its name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    extension: str = Field(pattern=r"^[a-z0-9]+$")
    media_type: str
    #: ``magic``: by its first bytes; ``image``: so, and its measures; ``zip``: an archive holding
    #: ``member``; ``text``: plain text.
    content: Literal["magic", "image", "zip", "text"]
    magic: tuple[str, ...] = ()
    member: str = ""


class WorkbookLimits(BaseModel):
    """What a workbook may hold whose answers are brought in: rows, and MB of XML unpacked.

    ``unconfirmed_days`` is for how many days a checked one waits to be confirmed before it is dropped
    with its rows; ``None``: for ever.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_rows: int = Field(gt=0)
    max_unzipped_mb: int = Field(gt=0)
    unconfirmed_days: int | None = Field(default=None, gt=0)


class UploadLimits(BaseModel):
    """What may be attached. A MB is 1024 × 1024 bytes; ``max_ratio`` is unpacked to packed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_file_mb: int = Field(gt=0)
    max_unzipped_mb: int = Field(gt=0)
    max_ratio: int = Field(gt=0)
    max_members: int = Field(gt=0)
    max_megapixels: int = Field(gt=0)
    workbook: WorkbookLimits
    types: tuple[FileType, ...]

    @property
    def extensions_text(self) -> str:
        """The extensions as people read them."""
        return ", ".join(one.extension.upper() for one in self.types)

    @property
    def accept(self) -> str:
        """The ``accept`` attribute of a file input."""
        return ",".join(f".{one.extension}" for one in self.types)


class UploadRefused(JiebangError):
    """A file that is not kept; ``message`` says why and what to do."""

    def __init__(self, message: object) -> None:
        super().__init__(message)
        self.message = message


def read_limits(path: Path) -> UploadLimits:
    """Read ``uploads.yaml``. Raises ``BadFile``."""
    return read(path, UploadLimits, f"{path.parent.name}/{path.name}")


def lies(name: str) -> UploadRefused:
    """The refusal of a file whose content is not what its name says."""
    return UploadRefused(
        _(
            "The content of “${name}” is not what its extension says. "
            "Save it again in its own format.",
            mapping={"name": name},
        )
    )
