"""Whether everything a form names is there: lists, conditions, operands, origins, placeholders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from jiebang.forms.language.computing import computed_type, find, operand_names
from jiebang.forms.language.conditions import Condition
from jiebang.forms.language.definition import ListFile
from jiebang.forms.language.question import CHOOSING, NUMERIC, WORDED, Option, Question
from jiebang.forms.reading.places import Place
from jiebang.yamlfile import Finding, nearest

Lists = Mapping[str, ListFile]
#: What a reference may lead to, besides a form.
KEPT_ELSEWHERE = ("demand", "organisation", "agency", "expert")
#: Where a first answer may come from, besides a form.
ORIGINS: Mapping[str, tuple[str, ...]] = {
    "party": (
        "name", "credit_code", "reg_no", "country", "country_name", "district",
        "org_attr", "legal_rep", "reg_region", "address", "postcode", "website",
    ),
    "person": ("name", "phone", "email"),
    "case": ("number", "title"),
    "clock": ("today", "year"),
}  # fmt: skip
#: Types whose answers are text that a condition can name.
_NAMED = WORDED | {"credit_code", "division", "industry", "phone", "email", "url"}


@dataclass(frozen=True)
class Known:
    """What questions of a form or of a block may name."""

    questions: Mapping[str, Question]
    lists: Lists
    forms: Mapping[str, Mapping[str, Question]]


def option_findings(place: Place, options: Iterable[Option]) -> Iterator[Finding]:
    """Codes that stand for two options; ``place`` is that of the list of options."""
    seen: set[str] = set()
    for index, option in enumerate(options):
        if option.code in seen:
            yield place.at(index, "code").says(
                "repeated",
                f"选项代码“{option.code}”重复",
                f'the option code "{option.code}" appears twice',
            )
        seen.add(option.code)


def question_findings(place: Place, question: Question, known: Known) -> Iterator[Finding]:
    """What is wrong with a question by itself, and with what it names."""
    yield from _by_itself(place, question, known)
    for attribute in ("shown_when", "required_when"):
        conditions: Sequence[Condition] = getattr(question, attribute)
        yield from condition_findings(place.at(attribute), conditions, known)
    yield from _computed(place.at("computed"), question, known.questions)
    for index, origin in enumerate(question.prefill):
        yield from origin_findings(place.at("prefill").entry(index), question, origin, known)
    if question.refers_to and question.refers_to not in {*KEPT_ELSEWHERE, *known.forms}:
        words = (*KEPT_ELSEWHERE, *known.forms)
        yield place.at("refers_to").unknown(
            "表单或登记对象", "form or register", question.refers_to, words
        )


def _by_itself(place: Place, question: Question, known: Known) -> Iterator[Finding]:
    if question.list and question.list not in known.lists:
        yield place.at("list").unknown("代码表", "list", question.list, known.lists)
    yield from option_findings(place.at("options"), question.options)
    if question.min is not None and question.max is not None and question.min > question.max:
        yield place.at("min").says("bounds", "min 大于 max", "min is greater than max")
    if question.type not in NUMERIC and question.max is not None and question.max < 1:
        yield place.at("max").says("bounds", "max 应为正数", "max must be more than 0")
    keys: set[str] = set()
    for index, column in enumerate(question.columns):
        here = place.at("columns", index)
        if column.key in keys:
            yield here.at("key").twice(column.key)
        keys.add(column.key)
        yield from question_findings(here, column, known)


def condition_findings(
    place: Place, conditions: Sequence[Condition], known: Known
) -> Iterator[Finding]:
    """Conditions on what nobody is asked, or on answers that nobody can give."""
    for index, condition in enumerate(conditions):
        here = place.entry(index)
        asked = known.questions.get(condition.field)
        if asked is None:
            yield here.at("field").unknown("字段", "field", condition.field, known.questions)
        elif asked.type == "computed":
            yield here.says(
                "type",
                f"“{asked.key}”由系统算出，不能用作条件",
                f'"{asked.key}" is worked out, so nothing can depend on it',
            )
        elif condition.filled is None:
            yield from _possible(here, condition, asked, known.lists)


def _possible(
    place: Place, condition: Condition, asked: Question, lists: Lists
) -> Iterator[Finding]:
    if asked.type in _NAMED or asked.options_from:
        return
    if asked.type in {"yes_no", "consent"}:
        possible: list[str | bool] = [True, False]
    elif asked.type in CHOOSING:
        possible = [option.code for option in options(asked, lists)]
        if not possible:
            return
    else:
        yield place.says(
            "unknown",
            f"“{asked.key}”是 {asked.type}，条件只能写 filled",
            f'"{asked.key}" is {asked.type}: a condition on it can only be “filled”',
            "filled: true",
        )
        return
    side = "is" if condition.is_ is not None else "in"
    for value in condition.wanted:
        if not any(value is one or (isinstance(value, str) and value == one) for one in possible):
            hint = nearest(str(value), map(str, possible))
            words = "、".join(
                str(one).lower() if isinstance(one, bool) else one for one in possible
            )
            yield place.at(side).says(
                "unknown",
                f"“{asked.key}”的答案不会是“{value}”，可用：{words}",
                f'"{asked.key}" is never answered "{value}", use one of {words}',
                hint,
            )


def options(asked: Question, lists: Lists) -> tuple[Option, ...]:
    """The options that the files of the folder give; none for what is brought from elsewhere."""
    listed = lists.get(asked.list)
    return asked.options or (listed.options if listed else ())


def _computed(
    place: Place, question: Question, questions: Mapping[str, Question]
) -> Iterator[Finding]:
    if question.computed is None:
        return
    wrong = False
    for name in operand_names(question.computed):
        asked = find(name, questions)
        if asked is None:
            known = [*questions, *dotted_columns(questions)]
            yield place.unknown("字段", "field", name, known)
            wrong = True
        elif name == question.computed.count:
            if asked.type != "table":
                yield place.says("type", f"“{name}”不是表格", f'"{name}" is no table')
        elif asked.type not in NUMERIC:
            wrong = True
            yield place.says(
                "type",
                f"“{name}”是 {asked.type}，不能计算",
                f'"{name}" is {asked.type}: it cannot be reckoned with',
            )
    if not wrong:
        yield from _one_measure(place, question, questions)


def _one_measure(
    place: Place, question: Question, questions: Mapping[str, Question]
) -> Iterator[Finding]:
    """Money is not added to what is not money."""
    computed = question.computed
    if computed is None or computed.count:
        return
    money = {
        name: _is_money(asked, questions)
        for name in operand_names(computed)
        if (asked := find(name, questions))
    }
    mixed = any(money.values()) if computed.weighted else len(set(money.values())) > 1
    if mixed:
        words = "、".join(money)
        yield place.says(
            "type",
            f"“{words}”有的是金额，有的不是，不能一起计算",
            f"some of {words} are money and some are not: they cannot be reckoned together",
        )


def _is_money(asked: Question, questions: Mapping[str, Question]) -> bool:
    if asked.computed:
        return computed_type(asked, questions) == "money"
    return asked.type == "money"


def dotted_columns(questions: Mapping[str, Question]) -> Iterator[str]:
    """Every column as ``table.column``."""
    for question in questions.values():
        for column in question.columns:
            yield f"{question.key}.{column.key}"


def origin_findings(
    place: Place, question: Question, origin: str, known: Known
) -> Iterator[Finding]:
    """A first answer from nowhere, or one that does not answer the question."""
    whose, _dot, what = origin.partition(".")
    if whose in ORIGINS:
        if what not in ORIGINS[whose]:
            words = [f"{whose}.{one}" for one in ORIGINS[whose]]
            yield place.unknown("来源", "origin", origin, words)
    elif whose not in known.forms:
        yield place.unknown("来源", "origin", whose, [*ORIGINS, *known.forms])
    elif what not in known.forms[whose]:
        yield place.unknown(f"字段（{whose}）", f"field of {whose}", what, known.forms[whose])
    else:
        given = known.forms[whose][what]
        if not _answers(given, question, known.forms[whose]):
            yield place.says(
                "type",
                f"“{origin}”是 {given.type}，不能填入 {question.type}",
                f'"{origin}" is {given.type} and cannot answer a {question.type}',
            )


def _answers(given: Question, asked: Question, among: Mapping[str, Question]) -> bool:
    """Whether an answer kept for one question can be that of another."""
    kept = computed_type(given, among) if given.computed else given.type
    if asked.type in WORDED:
        return kept in WORDED | _NAMED
    return kept == asked.type and (asked.type != "reference" or asked.several == given.several)
