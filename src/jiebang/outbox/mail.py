"""Sending letters: through a mail server, or onto the console while developing."""

from __future__ import annotations

import smtplib
import ssl
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

import structlog

log = structlog.get_logger("jiebang.mail")

_TIMEOUT = 20
#: RFC 5321: 4xx may succeed later, 5xx never will.
_FOR_GOOD = 500


class NotNow(Exception):
    """The mail server works, but does not take this letter at present (4xx): later, perhaps."""


@dataclass(frozen=True)
class Letter:
    """A letter to one person, in plain text."""

    to: str
    subject: str
    body: str


Sender = Callable[[Letter], None]


def sender_for(address: str, *, mail_from: str) -> Sender:
    """The way letters go out: ``console``, ``smtp://[user:password@]host:port`` or ``smtps://…``.

    It returns when the letter is taken or refused for good, raises ``NotNow`` when it is refused for
    the moment, and ``OSError`` (``smtplib``'s errors are such) when there is no talking to the server
    or it refuses us as the sender: then no letter would go out.
    """
    if address == "console":
        return _print_letter

    def send(letter: Letter) -> None:
        _send(address, _message(letter, mail_from))

    return send


def _message(letter: Letter, mail_from: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = mail_from, letter.to, letter.subject
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain=mail_from.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    return message


def _send(address: str, message: EmailMessage) -> None:
    server = _connect(address)
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        [(code, _reason)] = refused.recipients.values()
        _refused(code)
    except smtplib.SMTPDataError as refused:
        _refused(refused.smtp_code)
    except smtplib.SMTPNotSupportedError:
        # An address outside ASCII, and a server that knows no such thing.
        _refused(_FOR_GOOD)
    finally:
        # The letter is taken or refused by now: what happens to the goodbye changes nothing.
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


def _connect(address: str) -> smtplib.SMTP:
    where = urlsplit(address)
    context = ssl.create_default_context()
    host = where.hostname or "localhost"
    if where.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, where.port or 465, timeout=_TIMEOUT, context=context
        )
    else:
        server = smtplib.SMTP(host, where.port or 25, timeout=_TIMEOUT)
    try:
        server.ehlo()
        if where.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
        if where.username:
            server.login(unquote(where.username), unquote(where.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _refused(code: int) -> None:
    """Give a letter up that is refused for good. The log holds no address: it is personal."""
    if code < _FOR_GOOD:
        raise NotNow(code)
    log.error("a letter was refused for good", code=code)


def _print_letter(letter: Letter) -> None:
    """Show a letter where the developer looks."""
    sys.stdout.write(f"\n--- {letter.to} ---\n{letter.subject}\n\n{letter.body}\n---\n")
    sys.stdout.flush()
