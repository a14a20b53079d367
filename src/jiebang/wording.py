"""Text that policy staff own, carried in both languages beside the thing it names."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, model_validator


class Wording(BaseModel):
    """A label or sentence in Chinese and, where it is given, English.

    A bare string in a file stands for its Chinese half; readers of the other language then get the
    Chinese text, which is better than none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_string(cls, value: object) -> object:
        return {"zh": value} if isinstance(value, str) else value

    def in_locale(self, locale: str) -> str:
        """The text for a locale name such as ``zh_CN`` or ``en``."""
        return self.zh if locale.startswith("zh") or not self.en else self.en

    def __str__(self) -> str:
        return self.zh
