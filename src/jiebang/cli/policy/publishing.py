"""``jiebang policy publish | replay``: books into a site, and all that a site decided once more."""

from __future__ import annotations

import argparse
import getpass
import os
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jiebang import clock
from jiebang.casework.policies.publishing import publish_book
from jiebang.casework.policies.replaying import Replayed, replay_site
from jiebang.casework.policies.rulebook import Rules
from jiebang.cli.policy.books import vocabulary_of
from jiebang.cli.policy.deciding import day
from jiebang.cli.saying import (
    CLEAN,
    FINDINGS,
    UNUSABLE,
    known,
    no_such_folder,
    say,
    say_json,
    unusable,
)
from jiebang.cli.saying import Unusable as CannotRun
from jiebang.cli.site import application, ini_file
from jiebang.edition.loading import FILE as EDITION
from jiebang.errors import Refused
from jiebang.outbox.loop import repeat_on_conflict, transaction_on
from jiebang.policy import Book, Decider, check_book, load_book
from jiebang.yamlfile import load

#: Decisions named one by one at most; the counts are of all.
NAMED = 100
_WORDS = {
    "same": "一致 / same bytes",
    "explained": "结论一致、说明格式较旧 / decided the same, explained in an older format",
    "differs": "不一致 / decided differently",
    "altered": "记录作出后被改动 / altered after it was made",
    "no_version": "本站没有所依据的版本 / its version is not kept",
    "unanswered": "规则引擎未作答 / the engine gave no answer",
    "unkept": "早于版本留存，无从重算 / made before versions were kept",
}


def register(commands: Any) -> None:
    """Add the commands."""
    publish = commands.add_parser("publish", help="publish a book into a site, from a day on")
    publish.add_argument("book", type=Path)
    publish.add_argument("--effective", type=day, required=True, metavar="DATE")
    publish.set_defaults(run=run_publish)
    replay = commands.add_parser("replay", help="reproduce every decision of a site")
    replay.add_argument("--json", action="store_true")
    replay.set_defaults(run=run_replay)
    for command in (publish, replay):
        command.add_argument("ini", nargs="?", default="development.ini", type=ini_file)


def run_publish(args: argparse.Namespace) -> int:
    """Check a book and publish it. 0 published, 1 refused with every reason, 2 unusable."""
    if not args.book.is_dir():
        return unusable(no_such_folder(args.book))
    folder, vocabulary = args.book.resolve(), vocabulary_of(args.book)
    with closing(Decider()) as decider:
        findings = check_book(folder, vocabulary=vocabulary, decider=decider)
    if findings:
        for one in findings:
            say(str(one))
        say(f"未发布：{len(findings)} 处须先改正 / not published: {len(findings)} findings")
        return FINDINGS
    book = load_book(folder, vocabulary=vocabulary)
    with application(args) as registry:
        try:
            rules = _edition_of(args.book, registry)
            made = repeat_on_conflict(lambda: _publish(registry, rules, book, args))
        except CannotRun as error:
            return unusable(str(error))
        except Refused as refused:
            for reason in refused.reasons:
                say(_in_both(registry, reason))
            return FINDINGS
    done = (
        "已发布 / published" if made else "此前已发布，未作改动 / published before, nothing changed"
    )
    say(f"{done}: {rules.edition.id} {book.version}")
    say(f"自 {args.effective} 起施行 / in force from {args.effective}")
    return CLEAN


def run_replay(args: argparse.Namespace) -> int:
    """Reproduce every decision. 0 all the same, 1 some are not, 2 some could not be reproduced."""
    tally = Tally()
    with application(args) as registry, transaction_on(registry.database) as site:
        for one in replay_site(site=site, decider=registry.decider):
            tally.note(one)
    if args.json:
        say_json({**tally.counts, "total": tally.total, "decisions": tally.named})
    else:
        for named in tally.named:
            about = f"{named['case']} #{named['number']} {named['policy']}"
            say(f"{about}: {_WORDS[named['verdict']]}")
        for verdict, words in _WORDS.items():
            if verdict == "same" or tally.counts[verdict]:
                say(f"{tally.counts[verdict]:>8}  {words}")
        say(f"{tally.counts['same']}/{tally.total}")
    return tally.code


@dataclass
class Tally:
    """How many decisions came out in each way, and the first of those that are not as they should."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_WORDS, 0))
    named: list[dict[str, Any]] = field(default_factory=list)

    def note(self, one: Replayed) -> None:
        """Count one decision."""
        # A book that was never kept cannot be missed: such decisions are told, and no fault.
        unkept = one.verdict == "no_version" and one.unsealed
        verdict = "unkept" if unkept else one.verdict
        self.counts[verdict] += 1
        if verdict not in {"same", "explained", "unkept"} and len(self.named) < NAMED:
            about = {"case": one.case, "number": one.number, "policy": one.policy}
            self.named.append({**about, "verdict": verdict})

    @property
    def total(self) -> int:
        """All decisions."""
        return sum(self.counts.values())

    @property
    def code(self) -> int:
        """The exit code."""
        if self.counts["differs"] or self.counts["altered"]:
            return FINDINGS
        return UNUSABLE if self.counts["no_version"] or self.counts["unanswered"] else CLEAN


def _edition_of(folder: Path, registry: Any) -> Rules:
    """The edition a book is for: as its ``edition.yaml`` says, else as its folder is called."""
    rulebook, name = registry.rulebook, folder.resolve().name
    if (folder / EDITION).is_file():
        name = str(load(folder / EDITION).data.get("id", name))
    known(name, list(rulebook), "届次", "edition")
    rules: Rules = rulebook[name]
    return rules


def _publish(registry: Any, rules: Rules, book: Book, args: argparse.Namespace) -> bool:
    with transaction_on(registry.database) as site:
        return publish_book(
            site=site,
            rules=rules,
            book=book,
            effective=args.effective,
            by=f"command:{_account()}",
            at=clock.now(),
        )


def _account() -> str:
    """The account of the server that publishes; its number, where it has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _in_both(registry: Any, reason: object) -> str:
    return " / ".join(registry.translate(reason, locale) for locale in ("zh_CN", "en"))
