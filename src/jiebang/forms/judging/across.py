"""Checks across answers (表内勾稽): what a form says must hold between one answer and another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from jiebang.forms.judging.outcome import Asking, Read
from jiebang.forms.language.conditions import Check, all_hold
from jiebang.forms.language.operands import Answers, Scope, compare


class Broken(NamedTuple):
    """A check that does not hold: where its message stands, and the row it is about."""

    check: Check
    field: str
    row: Mapping[str, Any]


def broken_checks(read: Read, asking: Asking) -> Iterator[Broken]:
    """The checks that do not hold. One whose answers are not all there says nothing."""
    for check in read.form.checks:
        if not check.rows:
            if check.at in read.shown and _broken(check, read, {}, asking):
                yield Broken(check, check.at, {})
            continue
        for index, row in enumerate(read.values.get(check.rows) or ()):
            if _broken(check, read, row, asking):
                yield Broken(check, f"{check.rows}.{index}.{check.at}", row)


def _broken(check: Check, read: Read, row: Mapping[str, Any], asking: Asking) -> bool:
    if not all_hold(check.when, {**read.values, **row}):
        return False
    if check.any_of:
        answers = row if check.rows else read.values
        # What was typed there and not understood is told by itself.
        return not any(key in answers or key in read.wrong for key in check.any_of)
    if check.that is None or check.is_ is None or check.than is None:
        return True
    table = read.form.by_key.get(check.rows)
    columns = {one.key: one for one in table.columns} if table else {}
    answers_ = Answers(
        values=read.values,
        row=row,
        scope=Scope(read.form.by_key, columns),
        provinces=read.form.provinces,
        today=asking.today,
    )
    that, than = answers_.of(check.that, check.than), answers_.of(check.than, check.that)
    return that is not None and than is not None and not compare(that, check.is_, than)
