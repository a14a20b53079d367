"""Pictures among attached files: their measures are read before anybody decodes them."""

from __future__ import annotations

from typing import IO

from PIL import Image, UnidentifiedImageError

from jiebang.forms.attachments.limits import FileType, UploadLimits, UploadRefused, lies
from jiebang.i18n import _

_MEGA = 1_000_000
#: The name that Pillow gives a format, by media type.
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}

# The limit is ours and said in ``uploads.yaml``: Pillow's own would only warn.
Image.MAX_IMAGE_PIXELS = None


def check_image(content: IO[bytes], name: str, kind: FileType, limits: UploadLimits) -> None:
    """Read the header alone. Raises ``UploadRefused`` for what is no picture, or far too large a one."""
    content.seek(0)
    try:
        # Opening reads the header; pixels are decoded by nobody here.
        with Image.open(content, formats=[_FORMATS[kind.media_type]]) as image:
            width, height = image.size
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise lies(name) from None
    if width * height > limits.max_megapixels * _MEGA:
        words = {
            "name": name,
            "width": width,
            "height": height,
            "limit": limits.max_megapixels,
        }
        raise UploadRefused(
            _(
                "“${name}” has ${width} × ${height} pixels; at most ${limit} million are possible. "
                "Make it smaller.",
                mapping=words,
            )
        )
