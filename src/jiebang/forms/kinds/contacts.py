"""Answers that say how to reach somebody: telephone numbers, e-mail and web addresses."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

import colander

from jiebang.forms.kinds import shapes
from jiebang.forms.kinds.values import Answer
from jiebang.i18n import _

_PHONE, _EMAIL, _URL = (re.compile(one) for one in (shapes.PHONE, shapes.EMAIL, shapes.URL))
_WEB = re.compile("(?:([A-Za-z][A-Za-z0-9+.-]*)://)?([^/?#]*)(.*)", re.DOTALL)
#: What may stand in an address as it is; a percent sign is taken to be one already.
_KEPT = "!#$%&()*+,-./:;=?@[]_~"


class Email(Answer):
    """An e-mail address, its form only: whether it exists, a message to it will tell."""

    def typed(self, node: colander.SchemaNode, text: str) -> str:
        """Understand an address; its domain is kept in small letters."""
        name, at, domain = unicodedata.normalize("NFKC", text).rpartition("@")
        address = f"{name}{at}{domain.lower()}"
        if len(address) > shapes.EMAIL_LENGTH or not _EMAIL.fullmatch(address):
            words = {"label": self.label}
            raise self.refuse(
                node,
                _(
                    "Write “${label}” as an e-mail address, such as name@example.com.",
                    mapping=words,
                ),
            )
        return address


class Phone(Answer):
    """A mainland mobile or landline number, or an international one with its country code."""

    def typed(self, node: colander.SchemaNode, text: str) -> str:
        """Understand a number; blanks, hyphens and brackets go."""
        digits = re.sub(r"[\s()\-‐-―]", "", unicodedata.normalize("NFKC", text))
        if not _PHONE.fullmatch(digits):
            words = {"label": self.label}
            raise self.refuse(
                node,
                _(
                    "“${label}” is not a telephone number. Write 11 digits for a mobile, the area "
                    "code first for a landline, or + and the country code for a number abroad.",
                    mapping=words,
                ),
            )
        return digits


class Url(Answer):
    """A web address (http or https), in ASCII as browsers send it."""

    def typed(self, node: colander.SchemaNode, text: str) -> str:
        """Understand an address with or without ``http://``, its domain in any language."""
        # So long a text is no address, and not worth a look.
        match = _WEB.fullmatch(text[: shapes.URL_LENGTH + 1])
        scheme, host, path = match.groups() if match else ("", "", "")
        try:
            host = host.encode("idna").decode("ascii").lower() if not host.isascii() else host
        except UnicodeError:
            host = ""
        address = f"{(scheme or 'http').lower()}://{host.lower()}{quote(path, safe=_KEPT)}"
        limit = min(self.question.max or shapes.URL_LENGTH, shapes.URL_LENGTH)
        if len(address) > limit or not _URL.fullmatch(address):
            words = {"label": self.label}
            raise self.refuse(
                node,
                _(
                    "Write “${label}” as a web address, such as https://www.example.com.",
                    mapping=words,
                ),
            )
        return address
