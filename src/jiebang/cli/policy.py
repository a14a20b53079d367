"""``jiebang policy check | test | decide``: policy books at the command line."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from jiebang import clock
from jiebang.policy import (
    BadFacts,
    Book,
    Decider,
    Decision,
    EngineUnavailable,
    check_book,
    load_book,
    read_facts,
    run_examples,
)
from jiebang.yamlfile import BadFile

CLEAN, FINDINGS, UNUSABLE = 0, 1, 2


def register(subparsers: Any) -> None:
    """Add ``policy`` and its sub-commands to the command's parser."""
    group = subparsers.add_parser("policy", help="check, test and ask policy books")
    commands = group.add_subparsers(dest="policy_command", required=True)
    check = commands.add_parser("check", help="what is wrong with a book")
    check.add_argument("book", type=Path)
    check.add_argument("--json", action="store_true")
    check.set_defaults(run=run_check)
    test = commands.add_parser("test", help="run the examples of a book")
    test.add_argument("book", type=Path)
    test.add_argument("policies", nargs="*", metavar="POLICY")
    test.set_defaults(run=run_test)
    decide = commands.add_parser("decide", help="decide one case")
    decide.add_argument("book", type=Path)
    decide.add_argument("policy")
    decide.add_argument("--facts", type=Path, required=True, metavar="FILE")
    decide.add_argument("--as-of", type=date.fromisoformat, default=None, metavar="DATE")
    decide.add_argument("--json", action="store_true")
    decide.set_defaults(run=run_decide)


def run_check(args: argparse.Namespace) -> int:
    """Print every finding of a book. 0 clean, 1 findings, 2 unusable."""
    if not args.book.is_dir():
        return _unusable(f"没有这个文件夹：{args.book} / no such folder")
    with closing(Decider()) as decider:
        findings = check_book(args.book, vocabulary=_vocabulary(args.book), decider=decider)
    if args.json:
        _print(json.dumps([one.as_dict() for one in findings], ensure_ascii=False, indent=2))
    else:
        for one in findings:
            _print(str(one))
    if any(one.code == "unusable" for one in findings):
        return UNUSABLE
    return FINDINGS if findings else CLEAN


def run_test(args: argparse.Namespace) -> int:
    """Run the examples. 0 all passed, 1 some failed, 2 unusable."""
    book = _book(args.book)
    if book is None:
        return UNUSABLE
    for name in args.policies:
        if name not in book.policies:
            return _unusable(f"没有这条规则：{name} / no such policy")
    passed = failed = 0
    with closing(Decider()) as decider:
        try:
            for one in run_examples(book=book, decider=decider, only=args.policies):
                passed, failed = passed + one.passed, failed + (not one.passed)
                if not one.passed:
                    _print(f"{one.policy.file}:{one.example.place[0]}: {one.example.name}")
                    for difference in one.differences:
                        _print(f"  {difference}")
        except EngineUnavailable as error:
            return _unusable(f"规则引擎不可用 / the engine is unavailable: {error}")
    _print(f"{passed} passed, {failed} failed")
    return FINDINGS if failed else CLEAN


def run_decide(args: argparse.Namespace) -> int:
    """Decide one case from a JSON file of facts, as of today unless told. 0 decided, 2 unusable."""
    book = _book(args.book)
    if book is None:
        return UNUSABLE
    if args.policy not in book.policies:
        return _unusable(f"没有这条规则：{args.policy} / no such policy")
    try:
        written = json.loads(args.facts.read_text(encoding="utf-8"))
        if not isinstance(written, dict):
            return _unusable("事实文件应为 JSON 对象 / the facts must be a JSON object")
        facts = read_facts(book.vocabulary, written)
        with closing(Decider()) as decider:
            decision = decider.decide(
                book,
                args.policy,
                facts,
                args.as_of or clock.today(),
            )
    except (OSError, ValueError, RecursionError) as error:
        return _unusable(f"事实文件读不出来 / unreadable facts: {error}")
    except (BadFacts, EngineUnavailable) as error:
        return _unusable(str(error))
    if args.json:
        _print(json.dumps(decision.as_dict(), ensure_ascii=False, indent=2))
    else:
        _show(decision)
    return CLEAN


def _show(decision: Decision) -> None:
    _print(f"{decision.outcome} {decision.code}")
    for one in decision.reasons:
        _print(f"  [{one['clause']}] {one['text']} ({one['basis']})")
    for one in decision.unmet:
        _print(f"  ✗ [{one['clause']}] {one['text']}")
    for name in decision.missing:
        _print(f"  ? {name}")


def _book(folder: Path) -> Book | None:
    try:
        return load_book(folder, vocabulary=_vocabulary(folder))
    except BadFile as bad:
        _unusable(str(bad))
        return None


def _vocabulary(folder: Path) -> Path | None:
    """The words beside the book; for a book that lies elsewhere, those of the site."""
    beside = folder.resolve().parent / "vocabulary.yaml"
    site = Path("rules/vocabulary.yaml")
    return beside if beside.is_file() or not site.is_file() else site


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _unusable(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return UNUSABLE
