"""Signing in and out. What somebody was typing when a session ended is handed back afterwards."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.security import forget, remember
from pyramid.view import view_config, view_defaults

from jiebang import clock
from jiebang.casework.accounts import people as accounts
from jiebang.casework.accounts import second_factor
from jiebang.i18n import _
from jiebang.model.people import Person
from jiebang.model.site import Site
from jiebang.web.accounts.rate import TOO_MANY, may_try
from jiebang.web.pages import is_local_path, parse_kept
from jiebang.web.posted import posted_text

#: Session key of somebody whose password was right and whose code is awaited.
AWAITED = "awaited"
_MINUTES = 10


@view_defaults(
    context=Site,
    name="sign-in",
    permission="sign_up",
    renderer="jiebang.web.accounts:templates/sign_in.pt",
)
class SignIn:
    """The first step: address and password."""

    def __init__(self, context: Site, request: Request) -> None:
        self.site, self.request = context, request

    @view_config(request_method="GET")
    def ask(self) -> dict[str, Any]:
        """The empty form."""
        return self._page("", "")

    @view_config(request_method="POST")
    def sign_in(self) -> Any:
        """Sign in, or go on to the code. Wrong, unknown, unproved and locked all sound alike."""
        email = posted_text(self.request, "email")
        settings = self.request.registry.settings["jiebang"]
        if not may_try(self.request, "sign-in"):
            return self._page(email, TOO_MANY)
        person = accounts.check_password(
            site=self.site,
            email=email,
            password=posted_text(self.request, "password"),
            settings=settings,
            at=clock.now(),
        )
        if person is None:
            self.request.response.status_int = 422
            return self._page(
                email,
                _(
                    "The address or the password is wrong, or the account is locked for a while. "
                    "Check both, or ask for a new password."
                ),
            )
        if person.credentials.totp_secret:
            self.request.session.invalidate()
            self.request.session[AWAITED] = [person.id, int(clock.now().timestamp())]
            return _code_page(self.request, "")
        return _signed_in(self.request, person, second_factor_given=False)

    def _page(self, email: str, error: object) -> dict[str, Any]:
        return {"email": email, "error": error, **_kept(self.request)}


@view_config(
    context=Site,
    name="sign-in-code",
    request_method="POST",
    permission="sign_up",
    renderer="jiebang.web.accounts:templates/code.pt",
)
def give_code(context: Site, request: Request) -> Any:
    """The second step: a one-time code (动态口令)."""
    person_id, since = request.session.get(AWAITED) or ("", 0)
    person: Person | None = context["people"].get(person_id)
    fresh = clock.now().timestamp() - since < _MINUTES * 60
    if person is None or not fresh:
        return HTTPSeeOther("/sign-in")
    if not may_try(request, "sign-in-code"):
        return _code_page(request, TOO_MANY)
    right = second_factor.verify(
        person=person,
        code=posted_text(request, "code"),
        settings=request.registry.settings["jiebang"],
        at=clock.now(),
    )
    if not right:
        request.response.status_int = 422
        return _code_page(
            request,
            _(
                "The code is wrong or was used already, or the account is locked for a while. "
                "Wait for the next code and type that."
            ),
        )
    return _signed_in(request, person, second_factor_given=True)


@view_config(context=Site, name="sign-out", request_method="POST", permission="own_work")
def sign_out(context: Site, request: Request) -> HTTPSeeOther:
    """End this session."""
    forget(request)
    return HTTPSeeOther("/")


@view_config(
    context=Site,
    name="forgotten",
    permission="sign_up",
    renderer="jiebang.web.accounts:templates/forgotten.pt",
)
def forgotten(context: Site, request: Request) -> Any:
    """Ask for a link to choose a new password."""
    email = posted_text(request, "email")
    if request.method != "POST":
        return {"email": "", "error": ""}
    if not may_try(request, "forgotten"):
        return {"email": email, "error": TOO_MANY}
    accounts.ask_for_reset(site=context, email=email, at=clock.now())
    return HTTPSeeOther("/letter-sent")


def _kept(request: Request) -> dict[str, str]:
    target = request.params.get("target", "")
    return {
        "kept": request.POST.get("kept", ""),
        "target": target if is_local_path(target) else "",
        "posted": posted_text(request, "posted"),
    }


def _code_page(request: Request, error: object) -> dict[str, Any]:
    request.override_renderer = "jiebang.web.accounts:templates/code.pt"
    return {"error": error, **_kept(request)}


def _signed_in(request: Request, person: Person, *, second_factor_given: bool) -> Any:
    kept = _kept(request)
    remember(request, person, second_factor=second_factor_given)
    pairs = parse_kept(kept["kept"]) if kept["posted"] else []
    if pairs and kept["target"]:
        request.override_renderer = "jiebang.web:templates/problem.pt"
        return {
            "title": _("You are signed in again"),
            "explanation": _("What you typed has been kept. It has not been sent yet."),
            "remedy": _("Press the button to send it now."),
            "kept": pairs,
            "target": kept["target"],
        }
    # Where something was posted to, there need not be a page to look at.
    return HTTPSeeOther("/my" if kept["posted"] else kept["target"] or "/my")
