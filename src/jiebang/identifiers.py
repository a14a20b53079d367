"""统一社会信用代码 (GB 32100-2015): shape, check character, and what the code itself tells.

Position 1 is the registering authority, 2 the kind of body, 3–8 the division of the authority
(GB/T 2260), 9–17 the body itself (GB 11714), 18 the check character.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

from stdnum.cn import uscc

LENGTH = 18

#: GB 32100 leaves out I, O, Z, S and V. python-stdnum wants digits in the first two places as well,
#: and so refuses the codes of 农业 (N…) and 其他 (Y…); only its check character is used.
_SHAPE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")

_ENTITY_KINDS = {
    "11": "government",
    "12": "public_institution",
    "51": "association",
    "52": "private_nonenterprise",
    "53": "foundation",
    "91": "enterprise",
    "92": "individual_business",
    "93": "cooperative",
}
#: Every kind of body that ``entity_kind`` answers.
ENTITY_KINDS = (*_ENTITY_KINDS.values(), "other")


class Verdict(Enum):
    """What can be said of a code by looking at it."""

    OK = "ok"
    #: Some legally issued codes fail the check, so an officer may accept one with a reason.
    BAD_CHECK = "bad_check"
    MALFORMED = "malformed"


def normalise(code: str) -> str:
    """The code in half-width capitals without blanks and hyphens."""
    return re.sub(r"[\s\-‐-―]", "", unicodedata.normalize("NFKC", code)).upper()


def check_credit_code(code: str) -> Verdict:
    """Judge a code in any spelling that ``normalise`` understands."""
    compact = normalise(code)
    if not _SHAPE.fullmatch(compact):
        return Verdict.MALFORMED
    if uscc.calc_check_digit(compact[:-1]) != compact[-1]:
        return Verdict.BAD_CHECK
    return Verdict.OK


def province_code(code: str) -> str:
    """The two digits of the province (GB/T 2260) whose authority registered the body."""
    return normalise(code)[2:4]


def division_code(code: str) -> str:
    """The six digits of the division (GB/T 2260) whose authority registered the body."""
    return normalise(code)[2:8]


def entity_kind(code: str) -> str:
    """The kind of body by positions 1 and 2, such as ``enterprise``; else ``other``."""
    return _ENTITY_KINDS.get(normalise(code)[:2], "other")


def complete_code(first: str) -> str:
    """Seventeen characters with the check character that belongs to them."""
    return first + str(uscc.calc_check_digit(first))
