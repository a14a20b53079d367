"""The shapes of stored answers, once, for reading what was typed and for describing it to others.

Every pattern holds from the first character to the last and keeps to what regular expressions mean
alike everywhere: no ``\\d``, ``\\w`` or ``\\s``, whose reach differs, and nothing that can run away.
"""

from __future__ import annotations

#: The most that a stored whole number may be, money in fen too: every JSON reader keeps it exactly.
LARGEST = 10**15 - 1
FIRST_YEAR, LAST_YEAR = 1900, 2100

#: ISO dates of the Gregorian calendar, leap days where they are.
DATE = (
    "(?!0000)[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    "|(?!0000)(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])"
    "|(?:[02468][048]|[13579][26])00)-02-29"
)
#: 统一社会信用代码 (GB 32100); whether its last character fits is a warning, not a shape.
CREDIT_CODE = "[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}"
DIVISION = "[0-9]{6}"
#: GB/T 4754: the letter of a section (门类), then two digits (大类), three (中类) or four (小类).
INDUSTRY = "[A-T](?:[0-9]{2,4})?"
#: A mainland mobile, a landline with its area code or an 800 or 400 number, a number abroad.
PHONE = (
    "1[3-9][0-9]{9}|(?:0[0-9]{9,11}|[48]00[0-9]{7})(?:[#x转][0-9]{1,6})?|(?:[+]|00)[1-9][0-9]{5,14}"
)
_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}"
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_TOP = "[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
#: The addresses of WHATWG HTML whose domain has a dot, no dots beside each other, small letters in it.
EMAIL = f"{_ATOM}(?:[.]{_ATOM})*@(?:{_LABEL}[.])+{_TOP}"
EMAIL_LENGTH = 254
#: Web addresses only, in ASCII: no password before the host, nothing that ends a quoted attribute.
URL = f"https?://(?:{_LABEL}[.])+{_TOP}(?::[0-9]{{1,5}})?(?:[/?#][!#-&(-;=?-Z_a-z~\\[\\]]*)?"
URL_LENGTH = 2000
#: A number or id of something kept elsewhere.
REFERENCE = "[0-9A-Za-z][0-9A-Za-z._:-]{0,63}"
SIGNED_NAME_LENGTH = 60
#: Of the reason of a rating, where its question does not say.
REASON_LENGTH = 500


def decimal(places: int) -> str:
    """Canonical decimals of so many places at most: ``0``, ``-3``, ``12.5``; never ``-0`` or ``1.50``."""
    fraction = f"[.][0-9]{{0,{places - 1}}}[1-9]"
    return f"0|-?(?:[1-9][0-9]{{0,14}}(?:{fraction})?|0{fraction})"
