"""A policy book: every policy and award of one folder, under one version."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from jiebang.clauses import FILE as CLAUSES
from jiebang.clauses import Clauses, read_clauses
from jiebang.policy.binding import bind
from jiebang.policy.cells import OUTCOMES
from jiebang.policy.check.plain import find_errors
from jiebang.policy.engine.compile import TooManyWays, compile_policy
from jiebang.policy.language.award import Award
from jiebang.policy.language.awards import parse_award
from jiebang.policy.language.cursor import Cursor
from jiebang.policy.language.parser import parse_policy
from jiebang.policy.language.tree import POLICY_FACT, Policy
from jiebang.policy.language.vocabulary import (
    Computed,
    Fact,
    PolicyResult,
    Vocabulary,
    load_vocabulary,
)
from jiebang.wording import Wording
from jiebang.yamlfile import BadFile, Finding, Source, decode, nearest

VOCABULARY = "vocabulary.yaml"
#: Files in the folder that belong to other rooms.
NOT_POLICIES = frozenset({"edition.yaml", "calendar.yaml", VOCABULARY, CLAUSES})
_NOT_POLICY_FOLDERS = frozenset({"workflow"})
_VERDICTS = {
    "grant": Wording(zh="同意", en="granted"),
    "deny": Wording(zh="不同意", en="denied"),
    "none": Wording(zh="不适用", en="does not apply"),
    "value": Wording(zh="已算出", en="worked out"),
    "not_in_force": Wording(zh="不在施行期", en="not in force"),
}

#: Endings by which people name YAML files; only ``.yaml`` is read, and the others are told.
_YAML = frozenset({".yaml", ".yml"})

References = list[tuple[str, Cursor]]


@dataclass(frozen=True)
class Book:
    """The policies in force together. ``version`` is the SHA-256 of ``files``, which it came from.

    ``deciding`` holds every policy that can be asked: the files, and the parts of awards. ``asks``
    names, for each, the facts that a case must bring: those behind derived facts and other policies.
    """

    id: str
    version: str
    policies: Mapping[str, Policy]
    vocabulary: Vocabulary
    awards: Mapping[str, Award]
    deciding: Mapping[str, Policy]
    asks: Mapping[str, tuple[str, ...]]
    clauses: Clauses
    files: Mapping[str, bytes]


def load_book(folder: Path, *, vocabulary: Path | None = None) -> Book:
    """Read a book from a folder. ``vocabulary`` is the common one; without it, the one beside.

    The clauses stand beside the common vocabulary. Raises ``BadFile`` with the findings of every
    file; the caller keeps the last good book.
    """
    shared = vocabulary or folder.parent / VOCABULARY
    files = {}
    for path in (shared, shared.with_name(CLAUSES)):
        if path.is_file():
            files[path.name] = _bytes(path)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix.lower() not in _YAML or not path.is_file():
            continue
        if path.suffix != ".yaml":
            zh, en = "文件名要以 .yaml 结尾，否则不会被读到", "the name of a file ends in .yaml"
            raise BadFile([Finding(name, 1, 1, "file_name", zh, en, f"{path.stem}.yaml")])
        own = path.name in {VOCABULARY, CLAUSES}
        if own or _is_policy(name):
            files[f"{folder.name}/{name}" if own else name] = _bytes(path)
    return read_book(folder.name, files)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        zh, en = f"文件读不出来：{error}", f"unreadable: {error}"
        raise BadFile([Finding(path.name, 1, 1, "unreadable", zh, en)]) from error


def _is_policy(name: str) -> bool:
    path = PurePosixPath(name)
    return path.name not in NOT_POLICIES and not _NOT_POLICY_FOLDERS & set(path.parts)


def read_book(book_id: str, files: Mapping[str, bytes]) -> Book:
    """Read a book from its files, by name: ``vocabulary.yaml``, ``<id>/vocabulary.yaml``, policies.

    Raises ``BadFile`` with the findings of every file.
    """
    words = [name for name in files if PurePosixPath(name).name == VOCABULARY]
    policies = [name for name in sorted(files) if _is_policy(name)]
    if not words or not policies:
        what = ("词表 vocabulary.yaml", "vocabulary.yaml") if not words else ("规则文件", "policy")
        raise BadFile(
            [Finding(book_id, 1, 1, "unusable", f"没有找到{what[0]}", f"no {what[1]} found")]
        )
    findings: list[Finding] = []
    sources = dict(_sources(files, findings))
    clauses = _clauses([one for name, one in sources.items() if name.endswith(CLAUSES)], findings)
    try:
        if findings:
            raise BadFile(findings)
        facts = load_vocabulary(sources[name] for name in sorted(words, key=len))
    except BadFile as bad:
        raise BadFile(dict.fromkeys((*findings, *bad.findings))) from None
    reader = _Reader(facts, clauses, findings)
    for name in policies:
        reader.read(sources[name])
    reader.check_references(sources)
    if findings:
        raise BadFile(findings)
    return Book(
        id=book_id,
        version=_version(files),
        policies=MappingProxyType(reader.policies),
        vocabulary=_with_outcomes(facts, reader.deciding),
        awards=MappingProxyType(reader.awards),
        deciding=MappingProxyType(reader.deciding),
        asks=MappingProxyType({one: reader.asked(one) for one in reader.deciding}),
        clauses=clauses,
        files=MappingProxyType(dict(files)),
    )


def _sources(files: Mapping[str, bytes], findings: list[Finding]) -> Iterator[tuple[str, Source]]:
    for name, content in files.items():
        try:
            yield name, decode(content, name)
        except BadFile as bad:
            findings += bad.findings


def _clauses(sources: list[Source], findings: list[Finding]) -> Clauses:
    """The clauses of the book: its own file, else the common one; none where there is no file."""
    found = Clauses(clauses={})
    for source in sorted(sources, key=lambda one: len(one.name)):
        try:
            found = read_clauses(source)
        except BadFile as bad:
            findings += bad.findings
    return found


class _Reader:
    """Reads policy files one after another, then looks across them."""

    def __init__(self, facts: Vocabulary, clauses: Clauses, findings: list[Finding]) -> None:
        self._facts, self._clauses, self._findings = facts, clauses, findings
        self.policies: dict[str, Policy] = {}
        self.awards: dict[str, Award] = {}
        self.deciding: dict[str, Policy] = {}
        self._references: dict[str, References] = {}
        self._asked: dict[str, tuple[str, ...]] = {}
        #: Policies whose files are broken: they are there, and no other file is to blame.
        self._unread: set[str] = set()

    def read(self, source: Source) -> None:
        """One file, a policy or an award."""
        try:
            if isinstance(source.data, dict) and "award" in source.data:
                award, references = parse_award(source, self._facts, self._clauses.clauses)
                parts = [one for one in (award.qualify, award.pay) if one]
            else:
                award = None
                policy, references = _policy(source, self._facts, self._clauses)
                parts = [policy]
            self._usable(parts)
        except BadFile as bad:
            self._findings += bad.findings
            if isinstance(source.data, dict):
                self._unread.add(str(source.data.get("policy")))
            return
        known = self.awards if award else self.policies
        own = award.id if award else parts[0].id
        if own in self.deciding or own in known:
            other = known[own].file if own in known else self.deciding[own].file
            zh = f"规则“{own}”已在 {other} 中定义"
            en = f'"{own}" is already defined in {other}'
            self._findings.append(Finding(source.name, 1, 1, "policy_twice", zh, en))
            return
        if award:
            self.awards[award.id] = award
        else:
            self.policies[parts[0].id] = parts[0]
        self.deciding |= {one.id: one for one in parts}
        self._references[own] = references

    def _usable(self, parts: list[Policy]) -> None:
        errors = [error for one in parts for error in find_errors(one)]
        if errors:
            raise BadFile(errors)
        for policy in parts:
            try:
                compile_policy(bind(policy, policy.start, self._facts))
            except TooManyWays as many:
                place = next(rule.place for rule in policy.rules if rule.id == many.rule)
                zh = f"规则“{many.rule}”的条件组合过多，请拆成几条规则"
                en = f'the rule "{many.rule}" combines too many conditions: split it'
                raise BadFile([Finding(policy.file, *place, "too_many_ways", zh, en)]) from None

    def check_references(self, sources: Mapping[str, Source]) -> None:
        """Every policy that is named is there, gives what is asked of it, and rests on no circle."""
        for policy_id, at in (one for listed in self._references.values() for one in listed):
            if policy_id not in self.policies and policy_id not in self._unread:
                before = len(at.findings)
                at.unknown("unknown_policy", "规则", "policy", policy_id, self.policies)
                self._findings += at.findings[before:]
        words = [one for name, one in sources.items() if name.endswith(VOCABULARY)]
        for name, fact in self._facts.facts.items():
            if isinstance(fact.source, PolicyResult):
                self._check_derived(name, fact, fact.source, words)
        graph = {one: set(self._behind(one)) for one in (*self.deciding, *self._derived())}
        try:
            tuple(TopologicalSorter(graph).static_order())
        except CycleError as circle:
            names = [str(one).removeprefix(POLICY_FACT) for one in circle.args[1]]
            file = next((self.deciding[one].file for one in names if one in self.deciding), "")
            zh, en = f"规则互相依据，成了循环：{'、'.join(names)}", f"a circle: {', '.join(names)}"
            self._findings.append(Finding(file, 1, 1, "circular", zh, en))

    def _check_derived(
        self, name: str, fact: Fact, source: PolicyResult, words: Iterable[Source]
    ) -> None:
        policy = self.policies.get(source.policy)
        known = _values(policy) if policy else set()
        if policy and (not source.value or source.value in known):
            return
        if source.policy in self._unread:
            return
        file = next(one for one in words if name in (one.data or {}).get("facts", {}))
        key = "value" if policy else "policy"
        word = source.value if policy else source.policy
        hint = nearest(word, known if policy else self.policies)
        zh = f"事实“{name}”来自不存在的“{word}”" + (f"，是否想写“{hint}”？" if hint else "")
        en = f'"{name}" comes from "{word}", which does not exist'
        en += f', did you mean "{hint}"?' if hint else ""
        path = ("facts", name, "source", key)
        # A book need not hold every policy that the common vocabulary knows: cases then bring the fact.
        misspelt = hint or file.name != VOCABULARY
        if policy or (misspelt and self._reads(name)):
            self._findings.append(file.finding(path, "unknown_policy", zh, en, hint))

    def _reads(self, fact: str) -> bool:
        return any(fact in one.facts for one in self.deciding.values())

    def _derived(self) -> Iterator[str]:
        for name, fact in self._facts.facts.items():
            if isinstance(fact.source, PolicyResult | Computed):
                yield name

    def _behind(self, name: str) -> tuple[str, ...]:
        """What a policy or a derived fact rests on directly: policies by id, facts by name."""
        if name in self.deciding:
            return tuple(one.removeprefix(POLICY_FACT) for one in self.deciding[name].facts)
        fact = self._facts.facts.get(name)
        if fact and isinstance(fact.source, PolicyResult):
            return (fact.source.policy,)
        return self._facts.formulas[name].facts if name in self._facts.formulas else ()

    def asked(self, name: str) -> tuple[str, ...]:
        """The facts that a case must bring for a policy, in reading order; derived ones included."""
        if name not in self._asked:
            found: dict[str, None] = {}
            for one in self._behind(name):
                if one in self._facts.facts:
                    found[one] = None
                found |= dict.fromkeys(self.asked(one))
            self._asked[name] = tuple(found)
        return self._asked[name]


def _policy(source: Source, facts: Vocabulary, clauses: Clauses) -> tuple[Policy, References]:
    if isinstance(source.data, dict) and "policy" not in source.data:
        heads = ("policy", "award")
        hint = next((str(key) for key in source.data if nearest(str(key), heads)), "")
        zh = "规则文件要以 policy: 或 award: 开头" + (f"，是否把它写成了“{hint}”？" if hint else "")
        en = 'a policy file has the key "policy" or "award"' + (f', found "{hint}"' if hint else "")
        raise BadFile([source.finding((hint,), "no_policy", zh, en, "policy: …")])
    return parse_policy(source, facts, clauses.clauses)


def _values(policy: Policy) -> set[str]:
    said = (policy.default, *(rule.then for rule in policy.rules))
    collected = {"codes", "count"} if policy.table and policy.table.hit == "collect" else set()
    return {name for one in said for name in one.values} | collected


def _with_outcomes(facts: Vocabulary, deciding: Mapping[str, Policy]) -> Vocabulary:
    """The vocabulary with a fact for the outcome of every policy."""
    options = {one: _VERDICTS[one] for one in OUTCOMES}
    outcomes = {
        f"{POLICY_FACT}{one.id}": Fact(
            type="code",
            label=Wording(
                zh=f"“{one.title.zh}”的结论", en=f"Outcome of “{one.title.in_locale('en')}”"
            ),
            options=options,
            source=PolicyResult(policy=one.id),
        )
        for one in deciding.values()
    }
    return replace(facts, facts=MappingProxyType({**facts.facts, **outcomes}))


def _version(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()
