"""The exceptions a person can act on. One class per kind of reason; the message is translatable."""

from __future__ import annotations

from collections.abc import Sequence


class JiebangError(Exception):
    """A refusal with a message for the person who asked. Raising it aborts the transaction."""


class Refused(JiebangError):
    """The act is not possible now; every reason is listed, not only the first."""

    def __init__(self, reasons: Sequence[object]) -> None:
        super().__init__(*reasons)
        self.reasons = tuple(reasons)


class Stale(JiebangError):
    """Somebody changed the document since it was opened. ``current`` is what stands there now."""

    def __init__(self, current: object) -> None:
        super().__init__(current)
        self.current = current
