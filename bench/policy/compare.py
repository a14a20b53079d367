"""Decisions with full explanation, beside the plain answers of other engines on the same rules."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.policy.cases import MET, UNMET, Case, Rule, draw_cases, draw_rules, fields, state_of
from bench.policy.peers import PEERS
from bench.policy.results import Figure
from bench.policy.side import OURS
from bench.speaking import Side

RULES: Final = 30
FEW: Final = 10
MANY: Final = 400
#: Ours, asked for many decisions in one call, which the peers cannot be: the bars are of throughput.
MANY_AT_ONCE: Final = "many at once"
#: The share of facts that are missing from a case.
SOME: Final = 0.1
#: Cases on which all engines must agree before anything is timed.
AGREED: Final = 600
#: Peers that ours is held to, and how many times faster it must be.
BARS: Final = {"zen-engine": 3.0, "clipspy": 1.0}
#: What counts as flat: so many MB more at the end than after warming up.
FLAT: Final = 2.0


@dataclass(frozen=True)
class Scale:
    """How much is measured."""

    rounds: int
    seconds: float
    warm: int
    decisions: int


# What is kept for a value of a fact is full before memory is watched: it grows for some 200,000 cases drawn.
FULL: Final = Scale(rounds=5, seconds=0.5, warm=200_000, decisions=400_000)
QUICK: Final = Scale(rounds=1, seconds=0.1, warm=1_000, decisions=3_000)


def compare(scale: Scale, folder: Path) -> list[Figure]:
    """Time a decision, beside each peer, with facts missing, and as the rules grow."""
    rules = draw_rules(RULES)
    ours = _side(OURS, RULES, folder / "same")
    peers = {name: _side(name, RULES, folder) for name in PEERS}
    sizes = {count: _side(OURS, count, folder / f"rules-{count}") for count in (FEW, MANY)}
    try:
        check(rules, ours, peers)
        asked = 100
        silent = check_states(draw_rules(MANY), sizes[MANY], asked, missing=SOME)
        taken = _rounds(scale, ours, peers, sizes)
        cpu = {name: side.cpu() for name, side in {OURS: ours, **peers}.items()}
        cpu[MANY_AT_ONCE] = ours.cpu(how="many")
        grown = [sizes[count].cpu() for count in (FEW, MANY)]
    finally:
        for side in (ours, *peers.values(), *sizes.values()):
            side.close()
    return [
        *(_beside("decide_many", name, taken[MANY_AT_ONCE], taken[name]) for name in peers),
        *(_beside("decide", name, taken[OURS], taken[name]) for name in BARS),
        # Both our processes together: on a busy machine this tells more than the clock.
        *(
            Figure(f"{call} beside {name}, CPU", cpu[how], "µs", peer=cpu[name])
            for call, how in (("decide_many", MANY_AT_ONCE), ("decide", OURS))
            for name in BARS
        ),
        Figure(f"decide, {SOME:.0%} of facts missing", taken["missing"], "µs"),
        _growth(f"{MANY} rules over {FEW}", taken[str(FEW)], taken[str(MANY)]),
        _growth(f"{MANY} rules over {FEW}, CPU", *grown),
        Figure(
            f"{MANY} rules, {SOME:.0%} of facts missing: no answer",
            silent,
            f"of {asked}",
            bar="none",
            met=silent == 0,
        ),
    ]


def _beside(call: str, name: str, ours: float, peer: float) -> Figure:
    times = BARS.get(name)
    return Figure(
        f"{call} beside {name}",
        ours,
        "µs",
        peer=peer,
        bar="" if times is None else f"at least {times:g} times the peer",
        met=None if times is None else peer / ours >= times,
    )


def _growth(name: str, few: float, many: float) -> Figure:
    most = MANY / FEW
    return Figure(
        name,
        many / few,
        "times",
        bar=f"at most {most:g} times",
        met=many / few <= most,
        note=f"{few:.0f} and {many:.0f} µs",
    )


def memory(scale: Scale, folder: Path) -> list[Figure]:
    """What the two processes hold after many decisions, against what they held after a few."""
    side = _side(OURS, RULES, folder / "memory")
    try:
        taken = side.memory(warm=scale.warm, count=scale.decisions)
    finally:
        side.close()
    kept = taken["pid"][0] == taken["pid"][1]
    figures = []
    for name in ("web", "engine"):
        before, after = taken[name]
        note = f"{before:.1f} MB after {scale.warm:,}, {after:.1f} MB after {scale.decisions:,}"
        # A process that was started anew has had no time to grow: that shows nothing.
        met = after - before <= FLAT and (kept or name == "web")
        bar = f"at most {FLAT:g} MB more"
        figures.append(
            Figure(f"{name} process grows", after - before, "MB", bar=bar, met=met, note=note)
        )
    return figures


def check(rules: Sequence[Rule], ours: Side, peers: dict[str, Side]) -> None:
    """All engines give the answer that the rules have. Ours also where facts are missing."""
    cases = draw_cases(AGREED)
    wanted = [
        [number for number, rule in enumerate(rules) if state_of(rule, case) == MET]
        for case in cases
    ]
    assert 0 < sum(map(len, wanted)) < AGREED * len(rules) / 2, "cases that show nothing"
    for name, peer in peers.items():
        assert peer.answers(count=AGREED) == wanted, f"{name} does not give the same answer"
    for missing in (0.0, SOME):
        silent = check_states(rules, ours, AGREED, missing=missing)
        assert silent == 0, f"{silent} cases without an answer"


def check_states(rules: Sequence[Rule], ours: Side, count: int, *, missing: float) -> int:
    """Every rule's state, the rule that decides and the flags; a verdict holds whatever is missing.

    Answers how many cases the engine gave no answer to.
    """
    silent = 0
    cases = draw_cases(count, missing=missing)
    whole = draw_cases(count, seed=1)
    answers: list[dict[str, Any] | None] = ours.answers(count=count, missing=missing)
    for case, other, told in zip(cases, whole, answers, strict=True):
        if told is None:
            silent += 1
            continue
        states = [state_of(rule, case) for rule in rules]
        assert told["states"] == states, "ours does not give the same answer"
        assert told["explained"] == sum(len(rule.parts) for rule in rules), "not all is explained"
        met = {rule.id for rule, state in zip(rules, states, strict=True) if state == MET}
        flags = [_code(rule) for rule in rules if rule.outcome == "flag" and rule.id in met]
        assert sorted(told["flags"]) == sorted(flags), "other flags"
        if told["outcome"] == "undetermined":
            assert len(case) < len(fields()), "undetermined with every fact known"
            continue
        outcome, rule_id = _decided(rules, {**other, **case})
        assert told["outcome"] == outcome, "a missing fact changes the verdict"
        if len(case) == len(fields()):
            assert told["rule"] == rule_id, "another rule decides"
    return silent


def _decided(rules: Sequence[Rule], case: Case) -> tuple[str, str]:
    """The outcome, and the rule that decides: the first that is met and does not only flag."""
    for rule in rules:
        if rule.outcome != "flag" and state_of(rule, case) != UNMET:
            return rule.outcome, rule.id
    return "deny", "default"


def _code(rule: Rule) -> str:
    return rule.id.upper().replace("-", "_")


def _rounds(
    scale: Scale, ours: Side, peers: dict[str, Side], sizes: dict[int, Side]
) -> dict[str, float]:
    """Microseconds a case, each the median of rounds in which all take turns."""
    taken: dict[str, list[float]] = {}
    # The first round warms all up and is not counted.
    for number in range(scale.rounds + 1):
        found = {OURS: ours.time(seconds=scale.seconds)}
        found[MANY_AT_ONCE] = ours.time_many(seconds=scale.seconds)
        found["missing"] = ours.time(seconds=scale.seconds, missing=SOME)
        found |= {name: peer.time(seconds=scale.seconds) for name, peer in peers.items()}
        found |= {str(count): side.time(seconds=scale.seconds) for count, side in sizes.items()}
        if number:
            for name, one in found.items():
                taken.setdefault(name, []).append(one)
    return {name: statistics.median(one) for name, one in taken.items()}


def _side(name: str, rules: int, folder: Path) -> Side:
    return Side("bench.policy.side", name, str(rules), str(folder))
