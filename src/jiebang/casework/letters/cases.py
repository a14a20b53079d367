"""Letters (通知): what a change means for whom, worded in the reader's language when it is sent.

A letter names a case by number and title and says where to read on; it never carries its content.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from jiebang.casework.letters.filings import filing_letters
from jiebang.casework.letters.wording import worded
from jiebang.casework.policies.rulebook import Rulebook, Rules
from jiebang.i18n import _
from jiebang.model.cases import Case, Demand
from jiebang.model.feed import Change
from jiebang.model.people import Person
from jiebang.outbox.mail import Letter
from jiebang.settings import Settings
from jiebang.workflow.shape import Obligation

#: The letters about accounts: subject and text. ``${link}`` is where to go.
ACCOUNT = {
    "confirm": (
        _("Confirm your e-mail address"),
        _(
            "Somebody, most likely you, signed up with this address. Follow this link to choose a "
            "password and go on:\n\n${link}\n\nIf it was not you, ignore this letter."
        ),
        "confirm",
    ),
    "reset": (
        _("Choose a new password"),
        _(
            "Follow this link to choose a new password:\n\n${link}\n\nIf you did not ask for it, "
            "ignore this letter; your password stays as it is."
        ),
        "reset",
    ),
    "known": (
        _("You are registered already"),
        _(
            "Somebody, most likely you, signed up with this address, which is registered already. "
            "Sign in here, or ask for a new password there:\n\n${link}"
        ),
        "sign-in",
    ),
    "join-request": (
        _("Somebody asks to act for your organisation"),
        _("Please decide whether they may, on the page of your account:\n\n${link}"),
        "account",
    ),
    "approve-member": (
        _("You may act for your organisation now"),
        _("A member has agreed to your request. Go on here:\n\n${link}"),
        "my",
    ),
    "decline-member": (
        _("Your request to act for an organisation was turned down"),
        _(
            "A member of the organisation did not agree. Talk to them if you think this is a "
            "mistake. Your account stays as it is:\n\n${link}"
        ),
        "account",
    ),
    "drop-second-factor": (
        _("Your second factor has been removed"),
        _(
            "An administrator has removed the second factor of your account. Sign in and set up a "
            "new one. If you did not ask for this, tell the administrator at once:\n\n${link}"
        ),
        "second-factor",
    ),
}


def compose(
    *, site: Any, change: Change, settings: Settings, rulebook: Rulebook
) -> Iterator[Letter]:
    """The letters a change calls for; none for most changes."""
    try:
        about = site.at(change.path)
    except KeyError:
        return
    if isinstance(about, Person) and change.kind == "letter":
        yield _account_letter(about, str(change.detail["letter"]), settings)
    elif isinstance(about, Demand) and change.kind == "moved":
        rules = rulebook[about.edition]
        transition = rules.workflow.transition(str(change.detail["transition"]))
        for obligation in transition.obligations:
            for person in _readers(site, about, obligation.inform):
                yield _case_letter(about, person, obligation, rules, settings)
    elif isinstance(about, Case):
        yield from filing_letters(
            site=site, case=about, change=change, settings=settings, rules=rulebook[about.edition]
        )


def sign_token(*, person: Person, purpose: str, settings: Settings) -> str:
    """A token for one person and purpose. It dies when the person's sessions are ended."""
    content = [person.id, person.credentials.epoch]
    return str(URLSafeTimedSerializer(settings.session_secret, salt=purpose).dumps(content))


def read_token(
    *, site: Any, token: str, purpose: str, settings: Settings, at: datetime
) -> Person | None:
    """The person a token was signed for, or ``None`` when it is false, too old or used."""
    serializer = URLSafeTimedSerializer(settings.session_secret, salt=purpose)
    try:
        (person_id, epoch), signed_at = serializer.loads(token, return_timestamp=True)
    except (BadData, ValueError):
        return None
    person: Person | None = site["people"].get(person_id)
    fresh = at - signed_at <= timedelta(hours=settings.link_hours)
    return person if fresh and person is not None and person.credentials.epoch == epoch else None


def _account_letter(person: Person, kind: str, settings: Settings) -> Letter:
    subject, text, page = ACCOUNT[kind]
    link = f"{settings.site_url}/{page}"
    if page in {"confirm", "reset"}:
        link += "?token=" + sign_token(person=person, purpose=page, settings=settings)
    return worded(person, subject, [(text, {"link": link})], settings)


def _readers(site: Any, case: Demand, role: str) -> Iterator[Person]:
    """Who holds a role on a case and is told by letter; the office's queues tell the others."""
    people = site["people"]
    if role == "demander":
        for member in site["organisations"][case.owner].members:
            person = people[member]
            # An address that nobody has proved to be theirs is told of no case.
            if person.confirmed_at and "demander" in person.memberships.get(case.owner, ()):
                yield person
    elif role == "case_officer" and case.officer:
        yield people[case.officer]


def _case_letter(
    case: Demand, person: Person, obligation: Obligation, rules: Rules, settings: Settings
) -> Letter:
    locale = person.locale
    stage = rules.workflow.stage(case.stage)
    parts: list[tuple[object, Mapping[str, str]]] = [
        (f"{case.number} {case.title}", {}),
        (f"{obligation.say.in_locale(locale)} ({obligation.clause})", {}),
    ]
    key = "text" if locale.startswith("zh") else "text_en"
    newest = [case.decision(policy) for policy in {one.policy for one in case.decisions}]
    for decision in newest:
        if decision is not None and decision.outcome == "deny":
            parts += [(f"- {one[key]} ({one['clause']})", {}) for one in decision.content["unmet"]]
    parts += [
        (_("What happens next: ${next}"), {"next": stage.next.in_locale(locale)}),
        (f"{settings.site_url}/editions/{case.edition}/demands/{case.number}/", {}),
    ]
    subject = f"{case.number} {stage.label.in_locale(locale)}"
    return worded(person, subject, parts, settings)
