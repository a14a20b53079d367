"""Answers that are chosen: yes or no, codes out of options, files, and whole answers of several parts."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import colander

from jiebang.forms.kinds import shapes
from jiebang.forms.kinds.values import Answer
from jiebang.forms.language.question import Question
from jiebang.i18n import _

_ID = re.compile(shapes.REFERENCE)


class YesNo(Answer):
    """A yes or a no; nothing chosen is no answer."""

    def typed(self, node: colander.SchemaNode, text: str) -> bool:
        """Understand what a radio button or a checkbox sends."""
        if text not in {"yes", "no"}:
            raise self._unclear(node)
        return text == "yes"

    def stored(self, node: colander.SchemaNode, value: Any) -> bool:
        """A stored yes or no."""
        if not isinstance(value, bool):
            raise self._unclear(node)
        return value

    def written(self, value: Any) -> str:
        """What the radio button sends."""
        return "yes" if value else "no"

    def _unclear(self, node: colander.SchemaNode) -> colander.Invalid:
        return self.refuse(
            node, _("Choose yes or no for “${label}”.", mapping={"label": self.label})
        )


class Consent(YesNo):
    """A tick; no tick is no answer."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        """True, or nothing."""
        return super().deserialize(node, cstruct) or colander.null


class OneOf(Answer):
    """One code out of the options."""

    def __init__(self, question: Question, label: str, locale: str, codes: Collection[str]) -> None:
        super().__init__(question, label, locale)
        self.codes = frozenset(codes)

    def typed(self, node: colander.SchemaNode, text: str) -> str:
        """A code among the options."""
        if text not in self.codes:
            words = {"label": self.label}
            raise self.refuse(
                node,
                _(
                    "The choice for “${label}” is no longer offered. Choose from the list again.",
                    mapping=words,
                ),
            )
        return text


class Listed(Answer):
    """A list of texts, each understood by ``each``, in their order and each once.

    More than twice the entries there may be are not even looked at.
    """

    def __init__(self, question: Question, label: str, locale: str, each: Answer) -> None:
        super().__init__(question, label, locale)
        self.each = each

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        """The entries; none is no answer."""
        if cstruct is colander.null or not cstruct:
            return colander.null
        if not isinstance(cstruct, list) or not all(isinstance(one, str) for one in cstruct):
            raise self.refuse(node, self.unreadable())
        limit, least = self.question.max, self.question.min
        if limit is not None and len(cstruct) > 2 * limit:
            raise self.refuse(node, self.too_many(len(cstruct), limit))
        read = (self.each.deserialize(node, one) for one in cstruct)
        entries = list(dict.fromkeys(one for one in read if one is not colander.null))
        if limit is not None and len(entries) > limit:
            raise self.refuse(node, self.too_many(len(entries), limit))
        if least is not None and len(entries) < least:
            raise self.refuse(node, self.too_few(len(entries), least))
        return entries or colander.null

    def serialize(self, node: colander.SchemaNode, appstruct: Any) -> list[str]:
        """The entries."""
        return [str(one) for one in appstruct] if isinstance(appstruct, list) else []

    def unreadable(self) -> object:
        """What is said of something that is no list of texts."""
        return _("Choose “${label}” from the list.", mapping={"label": self.label})

    def too_many(self, count: int, limit: int) -> object:
        """What is said of more than ``max``."""
        words = {"label": self.label, "count": count, "limit": limit}
        return _("“${label}”: ${count} chosen, at most ${limit} are possible.", mapping=words)

    def too_few(self, count: int, limit: int) -> object:
        """What is said of fewer than ``min``."""
        words = {"label": self.label, "count": count, "limit": limit}
        return _("“${label}”: ${count} chosen, at least ${limit} are needed.", mapping=words)


class FileId(Answer):
    """The id of an attachment; the file itself is the caller's."""

    def typed(self, node: colander.SchemaNode, text: str) -> str:
        """An id as this site gives them."""
        if not _ID.fullmatch(text):
            words = {"label": self.label}
            raise self.refuse(node, _("Attach the files of “${label}” again.", mapping=words))
        return text


class Files(Listed):
    """Attachments by their ids."""

    def unreadable(self) -> object:
        """What is said of something that is no list of ids."""
        return _("Attach the files of “${label}” again.", mapping={"label": self.label})

    def too_many(self, count: int, limit: int) -> object:
        """What is said of more than ``max``."""
        words = {"label": self.label, "count": count, "limit": limit}
        return _("“${label}” has ${count} files; at most ${limit} are possible.", mapping=words)

    def too_few(self, count: int, limit: int) -> object:
        """What is said of fewer than ``min``."""
        words = {"label": self.label, "count": count, "limit": limit}
        return _("“${label}” has ${count} files; at least ${limit} are needed.", mapping=words)


def _damaged(label: str) -> object:
    return _(
        "The answer to “${label}” arrived damaged. Please give it again.",
        mapping={"label": label},
    )


class Parts(colander.Mapping):
    """An answer of several named parts, or the cells of a row."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self.label = label

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        """Every part understood. Raises ``colander.Invalid`` for something without parts too."""
        if cstruct is colander.null or cstruct is None:
            return colander.null
        if not isinstance(cstruct, dict):
            raise colander.Invalid(node, _damaged(self.label))
        return super().deserialize(node, cstruct)

    def serialize(self, node: colander.SchemaNode, appstruct: Any) -> Any:
        """Every part as it stands in its field; nothing for what has no parts."""
        return super().serialize(node, appstruct if isinstance(appstruct, dict) else {})


class Rows(colander.Sequence):
    """The rows of a table, at most as many as its question says."""

    def __init__(self, question: Question, label: str) -> None:
        super().__init__()
        self.question, self.label = question, label

    def deserialize(
        self, node: colander.SchemaNode, cstruct: Any, accept_scalar: Any = None
    ) -> Any:
        """Every row understood. More than twice the rows there may be are not even looked at."""
        if cstruct is colander.null or cstruct is None:
            return colander.null
        if not isinstance(cstruct, list):
            raise colander.Invalid(node, _damaged(self.label))
        most = self.question.max
        if most is not None and len(cstruct) > 2 * most:
            raise colander.Invalid(node, too_many_rows(self.label, len(cstruct), most))
        return super().deserialize(node, cstruct, accept_scalar=False)

    def serialize(
        self, node: colander.SchemaNode, appstruct: Any, accept_scalar: Any = None
    ) -> Any:
        """Every row as it stands in its fields; nothing for what has no rows."""
        rows = appstruct if isinstance(appstruct, list) else []
        return super().serialize(node, rows, accept_scalar=False)


def too_many_rows(label: str, count: int, limit: int) -> object:
    """What is said of a table with more rows than there may be."""
    words = {"label": label, "count": count, "limit": limit}
    return _("“${label}” has ${count} rows; at most ${limit} are possible.", mapping=words)
