"""One's own account: password, second factor, sessions, organisations."""

from __future__ import annotations

import io
from typing import Any

import segno
from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import remember
from pyramid.view import view_config, view_defaults

from jiebang import clock
from jiebang.casework.accounts import joining, second_factor
from jiebang.casework.accounts import people as accounts
from jiebang.errors import Refused
from jiebang.i18n import _
from jiebang.model.permissions import STAFF
from jiebang.model.site import Site
from jiebang.web.accounts.words import ROLES
from jiebang.web.posted import posted_text

#: Session key of a secret that is being enrolled.
ENROLLING = "enrolling"


@view_defaults(context=Site, permission="own_account")
class AccountPages:
    """我的账号."""

    def __init__(self, context: Site, request: Request) -> None:
        self.site, self.request = context, request
        self.person = request.identity.person
        self.back = HTTPSeeOther("/account")

    @view_config(
        name="account", request_method="GET", renderer="jiebang.web.accounts:templates/account.pt"
    )
    def account(self) -> dict[str, Any]:
        """Everything about the account on one page."""
        return self._page(())

    @view_config(
        name="change-password",
        request_method="POST",
        renderer="jiebang.web.accounts:templates/account.pt",
    )
    def change_password(self) -> Any:
        """Change the password; every other session ends."""
        known = accounts.check_password(
            site=self.site,
            email=self.person.email,
            password=posted_text(self.request, "password_now"),
            settings=self.request.registry.settings["jiebang"],
            at=clock.now(),
        )
        if known is None:
            self.request.response.status_int = 422
            return self._page((("password-now", _("The present password is not right.")),))
        try:
            accounts.set_password(
                person=self.person, password=posted_text(self.request, "password")
            )
        except Refused as refused:
            self.request.response.status_int = 422
            return self._page(tuple(("password", reason) for reason in refused.reasons))
        remember(self.request, self.person, second_factor=self.request.identity.second_factor)
        self.request.tell(_("The password has been changed."))
        return self.back

    @view_config(name="sign-out-everywhere", request_method="POST")
    def sign_out_everywhere(self) -> HTTPSeeOther:
        """End every session, this one too."""
        accounts.sign_out_everywhere(person=self.person)
        return HTTPSeeOther("/sign-in")

    @view_config(
        name="second-factor",
        request_method="GET",
        renderer="jiebang.web.accounts:templates/second_factor.pt",
    )
    def ask_code(self) -> dict[str, Any]:
        """A secret to scan or type, and the question for a code made from it."""
        secret = self.request.session.setdefault(ENROLLING, second_factor.new_secret())
        return {"secret": secret, "error": ""}

    @view_config(name="second-factor.svg", request_method="GET")
    def picture(self) -> Response:
        """The secret as a QR picture for an authenticator app."""
        secret = self.request.session.get(ENROLLING)
        if secret is None:
            raise HTTPNotFound
        drawn = io.BytesIO()
        uri = second_factor.enrolment_uri(person=self.person, secret=secret)
        segno.make(uri).save(drawn, kind="svg", scale=5, svgclass=None, lineclass=None)
        return Response(body=drawn.getvalue(), content_type="image/svg+xml")

    @view_config(
        name="second-factor",
        request_method="POST",
        renderer="jiebang.web.accounts:templates/second_factor.pt",
    )
    def enrol(self) -> Any:
        """Keep the secret once a code was right."""
        secret = self.request.session.get(ENROLLING)
        code = posted_text(self.request, "code")
        if not secret or not second_factor.enrol(
            person=self.person, secret=secret, code=code, at=clock.now()
        ):
            self.request.response.status_int = 422
            return {
                "secret": secret or "",
                "error": _("The code is not right. Type the newest one."),
            }
        remember(self.request, self.person, second_factor=True)
        self.request.tell(_("The second factor is set up."))
        return self.back

    @view_config(name="letters-language", request_method="POST")
    def letters_language(self) -> HTTPSeeOther:
        """Have letters written in another language."""
        accounts.choose_language(person=self.person, locale=posted_text(self.request, "to"))
        return self.back

    @view_config(name="approve-member", request_method="POST")
    def approve(self) -> HTTPSeeOther:
        """Let somebody act for one of one's organisations."""
        joining.approve(**self._request_to_join())
        return self.back

    @view_config(name="decline-member", request_method="POST")
    def decline(self) -> HTTPSeeOther:
        """Turn down somebody who asked to act for one of one's organisations."""
        joining.decline(**self._request_to_join())
        return self.back

    def _request_to_join(self) -> dict[str, Any]:
        # The same answer for an organisation that is not there and for one of others.
        organisation_id = posted_text(self.request, "organisation")
        if organisation_id not in self.person.memberships:
            raise HTTPNotFound
        return {
            "site": self.site,
            "organisation": self.site["organisations"][organisation_id],
            "person_id": posted_text(self.request, "person"),
            "actor": self.person,
            "at": clock.now(),
        }

    def _page(self, errors: tuple[tuple[str, object], ...]) -> dict[str, Any]:
        memberships = [
            (self.site["organisations"][key], sorted(roles))
            for key, roles in sorted(self.person.memberships.items())
        ]
        return {
            "person": self.person,
            "memberships": memberships,
            "people": self.site["people"],
            "role_words": ROLES,
            "needs_factor": bool(self.person.roles & set(STAFF)),
            "errors": errors,
            "shortest": accounts.SHORTEST_PASSWORD,
        }
