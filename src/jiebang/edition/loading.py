"""Reading an edition and the clauses it cites, with the checks that look across its parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jiebang.clauses import Clause, load_clauses
from jiebang.edition.definition import Edition
from jiebang.yamlfile import BadFile, Finding, Source, fit, load, nearest

FILE = "edition.yaml"


def load_edition(folder: Path) -> Edition:
    """Read ``edition.yaml`` of a folder under ``rules/``; its clauses stand in it or one level up.

    Raises ``BadFile`` with every finding.
    """
    clauses = load_clauses(folder)
    source = load(folder / FILE)
    edition = fit(source, Edition)
    findings = [
        *_unknown_clauses(source, source.data, (), clauses),
        *_wrong_id(edition, source, folder),
        *_sequence(source, "sessions", [one.seq for one in edition.sessions.items]),
        *_sequence(source, "host_events", [one.seq for one in edition.host_events.items]),
        *_local_hosts(edition, source),
        *_repeated(source, "districts", [one.code for one in edition.districts]),
        *_repeated(source, "phases", [one.code for one in edition.phases]),
        *_repeated(source, "rooms", [one.code for one in edition.rooms]),
        *_repeated(source, "contacts", [one.code for one in edition.contacts]),
    ]
    if findings:
        raise BadFile(findings)
    return edition


def _unknown_clauses(
    source: Source, data: Any, path: tuple[str | int, ...], known: Mapping[str, Clause]
) -> Iterator[Finding]:
    parts: Iterable[tuple[str | int, Any]] = ()
    if isinstance(data, dict):
        cited = data.get("clause")
        if isinstance(cited, str) and cited not in known:
            hint = nearest(cited, known)
            yield source.finding(
                (*path, "clause"),
                "unknown_clause",
                f"没有编号为“{cited}”的条款" + (f"，是否想写“{hint}”？" if hint else ""),
                f'there is no clause "{cited}"' + (f', did you mean "{hint}"?' if hint else ""),
                hint,
            )
        parts = data.items()
    elif isinstance(data, list):
        parts = enumerate(data)
    for key, value in parts:
        yield from _unknown_clauses(source, value, (*path, key), known)


def _wrong_id(edition: Edition, source: Source, folder: Path) -> Iterator[Finding]:
    if edition.id != folder.name:
        yield source.finding(
            ("id",),
            "wrong_id",
            f"id 应与文件夹同名：“{folder.name}”",
            f'the id must be the name of the folder, "{folder.name}"',
            folder.name,
        )


def _sequence(source: Source, key: str, found: Sequence[int]) -> Iterator[Finding]:
    count = source.data[key]["count"]
    if len(found) != count:
        yield source.finding(
            (key, "count"),
            "wrong_count",
            f"写明共 {count} 项，实有 {len(found)} 项",
            f"the count says {count}, but there are {len(found)}",
        )
    for index, seq in enumerate(found):
        if seq in found[:index]:
            yield source.finding(
                (key, "items", index, "seq"),
                "repeated",
                f"序号 {seq} 重复",
                f"number {seq} stands twice",
            )


def _local_hosts(edition: Edition, source: Source) -> Iterator[Finding]:
    # A row without 具体承办单位 counts as one place: that is how 18 events make 25 places.
    found = sum(max(1, len(one.local_hosts)) for one in edition.host_events.items)
    if found != edition.host_events.local_hosts:
        yield source.finding(
            ("host_events", "local_hosts"),
            "wrong_count",
            f"写明共 {edition.host_events.local_hosts} 个地方，实有 {found} 个",
            f"the count says {edition.host_events.local_hosts} places, but there are {found}",
        )


def _repeated(source: Source, key: str, codes: Sequence[str]) -> Iterator[Finding]:
    counted = Counter(codes)
    for index, code in enumerate(codes):
        if counted[code] > 1 and index != codes.index(code):
            yield source.finding(
                (key, index, "code"), "repeated", f"代码“{code}”重复", f'code "{code}" stands twice'
            )
