"""A workbook of many pre-registrations (批量导入), brought in end to end: read, checked, filed row by row."""

from __future__ import annotations

import io
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.policy.results import Figure
from bench.seed import EDITION, FORM
from bench.starting import settings
from jiebang import clock
from jiebang.casework.desk import Actor, Desk
from jiebang.casework.workbooks import importing as casework
from jiebang.casework.workbooks.batches import BatchRow, Marked
from jiebang.casework.workbooks.import_worker import Importer
from jiebang.forms.attachments.inspecting import inspect
from jiebang.identifiers import complete_code
from jiebang.main import main
from jiebang.model import imports
from jiebang.model.people import Credentials, Person
from jiebang.outbox.loop import transaction_on

ROWS, FEW = 5000, 100
#: One row in so many is wrong: its telephone number is too short.
WRONG = 10
PRE_REGISTRATION = "pre-registration"
#: Megabytes that checking and filing may add, however many rows there are.
MOST_MB = 300


def importing(*, quick: bool) -> list[Figure]:
    """Bring in the rows as a district officer does, and count what became of them."""
    rows = FEW if quick else ROWS
    with tempfile.TemporaryDirectory() as folder:
        site = _Site(Path(folder))
        content = site.workbook(rows)
        site.begin(content)
        before = _forget_peak_mb()
        check = site.work_until(imports.CHECKED)
        site.confirm()
        file = site.work_until(imports.DONE)
        grown = _peak_mb() - before
        filed, wrong = site.counts()
        site.close()
    name = f"import of {rows} rows"
    good = rows - rows // WRONG
    return [
        Figure(f"{name}: read and check", check, "s"),
        Figure(
            f"{name}: file the good ones",
            file,
            "s",
            bar="every good row once, no other",
            met=(filed, wrong) == (good, rows - good),
            note=f"{filed} filed, {wrong} wrong, {file / max(filed, 1) * 1000:.0f} ms each",
        ),
        Figure(f"{name}: memory", grown, "MB", bar=f"at most {MOST_MB} MB", met=grown <= MOST_MB),
    ]


class _Site:
    def __init__(self, folder: Path) -> None:
        self._registry = main({}, **settings(folder)).registry
        self._rules = self._registry.rulebook[EDITION]
        self._importer = Importer(self._registry.rulebook, self._registry.decider)
        self._form = self._rules.forms[PRE_REGISTRATION]
        self._import = ""
        with transaction_on(self._registry.database) as site:
            person = Person(
                name="经办人员",
                email="officer@example.com",
                credentials=Credentials(""),
                at=clock.now(),
            )
            person.roles, person.districts = frozenset({"district_officer"}), frozenset({"310112"})
            site["people"]["officer"] = person

    def workbook(self, rows: int) -> bytes:
        """A workbook as somebody filled it in, with codes in place of labels."""
        with transaction_on(self._registry.database) as site:
            batch = casework.batch_of(self._desk(site), self._form, "zh_CN")
        return batch.marked([Marked(self._row(number), ()) for number in range(rows)])

    def begin(self, content: bytes) -> None:
        """Bring the workbook in."""
        with transaction_on(self._registry.database) as site:
            one = casework.begin_import(
                desk=self._desk(site),
                actor=Actor("officer", frozenset({"district_officer"})),
                form=self._form,
                file=inspect(io.BytesIO(content), "a.xlsx", self._rules.forms.uploads),
                locale="zh_CN",
                at=clock.now(),
            )
            self._import = one.__name__

    def confirm(self) -> None:
        """Have the good rows filed."""
        with transaction_on(self._registry.database) as site:
            one = site["imports"][self._import]
            casework.confirm(desk=self._desk(site), one=one, at=clock.now())

    def work_until(self, state: str) -> float:
        """Let the worker work; the seconds that it took."""
        begun = time.perf_counter()
        while self._importer.catch_up(self._registry.database):
            pass
        with transaction_on(self._registry.database) as site:
            one = site["imports"][self._import]
            assert one.state == state, (one.state, one.reasons)
        return time.perf_counter() - begun

    def counts(self) -> tuple[int, int]:
        """Rows filed, with a case each, and rows that are wrong."""
        with transaction_on(self._registry.database) as site:
            one = site["imports"][self._import]
            cases = sum(1 for _case in site.edition(EDITION)["demands"].values())
            assert cases == one.counts.get(imports.FILED, 0)
            return cases, one.counts.get(imports.WRONG, 0)

    def close(self) -> None:
        """Close the database and the engine."""
        self._registry.decider.close()
        self._registry.database.close()

    def _desk(self, site: Any) -> Desk:
        registry = self._registry
        return Desk(
            site=site, rules=self._rules, decider=registry.decider, numbers=registry.numbers
        )

    @staticmethod
    def _row(number: int) -> BatchRow:
        cells = dict(FORM) | {
            "uscc": complete_code(f"91310112MA1{number:06d}"),
            "need_title": f"高温合金薄壁件焊接变形控制{number}",
            "mobile": "13" if number % WRONG == 0 else "13800000000",
        }
        return BatchRow(number, cells)


def _peak_mb() -> float:
    """The most memory this process has held since the peak was forgotten."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _forget_peak_mb() -> float:
    """Let the peak begin at what is held now (proc(5), clear_refs); that much."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    return _peak_mb()
