"""Whether a form holds together as a whole: its sections, its conditions, its checks, its texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from jiebang.forms.kinds.telling import SHOWN
from jiebang.forms.language.computing import operand_names
from jiebang.forms.language.conditions import Check, Comparison, Operand
from jiebang.forms.language.definition import BlockUse, FormFile
from jiebang.forms.language.operands import COUNTED, Kind, Scope, kind
from jiebang.forms.language.question import Question
from jiebang.forms.reading.assembling import Asked, Assembled
from jiebang.forms.reading.places import Place
from jiebang.forms.reading.references import (
    Known,
    condition_findings,
    dotted_columns,
    origin_findings,
    question_findings,
)
from jiebang.wording import Wording
from jiebang.yamlfile import Finding, Source


def form_findings(
    source: Source, file: FormFile, assembled: Assembled, known: Known
) -> Iterator[Finding]:
    """Everything wrong with a form whose blocks are put in."""
    root = Place(source, ())
    yield from _sections(root, file, known)
    keys: set[str] = set()
    for asked in assembled.asked:
        if asked.question.key in keys:
            key = "prefix" if asked.uses and asked.uses.prefix else "block"
            yield asked.place.at(key if asked.uses else "key").twice(asked.question.key)
        keys.add(asked.question.key)
        yield from _asked(asked, known)
    yield from _circles(assembled)
    ids: set[str] = set()
    for at, check in enumerate(file.checks):
        place = root.at("checks", at)
        if check.id in ids:
            yield place.at("id").twice(check.id)
        ids.add(check.id)
        yield from _check(place, check, known)


def _sections(root: Place, file: FormFile, known: Known) -> Iterator[Finding]:
    seen: list[str] = []
    for at, section in enumerate(file.sections):
        place = root.at("sections", at)
        for index, earlier in enumerate(section.after):
            if earlier not in seen:
                yield place.at("after", index).unknown(
                    "前面的部分", "earlier section", earlier, seen
                )
        if section.id in seen:
            yield place.at("id").twice(section.id)
        seen.append(section.id)
        yield from condition_findings(place.at("shown_when"), section.shown_when, known)
        for index, entry in enumerate(section.fields):
            here = place.at("fields", index, "shown_when")
            if isinstance(entry, BlockUse):
                yield from condition_findings(here, entry.shown_when, known)
        for index, paragraph in enumerate(section.text):
            yield from _shown(place.at("text").entry(index), paragraph, known.questions)
        if not section.fields and not section.text:
            yield place.says("empty", "这一部分是空的", "the section is empty")


def _shown(place: Place, text: Wording, questions: Mapping[str, Question]) -> Iterator[Finding]:
    for half in (text.zh, text.en):
        for key in SHOWN.findall(half):
            if key not in questions:
                yield place.unknown("字段", "field", key, questions)


def _asked(asked: Asked, known: Known) -> Iterator[Finding]:
    """What is wrong with a question here; what is wrong with its block is told of the block."""
    question, use = asked.question, asked.uses
    if use is None:
        yield from question_findings(asked.place, question, known)
        return
    needed = {one.field for one in (*question.shown_when, *question.required_when)}
    if question.computed:
        needed |= {name.partition(".")[0] for name in operand_names(question.computed)}
    needed -= {one.field for one in use.shown_when}
    for key in sorted(needed - known.questions.keys()):
        zh = f"“{question.key}”取决于“{key}”，而这里没有问它"
        en = f'"{question.key}" depends on "{key}", which is not asked here'
        yield asked.place.at("omit").says("unknown", zh, en)
    key = question.key.removeprefix(use.prefix)
    for index, origin in enumerate(use.change[key].prefill or () if key in use.change else ()):
        place = asked.place.at("change", key, "prefill").entry(index)
        yield from origin_findings(place, question, origin, known)


def _circles(assembled: Assembled) -> Iterator[Finding]:
    """Questions each of which is only asked, or only worked out, once another is answered."""
    asked = {one.question.key: one for one in assembled.asked}
    waits: dict[str, set[str]] = {}
    for section in assembled.sections:
        for question in section.questions:
            conditions = (*section.shown_when, *question.shown_when)
            waits[question.key] = {one.field for one in conditions}
    yield from _circle(asked, waits, "shown_when")
    reads = {
        key: {name.partition(".")[0] for name in operand_names(one.question.computed)}
        for key, one in asked.items()
        if one.question.computed
    }
    yield from _circle(asked, reads, "computed")


def _circle(
    asked: Mapping[str, Asked], waits: Mapping[str, set[str]], attribute: str
) -> Iterator[Finding]:
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        keys = [key for key in error.args[1] if key in asked]
        words = "”→“".join(keys)
        yield (
            asked[keys[0]]
            .place.at(attribute)
            .says(
                "circle",
                f"互相等待，绕成一圈：“{words}”",
                f"each waits for the next, in a circle: {' → '.join(keys)}",
            )
        )


def _check(place: Place, check: Check, known: Known) -> Iterator[Finding]:
    table = known.questions.get(check.rows) if check.rows else None
    if check.rows and (table is None or table.type != "table"):
        tables = [key for key, one in known.questions.items() if one.type == "table"]
        yield place.at("rows").unknown("表格", "table", check.rows, tables)
        return
    columns = {column.key: column for column in table.columns} if table else {}
    scope = Scope(known.questions, columns)
    near = columns or known.questions
    for path, key in (("at", check.at), *((("any_of"), key) for key in check.any_of)):
        if key not in near:
            yield place.at(path).unknown("字段", "field", key, near)
    reachable = Known({**known.questions, **columns}, known.lists, known.forms)
    yield from condition_findings(place.at("when"), check.when, reachable)
    yield from _shown(place.at("message"), check.message, reachable.questions)
    if check.that and check.than and check.is_:
        faults = [
            *_operand(place.at("that"), check.that, scope),
            *_operand(place.at("than"), check.than, scope),
        ]
        yield from faults or _comparable(place.at("is"), check.that, check.is_, check.than, scope)


def _operand(place: Place, operand: Operand, scope: Scope) -> Iterator[Finding]:
    reach = {**scope.questions, **scope.columns}
    if operand.field:
        asked = scope.find(operand.field)
        if asked is None:
            yield place.at("field").unknown("字段", "field", operand.field, reach)
        elif operand.part not in asked.parts:
            yield place.at("part").unknown("部分", "part", operand.part, asked.parts)
    elif operand.sum:
        column = scope.column(operand.sum)
        if column is None:
            columns = dotted_columns(scope.questions)
            yield place.at("sum").unknown("列", "column", operand.sum, list(columns))
    elif operand.count:
        counted = scope.questions.get(operand.count)
        if counted is None or counted.type not in COUNTED:
            countable = [key for key, one in scope.questions.items() if one.type in COUNTED]
            yield place.at("count").unknown(
                "可计数的字段", "field to count", operand.count, countable
            )


def _comparable(
    place: Place, that: Operand, how: Comparison, than: Operand, scope: Scope
) -> Iterator[Finding]:
    first, second = kind(that, scope), kind(than, scope)
    plain_number = "number" in {first, second} and (
        that.number is not None or than.number is not None
    )
    alike = first == second or (plain_number and {first, second} == {"number", "money"})
    if first is None or second is None or not alike:
        yield place.says(
            "type",
            f"两边不能相比：{_named(first)}与{_named(second)}",
            f"the two sides do not compare: {first or 'no single value'} and "
            f"{second or 'no single value'}",
        )
    elif first == "text" and how not in {"equal", "different"}:
        yield place.says(
            "type",
            "文字只能比较 equal 或 different",
            "text can only be equal or different",
            "equal",
        )


def _named(one: Kind | None) -> str:
    if one is None:
        return "不是单个值"
    return {"number": "数", "money": "金额", "date": "日期", "text": "文字"}[one]
