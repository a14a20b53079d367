"""``jiebang policy decide | award``: one case, or the entries for one award."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import normalize

from jiebang import clock
from jiebang.cli.policy.books import read_book
from jiebang.cli.saying import CLEAN, Unusable, known, read_json, say, say_json, unusable
from jiebang.policy import BadFacts, Book, Decider, Decision, EngineUnavailable, read_facts
from jiebang.policy.awarding import Awarding, BadEntries, award
from jiebang.policy.changing import changes_for
from jiebang.policy.language.types import Value


def register(commands: Any) -> None:
    """Add the commands."""
    decide = commands.add_parser("decide", help="decide one case")
    decide.add_argument("book", type=Path)
    decide.add_argument("policy")
    decide.add_argument("--facts", type=Path, required=True, metavar="FILE")
    decide.add_argument(
        "--changes", action="store_true", help="what would have to change for a grant"
    )
    decide.set_defaults(run=run_decide)
    judge = commands.add_parser("award", help="judge the entries for an award")
    judge.add_argument("book", type=Path)
    judge.add_argument("award")
    judge.add_argument("--entries", type=Path, required=True, metavar="FILE")
    judge.set_defaults(run=run_award)
    for command in (decide, judge):
        command.add_argument("--as-of", type=day, default=None, metavar="DATE")
        command.add_argument("--json", action="store_true")


def run_decide(args: argparse.Namespace) -> int:
    """Decide one case from a JSON file of facts, as of today unless told. 0 decided, 2 unusable."""
    try:
        book = read_book(args.book)
        known(args.policy, book.policies, "规则", "policy")
        facts = _facts(book, read_json(args.facts))
        with closing(Decider()) as decider:
            as_of = args.as_of or clock.today()
            decision = decider.decide(book, args.policy, facts, as_of)
            wanted = {"book": book, "decider": decider, "policy_id": args.policy, "as_of": as_of}
            changes = changes_for(**wanted, facts=facts) if args.changes else None
    except (Unusable, BadFacts, EngineUnavailable) as error:
        return unusable(str(error))
    if args.json:
        say_json(decision.as_dict() | ({"changes": changes.as_dict()} if changes else {}))
    else:
        _show(decision)
        if changes:
            say(f"  → {changes.words('zh')} / {changes.words('en')}")
    return CLEAN


def run_award(args: argparse.Namespace) -> int:
    """Judge entries from a JSON list of ``{"entry": id, "facts": {…}}``. 0 judged, 2 unusable."""
    try:
        book = read_book(args.book)
        known(args.award, book.awards, "奖项", "award")
        entries = _entries(book, read_json(args.entries))
        with closing(Decider()) as decider:
            came = award(
                book=book,
                decider=decider,
                award_id=args.award,
                entries=entries,
                as_of=args.as_of or clock.today(),
            )
    except (Unusable, BadEntries, BadFacts, EngineUnavailable) as error:
        return unusable(str(error))
    if args.json:
        say_json(came.as_dict())
    else:
        _show_awarding(came)
    return CLEAN


def _facts(book: Book, written: Any) -> dict[str, Value]:
    if not isinstance(written, Mapping):
        raise Unusable("事实文件应为 JSON 对象 / the facts must be a JSON object")
    return read_facts(book.vocabulary, written)


def _entries(book: Book, written: Any) -> list[tuple[str, dict[str, Value]]]:
    if not isinstance(written, list):
        raise Unusable("参评文件应为 JSON 列表 / the entries must be a JSON list")
    entries = []
    for number, one in enumerate(written, 1):
        if not isinstance(one, Mapping) or set(one) != {"entry", "facts"}:
            raise Unusable(
                f"第 {number} 项应写 entry 和 facts / item {number} needs “entry” and “facts” only"
            )
        name = one["entry"]
        if not isinstance(name, str | int) or isinstance(name, bool) or not str(name).strip():
            raise Unusable(f"第 {number} 项的 entry 应为编号 / item {number}: “entry” is an id")
        try:
            # Two ways to encode one text are one id, as everywhere.
            entries.append((normalize("NFC", str(name)), _facts(book, one["facts"])))
        except (BadFacts, Unusable) as bad:
            raise Unusable(f"{name}: {bad}") from bad
    return entries


def _show(decision: Decision) -> None:
    say(f"{decision.outcome} {decision.code}")
    for name, value in decision.values.items():
        say(f"  {name} = {value}")
    for one in decision.reasons:
        say(f"  [{one['clause']}] {one['text']} / {one['text_en']} ({one['basis']})")
    for one in decision.unmet:
        say(f"  ✗ [{one['clause']}] {one['text']} / {one['text_en']}")
    for flag in decision.open_flags:
        say(f"  … {flag['code']} {flag['text']} / {flag['text_en']}: {'、'.join(flag['missing'])}")
    for missing in decision.missing:
        say(f"  ? {missing}")


def _show_awarding(came: Awarding) -> None:
    for one in came.ranked:
        mark = "✓" if one["awarded"] else "?" if one["pending"] else " "
        say(f"{one['rank']:>4} {mark} {one['entry']}  {one['score']}")
    for one in (*came.unqualified, *came.undetermined):
        told = "；".join(str(unmet["text"]) for unmet in one["unmet"]) or "、".join(one["missing"])
        say(f"   {'?' if one in came.undetermined else '✗'}   {one['entry']}  {told}")
    for reason in came.reasons:
        say(f"  ! {reason['code']} {reason['text']} / {reason['text_en']}")
    say("  ".join(f"{name} {value}" for name, value in came.totals.items()))


def day(text: str) -> date:
    """A day written as people do; ``fromisoformat`` also reads 20190805 and weeks."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise argparse.ArgumentTypeError(
            f"日期应写成 2019-08-05 / a date is written 2019-08-05: {text}"
        )
    return found
