"""Forms as they were asked: kept once for each content, so that old versions stay readable."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from jiebang.casework.desk import Desk
from jiebang.casework.policies.rulebook import Rules
from jiebang.forms.language.definition import Form
from jiebang.forms.language.question import Offered
from jiebang.model.cases import Case
from jiebang.model.documents import Draft, Version
from jiebang.model.site import AskedForm, Site
from jiebang.wording import Wording

#: Forms read back or told apart in memory at most.
MOST = 256


class _Worded:
    """A form and the lists it was asked with, told apart by what they say and not by which objects."""

    def __init__(self, form: Form, choices: Mapping[str, Sequence[Offered]]) -> None:
        named = {one.options_from for entry in form.questions for one in (entry, *entry.columns)}
        self.form = form
        self.brought = {name: tuple(choices[name]) for name in sorted(named & choices.keys())}
        self._key = (form.content, tuple(self.brought.items()))

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Worded) and self._key == other._key


@lru_cache(MOST)
def _snapshot(worded: _Worded) -> tuple[str, bytes]:
    content = worded.form.snapshot(worded.brought).encode()
    return hashlib.sha256(content).hexdigest(), content


@lru_cache(MOST)
def _restored(content: bytes) -> Form:
    return Form.from_snapshot(content.decode())


def keep_form(*, desk: Desk, form: Form) -> str:
    """Keep a form as it is asked today, if its content is new, and answer the digest of it."""
    digest, content = _snapshot(_Worded(form, desk.rules.choices()))
    if desk.site.forms.get(digest) is None:
        desk.site.forms.claim(digest, AskedForm(content))
    return digest


def known_form(*, site: Site, rules: Rules, case: Case, form_id: str) -> Form | None:
    """A form to name what was filed by: today's, else as it was last asked, if that was kept."""
    if form_id in rules.forms:
        return rules.forms[form_id]
    version = case.current(form_id)
    kept: AskedForm | None = site.forms.get(version.asked) if version and version.asked else None
    return _restored(kept.content) if kept else None


def form_title(*, site: Site, rules: Rules, case: Case, form_id: str) -> Wording:
    """What a form is called, also after it was taken out of use; its id where nobody knows."""
    form = known_form(site=site, rules=rules, case=case, form_id=form_id)
    return form.title if form else Wording(zh=form_id, en=form_id)


def form_of(*, desk: Desk, form_id: str, version: Version) -> Form:
    """The form that a version was asked with; today's for versions older than the register.

    Raises ``KeyError`` for a form that is neither kept nor among today's.
    """
    kept: AskedForm | None = desk.site.forms.get(version.asked) if version.asked else None
    return _restored(kept.content) if kept else desk.rules.forms[form_id]


def form_of_draft(*, desk: Desk, draft: Draft) -> Form | None:
    """The form that a draft is of: today's; of one taken out of use, as it was kept, if it was."""
    if draft.form_id in desk.rules.forms:
        return desk.rules.forms[draft.form_id]
    kept: AskedForm | None = desk.site.forms.get(draft.asked) if draft.asked else None
    if kept:
        return _restored(kept.content)
    case = desk.case(draft.case) if draft.case else None
    if case is None:
        return None
    return known_form(site=desk.site, rules=desk.rules, case=case, form_id=draft.form_id)


def with_form(*, desk: Desk, form: Form) -> Desk:
    """The desk as if a form were still in use, so that what was typed into it can be read."""
    return replace(desk, rules=replace(desk.rules, forms=desk.rules.forms.with_form(form)))
