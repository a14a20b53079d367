"""What must hold between the parts of a workflow file, beyond the shape of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from jiebang.model.permissions import ROLES, TABLE
from jiebang.workflow.shape import SYSTEM, Transition, WorkflowFile
from jiebang.yamlfile import Finding, Source, nearest

#: Chinese and English for each kind of name a workflow file may get wrong.
_NAMED = {
    "stage": ("环节", "stage"),
    "role": ("角色", "role"),
    "policy": ("政策", "policy"),
    "form": ("表单", "form"),
    "transition": ("转换", "transition"),
    "permission": ("权限", "permission"),
}
_Path = tuple[str | int, ...]


def check(
    file: WorkflowFile,
    source: Source,
    *,
    known_policies: Collection[str] | None,
    known_forms: Collection[str] | None,
) -> list[Finding]:
    """Every finding about names, reachability and the main line; empty when all is well."""
    known = {
        "stage": {stage.id for stage in file.stages},
        "role": set(file.roles),
        "policy": known_policies,
        "form": known_forms,
        "transition": {one.id for one in file.transitions},
        "permission": {row.permission for row in TABLE if row.kind == file.workflow},
    }
    findings = [
        _unknown(source, path, kind, name, names)
        for path, kind, name in _names(file)
        if (names := known[kind]) is not None and name not in names
    ]
    everyone = {*ROLES, SYSTEM}
    findings += [
        _unknown(source, ("roles", role), "role", role, everyone)
        for role in file.roles
        if role not in everyone
    ]
    findings += _repeated(file, source)
    if not findings:
        findings += [*_unreachable(file, source), *_line(file, source)]
    return findings


def _names(file: WorkflowFile) -> Iterator[tuple[_Path, str, str]]:
    """Every name the file uses: where, of what kind, which."""
    yield ("opening", "form"), "form", file.opening.form
    if file.opening.again is not None:
        yield ("opening", "again"), "transition", file.opening.again
    yield ("initial",), "stage", file.initial
    for index, stage_id in enumerate(file.line):
        yield ("line", index), "stage", stage_id
    for index, stage in enumerate(file.stages):
        if stage.acts is not None:
            yield ("stages", index, "acts"), "role", stage.acts
        if stage.beside is not None:
            yield ("stages", index, "beside"), "stage", stage.beside
    for index, filing in enumerate(file.filings):
        yield ("filings", index, "form"), "form", filing.form
        yield ("filings", index, "permission"), "permission", filing.permission
        for number, stage_id in enumerate(filing.stages):
            yield ("filings", index, "stages", number), "stage", stage_id
    for index, transition in enumerate(file.transitions):
        yield from _names_of(transition, ("transitions", index))


def _names_of(transition: Transition, path: _Path) -> Iterator[tuple[_Path, str, str]]:
    yield (*path, "to"), "stage", transition.to
    for index, stage_id in enumerate(transition.from_):
        yield (*path, "from", index), "stage", stage_id
    for index, role in enumerate(transition.by):
        yield (*path, "by", index), "role", role
    for index, gate in enumerate(transition.gates):
        yield (*path, "gates", index, "policy"), "policy", gate.policy
    for index, requirement in enumerate(transition.requires):
        if requirement.document is not None:
            yield (*path, "requires", index, "document"), "form", requirement.document
    for index, obligation in enumerate(transition.obligations):
        yield (*path, "obligations", index, "inform"), "role", obligation.inform


def _unknown(source: Source, path: _Path, kind: str, name: str, known: Collection[str]) -> Finding:
    hint = nearest(name, known)
    zh, en = _NAMED[kind]
    return source.finding(
        path,
        f"unknown_{kind}",
        f"没有名为“{name}”的{zh}" + (f"，是否想写“{hint}”？" if hint else ""),
        f'there is no {en} "{name}"' + (f', did you mean "{hint}"?' if hint else ""),
        hint,
    )


def _repeated(file: WorkflowFile, source: Source) -> Iterator[Finding]:
    for key, ids in (
        ("stages", [stage.id for stage in file.stages]),
        ("transitions", [transition.id for transition in file.transitions]),
    ):
        counted = Counter(ids)
        for index, one in enumerate(ids):
            if counted[one] > 1 and index != ids.index(one):
                yield source.finding(
                    (key, index, "id"),
                    "repeated",
                    f"“{one}”已经用过，每个 id 只能用一次",
                    f'"{one}" is used already: an id stands once',
                )


def _unreachable(file: WorkflowFile, source: Source) -> Iterator[Finding]:
    reached, waiting = {file.initial}, [file.initial]
    while waiting:
        here = waiting.pop()
        onward = {one.to for one in file.transitions if here in one.from_} - reached
        reached |= onward
        waiting += onward
    for index, stage in enumerate(file.stages):
        if stage.id not in reached:
            yield source.finding(
                ("stages", index, "id"),
                "unreachable",
                f"从“{file.initial}”走不到环节“{stage.id}”：请补上通往它的 transitions",
                f'no way leads from "{file.initial}" to stage "{stage.id}": add a transition to it',
            )


def _line(file: WorkflowFile, source: Source) -> Iterator[Finding]:
    if file.line[0] != file.initial:
        yield source.finding(
            ("line", 0),
            "line",
            f"主线应从“{file.initial}”开始",
            f'the line starts with "{file.initial}"',
        )
    for index, stage in enumerate(file.stages):
        if (stage.id in file.line) == (stage.beside is not None) or (
            stage.beside is not None and stage.beside not in file.line
        ):
            yield source.finding(
                ("stages", index),
                "line",
                f"环节“{stage.id}”要么在主线 line 上，要么用 beside 写明在主线哪一环节旁",
                f'stage "{stage.id}" is either on the line or beside a stage of the line',
            )
