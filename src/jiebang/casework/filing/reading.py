"""What somebody may read of a filed version. Every channel (page, print, export) asks here.

Confidential answers are for the office and the filer, those of office sections for the office alone;
masked answers are whole only for the filer, or when they were shown by an act that the journal keeps.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from jiebang.casework.desk import Actor, Desk
from jiebang.casework.filing.asking import form_of
from jiebang.casework.filing.opening import questions_of
from jiebang.casework.filing.veiling import veiled
from jiebang.forms.language.definition import Form
from jiebang.forms.showing.answers import Answer
from jiebang.forms.showing.masking import has_mask, mask_answer
from jiebang.i18n import _
from jiebang.model.cases import Case, Demand
from jiebang.model.documents import Version
from jiebang.model.permissions import STAFF, TABLE
from jiebang.model.submissions import Submission

#: The officers who are of the office for their own districts only (区科技主管部门).
DISTRICT_OFFICER = "district_officer"


class Read(NamedTuple):
    """A section as it is read: its title, its paragraphs with the answers put in, its answers."""

    title: str
    paragraphs: Sequence[str]
    answers: list[Answer]


@dataclass(frozen=True)
class Reading:
    """A version with the form it was asked with, to the eyes of one person.

    ``own``: they filed it or act for whom it was filed. ``office``: they handle or audit the case, for
    the office. ``revealed`` are the masked questions that were shown to them by an act.
    """

    desk: Desk
    form: Form
    version: Version
    own: bool
    office: bool
    revealed: Collection[str] = frozenset()

    @property
    def withheld(self) -> frozenset[str]:
        """The keys of the questions whose answers stay hidden, or would tell of such answers.

        Whoever filed it reads as its filer, whatever else they are.
        """
        if self.office and not self.own:
            return frozenset()
        hidden = {one.key for one in self.form.questions if one.confidential}
        return veiled(self.form, hidden & questions_of(self.form, "office") if self.own else hidden)

    @property
    def masked(self) -> frozenset[str]:
        """The keys of the questions whose answers are shown masked."""
        if self.own:
            return frozenset()
        return frozenset(
            one.key for one in self.form.questions if has_mask(one) and one.key not in self.revealed
        )

    @property
    def data(self) -> dict[str, Any]:
        """The stored answers without those that stay hidden; masks are not applied to these."""
        withheld, asked = self.withheld, self.form.by_key
        return {
            key: one
            for key, one in self.version.data.items()
            if key in asked and key not in withheld
        }

    def answers(self, locale: str) -> list[Answer]:
        """The answers as this person may see them, in the words of their form."""
        forms, questions = self.desk.rules.forms, {one.key: one for one in self.form.questions}
        veil = forms.translate(_("Not shown to you"), locale)
        shown = forms.answers(
            self.form, self.version.data, locale=locale, choices=self.desk.rules.choices()
        )
        withheld, masked = self.withheld, self.masked
        return [
            replace(one, text=veil, rows=(), files=())
            if one.key in withheld
            else mask_answer(questions[one.key], one)
            if one.key in masked
            else one
            for one in shown
        ]

    def sections(self, locale: str) -> list[Read]:
        """The sections in the order of the form, those that say or ask nothing left out."""
        answers = self.answers(locale)
        said = self.desk.rules.forms.paragraphs(
            self.form,
            self.data,
            locale=locale,
            choices=self.desk.rules.choices(),
            mask=not self.own,
        )
        found = [
            Read(
                section.title.in_locale(locale),
                said.get(section.id, ()),
                [one for one in answers if one.section == section.id],
            )
            for section in self.form.sections
        ]
        return [one for one in found if one.paragraphs or one.answers]


def reading_of(
    *,
    desk: Desk,
    case: Case,
    form_id: str,
    version: Version,
    actor: Actor,
    revealed: Collection[str] = frozenset(),
) -> Reading:
    """How a person may read one version of a document of a case that is open to them."""
    return Reading(
        desk=desk,
        form=form_of(desk=desk, form_id=form_id, version=version),
        version=version,
        own=_own(case, form_id, version, actor),
        office=_of_office(desk, case, actor),
        revealed=revealed,
    )


def _own(case: Case, form_id: str, version: Version, actor: Actor) -> bool:
    if not isinstance(case, Demand):
        return actor.owns(case)
    filed = case.documents[form_id].filer_of(version)
    if filed.organisation:
        return filed.organisation in actor.memberships
    return bool(filed.person == actor.person)


def _of_office(desk: Desk, case: Case, actor: Actor) -> bool:
    """Whether a case is this person's for the office: by the table, or as its form named handlers."""
    named = {
        who
        for row in TABLE
        if (row.kind, row.permission) == (case.kind, "view_case")
        for who in row.who
    }
    held = actor.roles & (named | set(getattr(case, "handled_by", ()))) & set(STAFF)
    if held != {DISTRICT_OFFICER}:
        return bool(held)
    district = getattr(case, "district", None)
    if not district:
        return isinstance(case, Submission)
    person = desk.site["people"].get(actor.person)
    return person is not None and district in person.districts


def reveal(
    *, case: Case, form_id: str, version: Version, key: str, actor: Actor, at: datetime
) -> None:
    """Note in the journal that somebody had a masked answer shown in full."""
    case.journal.write(
        at=at, actor=actor.person, act="reveal", form=form_id, version=version.number, field=key
    )
