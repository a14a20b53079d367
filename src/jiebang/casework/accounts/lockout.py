"""Locking an account for a while after wrong passwords or codes (失败锁定)."""

from __future__ import annotations

from datetime import datetime, timedelta

from jiebang.model.people import Credentials
from jiebang.settings import Settings


def is_locked(*, credentials: Credentials, at: datetime) -> bool:
    """Whether nothing is accepted at that moment, right or wrong."""
    return credentials.locked_until is not None and at < credentials.locked_until


def count_failure(*, credentials: Credentials, settings: Settings, at: datetime) -> None:
    """Count a wrong password or code; lock the account when there were too many in a row."""
    credentials.failures += 1
    if credentials.failures >= settings.lockout_failures:
        credentials.failures = 0
        credentials.locked_until = at + timedelta(minutes=settings.lockout_minutes)


def forget_failures(*, credentials: Credentials) -> None:
    """Begin to count anew, and take a lock off."""
    # A right sign-in changes nothing most of the time: what is not written cannot conflict.
    if credentials.failures or credentials.locked_until:
        credentials.failures, credentials.locked_until = 0, None
