"""``must_hold``: what the payers pay adds up to what the notice says, in every row and case."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import z3

from jiebang.money import from_fen
from jiebang.policy.binding import bind_formula
from jiebang.policy.bound import Right
from jiebang.policy.check.telling import case_of, tell
from jiebang.policy.language.award import Award, MustHold
from jiebang.policy.language.terms import FactRef, Formula, ParamRef
from jiebang.policy.language.tree import Literal, Operand
from jiebang.policy.meaning import value_of
from jiebang.policy.proving.arithmetic import whole
from jiebang.policy.proving.cases import Judgement
from jiebang.policy.proving.prover import Prover
from jiebang.policy.proving.symbols import Expr
from jiebang.yamlfile import Finding


def find_broken_sums(prover: Prover, award: Award) -> Iterator[Finding]:
    """A row of the pay table with a case in which the sum is not what it must be."""
    must = award.must_hold
    if must is None:
        return
    asked = _asked(prover, must.equals)
    if asked.gap:
        return
    wanted = prover.cases.right(asked)
    for number, row in enumerate(prover.bound.rules):
        parts = [
            prover.cases.right(row.values[name]) for name in must.outputs if name in row.values
        ]
        total: Expr = z3.Sum([whole(one.value) for one in parts])
        known = z3.And(wanted.known, *(one.known for one in parts))
        case = prover.find(
            lambda found, n=number: _broken(found, n, must, asked),  # type: ignore[misc]
            prover.deciding.decides[number],
            known,
            total != whole(wanted.value),
        )
        if case:
            found = prover.judge.judge(prover.policy.id, case)
            paid, due = _sums(found, number, must, asked)
            zh = f"“{row.rule.id}”行的合计不符：{' + '.join(must.outputs)} = {_yuan(paid)}，"
            zh += f"应为 {_yuan(due)}（第 {must.place[0]} 行 must_hold）"
            en = f"the row {row.rule.id} breaks must_hold: {' + '.join(must.outputs)} = "
            en += f"{_yuan(paid, 'yuan')}, not {_yuan(due, 'yuan')}"
            yield tell(
                prover.policy,
                row.rule.place,
                "must_hold",
                (zh, en),
                suggestion=f"改这一行的金额，使合计为 {_yuan(due)} / make the sum {_yuan(due)}",
                case=case_of(case, prover.judge),
            )


def _asked(prover: Prover, operand: Operand) -> Right:
    """What the sum must be, with the parameters of the period."""
    values = prover.bound.values
    match operand:
        case Literal(value):
            return Right(value=value)
        case ParamRef(name):
            dated = values[name]
            given = dated.value if dated else None
            return Right(value=given, gap="" if given is not None else name)
        case FactRef(name):
            return Right(fact=name)
        case Formula() as written:
            formula, gap = bind_formula(written, values)
            return Right(formula=formula, gap=gap)
    raise TypeError(f"not what a sum is held against: {operand}")


def _broken(found: Judgement, number: int, must: MustHold, asked: Right) -> bool:
    paid, due = _sums(found, number, must, asked)
    return found.decided_by(number) and None not in {paid, due} and paid != due


def _sums(
    found: Judgement, number: int, must: MustHold, asked: Right
) -> tuple[int | None, int | None]:
    row = found.bound.rules[number]
    parts = [value_of(row.values[name], found.facts) for name in must.outputs if name in row.values]
    due = value_of(asked, found.facts)
    known = [int(one) for one in parts if isinstance(one, int | Decimal)]
    paid = sum(known) if len(known) == len(parts) else None
    return paid, int(due) if isinstance(due, int | Decimal) else None


def _yuan(fen: int | None, unit: str = "元") -> str:
    return "?" if fen is None else f"{from_fen(fen, '元'):f} {unit}"
