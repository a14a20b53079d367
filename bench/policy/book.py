"""The rule set as one of our books: a vocabulary of forty facts and one policy file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from bench.policy.cases import Field, Leaf, Plain, Rule, fields
from jiebang.policy import Book, load_book

AS_OF: Final = date(2019, 9, 1)
POLICY: Final = "side-by-side"
_FEN: Final = 100
_KINDS: Final = {
    "boolean": "是否",
    "code": "类别",
    "integer": "数量",
    "decimal": "比例",
    "money": "金额",
    "date": "日期",
}


def fact_name(field: Field) -> str:
    """The dotted name of a fact in our vocabulary."""
    return f"case.{field.name}"


def write_book(folder: Path, rules: Sequence[Rule]) -> Book:
    """Write the rules as a book into a folder, and load it."""
    policy = {
        "policy": POLICY,
        "title": {"zh": "并排比较的规则", "en": "Rules compared side by side"},
        "source": {"document": "沪科合〔2019〕23号", "clause": "SH-3.1(1)", "quote": "……"},
        "effective": {"from": "2019-08-05"},
        "default": {"outcome": "deny", "code": "NOTHING_MET", "say": "没有一条规则成立"},
        "rules": [_rule(one) for one in rules],
    }
    return write_files(folder, {fact_name(one): _fact(one) for one in fields()}, policy)


def write_files(
    folder: Path, facts: dict[str, Any], policy: dict[str, Any], *, book: str = "book"
) -> Book:
    """Write a vocabulary and one policy, and load the book. JSON is YAML that needs no quoting."""
    place = folder / book
    place.mkdir(parents=True, exist_ok=True)
    _write(folder / "vocabulary.yaml", {"facts": facts})
    _write(place / f"{policy['policy']}.yaml", policy)
    return load_book(place)


def _write(path: Path, data: dict[str, Any]) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _fact(field: Field) -> dict[str, Any]:
    fact: dict[str, Any] = {
        "type": field.kind,
        "label": {"zh": f"{_KINDS[field.kind]}{field.name[-1]}", "en": field.name},
        "source": {"case": field.name},
    }
    if field.options:
        fact["options"] = {one: {"zh": one, "en": one} for one in field.options}
    if field.kind == "money":
        fact["unit"] = "元"
    return fact


def _rule(rule: Rule) -> dict[str, Any]:
    parts = [
        _leaf(one) if isinstance(one, Leaf) else {"any": [_leaf(leaf) for leaf in one.leaves]}
        for one in rule.parts
    ]
    code = rule.id.upper().replace("-", "_")
    say = {"zh": f"规则{rule.id}成立", "en": f"{rule.id} is met"}
    then = {"outcome": rule.outcome, "code": code, "say": say}
    return {"id": rule.id, "when": {"all": parts}, "then": then}


def _leaf(leaf: Leaf) -> dict[str, Any]:
    asked = leaf.asked
    written = list(asked) if isinstance(asked, tuple) else _written(leaf.field.kind, asked)
    unmet = {"zh": f"{leaf.field.name}不符合要求", "en": f"{leaf.field.name} does not do"}
    return {"fact": fact_name(leaf.field), leaf.operator: written, "unmet": unmet}


def _written(kind: str, value: Plain) -> bool | int | str:
    """A value as people write it: money in 元."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value // _FEN if kind == "money" and isinstance(value, int) else value
