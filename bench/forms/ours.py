"""Our side: forms read, judged, shown and printed, in-process. ``python -m bench.forms.ours``."""

from __future__ import annotations

import resource
import time
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from bench.forms.filling import filled, sent
from bench.speaking import answer_commands
from jiebang.casework.paper.printing import Around, print_form
from jiebang.casework.policies.choices import choices_of
from jiebang.cli.forms.folders import translate
from jiebang.edition.loading import load_edition
from jiebang.forms import FormBook
from jiebang.i18n import DEFAULT_LOCALE

ROOT = Path(__file__).resolve().parents[2]
EDITION = ROOT / "rules" / "shanghai-2019"


class Ours:
    """One form of the site and what the bench asks of it."""

    def __init__(self) -> None:
        self.forms = FormBook.load(ROOT / "forms", translator=translate)
        self.choices = choices_of(load_edition(EDITION), self.forms)

    def begin(self, form: str) -> dict[str, Any]:
        """Take up a form; answer its filled answers, and what the other side has to offer too."""
        self.form = self.forms[form]
        sections = [one.id for one in self.form.sections if one.filled_by == "filer"]
        self.data = filled(self.form, sections, lambda one: [code for code, _ in self._offer(one)])
        self.pairs = sent(self._page(self.data))
        read = self._read(self.pairs)
        judged = self._judge(read)
        assert judged.ok, judged.errors
        assert judged.values == self.data, (judged.values, self.data)
        self.empty = {}
        self.errors = self._judge(self.empty).errors
        offered = {
            question.key: self._offer(question)
            for question in self.form.questions
            if question.type in {"one_of", "several_of", "rating", "industry"}
        }
        columns = {
            f"{question.key}.{column.key}": self._offer(column)
            for question in self.form.questions
            for column in question.columns
            if column.type in {"one_of", "industry"}
        }
        return {
            "data": self.data,
            "sections": sections,
            "offered": offered | columns,
            "fields": sum(len(one.questions) for one in self.form.sections if one.id in sections),
            "wrong": sorted(one.field for one in self.errors),
        }

    def page(self, *, wrong: bool = False) -> str:
        """The page, filled, or empty with its errors."""
        return self._page(self.empty, self.errors) if wrong else self._page(self.data)

    def spend(self, what: str, seconds: float) -> float:
        """Milliseconds of CPU for each time: ``judge``, ``show``, ``show_wrong``."""
        does = {
            "judge": lambda: self._judge(self._read(self.pairs)),
            "show": self.page,
            "show_wrong": lambda: self.page(wrong=True),
        }
        return cpu_ms(does[what], seconds)

    def print_many(self, count: int) -> dict[str, float]:
        """PDFs of the filled form: milliseconds for each, the slowest, pages, and memory kept."""
        spent: list[float] = []
        self._print()
        before = _resident_mb()
        for _number in range(count):
            begun = time.perf_counter()
            printed = self._print()
            spent.append((time.perf_counter() - begun) * 1000)
        return {
            "ms": sum(spent) / count,
            "slowest_ms": max(spent),
            "pages": len(PdfReader(BytesIO(printed)).pages),
            "grew_mb": _resident_mb() - before,
        }

    def _print(self) -> bytes:
        return print_form(
            forms=self.forms,
            form=self.form,
            layouts=ROOT / "forms",
            fonts=ROOT / "node_modules/@expo-google-fonts",
            output="pdf",
            data=self.data,
            locale=DEFAULT_LOCALE,
            choices=self.choices,
            around=Around(number="SH2019-0001", version=1),
        )

    def _offer(self, question: Any) -> list[tuple[str, str]]:
        return [(one.code, one.label.zh) for one in self.forms.options(question, self.choices)]

    def _read(self, pairs: list[tuple[str, str]]) -> dict[str, Any]:
        parsed = self.forms.parse(
            self.form, None, pairs, locale=DEFAULT_LOCALE, choices=self.choices
        )
        assert not parsed.errors, parsed.errors
        return parsed.data

    def _judge(self, data: dict[str, Any]) -> Any:
        return self.forms.validate(self.form, data, locale=DEFAULT_LOCALE, choices=self.choices)

    def _page(self, data: dict[str, Any], errors: Any = ()) -> str:
        return str(
            self.forms.render(
                self.form,
                data=data,
                errors=errors,
                locale=DEFAULT_LOCALE,
                choices=self.choices,
                csrf_token="a token of the bench",
                action="/",
            )
        )


def _resident_mb() -> float:
    """Memory that the process holds now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def cpu_ms(once: Any, seconds: float) -> float:
    """Milliseconds of CPU for each call, over some seconds; a first call warms up."""
    once()
    done, begun, cpu = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - begun < seconds:
        once()
        done += 1
    return (time.process_time() - cpu) * 1000 / done


if __name__ == "__main__":
    answer_commands(Ours())
