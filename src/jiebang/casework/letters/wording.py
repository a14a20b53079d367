"""A letter in the language of the person it goes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from babel.support import NullTranslations, Translations

from jiebang.model.people import Person
from jiebang.outbox.mail import Letter
from jiebang.settings import Settings


def worded(
    person: Person,
    subject: object,
    parts: Sequence[tuple[object, Mapping[str, str]]],
    settings: Settings,
) -> Letter:
    """A letter of paragraphs, each a message and the words to put in."""
    spoken = _translations(str(settings.locales), person.locale)

    def say(message: object, words: Mapping[str, str]) -> str:
        text = spoken.gettext(str(message))
        for name, word in words.items():
            text = text.replace(f"${{{name}}}", word)
        return text

    body = "\n\n".join(say(message, words) for message, words in parts)
    return Letter(to=person.email, subject=say(subject, {}), body=body)


@cache
def _translations(folder: str, locale: str) -> NullTranslations:
    return Translations.load(folder, [locale], "jiebang")
