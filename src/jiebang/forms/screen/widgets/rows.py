"""Rows of controls, with buttons to add, remove and move them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import colander

from jiebang.forms.language.question import Question
from jiebang.forms.screen.widgets.controls import Cell
from jiebang.forms.screen.widgets.groups import Group
from jiebang.forms.screen.widgets.wiring import element_id, posted_text, wrong_shape
from jiebang.i18n import _

if TYPE_CHECKING:
    from deform.field import Field

    from jiebang.forms.screen.page import Page as PageContext

#: A table with more columns than this shows every row as a card, however wide the window.
COLUMNS_AT_MOST = 6


class Table(Group):
    """Every row has one control a column."""

    template = "table"
    role = None

    def deserialize(self, field: Field, pstruct: Any) -> Any:
        """A list of rows, each a mapping of column to typed text."""
        if pstruct is colander.null:
            return []
        if not isinstance(pstruct, list) or not all(isinstance(row, dict) for row in pstruct):
            raise wrong_shape(field)
        if len(pstruct) > 2 * field.schema.question.max:
            # No page of ours offers so many; showing them again would be work for nothing. Twice,
            # since a form file may have lowered its limit while a draft was open.
            raise wrong_shape(field)
        columns = [column.key for column in field.schema.question.columns]
        return [{key: posted_text(field, row.get(key, "")) for key in columns} for row in pstruct]

    def extra(self, field: Field, cstruct: Any, path: str) -> dict[str, Any]:
        """Every cell rendered; an empty table shows its least number of rows, and at least one."""
        question: Question = field.schema.question
        say = field.page.translate
        rows = list(cstruct) if isinstance(cstruct, list) else []
        # The page, and the script after it, put the number of the row in.
        counted = {"n": "{n}"}
        while len(rows) < max(1, question.min or 0):
            rows.append({})
        return {
            "columns": [self._heading(field.page, column) for column in question.columns],
            "rows": [
                self._cells(field, row, f"{path}.{index}", index) for index, row in enumerate(rows)
            ],
            "blank": self._cells(field, {}, f"{path}.{len(rows)}", len(rows)),
            "up": say(_("Move row ${n} up", mapping=counted)),
            "down": say(_("Move row ${n} down", mapping=counted)),
            "remove": say(_("Remove row ${n}", mapping=counted)),
            "full": question.max is not None and len(rows) >= question.max,
            "cards": len(question.columns) > COLUMNS_AT_MOST,
        }

    def _heading(self, page: PageContext, column: Question) -> dict[str, str]:
        return {
            "label": column.label.in_locale(page.locale),
            "mark": page.mark(column),
            "help": column.help.in_locale(page.locale) if column.help else "",
        }

    def _cells(
        self, field: Field, row: dict[str, Any], path: str, index: int
    ) -> Sequence[dict[str, Any]]:
        page: PageContext = field.page
        cells: list[dict[str, Any]] = []
        for column in field.children[0].children:
            cell_path = f"{path}.{column.name}"
            notes = {
                kind: found
                for kind, told in (("error", page.errors), ("warning", page.warnings))
                if (found := told.get(cell_path))
            }
            pattern = page.translate(
                _("${label}, row ${n}", mapping={"label": column.title, "n": "{n}"})
            )
            control = column.widget.control(
                column,
                row.get(column.name, ""),
                path=cell_path,
                describedby=" ".join(f"{element_id(cell_path)}-{kind}" for kind in notes) or None,
                cell=Cell(pattern.replace("{n}", str(index + 1)), pattern),
            )
            cells.append({"id": element_id(cell_path), "control": control, "notes": notes})
        return cells
