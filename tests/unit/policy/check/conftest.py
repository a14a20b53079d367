"""Books of one policy or award, and what a check says of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jiebang.policy import Decider, check_book
from jiebang.yamlfile import Finding

VOCABULARY = """
facts:
  case.kind:
    type: code
    label: {zh: 类型, en: Kind}
    options: {a: 甲, b: 乙, c: 丙}
    source: {case: kind}
  case.sound: {type: boolean, label: 完好, source: {case: sound}}
  case.name: {type: text, label: 名称, source: {case: name}}
  case.count: {type: integer, label: 数量, unit: 件, source: {case: count}}
  case.ratio: {type: decimal, label: 比例, source: {case: ratio}}
  case.price: {type: money, label: 金额, unit: 元, source: {case: price}}
  case.cost: {type: money, label: 成本, unit: 元, source: {case: cost}}
  case.filed: {type: date, label: 提交日, source: {journal: filed}}
  case.today: {type: date, label: 当日, source: {clock: today}}
  case.parts: {type: list of code, label: 组成, source: {case: parts}}
  case.share: {type: decimal, label: 占比, source: {formula: "case.cost / case.price"}}
  case.profit: {type: money, unit: 元, label: 利润, source: {formula: "case.price - case.cost"}}
  entry.by_district: {type: boolean, label: 区推荐, source: {case: by_district}}
  entry.amount: {type: money, unit: 元, label: 金额, source: {case: amount}}
"""

HEAD = """
policy: trial
title: {zh: 试验, en: Trial}
source: {document: 沪科合〔2019〕23号, clause: SH-3.1(1), quote: 本市注册企业}
effective: {from: 2019-08-05, until: 2019-12-31}
"""

Check = Callable[..., list[Finding]]


@pytest.fixture
def check(tmp_path: Path, decider: Decider) -> Check:
    """The findings on a book of one file; by default only those that are proved or counted."""

    def run(
        body: str, *, head: str = HEAD, clauses: str = "", examples: bool = False
    ) -> list[Finding]:
        folder = tmp_path / "book"
        folder.mkdir(exist_ok=True)
        (tmp_path / "vocabulary.yaml").write_text(VOCABULARY, encoding="utf-8")
        if clauses:
            (tmp_path / "clauses.yaml").write_text(clauses, encoding="utf-8")
        (folder / "trial.yaml").write_text(head + body, encoding="utf-8")
        found = check_book(folder, decider=decider)
        return [one for one in found if examples or one.code != "no_example"]

    return run
