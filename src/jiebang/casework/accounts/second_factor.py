"""The second factor (第二重验证): time-based one-time codes (RFC 6238), which staff need."""

from __future__ import annotations

from datetime import datetime

import pyotp

from jiebang.casework.accounts.lockout import count_failure, forget_failures, is_locked
from jiebang.model.people import Person
from jiebang.settings import Settings

_STEP = 30
#: Steps before and after the present one that are accepted: telephones' clocks differ a little.
_DRIFT = 1


def new_secret() -> str:
    """A fresh secret, to be kept once a code made from it was right."""
    return str(pyotp.random_base32())


def enrolment_uri(*, person: Person, secret: str) -> str:
    """What an authenticator app reads from the picture."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=person.email, issuer_name="jiebang"))


def enrol(*, person: Person, secret: str, code: str, at: datetime) -> bool:
    """Keep a secret whose code was right; answer whether it was."""
    step = _step_of(secret, code, at)
    if step is None:
        return False
    person.credentials.totp_secret, person.credentials.totp_step = secret, step
    return True


def verify(*, person: Person, code: str, settings: Settings, at: datetime) -> bool:
    """Whether a code is right and was not used before. A code works once.

    Wrong codes count like wrong passwords; while the account is locked no code is right.
    """
    credentials = person.credentials
    if credentials.totp_secret is None or is_locked(credentials=credentials, at=at):
        return False
    step = _step_of(credentials.totp_secret, code, at)
    if step is None or step <= credentials.totp_step:
        count_failure(credentials=credentials, settings=settings, at=at)
        return False
    credentials.totp_step = step
    forget_failures(credentials=credentials)
    return True


def _step_of(secret: str, code: str, at: datetime) -> int | None:
    """The step a code belongs to, or ``None``."""
    totp, now = pyotp.TOTP(secret), int(at.timestamp()) // _STEP
    compact = code.replace(" ", "")
    for step in range(now - _DRIFT, now + _DRIFT + 1):
        if pyotp.utils.strings_equal(compact, totp.generate_otp(step)):
            return step
    return None
