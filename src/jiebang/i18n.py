"""The one gettext domain of the site: messages that developers own."""

from __future__ import annotations

from collections.abc import Callable

from translationstring import TranslationStringFactory

DEFAULT_LOCALE = "zh_CN"
LOCALES = ("zh_CN", "en")

_ = TranslationStringFactory("jiebang")

#: A message in the language of the reader.
Translate = Callable[[object], str]
