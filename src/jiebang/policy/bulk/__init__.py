"""Bulk: a policy read into polars expressions, to decide a million cases at once.

``decide_all(book, policy_id, cases, as_of)`` answers typed case dicts, as ``Decider.outcomes`` does,
with one ``Answer`` each (``missing`` is always empty: bulk does not say what is missing)::

    answers = decide_all(book, "voucher", [{"contract.amount": 500_000}], date(2019, 9, 1))

Over frames::

    verdicts = Bulk(book, as_of).over(frame).verdicts("voucher")
    verdicts.frame  # outcome, code, rule, flags, "value amount", …
    verdicts.kinds  # {"amount": Kind("number", scale=0, money=True)}

A frame has a column for each fact, named like it, typed as ``dtype_of`` says: money in fen and
integers as ``Int64``, decimals in millionths as ``Int64``, dates as ``Date``, lists as ``List``, records as
``List(Struct)``. A null, or no column, is a missing fact. ``jiebang.policy.bulk.reading`` makes such
frames of what people write.

Numbers are whole numbers with a scale, never floats. What 128 bits might not hold is worked out row by
row with the functions of the explainer; ``Bulk.tally`` counts how often.
"""

from jiebang.policy.bulk.amounts import Kind
from jiebang.policy.bulk.deciding import Bulk, Verdicts, decide_all, typed_frame
from jiebang.policy.bulk.sheet import dtype_of

__all__ = ["Bulk", "Kind", "Verdicts", "decide_all", "dtype_of", "typed_frame"]
