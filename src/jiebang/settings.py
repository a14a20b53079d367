"""Typed settings. A wrong or unknown one stops the start and is named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

PREFIX = "jiebang."


class BadSettings(Exception):
    """The ini file cannot be used; the message names each wrong setting."""


def _words(value: object) -> object:
    return tuple(value.split()) if isinstance(value, str) else value


class Settings(BaseModel):
    """The ``jiebang.*`` lines of the ini file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: The folder of rule files and the folder of form files.
    rules: Path
    forms: Path
    #: The folder with the compiled gettext catalogs.
    locales: Path
    #: The edition that the front page shows.
    edition: str
    #: Where uploads in progress, the full-text index and the like are kept.
    var: Path
    #: The folder with the fonts that official documents are set in.
    fonts: Path
    #: Read changed rule and form files at the next request (development).
    reload_rules: bool = False
    #: Public address, for links in mails; host names that requests may ask for.
    site_url: str
    allowed_hosts: Annotated[tuple[str, ...], BeforeValidator(_words)]
    #: Signs session cookies. At least 32 characters.
    session_secret: str = Field(min_length=32)
    secure_cookies: bool = True
    #: Minutes without a request after which a session ends.
    session_minutes: int = Field(default=60, gt=0)
    #: ``console``, or ``smtp://[user:password@]host:port``.
    mail: str = Field(pattern=r"^(console|smtps?://.+)$")
    mail_from: str = Field(pattern=r".+@.+")
    #: Hours for which a link in a letter works.
    link_hours: int = Field(default=48, gt=0)
    #: Failed sign-ins before an account is locked, and for how many minutes.
    lockout_failures: int = Field(default=5, gt=0)
    lockout_minutes: int = Field(default=15, gt=0)
    #: Sign-in attempts a minute from one address.
    sign_in_rate: int = Field(default=10, gt=0)
    #: Run the feed's consumers in a thread of the web process, or leave them to ``jiebang worker``.
    worker: Literal["embedded", "separate"] = "embedded"
    #: Create demo accounts at the first start. Never in production.
    demo_accounts: bool = False

    @classmethod
    def from_ini(cls, ini: Mapping[str, str]) -> Settings:
        """Pick the ``jiebang.*`` lines out of the app's settings. Raises ``BadSettings``."""
        own = {
            key.removeprefix(PREFIX): value for key, value in ini.items() if key.startswith(PREFIX)
        }
        try:
            return cls.model_validate(own)
        except ValidationError as error:
            lines = [
                f"{PREFIX}{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()
            ]
            raise BadSettings("\n".join(lines)) from None
