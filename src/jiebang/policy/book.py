"""A policy book: every policy file of one folder, under one version."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from jiebang.policy.binding import bind
from jiebang.policy.check.plain import find_errors
from jiebang.policy.engine.compile import TooManyWays, compile_policy
from jiebang.policy.language.parser import LATER, parse_policy
from jiebang.policy.language.tree import Policy
from jiebang.policy.language.vocabulary import Vocabulary, load_vocabulary
from jiebang.yamlfile import BadFile, Finding, load, nearest

VOCABULARY = "vocabulary.yaml"
#: Files in the folder that belong to other rooms.
NOT_POLICIES = frozenset({"edition.yaml", "calendar.yaml", VOCABULARY})


@dataclass(frozen=True)
class Book:
    """The policies in force together. ``version`` is the SHA-256 of the files they came from."""

    id: str
    version: str
    policies: Mapping[str, Policy]
    vocabulary: Vocabulary


def load_book(folder: Path, *, vocabulary: Path | None = None) -> Book:
    """Read a book. ``vocabulary`` is the common one; without it, the file beside the folder.

    Raises ``BadFile`` with the findings of every file; the caller keeps the last good book.
    """
    shared = vocabulary or folder.parent / VOCABULARY
    own = folder / VOCABULARY
    words = [(shared, VOCABULARY)] if shared.is_file() else []
    words += [(own, f"{folder.name}/{VOCABULARY}")] if own.is_file() else []
    files = [(path, path.relative_to(folder).as_posix()) for path in _policy_files(folder)]
    if not words or not files:
        what = ("词表 vocabulary.yaml", "vocabulary.yaml") if not words else ("规则文件", "policy")
        raise BadFile(
            [Finding(str(folder), 1, 1, "unusable", f"没有找到{what[0]}", f"no {what[1]} found")]
        )
    facts = load_vocabulary(words)
    policies: dict[str, Policy] = {}
    findings: list[Finding] = []
    for path, name in files:
        try:
            policy = _read(path, name, facts)
        except BadFile as bad:
            findings += bad.findings
            continue
        if policy.id in policies:
            zh = f"规则“{policy.id}”已在 {policies[policy.id].file} 中定义"
            en = f'"{policy.id}" is already defined in {policies[policy.id].file}'
            findings.append(Finding(name, 1, 1, "policy_twice", zh, en))
        policies[policy.id] = policy
    if findings:
        raise BadFile(findings)
    return Book(folder.name, _version([*words, *files]), MappingProxyType(policies), facts)


def _policy_files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*.yaml")
        if path.name not in NOT_POLICIES and "workflow" not in path.relative_to(folder).parts
    )


def _read(path: Path, name: str, facts: Vocabulary) -> Policy:
    source = load(path, name)
    if isinstance(source.data, dict) and "policy" not in source.data:
        late = next((key for key in LATER if key in source.data), None)
        if late:
            zh, en, hint = f"“{late}”尚不支持", f'"{late}" is not supported yet', ""
        else:
            hint = next((str(key) for key in source.data if nearest(str(key), ["policy"])), "")
            zh = "规则文件要以 policy: 开头" + (f"，是否把它写成了“{hint}”？" if hint else "")
            en = 'a policy file has the key "policy"' + (f', found "{hint}"' if hint else "")
        raise BadFile([source.finding((late or hint,), "no_policy", zh, en, "policy: …")])
    policy = parse_policy(source, facts)
    errors = list(find_errors(policy))
    if errors:
        raise BadFile(errors)
    try:
        compile_policy(bind(policy, policy.start, facts))
    except TooManyWays as many:
        place = next(rule.place for rule in policy.rules if rule.id == many.rule)
        zh = f"规则“{many.rule}”的条件组合过多，请拆成几条规则"
        en = f'the rule "{many.rule}" combines too many conditions: split it'
        raise BadFile([Finding(name, *place, "too_many_ways", zh, en)]) from None
    return policy


def _version(files: list[tuple[Path, str]]) -> str:
    digest = hashlib.sha256()
    for path, name in sorted(files, key=lambda one: one[1]):
        content = path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
