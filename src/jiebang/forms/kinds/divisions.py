"""行政区划代码 (GB/T 2260): which codes are in use, and what the divisions are called.

The table is that of python-stdnum, which keeps abolished divisions with the years they were in use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

#: ``[1993-2009]南汇区``: a name, and the years in which the code was its own.
_NAME = re.compile(r"(?:\[[0-9]*-([0-9]*)\])?([^,\[]+)")
_LINE = re.compile('( *)([0-9]+) (?:province|county)="([^"]*)"')
#: How the names end that only group what is below them.
_GROUPING = ("市辖区", "县级行政单位", "省直辖行政单位")


def in_use() -> Mapping[str, str]:
    """Every code in use and the full name of its division, from the province down."""
    return _tables()[0]


def name_of(code: str) -> str:
    """The full name of a division, also of one that is no more; empty for no code at all."""
    current, former, _codes = _tables()
    return current.get(code) or former.get(code, "")


def code_of(name: str) -> str | None:
    """The code of a division in use by its full name."""
    return _tables()[2].get(name)


@cache
def _tables() -> tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str]]:
    """Code to full name, in use and former, and full name to code in use."""
    own: dict[str, tuple[str, bool]] = {code: (name, ended) for code, name, ended in _read()}
    full = {code: _full(code, own) for code in own}
    current = {code: name for code, name in full.items() if not own[code][1]}
    former = {code: name for code, name in full.items() if own[code][1]}
    return current, former, {name: code for code, name in current.items()}


def _full(code: str, own: Mapping[str, tuple[str, bool]]) -> str:
    above = [code[:2] + "0000", code[:4] + "00"]
    names = [own[one][0] for one in above if one in own and one != code]
    kept = [name for name in names if not name.endswith(_GROUPING) and name != "县"]
    return "".join([*kept, own[code][0]])


def _read() -> Iterator[tuple[str, str, bool]]:
    """Code, last name and whether it has ended, of every line of the table."""
    province = ""
    table = files("stdnum.cn").joinpath("loc.dat").read_text(encoding="utf-8")
    for indent, digits, names in _LINE.findall(table):
        if not indent:
            province = digits
            continue
        *_earlier, (ended, name) = _NAME.findall(names)
        yield province + digits, name, bool(ended)
