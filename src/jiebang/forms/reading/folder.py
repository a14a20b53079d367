"""Reading a folder of form files: blocks put in, everything they name checked, every finding kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jiebang.forms.language.definition import PROVINCES, BlockFile, Form, FormFile, ListFile
from jiebang.forms.language.question import INDUSTRIES, Option, Question
from jiebang.forms.reading.assembling import Assembled, assemble
from jiebang.forms.reading.coherence import form_findings
from jiebang.forms.reading.places import Place
from jiebang.forms.reading.references import Known, option_findings, question_findings
from jiebang.yamlfile import BadFile, Finding, Model, Source, fit, load

UPLOADS = "uploads.yaml"


@dataclass(frozen=True)
class Folder:
    """All that a folder of forms holds. ``version`` is the hash of every file in it."""

    forms: Mapping[str, Form]
    lists: Mapping[str, ListFile]
    version: str


def read_folder(folder: Path) -> Folder:
    """Read ``*.yaml``, ``lists/`` and ``blocks/``. Raises ``BadFile`` with every finding."""
    findings: list[Finding] = []
    listed = _read_all(folder, "lists", ListFile, "list", findings)
    blocks = _read_all(folder, "blocks", BlockFile, "block", findings)
    files = _read_all(folder, "", FormFile, "id", findings)
    lists = {name: one for name, (_source, one) in listed.items()}
    assembled = {
        form_id: assemble(source, file, blocks, findings)
        for form_id, (source, file) in files.items()
    }
    fields = {form_id: _by_key(one) for form_id, one in assembled.items()}
    for source, one_list in listed.values():
        findings += option_findings(Place(source, ("options",)), one_list.options)
    for source, block in blocks.values():
        findings += _block_findings(source, block, lists, fields)
    for form_id, (source, file) in files.items():
        known = Known(fields[form_id], lists, fields)
        findings += form_findings(source, file, assembled[form_id], known)
    findings += _prefixes(files)
    if not files and not findings:
        zh, en = "文件夹里没有表单", "the folder holds no form"
        findings.append(Finding(str(folder), 1, 1, "empty", zh, en))
    if findings:
        raise BadFile(findings)
    forms = {name: _form(files[name][1], one, lists) for name, one in assembled.items()}
    return Folder(forms, lists, _hash(folder))


def _by_key(assembled: Assembled) -> dict[str, Question]:
    return {one.question.key: one.question for one in assembled.asked}


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


def _block_findings(
    source: Source,
    block: BlockFile,
    lists: Mapping[str, ListFile],
    fields: Mapping[str, Mapping[str, Question]],
) -> Iterator[Finding]:
    known = Known({one.key: one for one in block.fields}, lists, fields)
    seen: set[str] = set()
    for index, question in enumerate(block.fields):
        place = Place(source, ("fields", index))
        if question.key in seen:
            yield place.at("key").twice(question.key)
        seen.add(question.key)
        yield from question_findings(place, question, known)


def _prefixes(files: Mapping[str, tuple[Source, FormFile]]) -> Iterator[Finding]:
    """Two forms whose numbers could not be told apart."""
    taken: dict[str, str] = {}
    for form_id, (source, file) in files.items():
        if file.filing is None:
            continue
        prefix = file.filing.prefix
        if prefix in taken:
            yield Place(source, ("filing", "prefix")).says(
                "repeated",
                f"编号前缀“{prefix}”已用于表单“{taken[prefix]}”",
                f'the prefix "{prefix}" is that of the form "{taken[prefix]}"',
            )
        taken.setdefault(prefix, form_id)


def _form(file: FormFile, assembled: Assembled, lists: Mapping[str, ListFile]) -> Form:
    questions = [one.question for one in assembled.asked]
    asked = [*questions, *(column for one in questions for column in one.columns)]
    names = {one.list for one in asked if one.list}
    names |= {INDUSTRIES for one in asked if one.type == "industry"}
    parts = {part for one in questions for part in one.facts.values()}
    parts |= {one.part for check in file.checks for one in (check.that, check.than) if one}
    names |= {PROVINCES} if "province" in parts else set()
    own: dict[str, tuple[Option, ...]] = {
        name: lists[name].options for name in sorted(names) if name in lists
    }
    return Form(
        id=file.id,
        version=file.version,
        title=file.title,
        help=file.help,
        source=file.source,
        basis=file.basis,
        print=file.print,
        filing=file.filing,
        batch=file.batch,
        sections=assembled.sections,
        checks=file.checks,
        lists=own,
    )
