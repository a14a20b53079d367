"""Bringing in many forms (批量导入): a workbook is checked row by row; the good rows are filed when asked.

Each row is filed as if by hand, by the person who brought it in: policies, journal, feed and receipts
are those of any filing. Of a pre-registration (预报名表) the case is the enterprise's own.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import transaction

from jiebang.casework.accounts.joining import identifier_key, registered
from jiebang.casework.desk import Actor, Desk
from jiebang.casework.filing.drafts import attachment_of, open_draft
from jiebang.casework.filing.submitting import require_in_time
from jiebang.casework.filing.versions import Invalid, file_draft
from jiebang.casework.workbooks.batches import Batch, BatchRow, Marked
from jiebang.errors import Refused
from jiebang.forms import FieldError, Form
from jiebang.forms.attachments.inspecting import Accepted
from jiebang.forms.attachments.limits import WorkbookLimits
from jiebang.i18n import _
from jiebang.model import imports
from jiebang.model.documents import Receipt
from jiebang.model.imports import Import, ImportRow

#: The officers who bring in what is of their own district only (区科技主管部门).
DISTRICT_OFFICER = "district_officer"
#: Rows of one transaction: checking writes little; filing meets other people's filings.
CHECKED_AT_ONCE, FILED_AT_ONCE = 100, 10


def roles_for(form: Form, actor: Actor) -> list[str]:
    """The roles under which somebody may bring in many of a form; empty when they may not."""
    return [role for role in (form.batch.by if form.batch else ()) if role in actor.roles]


def begin_import(
    *, desk: Desk, actor: Actor, form: Form, file: Accepted, locale: str, at: datetime
) -> Import:
    """Keep an inspected workbook, for a worker to check. Nothing is filed before ``confirm``.

    Raises ``Refused`` when the form is none that this person may bring in, or filing it has ended.
    """
    roles = roles_for(form, actor)
    if not roles:
        raise Refused([_("None of your roles brings in workbooks of this form.")])
    require_in_time(rules=desk.rules, form=form, locale=locale, at=at)
    one = Import(
        edition=desk.rules.edition.id,
        form_id=form.id,
        asked=form.content,
        person=actor.person,
        # Whoever may bring in everything is not held to a district.
        role=next((role for role in roles if role != DISTRICT_OFFICER), roles[0]),
        locale=locale,
        file=attachment_of(file),
        at=at,
    )
    desk.site["imports"].add(secrets.token_hex(8), one)
    return one


def confirm(*, desk: Desk, one: Import, at: datetime) -> None:
    """Have the good rows filed. Once asked for, asking again changes nothing. Raises ``Refused``."""
    if one.state != imports.CHECKED:
        return
    if not one.counts.get(imports.GOOD):
        raise Refused([_("No row can be imported. Correct the workbook and choose it again.")])
    _work(desk, one, imports.FILING, at)


def may_go_on(*, one: Import, form: Form | None, actor: Actor) -> bool:
    """Whether this person still holds the role under which they began an import."""
    return form is not None and one.role in roles_for(form, actor)


def go_on(*, desk: Desk, one: Import, at: datetime) -> None:
    """Go on with an import that a fault of ours stopped; rows that were filed stay so."""
    if one.state == imports.STOPPED:
        done = one.done
        _work(desk, one, one.goes_on, at)
        one.done = done


def discard(*, desk: Desk, one: Import) -> None:
    """Throw an import away with all that it holds; what was filed stays. Raises ``Refused``."""
    if one.at_work:
        raise Refused([_("This workbook is being worked on. Wait until that is done.")])
    desk.site["imports"].discard(one)


def dropped_at(*, one: Import, limits: WorkbookLimits) -> datetime | None:
    """When an import that nobody confirms is dropped with its rows; ``None``: never.

    Days count from when it was last worked on. What is worked on now, or was confirmed once, stays.
    """
    waits = one.state in (imports.CHECKED, imports.REFUSED) or (
        one.state == imports.STOPPED and one.goes_on != imports.FILING
    )
    days = limits.unconfirmed_days
    return one.state_since + timedelta(days=days) if waits and days else None


def step(*, desk: Desk, one: Import, at: datetime) -> None:
    """Do a part of the work that waits in an import, in the caller's transaction."""
    form = desk.rules.forms.forms.get(one.form_id)
    if form is None or form.content != one.asked:
        message = _("The form has changed meanwhile. Download the workbook again.")
        _refuse(desk, one, [message], at)
        return
    worker = _Worker(desk, one, form, at)
    {
        imports.READING: worker.read,
        imports.CHECKING: worker.check,
        imports.FILING: worker.file,
    }[one.state]()


def stop(*, site: Any, one: Import, at: datetime) -> None:
    """Note that a fault of ours stopped an import; nothing of it is lost."""
    done, one.goes_on = one.done, one.state
    _rest(site, one, imports.STOPPED, at)
    one.done = done


def batch_of(desk: Desk, form: Form, locale: str) -> Batch:
    """The workbooks of many of a form."""
    return Batch(desk.rules.forms, form, locale, desk.rules.choices())


def marked_workbook(*, desk: Desk, one: Import) -> bytes:
    """The workbook of the rows that are wrong, with the reasons."""
    return batch_of(desk, desk.rules.forms[one.form_id], one.locale).marked(
        [
            Marked(
                BatchRow.from_text(row.number, row.content),
                [FieldError(field, message) for field, message in row.problems],
            )
            for row in one.in_state(imports.WRONG)
        ]
    )


@dataclass(frozen=True)
class _Worker:
    desk: Desk
    one: Import
    form: Form
    at: datetime

    def read(self) -> None:
        """Take the rows out of the file."""
        batch = batch_of(self.desk, self.form, self.one.locale)
        try:
            with self.one.file.blob.open("r") as content:
                rows = batch.read(content)
        except Refused as refused:
            _refuse(self.desk, self.one, refused.reasons, self.at)
            return
        for row in rows:
            self.one.rows[row.number] = ImportRow(row.number, row.as_text())
        _work(self.desk, self.one, imports.CHECKING, self.at)

    def check(self) -> None:
        """Judge the next rows."""
        batch = batch_of(self.desk, self.form, self.one.locale)
        ahead = self.one.ahead()
        for row, _number in zip(ahead, range(CHECKED_AT_ONCE), strict=False):
            self._check_row(batch, row)
            self.one.done = row.number
        if next(self.one.ahead(), None) is None:
            _rest(self.desk.site, self.one, imports.CHECKED, self.at)

    def file(self) -> None:
        """File the next good rows, each for itself: one that fails leaves no trace."""
        batch = batch_of(self.desk, self.form, self.one.locale)
        filed = 0
        for row in self.one.ahead():
            if filed == FILED_AT_ONCE:
                return
            if row.state == imports.GOOD:
                self._file_row(batch, row)
                filed += 1
            self.one.done = row.number
        _rest(self.desk.site, self.one, imports.DONE, self.at)

    def _check_row(self, batch: Batch, row: ImportRow) -> None:
        values, problems = self._judge(batch, row)
        row.problems = tuple((one.field, one.message) for one in problems)
        if problems:
            self.one.note(row, imports.WRONG)
            return
        row.digest = self._digest(values)
        row.same_as = self._same(row)
        self.one.note(row, imports.SAME if row.same_as else imports.GOOD)

    def _judge(self, batch: Batch, row: ImportRow) -> tuple[dict[str, Any], list[FieldError]]:
        typed = batch.typed(BatchRow.from_text(row.number, row.content))
        result = self.desk.rules.forms.validate(
            self.form, typed.data, locale=self.one.locale, choices=self.desk.rules.choices()
        )
        # A cell that was not understood is no answer; that it is missing need not be said too.
        said = {one.field for one in typed.errors}
        problems = [*typed.errors, *(one for one in result.errors if one.field not in said)]
        if not problems:
            problems += self._foreign(result.values)
        return result.values, problems

    def _foreign(self, values: Mapping[str, Any]) -> list[FieldError]:
        """What is wrong with whom a row is about."""
        problems: list[tuple[str, object]] = []
        if self.form.id == self.desk.rules.opening_form.id and not identifier_key(values):
            problems.append(("uscc", _("The enterprise has no code or number to know it by.")))
        if self.one.role == DISTRICT_OFFICER:
            districts = self.desk.site["people"][self.one.person].districts
            if values.get("district") not in districts:
                message = _(
                    "District officers bring in what is of their own district only. Choose it, or take "
                    "the row out."
                )
                problems.append(("district", message))
        return [FieldError(field, self._say(message)) for field, message in problems]

    def _digest(self, values: Mapping[str, Any]) -> str:
        whole = [self.one.edition, self.form.id, identifier_key(values), values]
        return hashlib.sha256(
            json.dumps(whole, ensure_ascii=False, sort_keys=True).encode()
        ).hexdigest()

    def _same(self, row: ImportRow) -> str:
        """The case, or the earlier row, that has the same answers; empty if none has."""
        number = self.desk.site["imports"].filed.get(row.digest)
        if number:
            return str(number)
        first = self.one.digests.setdefault(row.digest, row.number)
        if first == row.number:
            return ""
        return self._say(_("row ${number}", mapping={"number": first}))

    def _file_row(self, batch: Batch, row: ImportRow) -> None:
        values, problems = self._judge(batch, row)
        if not self._holds_role():
            message = _("The role under which this was begun is no longer held. Nothing is filed.")
            problems = [FieldError("", self._say(message))]
        if not problems and self.desk.site["imports"].filed.get(row.digest):
            row.same_as = str(self.desk.site["imports"].filed.get(row.digest))
            self.one.note(row, imports.SAME)
            return
        if not problems:
            kept = _manager(self.desk).savepoint(optimistic=True)
            try:
                row.receipt = self._file(values)
            except Invalid as invalid:
                kept.rollback()
                problems = list(invalid.result.errors)
            except Refused as refused:
                kept.rollback()
                problems = [FieldError("", self._say(one)) for one in refused.reasons]
        row.problems = tuple((one.field, one.message) for one in problems)
        if row.receipt:
            self.desk.site["imports"].filed.claim(row.digest, row.receipt.number)
        self.one.note(row, imports.FILED if row.receipt else imports.WRONG)

    def _holds_role(self) -> bool:
        """Whether whoever brought it in still has the role: it may have been taken meanwhile."""
        person = self.desk.site["people"].get(self.one.person)
        return person is not None and self.one.role in person.roles

    def _file(self, values: Mapping[str, Any]) -> Receipt:
        actor = Actor(person=self.one.person, roles=frozenset({self.one.role}))
        organisation = None
        if self.form.id == self.desk.rules.opening_form.id:
            found = registered(
                site=self.desk.site, rules=self.desk.rules, answers=values, at=self.at
            )
            organisation = found.id if found else None
        draft = open_draft(
            desk=self.desk,
            actor=actor,
            organisation=organisation,
            form_id=self.form.id,
            data=values,
            at=self.at,
        )
        draft.role = "" if organisation else self.one.role
        receipt = file_draft(
            desk=self.desk, draft=draft, actor=actor, locale=self.one.locale, at=self.at
        )
        # The receipt stays with its row.
        del self.desk.site["drafts"][draft.__name__]
        return receipt

    def _say(self, message: object) -> str:
        return self.desk.rules.forms.translate(message, self.one.locale)


def _work(desk: Desk, one: Import, state: str, at: datetime) -> None:
    one.move(state, at=at)
    desk.site["imports"].waiting.add(one.__name__)


def _rest(site: Any, one: Import, state: str, at: datetime) -> None:
    one.move(state, at=at)
    site["imports"].rest(one)


def _refuse(desk: Desk, one: Import, reasons: Sequence[object], at: datetime) -> None:
    one.reasons = tuple(desk.rules.forms.translate(reason, one.locale) for reason in reasons)
    _rest(desk.site, one, imports.REFUSED, at)


def _manager(desk: Desk) -> transaction.TransactionManager:
    # A worker's connection has a transaction manager of its own.
    found: transaction.TransactionManager = desk.site._p_jar.transaction_manager  # noqa: SLF001
    return found
