"""Signing up, and the links in letters that prove an address."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config, view_defaults

from jiebang import clock
from jiebang.casework.accounts import joining
from jiebang.casework.accounts import people as accounts
from jiebang.casework.letters.cases import read_token
from jiebang.errors import Refused
from jiebang.forms.judging.check import FieldError
from jiebang.forms.screen.page import Button
from jiebang.i18n import _
from jiebang.model.permissions import OUTSIDE
from jiebang.model.site import Site
from jiebang.web.accounts.rate import TOO_MANY, may_try
from jiebang.web.accounts.words import ROLES
from jiebang.web.posted import posted_text

FORM = "user-registration"


@view_defaults(
    context=Site,
    name="sign-up",
    permission="sign_up",
    renderer="jiebang.web.accounts:templates/sign_up.pt",
)
class SignUp:
    """用户注册 (ST-3.0): the same form for every role."""

    def __init__(self, context: Site, request: Request) -> None:
        self.site, self.request, self.forms = context, request, request.rules.forms
        self.form = self.forms[FORM]
        self.spoken = {"locale": request.locale_name, "choices": request.rules.choices()}

    @view_config(request_method="GET")
    def ask(self) -> dict[str, Any]:
        """The empty form."""
        return self._page({}, ())

    @view_config(request_method="POST")
    def register(self) -> Any:
        """Register and send a link; the page that follows is the same for every address."""
        parsed = self.forms.parse(self.form, None, self.request.POST.items(), **self.spoken)
        result = self.forms.validate(self.form, parsed.data, **self.spoken)
        errors = (*parsed.errors, *result.errors)
        if errors:
            self.request.response.status_int = 422
            return self._page(parsed.data, errors)
        if not may_try(self.request, "sign-up"):
            said = self.forms.translate(TOO_MANY, self.request.locale_name)
            return self._page(parsed.data, (FieldError("", said),))
        accounts.sign_up(
            site=self.site,
            answers=result.values,
            locale=self.request.locale_name,
            at=clock.now(),
        )
        return HTTPSeeOther("/letter-sent")

    def _page(self, data: dict[str, Any], errors: tuple[FieldError, ...]) -> dict[str, Any]:
        return _form_page(self.request, data, errors, _("Sign up"))


@view_defaults(
    context=Site,
    name="another-role",
    permission="own_account",
    renderer="jiebang.web.accounts:templates/another_role.pt",
)
class AnotherRole:
    """增加身份: the form of the registration again, for somebody who has an account already."""

    def __init__(self, context: Site, request: Request) -> None:
        self.site, self.request, self.forms = context, request, request.rules.forms
        self.form, self.person = self.forms[FORM], request.identity.person
        self.spoken = {"locale": request.locale_name, "choices": request.rules.choices()}

    @view_config(request_method="GET")
    def ask(self) -> dict[str, Any]:
        """The form with what is known of the person."""
        known = {"contact": self.person.name, "mobile": self.person.phone}
        return self._page({**known, "email": self.person.email}, ())

    @view_config(request_method="POST")
    def take_on(self) -> Any:
        """Take the role on at once, or ask the members of the organisation."""
        parsed = self.forms.parse(self.form, None, self.request.POST.items(), **self.spoken)
        result = self.forms.validate(self.form, parsed.data, **self.spoken)
        refused = (*self._other_address(result.values), *self._of_the_office(result.values))
        errors = (*parsed.errors, *result.errors, *refused)
        if errors:
            self.request.response.status_int = 422
            return self._page(parsed.data, errors)
        in_force = joining.join(
            site=self.site,
            rules=self.request.rules,
            person=self.person,
            answers=result.values,
            at=clock.now(),
        )
        self.request.tell(
            _("The role is yours now.")
            if in_force
            else _("The members of the organisation have been asked. You will get a letter.")
        )
        return HTTPSeeOther("/account")

    def _other_address(self, values: dict[str, Any]) -> tuple[FieldError, ...]:
        if values.get("email", self.person.email).strip().lower() == self.person.email:
            return ()
        message = _(
            "Leave the address of your account here: ${email}",
            mapping={"email": self.person.email},
        )
        return (FieldError("email", self.forms.translate(message, self.request.locale_name)),)

    def _of_the_office(self, values: dict[str, Any]) -> tuple[FieldError, ...]:
        """Nobody is asked about 承办单位: an administrator gives its people their roles."""
        if values.get("role", "") in {"", *OUTSIDE}:
            return ()
        message = _("An administrator gives this role. Ask the administrator of this site for it.")
        return (FieldError("role", self.forms.translate(message, self.request.locale_name)),)

    def _page(self, data: dict[str, Any], errors: tuple[FieldError, ...]) -> dict[str, Any]:
        return _form_page(self.request, data, errors, _("Add the role"))


def _form_page(
    request: Request, data: dict[str, Any], errors: tuple[FieldError, ...], act: object
) -> dict[str, Any]:
    form = request.rules.forms[FORM]
    rendered = request.rules.forms.render(
        form,
        data=data,
        errors=errors,
        csrf_token=request.session.get_csrf_token(),
        action=f"/{request.view_name}",
        buttons=(Button("save", act),),
        locale=request.locale_name,
        choices=request.rules.choices(),
    )
    return {"form": form, "failed": bool(errors), "rendered": rendered}


@view_config(
    context=Site,
    name="letter-sent",
    permission="sign_up",
    renderer="jiebang.web.accounts:templates/letter_sent.pt",
)
def letter_sent(context: Site, request: Request) -> dict[str, Any]:
    """A letter is on its way, or there was nobody to write to: the page does not tell which."""
    return {"hours": request.registry.settings["jiebang"].link_hours}


@view_defaults(
    context=Site,
    permission="sign_up",
    renderer="jiebang.web.accounts:templates/password.pt",
)
class ChoosePassword:
    """Where the links of letters lead: choose a password, which proves the address."""

    def __init__(self, context: Site, request: Request) -> None:
        self.site, self.request = context, request
        self.token = request.params.get("token", "")
        self.person = read_token(
            site=context,
            token=self.token,
            purpose=request.view_name,
            settings=request.registry.settings["jiebang"],
            at=clock.now(),
        )

    @view_config(name="confirm", request_method="GET")
    @view_config(name="reset", request_method="GET")
    def ask(self) -> dict[str, Any]:
        """The question, or the news that the link no longer works."""
        return self._page(())

    @view_config(name="confirm", request_method="POST")
    @view_config(name="reset", request_method="POST")
    def choose(self) -> Any:
        """Set the password and go on to sign in."""
        if self.person is None:
            return self._page(())
        try:
            accounts.prove_address(
                site=self.site,
                rules=self.request.rules,
                person=self.person,
                password=posted_text(self.request, "password"),
                at=clock.now(),
            )
        except Refused as refused:
            self.request.response.status_int = 422
            return self._page(refused.reasons)
        self.request.tell(_("The password is set. You can sign in now."))
        return HTTPSeeOther("/sign-in")

    def _page(self, errors: tuple[object, ...]) -> dict[str, Any]:
        return {
            "works": self.person is not None,
            "person": self.person,
            "role_words": ROLES,
            "token": self.token,
            "errors": errors,
            "shortest": accounts.SHORTEST_PASSWORD,
        }
