"""What the states of an import and of its rows are called."""

from __future__ import annotations

from collections.abc import Mapping

from jiebang.i18n import _
from jiebang.model import imports

STATES: Mapping[str, object] = {
    imports.READING: _("Reading the workbook"),
    imports.CHECKING: _("Checking the rows"),
    imports.CHECKED: _("Waiting for your confirmation"),
    imports.FILING: _("Importing the good rows"),
    imports.DONE: _("Imported"),
    imports.REFUSED: _("Cannot be read"),
    imports.STOPPED: _("Stopped"),
}
ROWS: Mapping[str, object] = {
    imports.GOOD: _("Good"),
    imports.WRONG: _("Wrong"),
    imports.SAME: _("There already"),
    imports.FILED: _("Imported"),
}
