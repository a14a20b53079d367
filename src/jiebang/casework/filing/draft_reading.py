"""What the person who writes a draft may see of what stands filed beside it.

Confidential answers of office sections are for the office alone; the office sees masked answers of the
filer only in part. Every page of a draft asks here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jiebang.casework.desk import Desk
from jiebang.casework.filing.opening import (
    base_of,
    is_of_office,
    opened_questions,
    questions_of,
    whole_data,
)
from jiebang.casework.filing.veiling import veiled
from jiebang.forms.language.definition import Form
from jiebang.forms.showing.answers import Answer
from jiebang.forms.showing.masking import mask_answer
from jiebang.model.documents import Attachment, Draft


@dataclass(frozen=True)
class DraftReading:
    """A draft to the eyes of whoever writes it."""

    desk: Desk
    draft: Draft

    @property
    def form(self) -> Form:
        """The form as it is asked now."""
        return self.desk.rules.forms[self.draft.form_id]

    @property
    def office(self) -> bool:
        """Whether the office writes."""
        return is_of_office(self.form, self.draft)

    @property
    def opened(self) -> frozenset[str]:
        """The keys of the questions that the draft may change."""
        return opened_questions(desk=self.desk, draft=self.draft)

    @property
    def withheld(self) -> frozenset[str]:
        """The keys of the questions that are not shown at all."""
        if self.office:
            return frozenset()
        secret = {one.key for one in self.form.questions if one.confidential}
        return veiled(self.form, secret & questions_of(self.form, "office")) - self.opened

    def seen(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Answers without those that are withheld, so that nothing is worked out from them either."""
        withheld = self.withheld
        return {key: value for key, value in data.items() if key not in withheld}

    @property
    def data(self) -> dict[str, Any]:
        """What filing the draft would file, as far as it is seen."""
        return self.seen(whole_data(desk=self.desk, draft=self.draft))

    def answers(self, data: Mapping[str, Any], locale: str) -> list[Answer]:
        """Answers as people read them, those of the filer masked where the office writes."""
        rules, withheld = self.desk.rules, self.withheld
        told = rules.forms.answers(
            self.form, self.seen(data), locale=locale, choices=rules.choices()
        )
        shown = [one for one in told if one.key not in withheld]
        if not self.office:
            return shown
        opened = self.opened
        return [
            one if one.key in opened else mask_answer(self.form.by_key[one.key], one)
            for one in shown
        ]

    @property
    def files(self) -> dict[str, Attachment]:
        """The files that the answers seen name: of the draft, and of the version that it changes."""
        base = base_of(desk=self.desk, draft=self.draft)
        held = {**(base.answered_files if base else {}), **self.draft.attachments}
        asked = {one.key for one in self.form.questions if one.type == "files"}
        named = {
            one
            for data in (self.data, self.seen(self.draft.data))
            for key in asked & data.keys()
            for one in data[key] or ()
            if isinstance(one, str)
        }
        return {key: one for key, one in held.items() if key in named}
