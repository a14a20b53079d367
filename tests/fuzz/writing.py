"""Policies as YAML: the same data, in the many ways in which people write it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any, Final

from tests.fuzz.formulas import FORMULAS, Expr
from tests.fuzz.words import BASED, DERIVED, FACTS, FIELDS, OPTIONS, Fen, Kind

_WORD: Final = re.compile(r"[a-z][a-z0-9_]*([.-][a-z0-9_]+)*|[一-龥]+")
#: Words that mean something else where they stand bare.
_NOT_BARE: Final = frozenset(
    {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "是", "否"}
)
#: What YAML takes for the end of a line, or does not take at all.
_ODD: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")
#: A number of more digits would be rounded by a reader of floats: people are told to quote it.
_DIGITS: Final = 15


def write_policy(doc: Mapping[str, Any], chosen: Random) -> str:
    """The file of a policy."""
    lines = []
    for key, value in doc.items():
        if key in {"rules", "parameters", "outputs"}:
            lines.append(f"{key}:")
            block = value.items() if isinstance(value, Mapping) else enumerate(value)
            for name, one in block:
                mark = f"  {name}: " if isinstance(value, Mapping) else "  - "
                lines.append(mark + written(one, chosen))
        elif key == "table":
            lines.append("table:")
            lines += [
                f"  {name}: {written(one, chosen)}" for name, one in value.items() if name != "rows"
            ]
            lines += ["  rows:", *(f"    - {written(one, chosen)}" for one in value["rows"])]
        else:
            lines.append(f"{key}: {written(value, chosen)}")
    return "\n".join(lines) + "\n"


def written(value: Any, chosen: Random) -> str:
    """A value in flow style."""
    match value:
        case str():
            return _text(value, chosen)
        case Mapping():
            return "{" + ", ".join(f"{k}: {written(v, chosen)}" for k, v in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(written(one, chosen) for one in value) + "]"
    return _scalar(value, chosen)


def _scalar(value: Any, chosen: Random) -> str:
    match value:
        case None:
            return "null"
        case Expr():
            return json.dumps(str(value), ensure_ascii=False)
        case bool():
            return chosen.choice(("是", "true") if value else ("否", "false"))
        case Fen():
            # Never quoted: a quoted amount of an outcome is a formula, and a formula names its unit.
            return format(value.shown, "f")
        case Decimal():
            return _number(value, chosen)
        case date():
            return chosen.choice([value.isoformat(), f'"{value.isoformat()}"'])
    return str(value)


def _number(value: Decimal, chosen: Random) -> str:
    text = format(value, "f")
    if len(text.replace(".", "").lstrip("-0")) > _DIGITS or chosen.random() < 0.2:
        return f'"{text}"'
    return text


def _text(text: str, chosen: Random) -> str:
    if _WORD.fullmatch(text) and text not in _NOT_BARE and chosen.random() < 0.8:
        return text
    if chosen.random() < 0.5:
        text = unicodedata.normalize("NFD", text)
    quoted = json.dumps(text, ensure_ascii=False)
    return _ODD.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def vocabulary(values: frozenset[str]) -> str:
    """The facts as a file. ``values`` are those of the first policy that may be facts."""
    lines = ["facts:"]
    for name, kind in FACTS.items():
        lines.append(f"  {name}: {{{_typed(name, kind)}, source: {{case: x}}}}")
    for name, kind in DERIVED.items():
        source = f'formula: "{FORMULAS[name]}"' if name in FORMULAS else "clock: today"
        lines.append(f"  {name}: {{{_typed(name, kind)}, source: {{{source}}}}}")
    for name, (kind, value) in BASED.items():
        if not value or value in values:
            source = "policy: base" + f", value: {value}" * bool(value)
            lines.append(f"  {name}: {{{_typed(name, kind)}, source: {{{source}}}}}")
    return "\n".join(lines) + "\n"


def _typed(name: str, kind: Kind) -> str:
    if kind.scalar == "record":
        fields = ", ".join(f"{one}: {{{_typed(one, FIELDS[one])}}}" for one in FIELDS)
        return f"type: list of records, label: {name}, fields: {{{fields}}}"
    told = f"type: {kind.named}, label: 事实 {name}"
    if name in OPTIONS:
        told += f", options: {{{', '.join(f'{one}: {one}' for one in OPTIONS[name])}}}"
    return told + f", unit: {kind.unit}" * bool(kind.unit)
