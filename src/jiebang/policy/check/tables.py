"""Tables: a case that meets no row, and rows that must not be met together but are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import z3

from jiebang.policy.bound import Bound, BoundGroup, BoundLeaf, BoundPolicy, BoundRule
from jiebang.policy.check.telling import case_of, example_of, row_of, tell
from jiebang.policy.language.parser import NO_ROW
from jiebang.policy.language.tree import Table
from jiebang.policy.proving.prover import Prover
from jiebang.policy.proving.symbols import Expr
from jiebang.policy.states import MET, UNMET, leaf_state
from jiebang.yamlfile import Finding

#: An author mends a few at a time: more pairs of one table are not told.
MOST_PAIRS = 10


def find_gap(prover: Prover) -> Iterator[Finding]:
    """A case that no row is for, where the file has no ``default``."""
    policy = prover.policy
    table = policy.table
    if (
        table is None
        or policy.default.code != NO_ROW[0]
        or table.collect in {"list", "sum", "count"}
    ):
        return
    case = prover.find(
        lambda one: all(state is UNMET for state in one.states),
        *(pair.unmet for pair in prover.deciding.rules),
    )
    if case:
        row = row_of(prover.judge.judge(policy.id, case), prover.judge)
        yield tell(
            policy,
            table.place,
            "gap",
            (
                "表有漏洞：有的情形没有任何一行适用，文件也没有写 default",
                "the table has a gap: no row is for this case, and there is no default",
            ),
            suggestion="补一行，或写 default / add a row, or a default",
            case=case_of(case, prover.judge),
            paste=row,
        )


def find_overlaps(prover: Prover) -> Iterator[Finding]:
    """Pairs of rows met together: any under ``unique``, those that differ under ``any``."""
    table = prover.policy.table
    if table is None or table.hit not in {"unique", "any"}:
        return
    told = 0
    for one, other in _pairs(prover.bound, table):
        found = _overlap(prover, table, one, other)
        if found:
            yield found
            told += 1
        if told == MOST_PAIRS:
            return


def _overlap(prover: Prover, table: Table, one: int, other: int) -> Finding | None:
    rows = prover.deciding.rules
    unique = table.hit == "unique"
    differ = [] if unique else [_differ(prover, one, other)]
    case = prover.find(
        lambda found: found.settled.conflict and found.states[one] is found.states[other] is MET,
        rows[one].met,
        rows[other].met,
        *differ,
    )
    if case is None:
        return None
    first, second = (prover.bound.rules[number].rule for number in (one, other))
    ids = f"“{first.id}”和“{second.id}”"
    zh = f"{ids}两行重叠：同一情形同时符合，hit: unique 要求恰好一行"
    en = f"rows {first.id} and {second.id} overlap: one case meets both, and the table is unique"
    if not unique:
        zh = f"{ids}两行同时符合而结论不同，hit: any 要求结论一致"
        en = f"rows {first.id} and {second.id} are met together but differ, and the table says any"
    return tell(
        prover.policy,
        second.place,
        "overlap" if unique else "rows_differ",
        (zh, en),
        suggestion=f"收窄其中一行的条件（另一行在第 {first.place[0]} 行）/ narrow one of the two",
        case=case_of(case, prover.judge),
        paste=example_of(case, prover.judge, prover.policy, f"{first.id}或{second.id}"),
    )


def _differ(prover: Prover, one: int, other: int) -> Expr:
    """That two rows do not say the same; what they say may be worked out by formulas."""
    first, second = prover.bound.rules[one], prover.bound.rules[other]
    if _verdict(first) != _verdict(second) or first.values.keys() != second.values.keys():
        return z3.BoolVal(val=True)
    pairs = [
        (prover.cases.right(first.values[name]), prover.cases.right(second.values[name]))
        for name in first.values
    ]
    return z3.Or(
        [z3.And(left.known, right.known, left.value != right.value) for left, right in pairs]
    )


def _verdict(row: BoundRule) -> object:
    said = row.rule.then
    return (said.outcome, said.code, said.obligations)


def _pairs(bound: BoundPolicy, table: Table) -> Iterator[tuple[int, int]]:
    """The pairs of rows that no column keeps apart."""
    cells = _Cells(bound)
    rows = [cells.row(rule.when) for rule in bound.rules]
    for one, other in combinations(range(len(rows)), 2):
        left, right = rows[one], rows[other]
        if any(not mask & right.get(name, -1) for name, mask in left.items()):
            continue
        if table.hit == "any" and _same(bound.rules[one], bound.rules[other]):
            continue
        yield one, other


def _same(one: BoundRule, other: BoundRule) -> bool:
    return (_verdict(one), one.values) == (_verdict(other), other.values)


class _Cells:
    """Which cells of each column a row accepts, as bits: exact, and cheap to compare."""

    def __init__(self, bound: BoundPolicy) -> None:
        self._cells = bound.cells
        self._masks: dict[object, int] = {}

    def row(self, when: Bound) -> dict[str, int]:
        """The bits by fact; a fact that is not here can be anything."""
        masks: dict[str, int] = {}
        parts = when.parts if isinstance(when, BoundGroup) and when.kind == "all" else (when,)
        for one in parts:
            # Whether a fact is known is not a matter of its cells.
            if isinstance(one, BoundLeaf) and one.fact in self._cells and one.operator != "known":
                masks[one.fact] = masks.get(one.fact, -1) & self._mask(one)
        return masks

    def _mask(self, leaf: BoundLeaf) -> int:
        key = (leaf.fact, leaf.operator, leaf.right.value)
        if key not in self._masks:
            met = [leaf_state(leaf, {leaf.fact: one}) is MET for one in self._cells[leaf.fact]]
            self._masks[key] = sum(1 << place for place, one in enumerate(met) if one)
        return self._masks[key]
