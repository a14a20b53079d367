"""Bulk held against engine and explainer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from jiebang.policy import Book, Decider, load_book
from jiebang.policy.bulk import decide_all
from jiebang.policy.decider import Answer

DAY = date(2019, 9, 1)
VOCABULARY = """
facts:
  case.kind:
    type: code
    label: 类型
    options: {a: 甲, b: 乙, c: 丙}
    source: {case: kind}
  case.name: {type: text, label: 名称, source: {case: name}}
  case.sound: {type: boolean, label: 完好, source: {case: sound}}
  case.count: {type: integer, label: 数量, source: {case: count}}
  case.ratio: {type: decimal, label: 比例, source: {case: ratio}}
  case.price: {type: money, label: 金额, unit: 元, source: {case: price}}
  case.filed: {type: date, label: 提交日, source: {case: filed}}
  case.signed: {type: date, label: 签订日, source: {case: signed}}
  case.today: {type: date, label: 当日, source: {clock: today}}
  case.days: {type: list of integer, label: 天数, source: {case: days}}
  case.names: {type: list of text, label: 名单, source: {case: names}}
  case.parts:
    type: list of records
    label: 部分
    fields:
      kind: {type: code, label: 类型}
      share: {type: decimal, label: 份额}
      price: {type: money, unit: 元, label: 金额}
      made: {type: date, label: 完成日}
    source: {case: parts}
  case.half: {type: money, unit: 元, label: 一半, source: {formula: case.price / 2}}
  other.paid: {type: money, unit: 元, label: 已付, source: {policy: other, value: paid}}
"""
HEAD = """
title: 试验
source: {document: 沪科合〔2019〕23号, clause: SH-3.1(1), quote: 本市注册企业}
effective: {from: 2019-08-05, until: 2019-12-31}
"""
DEFAULT = "default: {outcome: deny, code: REFUSED, say: 不行}\n"
#: A policy that others may rest on.
OTHER = """
outputs: {paid: {type: money, unit: 元, label: 已付}}
rules:
  - id: sound
    when: {fact: case.sound, is: 是}
    then: {outcome: grant, code: SOUND, say: 行, paid: case.price * 10%}
"""
Case = Mapping[str, object]


def write_policy(folder: Path, name: str, body: str, *, default: str = DEFAULT) -> None:
    """A policy file from the part after its head."""
    (folder / f"{name}.yaml").write_text(f"policy: {name}\n{HEAD}{default}{body}", "utf-8")


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Book]:
    """A book of the policy ``trial`` and of one that it may rest on."""

    def made(body: str, *, default: str = DEFAULT) -> Book:
        folder = tmp_path / "book"
        folder.mkdir(exist_ok=True)
        (tmp_path / "vocabulary.yaml").write_text(VOCABULARY, "utf-8")
        write_policy(folder, "trial", body, default=default)
        write_policy(folder, "other", OTHER)
        return load_book(folder)

    return made


@pytest.fixture
def agreed(decider: Decider) -> Callable[..., list[Answer]]:
    """What bulk says of cases, after the decider has been found to say the same."""

    def asked(book: Book, cases: Sequence[Case], day: date = DAY) -> list[Answer]:
        mine = decide_all(book, "trial", cases, day)
        theirs = list(decider.outcomes(book, "trial", cases, day))
        told = [(a.outcome, a.code, a.rule, a.flags, dict(a.values)) for a in theirs]
        assert [(a.outcome, a.code, a.rule, a.flags, dict(a.values)) for a in mine] == told
        return mine

    return asked
