"""``jiebang policy check | test | coverage``: what is wrong with a book, and what it leaves out."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path
from typing import Any

from jiebang.cli.policy.books import read_book, vocabulary_of
from jiebang.cli.saying import (
    CLEAN,
    FINDINGS,
    UNUSABLE,
    Unusable,
    known,
    no_such_folder,
    say,
    say_findings,
    say_json,
    unusable,
)
from jiebang.policy import Decider, EngineUnavailable, check_book, run_examples
from jiebang.policy.coverage import KINDS, ClauseCoverage, coverage_of


def register(commands: Any) -> None:
    """Add the commands."""
    check = commands.add_parser("check", help="what is wrong with a book")
    check.add_argument("book", type=Path)
    check.add_argument("--json", action="store_true")
    check.set_defaults(run=run_check)
    test = commands.add_parser("test", help="run the examples of a book")
    test.add_argument("book", type=Path)
    test.add_argument("policies", nargs="*", metavar="POLICY")
    test.set_defaults(run=run_test)
    coverage = commands.add_parser("coverage", help="which policy cites each clause")
    coverage.add_argument("book", type=Path)
    coverage.add_argument("--json", action="store_true")
    coverage.set_defaults(run=run_coverage)


def run_check(args: argparse.Namespace) -> int:
    """Print every finding of a book. 0 clean, 1 findings, 2 unusable."""
    if not args.book.is_dir():
        return unusable(no_such_folder(args.book))
    vocabulary = vocabulary_of(args.book)
    with closing(Decider()) as decider:
        findings = check_book(args.book.resolve(), vocabulary=vocabulary, decider=decider)
    say_findings(findings, as_json=args.json)
    if any(one.code == "unusable" for one in findings):
        return UNUSABLE
    return FINDINGS if findings else CLEAN


def run_test(args: argparse.Namespace) -> int:
    """Run the examples of policies and awards. 0 all passed, 1 some failed, 2 unusable."""
    passed = failed = 0
    try:
        book = read_book(args.book)
        for name in args.policies:
            known(name, {*book.policies, *book.awards}, "规则", "policy")
        with closing(Decider()) as decider:
            for one in run_examples(book=book, decider=decider, only=args.policies):
                passed, failed = passed + one.passed, failed + (not one.passed)
                if not one.passed:
                    say(f"{one.policy.file}:{one.example.place[0]}: {one.example.name}")
                    for difference in one.differences:
                        say(f"  {difference}")
    except Unusable as error:
        return unusable(str(error))
    except EngineUnavailable as error:
        return unusable(f"规则引擎不可用 / the engine is unavailable: {error}")
    say(f"{passed} passed, {failed} failed")
    return FINDINGS if failed else CLEAN


def run_coverage(args: argparse.Namespace) -> int:
    """Print every clause with what cites it. 0 complete, 1 a deciding clause is uncited, 2 unusable."""
    try:
        found = coverage_of(read_book(args.book))
    except Unusable as error:
        return unusable(str(error))
    if not found:
        return unusable(f"没有条款文件 clauses.yaml：{args.book} / no file of clauses")
    lacking = [one for one in found if not one.covered]
    if args.json:
        say_json([one.as_dict() for one in found])
    else:
        for one in found:
            say(_covered(one))
        say(
            f"{len(found)} 条，{len(lacking)} 条须有规则而没有引用 / "
            f"{len(found)} clauses, {len(lacking)} uncited"
        )
    return FINDINGS if lacking else CLEAN


def _covered(one: ClauseCoverage) -> str:
    """A clause on one line: its kind, and what cites it or why nothing needs to."""
    kind = KINDS[one.kind]
    head = f"{one.clause}\t{kind.zh} {kind.in_locale('en')}"
    if one.citations:
        return f"{head}\t{', '.join(map(str, one.citations))}"
    if one.reason:
        return f"{head}\t{one.reason.zh} / {one.reason.in_locale('en')}"
    return f"{head}\t没有政策引用 / uncited: {one.text.zh}"
