"""``jiebang policy diff``: what changes between two books over many cases.

``--json`` prints one object::

    a, b            {book, version} of the first and the second book
    as_of           the day on which is decided
    cases, changed  how many cases there are, and how many change under any policy
    policies        a list of, for each policy that both books have:
        policy, title, cases, changed, newly_undetermined, no_longer_undetermined
        other_rule_only   cases that only another rule decides now, with the same outcome
        outcomes    [{from, to, cases}] over the changed cases
        values      [{value, unit, a, b, difference, cases}] summed over all cases that have it; money in 元
        rules       [{from, to, cases, example, differences}] over the changed cases, where from and to are
                    {outcome, code, rule}; example is the row of the first; differences are by value
    only_in_a, only_in_b, skipped   policies of one book alone; those of whose facts the cases say nothing
    confirmed       {pairs, sampled, mismatches}: pairs of a policy and a case put to engine and explainer
    mismatches      [{book, policy, row, bulk, engine}]
    reading         how verdicts were reached: all, by_pattern, by_row; patterns; formulas_by_row

A case is changed in outcome, code, flags or a value. Of awards ``<award>/qualify`` and ``<award>/pay`` are
compared, which decide case by case; ranking is not.

Exit codes: 0 nothing changes, 1 something does, 2 unusable, or engine and bulk differ on a case.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jiebang import clock
from jiebang.cli.policy.books import read_book
from jiebang.cli.policy.deciding import day
from jiebang.cli.saying import CLEAN, FINDINGS, UNUSABLE, Unusable, known, say, say_json, unusable
from jiebang.errors import JiebangError
from jiebang.policy import Book, EngineUnavailable
from jiebang.policy.decider import Answer
from jiebang.policy.decision import number

if TYPE_CHECKING:
    from jiebang.policy.bulk.comparing import BookDiff
    from jiebang.policy.bulk.confirming import Mismatch
    from jiebang.policy.bulk.diff import Move, PolicyDiff, Said

_SAMPLE: Final = 5_000
#: From so many cases on, standard error tells how far the work is.
_MANY: Final = 300_000
_FEN_PLACES: Final = 2


def register(commands: Any) -> None:
    """Add the command."""
    diff = commands.add_parser("diff", help="what changes between two books over many cases")
    diff.add_argument("book_a", type=Path)
    diff.add_argument("book_b", type=Path)
    diff.add_argument(
        "--cases", type=Path, required=True, metavar="FILE", help="JSON lines or Parquet of facts"
    )
    diff.add_argument("--as-of", type=day, default=None, metavar="DATE")
    diff.add_argument("--policy", nargs="+", default=[], metavar="ID", dest="policies")
    diff.add_argument(
        "--sample",
        type=_count,
        default=_SAMPLE,
        metavar="N",
        help=f"random pairs of a policy and a case for the engine, beside all changed ones ({_SAMPLE})",
    )
    diff.add_argument("--seed", type=int, default=0, help="of the sample (0)")
    diff.add_argument("--json", action="store_true")
    diff.set_defaults(run=run_diff)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"应为不小于 0 的整数 / a whole number: {text}")
    return int(text)


def run_diff(args: argparse.Namespace) -> int:
    """Compare two books over a file of cases. 0 no change, 1 changes, 2 unusable or a mismatch."""
    # polars is for this command alone: no other waits for it.
    from jiebang.policy.bulk.comparing import compare_books  # noqa: PLC0415

    try:
        books = read_book(args.book_a), read_book(args.book_b)
        both = [one for one in books[0].deciding if one in books[1].deciding]
        for name in args.policies:
            known(name, both, "两本规则书都有的规则", "policy in both books")
        found = compare_books(
            books,
            args.cases,
            args.as_of or clock.today(),
            policies=args.policies or both,
            sample=args.sample,
            seed=args.seed,
            progress=_progress,
        )
    except (Unusable, JiebangError) as error:
        return unusable(str(error))
    except EngineUnavailable as error:
        return unusable(f"规则引擎不可用 / the engine is unavailable: {error}")
    only = ([], []) if args.policies else _only(books)
    if args.json:
        say_json(_as_dict(books, found, only))
    else:
        _show(books, found, only)
    if found.mismatches:
        return _disagrees(found.mismatches)
    return FINDINGS if found.changed or any(only) else CLEAN


def _progress(done: int, cases: int, changed: int) -> None:
    if cases >= _MANY:
        sys.stderr.write(
            f"已比较 {done:,}/{cases:,} 件，{changed:,} 件有变化 / compared, of which changed\n"
        )


def _only(books: tuple[Book, Book]) -> tuple[list[str], list[str]]:
    a, b = (one.deciding.keys() for one in books)
    return sorted(a - b), sorted(b - a)


def _disagrees(mismatches: list[Mismatch]) -> int:
    """Say on which cases the engine differs, on standard error."""
    lines = [
        "引擎与批量计算的结论不一致，结果不可用 / engine and bulk differ: do not use the result"
    ]
    for one in mismatches:
        where = f"{one.book} {one.policy}，第 {one.row + 1} 行 / row {one.row + 1}"
        lines += [f"  {where}", f"    bulk   {one.bulk}", f"    engine {one.decider}"]
    sys.stderr.write("\n".join(lines) + "\n")
    return UNUSABLE


def _as_dict(
    books: tuple[Book, Book], found: BookDiff, only: tuple[list[str], list[str]]
) -> dict[str, Any]:
    a, b = ({"book": one.id, "version": one.version} for one in books)
    return {
        "a": a,
        "b": b,
        "as_of": found.as_of.isoformat(),
        "cases": found.cases,
        "changed": found.changed,
        "policies": [_policy(books[0], one) for one in found.policies.values()],
        "only_in_a": only[0],
        "only_in_b": only[1],
        "skipped": found.skipped,
        "confirmed": {
            "pairs": found.confirmed,
            "sampled": found.sampled,
            "mismatches": len(found.mismatches),
        },
        "mismatches": [
            {
                "book": one.book,
                "policy": one.policy,
                "row": one.row + 1,
                "bulk": _answer(one.bulk),
                "engine": _answer(one.decider),
            }
            for one in found.mismatches
        ],
        "reading": {
            "all": found.tally["verdicts"],
            "by_pattern": found.tally["verdicts by pattern"],
            "by_row": found.tally["verdicts by row"],
            "patterns": found.tally["patterns"],
            "formulas_by_row": found.tally["formulas by row"],
        },
    }


def _policy(book: Book, one: PolicyDiff) -> dict[str, Any]:
    title = book.deciding[one.policy].title
    return {
        "policy": one.policy,
        "title": {"zh": title.zh, "en": title.in_locale("en")},
        "cases": one.cases,
        "changed": one.changed,
        "newly_undetermined": one.newly_undetermined,
        "no_longer_undetermined": one.no_longer_undetermined,
        "other_rule_only": one.other_rule_only,
        "outcomes": [
            {"from": before, "to": after, "cases": count}
            for (before, after), count in one.outcomes.most_common()
        ],
        "values": [
            {
                "value": name,
                "unit": "元" if sums.money else "",
                "a": number(_shown(sums.a, money=sums.money)),
                "b": number(_shown(sums.b, money=sums.money)),
                "difference": number(_shown(sums.difference, money=sums.money)),
                "cases": sums.cases,
            }
            for name, sums in one.values.items()
        ],
        "rules": [
            {
                "from": asdict(move[0]),
                "to": asdict(move[1]),
                "cases": count,
                "example": one.examples[move] + 1,
                "differences": {
                    name: number(more) for name, more in _differences(one, move).items()
                },
            }
            for move, count in one.ordered()
        ],
    }


def _shown(amount: Decimal, *, money: bool) -> Decimal:
    """A sum as people read it: money in 元."""
    return amount.scaleb(-_FEN_PLACES) if money else amount


def _differences(one: PolicyDiff, move: Move) -> Mapping[str, Decimal]:
    sums = one.by_move[move]
    return {name: _shown(more, money=one.values[name].money) for name, more in sums.items()}


def _answer(one: Answer) -> dict[str, Any]:
    values = {name: str(value) for name, value in one.values.items()}
    return {"outcome": one.outcome, "code": one.code, "rule": one.rule, "values": values}


def _show(books: tuple[Book, Book], found: BookDiff, only: tuple[list[str], list[str]]) -> None:
    a, b = (f"{one.id} ({one.version[:8]})" for one in books)
    say(f"{a} → {b}，{found.as_of}")
    say(f"{found.cases:,} 件，{found.changed:,} 件有变化 / cases, of which changed")
    for one in found.policies.values():
        _show_policy(books[0], one)
    told = zip(
        (
            "只在前一本里 / only in the first",
            "只在后一本里 / only in the second",
            "案件没有其事实，未比较 / not compared, the cases say nothing of it",
        ),
        (*only, found.skipped),
        strict=True,
    )
    for words, names in told:
        if names:
            say(f"{words}：{'、'.join(names)}")
    if any(one.awards for one in books):
        say(
            "奖项只比较资格与分担，不比较名次 / of awards, qualify and pay are compared, not the ranking"
        )
    say(
        f"引擎与解释器复核 {found.confirmed:,} 项（其中抽样 {found.sampled:,}），"
        f"不一致 {len(found.mismatches)} / put to engine and explainer, of which sampled; mismatches"
    )


def _show_policy(book: Book, one: PolicyDiff) -> None:
    title = book.deciding[one.policy].title
    say("")
    say(f"{one.policy}  {title.zh} / {title.in_locale('en')}")
    say(
        f"  有变化 / changed {one.changed:,}；新的未定 / newly undetermined "
        f"{one.newly_undetermined:,}；不再未定 / no longer undetermined {one.no_longer_undetermined:,}"
    )
    if one.other_rule_only:
        say(f"  结论相同、依据不同 / same outcome by another rule {one.other_rule_only:,}")
    for (before, after), count in one.outcomes.most_common():
        say(f"  {count:>11,}  {before} → {after}")
    for name, sums in one.values.items():
        first, second, more = (
            f"{_shown(amount, money=sums.money):,f}" for amount in (sums.a, sums.b, sums.difference)
        )
        unit = " 元" if sums.money else ""
        say(
            f"  {name}：{first} → {second}{unit}，差额 / difference {more}{unit}，{sums.cases:,} 件 / cases"
        )
    if one.changed:
        say("  按依据 / by rule：")
    for move, count in one.ordered():
        more = "，".join(f"{name} {x:+,f}" for name, x in _differences(one, move).items() if x)
        example = f"例 / e.g. 第 {one.examples[move] + 1} 行"
        before, after = (_said(said) for said in move)
        say(f"  {count:>11,}  {before} → {after}  {more + '  ' if more else ''}{example}")


def _said(said: Said) -> str:
    rule = said.rule or ("默认/default" if said.code else "")
    return " ".join(x for x in (said.outcome, said.code, f"[{rule}]" if rule else "") if x)
