"""Sending letters: through a mail server, or onto the console while developing."""

from __future__ import annotations

import smtplib
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

import structlog

log = structlog.get_logger("jiebang.mail")

_TIMEOUT = 20


@dataclass(frozen=True)
class Letter:
    """A letter to one person, in plain text."""

    to: str
    subject: str
    body: str


Sender = Callable[[Letter], None]


def sender_for(address: str, *, mail_from: str) -> Sender:
    """The way letters go out: ``console``, ``smtp://[user:password@]host:port`` or ``smtps://…``."""
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
    """Hand a message to the server. What it refuses for good is logged and given up; else raises."""
    where = urlsplit(address)
    context = ssl.create_default_context()
    host, port = where.hostname or "localhost", where.port or 25
    connection = (
        smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT, context=context)
        if where.scheme == "smtps"
        else smtplib.SMTP(host, port, timeout=_TIMEOUT)
    )
    with connection as server:
        server.ehlo()
        if where.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
        if where.username:
            server.login(unquote(where.username), unquote(where.password or ""))
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _reason in refused.recipients.values()]
            if not all(500 <= code < 600 for code in codes):
                raise
            # No address in the log: it is personal.
            log.exception("a letter was refused for good", codes=codes)


def _print_letter(letter: Letter) -> None:
    """Show a letter where the developer looks."""
    sys.stdout.write(f"\n--- {letter.to} ---\n{letter.subject}\n\n{letter.body}\n---\n")
    sys.stdout.flush()
