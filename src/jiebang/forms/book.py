"""The forms of a site: read once, compiled for each language and list of options."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

import colander
from chameleon.utils import Markup
from deform.template import ZPTRendererFactory
from translationstring import TranslationString

from jiebang import clock
from jiebang.forms.attachments.limits import UploadLimits, read_limits
from jiebang.forms.judging.check import check
from jiebang.forms.judging.facts import facts_of
from jiebang.forms.judging.outcome import Asking, FieldError, Result
from jiebang.forms.judging.shown import brought_in, shown_sections
from jiebang.forms.kinds.telling import Teller, fill
from jiebang.forms.language.definition import Form, Section
from jiebang.forms.language.question import Choices, Offered, Option, Question, brought, offered
from jiebang.forms.reading.folder import UPLOADS, Folder, read_folder
from jiebang.forms.screen.page import (
    Button,
    Page,
    StoredFile,
    needs_answers,
    render_page,
    renderer_for,
)
from jiebang.forms.screen.posting import Parsed, parse_posted
from jiebang.forms.screen.schema import build_schema
from jiebang.forms.showing.answers import Answer, SectionStatus, section_statuses, show_answers
from jiebang.forms.showing.masking import mask_answer
from jiebang.i18n import Translate
from jiebang.yamlfile import BadFile, Finding

__all__ = ["Choices", "FormBook", "Translator", "facts_of", "untranslated"]

#: Turns a message into text in a locale.
Translator = Callable[[object, str], str]

#: Compiled schemas kept: forms × sections × languages × lists in use, with room to spare.
_KEPT = 1024


def untranslated(message: object, _locale: str) -> str:
    """English: the message itself, its words put in."""
    return str(message.interpolate()) if isinstance(message, TranslationString) else str(message)


class FormBook:
    """All forms of a folder, safe to share. ``version`` is the hash of everything in it."""

    def __init__(
        self, folder: Folder, uploads: UploadLimits, translator: Translator = untranslated
    ) -> None:
        self.forms = folder.forms
        self.version = folder.version
        self.uploads = uploads
        self._lists = {name: one.options for name, one in folder.lists.items()}
        self._translator = translator
        self._compiled: OrderedDict[tuple[object, ...], colander.SchemaNode] = OrderedDict()
        self._renderers: dict[str, ZPTRendererFactory] = {}
        self._lock = Lock()

    @classmethod
    def load(cls, folder: Path, *, translator: Translator = untranslated) -> FormBook:
        """Read a folder. Raises ``BadFile`` with every finding."""
        findings: list[Finding] = []
        read = limits = None
        try:
            read = read_folder(folder)
        except BadFile as bad:
            findings.extend(bad.findings)
        try:
            limits = read_limits(folder / UPLOADS)
        except BadFile as bad:
            findings.extend(bad.findings)
        if read is None or limits is None:
            raise BadFile(findings)
        return cls(read, limits, translator)

    def __getitem__(self, form_id: str) -> Form:
        return self.forms[form_id]

    def __contains__(self, form_id: object) -> bool:
        return form_id in self.forms

    def with_form(self, form: Form) -> FormBook:
        """The same forms and one more, of an earlier time; what was compiled is shared."""
        more = copy(self)
        more.forms = {**self.forms, form.id: form}
        return more

    def options(self, question: Question, choices: Choices) -> Sequence[Offered]:
        """The options of a question. Raises ``KeyError`` when ``choices`` lacks a list it names."""
        return offered(question, self._lists, choices) or ()

    def shared_list(self, name: str) -> Sequence[Option]:
        """A code list under ``forms/lists``. Raises ``KeyError``."""
        return self._lists[name]

    def form_stating(self, fact: str) -> Form | None:
        """The form that states a fact of the policy vocabulary, if one does."""
        for form in self.forms.values():
            if any(fact in question.facts for question in form.questions):
                return form
        return None

    def translate(self, message: object, locale: str) -> str:
        """A message in the language of a locale, as the forms speak it."""
        return self._translator(message, locale)

    def render(
        self,
        form: Form,
        *,
        section: str | None = None,
        data: Mapping[str, Any],
        errors: Sequence[FieldError] = (),
        warnings: Sequence[FieldError] = (),
        locale: str,
        choices: Choices | None = None,
        files: Mapping[str, StoredFile] | None = None,
        csrf_token: str,
        action: str,
        buttons: Sequence[Button] = (),
        hidden: Mapping[str, str] | None = None,
        autosave_url: str = "",
        draft_id: str = "",
        opened: frozenset[str] | None = None,
        reasons: Mapping[str, str] | None = None,
        office: bool = False,
    ) -> Markup:
        """The form element for one section or the whole form; ``data`` is shown as typed or stored.

        ``hidden`` adds hidden inputs. ``autosave_url`` and ``draft_id`` switch on autosave in
        the script. Only ``opened`` questions can be changed (``None``: all), the others are shown as
        text, masked where the ``office`` answers; ``reasons`` say at a question or a row
        (``indicators.0``) why it was opened again.
        """
        asked = form.asked(section, office=office)
        opened = None if opened is None else brought_in(form, opened)
        answers: Mapping[str, Answer] = {}
        if needs_answers(asked, opened):
            told = self.answers(form, data, locale=locale, choices=choices)
            if office and opened is not None:
                told = [
                    one if one.key in opened else mask_answer(form.by_key[one.key], one)
                    for one in told
                ]
            answers = {answer.key: answer for answer in told}
        page = Page(
            form=form,
            locale=locale,
            translate=self._speaking(locale),
            uploads=self.uploads,
            errors={error.field: error.message for error in errors},
            # Nobody is warned about a question before it was shown and sent once.
            warnings={
                warning.field: warning.message
                for warning in warnings
                if warning.field.partition(".")[0] in data
            },
            files=files or {},
            answers=answers,
            opened=opened,
            reasons=reasons or {},
        )
        return render_page(
            self._schema(form, section, locale, choices or {}, office=office),
            self._renderer(locale),
            page,
            asked,
            data,
            errors,
            csrf_token=csrf_token,
            action=action,
            left_out=self._left_out(form, asked, data, opened, locale, choices or {}),
            buttons=buttons,
            hidden=hidden or {},
            autosave_url=autosave_url,
            draft_id=draft_id,
        )

    def parse(
        self,
        form: Form,
        section: str | None,
        items: Iterable[tuple[str, Any]],
        *,
        locale: str,
        choices: Choices | None = None,
        opened: frozenset[str] | None = None,
        office: bool = False,
    ) -> Parsed:
        """What was posted for a section, as typed; ``items`` are ``request.POST.items()``.

        Nothing is read of questions that are not ``opened`` (``None``: all are), nor of sections of
        the office unless ``office`` answers them.
        """
        schema = self._schema(form, section, locale, choices or {}, office=office)
        opened = None if opened is None else brought_in(form, opened)
        sections = form.asked(section, office=office)
        return parse_posted(sections, schema, items, self._speaking(locale), opened)

    def validate(
        self,
        form: Form,
        data: Mapping[str, Any],
        *,
        section: str | None = None,
        locale: str,
        choices: Choices | None = None,
        office: bool = False,
        opened: frozenset[str] | None = None,
        strict: bool = False,
        today: date | None = None,
    ) -> Result:
        """Judge the data of the whole form; errors are those of ``section`` (``None``: all).

        ``office`` asks for the sections of the office too. With ``opened``, only those questions and
        what they bring in can be wrong. ``strict`` takes answers only as they are stored. ``today`` is
        the day on which it is filed, for checks that look at the clock.
        """
        schema = self._schema(form, None, locale, choices or {}, office=True)
        translate = self._speaking(locale)
        asking = Asking(
            locale=locale,
            translate=translate,
            today=today or clock.today(),
            section=section,
            office=office,
            opened=None if opened is None else brought_in(form, opened),
            strict=strict,
        )
        return check(form, schema, data, asking, Teller(form, schema, locale, translate))

    def answers(
        self,
        form: Form,
        data: Mapping[str, Any],
        *,
        locale: str,
        choices: Choices | None = None,
        mask: bool = False,
    ) -> list[Answer]:
        """Every question asked and its answer as people read it, or see it ``mask``ed."""
        schema = self._schema(form, None, locale, choices or {}, office=True)
        teller = Teller(form, schema, locale, self._speaking(locale))
        values = self.validate(form, data, locale=locale, choices=choices).values
        told = show_answers(form, schema, data, values, teller, locale=locale)
        if not mask:
            return list(told)
        return [mask_answer(form.by_key[one.key], one) for one in told]

    def paragraphs(
        self,
        form: Form,
        data: Mapping[str, Any],
        *,
        locale: str,
        choices: Choices | None = None,
        mask: bool = False,
    ) -> dict[str, tuple[str, ...]]:
        """The texts of each section that is asked, by its id, with the answers they show put in."""
        told = self.answers(form, data, locale=locale, choices=choices, mask=mask)
        said = {answer.key: answer.text for answer in told}
        values = self.validate(form, data, locale=locale, choices=choices).values
        return {
            section.id: tuple(fill(one.in_locale(locale), said) for one in section.text)
            for section in shown_sections(form, values)
        }

    def statuses(
        self,
        form: Form,
        data: Mapping[str, Any],
        *,
        locale: str,
        choices: Choices | None = None,
        office: bool = False,
        opened: frozenset[str] | None = None,
    ) -> list[SectionStatus]:
        """The task list of a form, without the sections of the office unless ``office`` asks."""
        result = self.validate(
            form, data, locale=locale, choices=choices, office=office, opened=opened
        )
        keys = {
            question.key: section.id for section in form.sections for question in section.questions
        }
        return section_statuses(
            form,
            form.asked(None, office=office),
            data,
            result.values,
            lambda wanted: [
                error for error in result.errors if keys[error.field.split(".", 1)[0]] == wanted
            ],
            locale=locale,
            translate=self._speaking(locale),
        )

    def _left_out(
        self,
        form: Form,
        asked: Sequence[Section],
        data: Mapping[str, Any],
        opened: frozenset[str] | None,
        locale: str,
        choices: Choices,
    ) -> frozenset[str]:
        """Questions of a page that an answer which cannot change on it makes pointless."""
        here = {one.key for part in asked for one in part.questions}
        can_change = here if opened is None else here & opened
        depending = {
            one.key: fixed
            for part in asked
            for one in part.questions
            if (fixed := [other for other in one.shown_when if other.field not in can_change])
        }
        if not depending:
            return frozenset()
        values = self.validate(form, data, locale=locale, choices=choices).values
        return frozenset(
            key
            for key, fixed in depending.items()
            if not all(condition.holds(values) for condition in fixed)
        )

    def _speaking(self, locale: str) -> Translate:
        return lambda message: self.translate(message, locale)

    def _renderer(self, locale: str) -> ZPTRendererFactory:
        with self._lock:
            if locale not in self._renderers:
                self._renderers[locale] = renderer_for(self._speaking(locale))
            return self._renderers[locale]

    def _schema(
        self, form: Form, section: str | None, locale: str, choices: Choices, *, office: bool
    ) -> colander.SchemaNode:
        asked = form.asked(section, office=office)
        named = {
            brought(one)
            for part in asked
            for entry in part.questions
            for one in (entry, *entry.columns)
        }
        fixed = tuple((name, _worded(choices[name])) for name in sorted(named) if name in choices)
        key = (form.content, section, office, locale, fixed)
        with self._lock:
            if key in self._compiled:
                self._compiled.move_to_end(key)
                return self._compiled[key]
        schema = build_schema(asked, locale, lambda one: offered(one, form.lists, choices))
        with self._lock:
            self._compiled[key] = schema
            while len(self._compiled) > _KEPT:
                self._compiled.popitem(last=False)
        return schema


def _worded(options: Sequence[Offered]) -> tuple[tuple[str, str, str, str], ...]:
    """What tells one list from another, in plain text: a list may be long and is asked for often."""
    return tuple((one.code, one.label.zh, one.label.en, repr(one.help)) for one in options)
