"""Data that a JSON Schema of ours takes, and the same spoiled in one place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from jiebang.forms.jsonschema.kinds import LINE, LINES, whole
from jiebang.forms.signs import refused_sign
from tests.unit.forms.left_checks import TODAY

Json = Any

_SIGNS = st.characters(codec="utf-8")
_KEPT = st.characters(
    codec="utf-8",
    exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp"),
    exclude_characters=[one for one in map(chr, range(0x110000)) if refused_sign(one)],
) | st.sampled_from("技术指标 可量化 abc 123")
_ODD = st.sampled_from(
    ["", " ", "甲 ", "\u3000甲", "e\u0301", "\u212b", "甲\n乙", "甲\t乙", "a\x00", "\ufeff", "\u202e",
     "\ufffe", "甲" * 3000, "12", "12.50", "-0", "2019-02-29", "2020-02-29", "２０１９", "是",
     "A@B.CN", "a@b.cn\n", "91310115MA1K00023E", "91310115ma1k00023e", "310115", "999999", "C39",
     "C99", "+8613800000000", "https://example.com/\u4e2d", "x"]
)  # fmt: skip
_NUMBERS = st.integers(-(10**16), 10**16) | st.sampled_from(
    [0, 1, -1, 12.0, 12.5, 1.5e300, 1900, 1899, 2100, 2101, True, 10**15, 10**15 - 1]
)
_SCALARS = st.none() | st.booleans() | _NUMBERS | _ODD | st.text(_SIGNS, max_size=8)
_ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["from", "to", "name", "date", "x"]), inner, max_size=3)
    ),
    max_leaves=4,
)


def instances(schema: Json, root: Json) -> st.SearchStrategy[Any]:
    """Data that a schema without conditions takes."""
    match schema:
        case {"$ref": name}:
            made = instances(root["$defs"][name.split("/")[-1]], root)
        case {"enum": codes}:
            made = st.sampled_from(codes)
        case {"const": value}:
            made = st.just(value)
        case {"not": _}:
            made = st.nothing()
        case {"type": "boolean"}:
            made = st.booleans()
        case {"type": "integer", "minimum": least, "maximum": most}:
            made = st.integers(least, most)
        case {"type": "string"}:
            made = _strings(schema)
        case {"type": "array"}:
            made = _lists(schema, instances(schema["items"], root))
        case {"type": "object"}:
            made = _objects(schema, root)
        case _:
            made = _ANYTHING
    return made


def _lists(schema: Json, items: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    least, most = schema["minItems"], schema.get("maxItems", 4)
    unique = json.dumps if schema.get("uniqueItems") else None
    if items.is_empty:
        return st.nothing()
    return st.lists(items, min_size=least, max_size=min(most, least + 3), unique_by=unique)


def _strings(schema: Json) -> st.SearchStrategy[str]:
    patterns = [schema["pattern"], *(one["pattern"] for one in schema.get("allOf", ()))]
    least, most = schema.get("minLength", 1), schema.get("maxLength")
    fit = [re.compile(one) for one in patterns]
    if schema["pattern"] in {whole(LINE), whole(LINES)} and len(patterns) == 1:
        drawn = st.text(_KEPT, min_size=least, max_size=min(most, least + 30)).map(_unblank)
        drawn |= st.just("技" * most)
    else:
        drawn = st.from_regex(fit[-1]).map(str.strip)
        if schema.get("format") == "date":
            # Most checks between days hold of late ones.
            late = st.dates(TODAY - timedelta(days=9), TODAY).map(date.isoformat)
            drawn = late | late | late | drawn
    return drawn.filter(
        lambda text: all(one.search(text) for one in fit) and least <= len(text) <= (most or 9999)
    )


def _unblank(text: str) -> str:
    """Text with a sign where it began or ended with a blank."""
    ends = [sign if sign.strip() else "技" for sign in (text[0], text[-1])]
    return ends[0] + text[1:-1] + ends[1] if len(text) > 1 else ends[0]


def _objects(schema: Json, root: Json) -> st.SearchStrategy[dict[str, Any]]:
    parts = {key: instances(one, root) for key, one in schema["properties"].items()}
    required = set(schema.get("required", ()))
    made = st.fixed_dictionaries(
        {key: one for key, one in parts.items() if key in required},
        optional={
            key: one for key, one in parts.items() if key not in required and not one.is_empty
        },
    )
    return made.filter(lambda one: len(one) >= schema.get("minProperties", 0))


def repaired(
    validator: Draft202012Validator, data: dict[str, Any], spare: Mapping[str, Any]
) -> dict[str, Any]:
    """Data with what its answers call for put in, and what they do not call for taken out."""
    for _time in range(len(data) + len(spare)):
        before = dict(data)
        for rule in validator.schema.get("allOf", ()):
            if "if" not in rule:
                continue
            met = validator.evolve(schema=rule["if"]).is_valid(data)
            for key in rule.get("then", {}).get("required", ()) if met else ():
                if key in spare:
                    data.setdefault(key, spare[key])
            for key in () if met else rule.get("else", {}).get("properties", ()):
                data.pop(key, None)
        if data == before:
            break
    return data


def spoiled(data: Json, draw: Callable[..., Any], keys: list[str]) -> Json:
    """Data changed in one place."""
    if isinstance(data, dict) and data and draw(st.integers(0, 3)):
        key = draw(st.sampled_from(sorted(data)))
        if draw(st.integers(0, 4)):
            return {**data, key: spoiled(data[key], draw, [])}
        return {name: value for name, value in data.items() if name != key}
    if isinstance(data, list) and data and draw(st.integers(0, 3)):
        at = draw(st.integers(0, len(data) - 1))
        others = [*data[:at], *data[at + 1 :]]
        if draw(st.booleans()):
            return draw(st.sampled_from([others, [*data, data[at]], data * 40]))
        return [*data[:at], spoiled(data[at], draw, []), *data[at + 1 :]]
    if isinstance(data, dict):
        return {**data, draw(st.sampled_from([*keys, "x"])): draw(_ANYTHING)}
    if isinstance(data, str) and draw(st.booleans()):
        return draw(
            st.sampled_from([data + "\n", " " + data, data + "\u0301", data[:-1], data * 2])
        )
    return draw(_ANYTHING)
