"""The forms of a site: read once, compiled for each language and list of options."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import colander
from chameleon.utils import Markup
from deform.template import ZPTRendererFactory
from translationstring import TranslationString

from jiebang.forms.answers import Answer, SectionStatus, section_statuses, show_answers
from jiebang.forms.check import FieldError, Result, Translate, check, facts_of, shown_questions
from jiebang.forms.definition import Form, Offered, Option, Question
from jiebang.forms.page import Button, Page, StoredFile, render_page, renderer_for
from jiebang.forms.posting import Parsed, parse_posted
from jiebang.forms.reading import UPLOADS, Folder, read_folder
from jiebang.forms.schema import build_schema
from jiebang.forms.uploads import UploadLimits, read_limits
from jiebang.yamlfile import BadFile, Finding

__all__ = ["Choices", "FormBook", "Translator", "facts_of", "untranslated"]

#: Lists that come from elsewhere, by the name a form file uses (``edition.sessions``).
Choices = Mapping[str, Sequence[Offered]]
#: Turns a message into text in a locale.
Translator = Callable[[object, str], str]

#: Compiled schemas kept: forms × sections × languages × lists in use, with room to spare.
_KEPT = 512


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

    def options(self, question: Question, choices: Choices) -> Sequence[Offered]:
        """The options of a question. Raises ``KeyError`` when ``choices`` lacks a list it names."""
        if question.list:
            return self._lists[question.list]
        if question.options_from:
            return choices[question.options_from]
        return question.options

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
    ) -> Markup:
        """The form element for one section or the whole form; ``data`` is shown as typed or stored.

        ``hidden`` adds hidden inputs. ``autosave_url`` and ``draft_id`` switch on autosave in
        ``forms.js``.
        """
        page = Page(
            form=form,
            locale=locale,
            translate=self._speaking(locale),
            uploads=self.uploads,
            errors={error.field: error.message for error in errors},
            warnings={warning.field: warning.message for warning in warnings},
            files=files or {},
        )
        return render_page(
            self._schema(form, section, locale, choices or {}),
            self._renderer(locale),
            page,
            form.asked(section),
            data,
            errors,
            csrf_token=csrf_token,
            action=action,
            left_out=self._left_out(form, section, data, locale, choices or {}),
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
    ) -> Parsed:
        """What was posted for a section, as typed; ``items`` are ``request.POST.items()``."""
        schema = self._schema(form, section, locale, choices or {})
        return parse_posted(form, section, schema, items, self._speaking(locale))

    def validate(
        self,
        form: Form,
        data: Mapping[str, Any],
        *,
        section: str | None = None,
        locale: str,
        choices: Choices | None = None,
    ) -> Result:
        """Judge the data of the whole form; errors are those of ``section`` (None: all)."""
        return check(
            form,
            self._schema(form, None, locale, choices or {}),
            data,
            section=section,
            locale=locale,
            translate=self._speaking(locale),
        )

    def answers(
        self, form: Form, data: Mapping[str, Any], *, locale: str, choices: Choices | None = None
    ) -> list[Answer]:
        """Every question asked and its answer as people read it."""
        values = self.validate(form, data, locale=locale, choices=choices).values
        schema = self._schema(form, None, locale, choices or {})
        return list(
            show_answers(
                form, schema, data, values, locale=locale, translate=self._speaking(locale)
            )
        )

    def statuses(
        self, form: Form, data: Mapping[str, Any], *, locale: str, choices: Choices | None = None
    ) -> list[SectionStatus]:
        """The task list of a form."""
        result = self.validate(form, data, locale=locale, choices=choices)
        keys = {
            question.key: section.id for section in form.sections for question in section.questions
        }
        return section_statuses(
            form,
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
        section: str | None,
        data: Mapping[str, Any],
        locale: str,
        choices: Choices,
    ) -> frozenset[str]:
        """Questions of a page that an answer on another page makes pointless."""
        here = {one.key: one for part in form.asked(section) for one in part.questions}
        depending = {
            key
            for key, one in here.items()
            if one.shown_when is not None and one.shown_when.field not in here
        }
        if not depending:
            return frozenset()
        values = self.validate(form, data, locale=locale, choices=choices).values
        return frozenset(depending - shown_questions(form, values))

    def _speaking(self, locale: str) -> Translate:
        return lambda message: self.translate(message, locale)

    def _renderer(self, locale: str) -> ZPTRendererFactory:
        with self._lock:
            if locale not in self._renderers:
                self._renderers[locale] = renderer_for(self._speaking(locale))
            return self._renderers[locale]

    def _schema(
        self, form: Form, section: str | None, locale: str, choices: Choices
    ) -> colander.SchemaNode:
        asked = form.asked(section)
        named = {one.options_from for part in asked for one in part.questions if one.options_from}
        fixed = tuple((name, tuple(choices[name])) for name in sorted(named))
        key = (form.id, section, locale, fixed)
        with self._lock:
            if key in self._compiled:
                self._compiled.move_to_end(key)
                return self._compiled[key]
        schema = build_schema(asked, locale, lambda question: self.options(question, choices))
        with self._lock:
            self._compiled[key] = schema
            while len(self._compiled) > _KEPT:
                self._compiled.popitem(last=False)
        return schema
