"""Formulas over columns come to what they come to one by one."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from jiebang.policy.bulk.sheet import ROW, Sheet, encoded
from jiebang.policy.formula import evaluate
from jiebang.policy.language.terms import Call, FactRef, Formula, NameOf, Number, Term
from jiebang.policy.language.types import DECIMAL_PLACES, LARGEST, Type

_WIDEST = LARGEST * Decimal(1).scaleb(-DECIMAL_PLACES)
DECIMALS = st.one_of(
    st.sampled_from([Decimal(0), Decimal("0.000001"), Decimal("-0.5"), Decimal(3), _WIDEST]),
    st.decimals(-_WIDEST, _WIDEST, places=DECIMAL_PLACES),
)
NAMES = ("x.a", "x.b", "x.c")
LEAVES = st.one_of(
    st.sampled_from(NAMES).map(lambda name: NameOf(FactRef(name), money=False)),
    st.decimals(0, 10**16, places=DECIMAL_PLACES).map(lambda one: Number(one, money=False)),
)


def _calls(terms: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    two = st.tuples(terms, terms)
    money = st.booleans()
    return st.one_of(
        st.builds(Call, st.sampled_from(["+", "-", "*", "/", "min", "max"]), two, money),
        st.builds(Call, st.just("neg"), st.tuples(terms), money),
        st.builds(
            Call,
            st.sampled_from(["round", "floor", "ceil"]),
            st.tuples(terms),
            money,
            st.integers(-6, 6),
        ),
    )


TERMS: st.SearchStrategy[Term] = st.recursive(LEAVES, _calls, max_leaves=6)
CASES = st.lists(
    st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, DECIMALS)), min_size=1, max_size=4
)


def _two(function: str, left: Term, right: Term) -> Term:
    return Call(function, (left, right), money=False)


A, B = (NameOf(FactRef(name), money=False) for name in NAMES[:2])


@given(TERMS, CASES)
@example(_two("/", A, _two("/", B, B)), [{"x.a": Decimal(0), "x.b": Decimal(1)}])
@example(_two("*", _two("/", A, B), _two("/", A, B)), [{"x.a": _WIDEST, "x.b": Decimal(70)}])
@example(Call("neg", (_two("/", A, B),), money=False), [{"x.a": _WIDEST, "x.b": Decimal("0.007")}])
def test_columns_and_rows_come_to_the_same(term: Term, cases: list[dict[str, Decimal]]) -> None:
    typed = Type("decimal")
    columns = {
        name: pl.Series([encoded(typed, one.get(name)) for one in cases], dtype=pl.Int64)
        for name in NAMES
    }
    frame = pl.DataFrame({ROW: range(len(cases)), **columns})
    sheet = Sheet(frame, dict.fromkeys(NAMES, typed))
    found = sheet.formula(Formula("", term, typed))
    held = sheet.frame.select(found.expr).to_series().to_list()
    told = [None if one is None else Decimal(f"{one}e{-found.scale}") for one in held]
    assert told == [evaluate(term, one) for one in cases]
    assert all(one is None or found.low <= one <= found.high for one in held)
