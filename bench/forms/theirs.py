"""The other side: Django forms of the same, in-process. ``python -m bench.forms.theirs``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.http import QueryDict
from django.template.loader import get_template

from bench.forms.filling import sent
from bench.forms.ours import ROOT, cpu_ms
from jiebang.forms import FormBook, Question

settings.configure(
    SECRET_KEY="a secret of the bench, which keeps nothing",
    USE_I18N=True,
    LANGUAGE_CODE="zh-hans",
    USE_TZ=True,
    TIME_ZONE="Asia/Shanghai",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [Path(__file__).parent / "templates"],
        }
    ],
)
django.setup()

from bench.forms.peer import peer_form, peer_rows, typed  # noqa: E402 - Django is set up first


class Theirs:
    """The same form with Django, and what the bench asks of it."""

    def begin(
        self, form: str, data: dict[str, Any], sections: list[str], offered: dict[str, Any]
    ) -> dict[str, Any]:
        """Take up a form, with the answers and the options of our side."""
        self.form = FormBook.load(ROOT / "forms")[form]
        self.sections = [one for one in self.form.sections if one.id in sections]
        self._offered = offered
        self._class = peer_form(self.form, self.sections, self._options)
        self._tables = {
            question.key: (question, peer_rows(question, self._column_options(question)))
            for section in self.sections
            for question in section.questions
            if question.type == "table"
        }
        self._template = get_template("form.html")
        self.data = data
        self._sent = sent(self.page())
        ok, _bound, _rows = self._judge(self._sent)
        assert ok, (_bound.errors, [one.errors for one in _rows.values()])
        empty = [pair for pair in sent(self._show({}, {})) if "_FORMS" in pair[0]]
        _ok, *self._wrong = self._judge(empty)
        return {"wrong": sorted({name.split("__")[0] for name in self._wrong[0].errors})}

    def page(self, *, wrong: bool = False) -> str:
        """The page, filled, or empty with its errors."""
        if wrong:
            return self._put(*self._wrong)
        first: dict[str, Any] = {}
        for section in self.sections:
            for question in section.questions:
                if question.key in self.data and question.type != "table":
                    first |= typed(question, self.data[question.key])
        return self._show(first, self.data)

    def spend(self, what: str, seconds: float) -> float:
        """Milliseconds of CPU for each time: ``judge``, ``show``, ``show_wrong``."""
        does = {
            "judge": lambda: self._judge(self._sent),
            "show": self.page,
            "show_wrong": lambda: self.page(wrong=True),
        }
        return cpu_ms(does[what], seconds)

    def _options(self, question: Question) -> list[tuple[str, str]]:
        return [(code, label) for code, label in self._offered.get(question.key, ())]

    def _column_options(self, table: Question) -> Any:
        return lambda column: [
            (code, label) for code, label in self._offered.get(f"{table.key}.{column.key}", ())
        ]

    def _judge(self, pairs: list[tuple[str, str]]) -> tuple[bool, Any, dict[str, Any]]:
        posted = QueryDict(mutable=True)
        for name, value in pairs:
            posted.appendlist(name, value)
        bound = self._class(posted)
        rows = {key: rows(posted, prefix=key) for key, (_question, rows) in self._tables.items()}
        judged = [bound.is_valid(), *(one.is_valid() for one in rows.values())]
        return all(judged), bound, rows

    def _show(self, first: dict[str, Any], data: dict[str, Any]) -> str:
        rows = {
            key: made(
                prefix=key,
                initial=[_row(question, one) for one in data.get(key, ())],
            )
            for key, (question, made) in self._tables.items()
        }
        return self._put(self._class(initial=first), rows)

    def _put(self, bound: Any, rows: dict[str, Any]) -> str:
        sections = [
            {
                "id": section.id,
                "title": section.title.zh,
                "help": section.help.zh if section.help else "",
                "text": [one.zh for one in section.text],
                "items": [
                    {
                        "key": question.key,
                        "label": question.label.zh,
                        "help": question.help.zh if question.help else "",
                        "rows": rows.get(question.key),
                        "columns": [column.label.zh for column in question.columns],
                        "fields": [bound[name] for name in bound.names(question.key)],
                    }
                    for question in section.questions
                    if question.type != "computed"
                ],
            }
            for section in self.sections
        ]
        summary = [
            (bound[name].id_for_label, error)
            for name, errors in bound.errors.items()
            for error in errors
        ]
        return self._template.render(
            {"sections": sections, "summary": summary, "action": "/", "token": "a token"}
        )


def _row(table: Question, row: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for column in table.columns:
        if column.key in row:
            told |= typed(column, row[column.key])
    return told


if __name__ == "__main__":
    from bench.speaking import answer_commands

    answer_commands(Theirs())
