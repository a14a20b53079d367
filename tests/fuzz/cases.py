"""Cases for the generated books: on the edge, beside it, and with facts missing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date
from random import Random
from typing import Any, Final

from tests.fuzz.words import FACTS, FIELDS, RECORDS, Kind, beside, plain, value_of

Case = dict[str, Any]
#: Lists of this many items; some are longer than any threshold.
_SIZES: Final = (0, 0, 1, 1, 2, 3, 7)


def write_case(chosen: Random, asked: Iterable[str], *, missing: float = 0.3) -> Case:
    """The facts of a case, as the site keeps them; each is missing with a probability."""
    names = [one for one in asked if one in FACTS]
    return {name: found_value(name, chosen) for name in names if chosen.random() >= missing}


def found_value(name: str, chosen: Random) -> Any:
    """A value of a fact, as the site keeps it."""
    kind = FACTS[name]
    if kind.scalar == "record":
        return [_record(chosen) for _ in range(chosen.choice(_SIZES))]
    if kind.many:
        return [_scalar(kind.one, name, chosen) for _ in range(chosen.choice(_SIZES))]
    return _scalar(kind, name, chosen)


def _record(chosen: Random) -> dict[str, Any]:
    missing = chosen.choice([0.0, 0.0, 0.15, 0.5])
    return {
        name: _scalar(kind, name, chosen)
        for name, kind in FIELDS.items()
        if chosen.random() >= missing
    }


def _scalar(kind: Kind, name: str, chosen: Random) -> Any:
    value = plain(value_of(kind, name, chosen))
    if isinstance(value, str):
        # Texts come in either form; a code is one of its options.
        odd = kind.scalar == "text" and chosen.random() < 0.3
        return unicodedata.normalize("NFD", value) if odd else value
    value = beside(value, chosen.choice([-1, 0, 0, 1]))
    if isinstance(value, date) and chosen.random() < 0.3:
        return value.isoformat()
    return value


def complete(case: Case, names: Iterable[str], chosen: Random) -> Case:
    """The case with what it lacks put in: whole facts, and the fields of its records."""
    whole = {name: case.get(name, found_value(name, chosen)) for name in names if name in FACTS}
    if RECORDS in whole:
        whole[RECORDS] = [
            {name: one.get(name, _scalar(kind, name, chosen)) for name, kind in FIELDS.items()}
            for one in whole[RECORDS]
        ]
    return whole
