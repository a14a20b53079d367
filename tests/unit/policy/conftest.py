"""Small books for the tests of the policy room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jiebang.policy import Book, Decider, load_book

REPOSITORY = Path(__file__).parents[3]

VOCABULARY = """
facts:
  case.kind:
    type: code
    label: {zh: 类型, en: Kind}
    options: {a: 甲, b: 乙, c: 丙}
    source: {case: kind}
  case.name: {type: text, label: 名称, source: {case: name}}
  case.alias: {type: text, label: 别名, source: {case: alias}}
  case.sound: {type: boolean, label: 完好, source: {case: sound}}
  case.open: {type: boolean, label: 开放, source: {case: open}}
  case.count: {type: integer, label: 数量, unit: 件, source: {case: count}}
  case.ratio: {type: decimal, label: 比例, source: {case: ratio}}
  case.price: {type: money, label: 金额, unit: 万元, source: {case: price}}
  case.filed: {type: date, label: 提交日, source: {journal: filed}}
  case.published: {type: date, label: 公示日, source: {journal: published}}
  case.days: {type: list of integer, label: 各日天数, source: {case: days}}
"""

HEAD = """
policy: trial
title: {zh: 试验, en: Trial}
source: {document: 沪科合〔2019〕23号, clause: SH-3.1(1), quote: 本市注册企业}
effective: {from: 2019-08-05, until: 2019-12-31}
"""

DEFAULT = "default: {outcome: deny, code: REFUSED, say: 不行}\n"


@pytest.fixture(scope="session")
def decider() -> Iterator[Decider]:
    """One decider for all tests that do not kill its process; patient on a busy machine."""
    one = Decider(limit=5)
    yield one
    one.close()


@pytest.fixture
def make_book(tmp_path: Path) -> Callable[..., Book]:
    """A book of one policy from the part of its file after the head."""

    def make(body: str, *, default: str = DEFAULT) -> Book:
        folder = tmp_path / "book"
        folder.mkdir(exist_ok=True)
        (tmp_path / "vocabulary.yaml").write_text(VOCABULARY, encoding="utf-8")
        (folder / "trial.yaml").write_text(HEAD + default + body, encoding="utf-8")
        return load_book(folder)

    return make


@pytest.fixture(scope="session")
def shanghai() -> Book:
    """The book of the notice."""
    return load_book(REPOSITORY / "rules" / "shanghai-2019")
