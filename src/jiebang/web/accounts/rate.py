"""How often one address may try in a minute (登录限速)."""

from __future__ import annotations

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from pyramid.config import Configurator
from pyramid.request import Request

from jiebang.i18n import _

TOO_MANY = _("Too many attempts from your address. Wait a minute, then try again.")


def may_try(request: Request, what: str) -> bool:
    """Whether this address has attempts at ``what`` left. When not, the answer is marked 429."""
    limit = RateLimitItemPerMinute(request.registry.settings["jiebang"].sign_in_rate)
    if request.registry.attempts.hit(limit, what, request.remote_addr or ""):
        return True
    request.response.status_int = 429
    request.response.headers["Retry-After"] = "60"
    return False


def includeme(config: Configurator) -> None:
    """Count attempts in memory: a limit for each process."""
    config.registry.attempts = MovingWindowRateLimiter(MemoryStorage())
