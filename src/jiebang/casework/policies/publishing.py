"""Publishing policy books (发布规则书) and moving cases from one version to another."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from jiebang.casework.demands.advancing import proceed
from jiebang.casework.desk import SYSTEM, Actor, Desk
from jiebang.casework.policies.books import SHELF, MissingVersion, books_of
from jiebang.casework.policies.rulebook import Rulebook, Rules
from jiebang.casework.telling import tell
from jiebang.clock import SHANGHAI
from jiebang.errors import Refused
from jiebang.i18n import _
from jiebang.model.cases import Demand
from jiebang.model.policies import Publication
from jiebang.policy import Book


def publish_book(
    *, site: Any, rules: Rules, book: Book, effective: date, by: str, at: datetime
) -> bool:
    """Publish a checked book as a version of the rules' edition, in force from a day.

    Answers ``False`` when this very publication was made before. Nothing is overwritten: what was in
    force on a day that is past stays so, hence it may reach back only to days that had none. Raises
    ``Refused`` with every reason. Side effects: version, publication, the journal of the books.
    """
    books = site["policy"].books(rules.edition.id)
    standing = books.in_force(effective)
    if standing and (standing.version, standing.effective) == (book.version, effective):
        return False
    reasons: list[object] = []
    today = at.astimezone(SHANGHAI).date()
    if standing and effective < today:
        reasons.append(
            _(
                "A book is in force already, and cases were decided by it: a new one can take effect "
                "today (${today}) at the earliest, not on ${effective}.",
                mapping={"today": today.isoformat(), "effective": effective.isoformat()},
            )
        )
    asked = {gate.policy for one in rules.workflow.transitions for gate in one.gates}
    reasons += [
        _(
            "The workflow asks for the policy ${policy}, which this book lacks.",
            mapping={"policy": one},
        )
        for one in sorted(asked - set(book.policies))
    ]
    if reasons:
        raise Refused(reasons)
    books.keep(book.version, book.files, at=at)
    books.publish(Publication(version=book.version, effective=effective, at=at, by=by))
    return True


def publish_first(*, site: Any, rulebook: Rulebook, at: datetime) -> None:
    """Give every edition its books, and publish its files where nothing published is in force.

    They are in force from the first day of their oldest policy. In development, where files take
    effect as they are edited, nothing is published by itself.
    """
    for edition in rulebook:
        rules = rulebook[edition]
        books = site["policy"].books(edition)
        if rules.edited_at is None and not books.in_force(at.astimezone(SHANGHAI).date()):
            book = rules.book
            starts = [one.start for one in book.policies.values()]
            starts += [one.start for one in book.awards.values()]
            publish_book(
                site=site, rules=rules, book=book, effective=min(starts), by=SYSTEM.person, at=at
            )


def move_to_book(
    *, desk: Desk, case: Demand, version: str, reason: str, actor: Actor, at: datetime
) -> None:
    """Move an open case to another version that was published and has taken effect, with a reason.

    Raises ``Refused`` with every reason against it. Side effects: journal, change feed, and whatever
    the new version opens at once.
    """
    reasons: list[object] = []
    if not desk.rules.workflow.leaving(case.stage):
        reasons.append(_("The case is closed: nothing more is decided on it."))
    if not _usable(desk, version, at.astimezone(SHANGHAI).date()):
        reasons.append(_("There is no published version of that name in force."))
    if version == case.book:
        reasons.append(_("The case is decided by this version already."))
    if not reason.strip():
        reasons.append(_("Say why the case is moved to another version of the rules."))
    if reasons:
        raise Refused(reasons)
    case.journal.write(
        at=at,
        actor=actor.person,
        act="move-to-book",
        was=case.book,
        book=version,
        reason=reason.strip(),
    )
    case.book = version
    tell(desk=desk, case=case, kind="moved-to-book", at=at)
    proceed(desk=desk, case=case, at=at)


def _usable(desk: Desk, version: str, today: date) -> bool:
    """Whether a version was published, has taken effect, and can be read."""
    books = books_of(desk)
    if version not in {one.version for one in books.publications if one.effective <= today}:
        return False
    try:
        SHELF.read(books, version)
    except MissingVersion:
        return False
    return True
