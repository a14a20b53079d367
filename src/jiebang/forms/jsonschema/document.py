"""A form as JSON Schema (2020-12), for other programs: it takes exactly what the form can store.

What a schema cannot say stands under ``x-checks``: whoever has answers that the schema takes still
has to look at those.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jiebang.forms.jsonschema.kinds import Json, Options, answer_schema, both
from jiebang.forms.kinds.divisions import in_use
from jiebang.forms.language.conditions import Check, Condition
from jiebang.forms.language.definition import Form
from jiebang.forms.language.question import Question

__all__ = ["Options", "describe"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: Answers that are lists of codes: a condition holds when one of them is wanted.
_LISTS = frozenset({"several_of", "files"})


def describe(form: Form, options: Options) -> Json:
    """The schema of a form's stored answers. Raises ``KeyError`` for options that nobody brings."""
    return _Describer(form, options).schema()


class _Describer:
    """One form, with the options of its questions."""

    def __init__(self, form: Form, options: Options) -> None:
        self._form, self._options = form, options
        self._questions = {one.key: one for one in form.questions}
        #: When each question is asked: the conditions of its section and its own.
        self._asked = {
            question.key: (*section.shown_when, *question.shown_when)
            for section in form.sections
            for question in section.questions
        }
        self._office = {
            question.key
            for section in form.sections
            if section.filled_by == "office"
            for question in section.questions
        }

    def schema(self) -> Json:
        """The whole schema."""
        form = self._form
        said: Json = {
            "$schema": DIALECT,
            "$id": f"urn:jiebang:form:{form.id}:{form.version}",
            "title": form.title.zh,
            "x-label": both(form.title),
            "x-version": form.version,
        }
        if form.help:
            said |= {"description": form.help.zh, "x-help": both(form.help)}
        needed = [key for key in self._questions if self._always_needed(key)]
        rules = [*self._asked_when(), *self._needed_when(), *self._one_of_them()]
        properties = {
            key: answer_schema(question, self._options, self._questions)
            for key, question in self._questions.items()
        }
        return {
            **said,
            "type": "object",
            "properties": properties,
            "required": needed,
            "additionalProperties": False,
            **({"allOf": rules} if rules else {}),
            "x-checks": list(self._left_to_check()),
            **self._named(),
        }

    def _named(self) -> Json:
        """What several questions share."""
        if any(one.type == "division" for one in _with_columns(self._form.questions)):
            return {"$defs": {"division": {"type": "string", "enum": sorted(in_use())}}}
        return {}

    def _always_needed(self, key: str) -> bool:
        return self._needed(key) and not self._asked[key]

    def _needed(self, key: str) -> bool:
        return self._questions[key].required and key not in self._office

    def _asked_when(self) -> Iterator[Json]:
        """Questions that are only asked at times: not to be answered at others."""
        groups: dict[tuple[Condition, ...], list[str]] = {}
        for key, conditions in self._asked.items():
            if conditions and not self._questions[key].computed:
                groups.setdefault(conditions, []).append(key)
        for conditions, keys in groups.items():
            rule: Json = {"if": self._met(conditions)}
            needed = [key for key in keys if self._needed(key)]
            if needed:
                rule["then"] = {"required": needed}
            yield {**rule, "else": {"properties": dict.fromkeys(keys, False)}}

    def _needed_when(self) -> Iterator[Json]:
        """Questions whose answer is needed at times."""
        for key, question in self._questions.items():
            if question.required_when and key not in self._office:
                conditions = (*self._asked[key], *question.required_when)
                yield {"if": self._met(conditions), "then": {"required": [key]}}

    def _one_of_them(self) -> Iterator[Json]:
        """Checks that at least one of some questions is answered."""
        for check in self._checks():
            if self._said(check):
                rule: Json = {"anyOf": [{"required": [key]} for key in check.any_of]}
                when = (*self._asked[check.at], *check.when)
                yield {"if": self._met(when), "then": rule} if when else rule

    def _left_to_check(self) -> Iterator[Json]:
        """What is refused that the schema takes."""
        for question in _with_columns(self._form.questions):
            if question.type == "year_range":
                yield {"id": "year-range", "at": question.key, "message": _FORWARDS}
        if any(one.type in _WORDED for one in _with_columns(self._form.questions)):
            yield {"id": "composed", "message": _COMPOSED}
        for check in self._checks():
            if not self._said(check):
                told = check.model_dump(mode="json", by_alias=True, exclude_defaults=True)
                yield {key: value for key, value in told.items() if key not in _FOR_AUTHORS}

    def _checks(self) -> Iterator[Check]:
        """The checks of what the filer answers, but for those that only warn."""
        for check in self._form.checks:
            if not check.warns and (check.rows or check.at) not in self._office:
                yield check

    def _said(self, check: Check) -> bool:
        """Whether the schema says a check by itself."""
        return bool(check.any_of) and not check.rows

    def _met(self, conditions: Sequence[Condition]) -> Json:
        """Answers that meet every condition."""
        met = [self._meets(one) for one in conditions]
        return met[0] if len(met) == 1 else {"allOf": met}

    def _meets(self, condition: Condition) -> Json:
        key, there = condition.field, {"required": [condition.field]}
        if condition.filled is not None:
            return there if condition.filled else {"not": there}
        wanted: Json = {"enum": list(condition.wanted)}
        if self._questions[key].type in _LISTS or self._questions[key].several:
            wanted = {"contains": wanted}
        return {**there, "properties": {key: wanted}}


#: Types in which people write words, whose signs may be composed in two ways.
_WORDED = frozenset({"text", "longtext", "rating", "signature"})
_FOR_AUTHORS = frozenset({"source", "clause", "basis"})
_FORWARDS = {
    "zh": "截止年不能早于起始年。",
    "en": "The last year cannot be before the first.",
}
_COMPOSED = {
    "zh": "文字应为 Unicode 的 NFC 形式。",
    "en": "Text has to be in Unicode normal form C.",
}


def _with_columns(questions: Sequence[Question]) -> Iterator[Question]:
    for question in questions:
        yield question
        yield from question.columns
