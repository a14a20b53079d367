"""Reading a folder of form files: blocks put in, references checked, every finding kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jiebang.forms.definition import (
    CHOOSING,
    BlockFile,
    BlockUse,
    Condition,
    Form,
    FormFile,
    ListFile,
    Option,
    Question,
    Section,
)
from jiebang.yamlfile import BadFile, Finding, Model, Source, fit, load, nearest

PathPart = tuple[str | int, ...]
UPLOADS = "uploads.yaml"
#: The list that turns a credit code into the province of registration.
PROVINCES = "provinces"


@dataclass(frozen=True)
class Folder:
    """All that a folder of forms holds. ``version`` is the hash of every file in it."""

    forms: Mapping[str, Form]
    lists: Mapping[str, ListFile]
    version: str


def read_folder(folder: Path) -> Folder:
    """Read ``*.yaml``, ``lists/`` and ``blocks/``. Raises ``BadFile`` with every finding."""
    findings: list[Finding] = []
    lists = _read_all(folder, "lists", ListFile, "list", findings)
    blocks = _read_all(folder, "blocks", BlockFile, "block", findings)
    files = _read_all(folder, "", FormFile, "id", findings)
    forms: dict[str, Form] = {}
    for source, block in blocks.values():
        _check_block(source, block, lists, findings)
    for form_id, (source, form) in files.items():
        forms[form_id] = _put_together(source, form, blocks, lists, findings)
    if not forms and not findings:
        zh, en = "文件夹里没有表单", "the folder holds no form"
        findings.append(Finding(str(folder), 1, 1, "empty", zh, en))
    if findings:
        raise BadFile(findings)
    return Folder(forms, {name: one for name, (_source, one) in lists.items()}, _hash(folder))


def _hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _read_all(
    folder: Path, under: str, model: type[Model], id_key: str, findings: list[Finding]
) -> dict[str, tuple[Source, Model]]:
    read: dict[str, tuple[Source, Model]] = {}
    for path in sorted((folder / under).glob("*.yaml")):
        if path.name == UPLOADS:
            continue
        name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        try:
            source = load(path, name)
            one = fit(source, model)
        except BadFile as bad:
            findings.extend(bad.findings)
            continue
        own = str(getattr(one, id_key))
        if own != path.stem:
            zh, en = (
                f"“{own}”与文件名“{path.stem}”不同",
                f'"{own}" differs from the file name "{path.stem}"',
            )
            findings.append(source.finding((id_key,), "name", zh, en, path.stem))
        read[path.stem] = (source, one)
    return read


def _check_block(
    source: Source,
    block: BlockFile,
    lists: Mapping[str, tuple[Source, ListFile]],
    findings: list[Finding],
) -> None:
    for index, question in enumerate(block.fields):
        findings.extend(_question_findings(source, ("fields", index), question, lists))


def _put_together(
    source: Source,
    file: FormFile,
    blocks: Mapping[str, tuple[Source, BlockFile]],
    lists: Mapping[str, tuple[Source, ListFile]],
    findings: list[Finding],
) -> Form:
    sections: list[Section] = []
    places: list[tuple[PathPart, Question]] = []
    for at, section in enumerate(file.sections):
        questions: list[Question] = []
        for index, entry in enumerate(section.fields):
            here = ("sections", at, "fields", index)
            if isinstance(entry, BlockUse):
                added = _from_block(source, here, entry, blocks, findings)
            else:
                findings.extend(_question_findings(source, here, entry, lists))
                added = [entry]
            questions.extend(added)
            places.extend((here, question) for question in added)
        sections.append(
            Section(
                id=section.id,
                title=section.title,
                help=section.help,
                shown_when=section.shown_when,
                after=section.after,
                questions=tuple(questions),
            )
        )
    findings.extend(_repeats(source, file, places))
    findings.extend(_conditions(source, file, places, lists))
    return Form(
        id=file.id,
        version=file.version,
        title=file.title,
        help=file.help,
        source=file.source,
        basis=file.basis,
        sections=tuple(sections),
        provinces={one.code: one.label.zh for one in _options(lists, PROVINCES)},
    )


def _from_block(
    source: Source,
    here: PathPart,
    use: BlockUse,
    blocks: Mapping[str, tuple[Source, BlockFile]],
    findings: list[Finding],
) -> list[Question]:
    if use.block not in blocks:
        findings.append(_unknown(source, (*here, "block"), "block", "题组", use.block, blocks))
        return []
    block = blocks[use.block][1]
    keys = [question.key for question in block.fields]
    for index, key in enumerate(use.omit):
        if key not in keys:
            findings.append(_unknown(source, (*here, "omit", index), "field", "字段", key, keys))
    return [
        _about(question, use.party) for question in block.fields if question.key not in use.omit
    ]


def _about(question: Question, party: str) -> Question:
    facts = {f"{party}.{name}": part for name, part in question.facts.items()} if party else {}
    return question.model_copy(update={"fact": facts})


def _unknown(
    source: Source,
    path: PathPart,
    en: str,
    zh: str,
    word: str,
    known: Mapping[str, object] | list[str],
) -> Finding:
    hint = nearest(word, known)
    return source.finding(
        path,
        "unknown",
        f"没有名为“{word}”的{zh}" + (f"，是否想写“{hint}”？" if hint else ""),
        f'there is no {en} "{word}"' + (f', did you mean "{hint}"?' if hint else ""),
        hint,
    )


def _question_findings(
    source: Source,
    here: PathPart,
    question: Question,
    lists: Mapping[str, tuple[Source, ListFile]],
) -> Iterator[Finding]:
    if question.list and question.list not in lists:
        yield _unknown(source, (*here, "list"), "list", "代码表", question.list, lists)
    seen: set[str] = set()
    for index, option in enumerate(question.options):
        if option.code in seen:
            zh, en = (
                f"选项代码“{option.code}”重复",
                f'the option code "{option.code}" appears twice',
            )
            yield source.finding((*here, "options", index, "code"), "repeated", zh, en)
        seen.add(option.code)
    if question.min is not None and question.max is not None and question.min > question.max:
        yield source.finding((*here, "min"), "bounds", "min 大于 max", "min is greater than max")
    keys: set[str] = set()
    for index, column in enumerate(question.columns):
        if column.key in keys:
            yield _twice(source, (*here, "columns", index, "key"), column.key)
        keys.add(column.key)
        yield from _question_findings(source, (*here, "columns", index), column, lists)


def _options(lists: Mapping[str, tuple[Source, ListFile]], name: str) -> tuple[Option, ...]:
    return lists[name][1].options if name in lists else ()


def _twice(source: Source, path: PathPart, key: str) -> Finding:
    return source.finding(path, "repeated", f"“{key}”重复", f'"{key}" appears twice')


def _repeats(
    source: Source, file: FormFile, places: list[tuple[PathPart, Question]]
) -> Iterator[Finding]:
    seen: set[str] = set()
    for at, section in enumerate(file.sections):
        for index, earlier in enumerate(section.after):
            if earlier not in seen:
                yield _unknown(
                    source,
                    ("sections", at, "after", index),
                    "earlier section",
                    "前面的部分",
                    earlier,
                    list(seen),
                )
        if section.id in seen:
            yield _twice(source, ("sections", at, "id"), section.id)
        seen.add(section.id)
    keys: set[str] = set()
    for here, question in places:
        if question.key in keys:
            yield _twice(source, (*here, "key"), question.key)
        keys.add(question.key)


def _conditions(
    source: Source,
    file: FormFile,
    places: list[tuple[PathPart, Question]],
    lists: Mapping[str, tuple[Source, ListFile]],
) -> Iterator[Finding]:
    known = {question.key: question for _here, question in places}
    said: list[tuple[PathPart, Condition | None]] = [
        (("sections", at, "shown_when"), section.shown_when)
        for at, section in enumerate(file.sections)
    ]
    for here, question in places:
        said.append(((*here, "shown_when"), question.shown_when))
        said.append(((*here, "required_when"), question.required_when))
    for path, condition in said:
        if condition is None:
            continue
        if condition.field not in known:
            yield _unknown(source, (*path, "field"), "field", "字段", condition.field, known)
            continue
        yield from _answers_possible(source, path, condition, known[condition.field], lists)


def _answers_possible(
    source: Source,
    path: PathPart,
    condition: Condition,
    asked: Question,
    lists: Mapping[str, tuple[Source, ListFile]],
) -> Iterator[Finding]:
    if asked.type in {"yes_no", "consent"}:
        possible: list[str | bool] = [True, False]
    elif asked.type in CHOOSING and not asked.options_from:
        possible = [option.code for option in asked.options or _options(lists, asked.list)]
        if not possible:
            return
    else:
        return
    for value in condition.wanted:
        if not any(value is one or (isinstance(value, str) and value == one) for one in possible):
            hint = nearest(str(value), map(str, possible))
            words = "、".join(
                str(one).lower() if isinstance(one, bool) else one for one in possible
            )
            side = "is" if condition.is_ is not None else "in"
            yield source.finding(
                (*path, side),
                "unknown",
                f"“{asked.key}”的答案不会是“{value}”，可用：{words}",
                f'"{asked.key}" is never answered "{value}", use one of {words}',
                hint,
            )
