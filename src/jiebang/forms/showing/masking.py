"""Masking (脱敏): telephone numbers, identity numbers, accounts and names, shown only in part."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from jiebang.forms.language.question import Mask, Question
from jiebang.forms.showing.answers import Answer


class _Kept(NamedTuple):
    """How many signs at the beginning and at the end stay, and how many stars at least stand between."""

    first: int
    last: int
    stars: int


_KEPT: dict[Mask, _Kept] = {
    "phone": _Kept(3, 4, 4),
    "identity": _Kept(3, 4, 4),
    "account": _Kept(0, 4, 4),
    "name": _Kept(1, 0, 1),
}


def mask_text(text: str, mask: Mask) -> str:
    """A text with its middle starred out: ``138****0000``. One too short to keep any of is all stars."""
    kept = _KEPT[mask]
    hidden = len(text) - kept.first - kept.last
    if hidden < kept.stars:
        return "*" * len(text)
    return text[: kept.first] + "*" * hidden + text[len(text) - kept.last :]


def mask_answer(question: Question, answer: Answer) -> Answer:
    """An answer as those see it who do not need it, with the masks of its question and columns."""
    masks = [column.mask for column in question.columns]
    rows = tuple(
        tuple(
            mask_text(cell, mask) if mask else cell for cell, mask in zip(row, masks, strict=True)
        )
        for row in answer.rows
    )
    text = mask_text(answer.text, question.mask) if question.mask else answer.text
    masked = (text, rows) != (answer.text, answer.rows)
    return replace(answer, text=text, rows=rows, masked=masked)


def has_mask(question: Question) -> bool:
    """Whether anything of the answers to a question is masked."""
    return bool(question.mask) or any(column.mask for column in question.columns)
