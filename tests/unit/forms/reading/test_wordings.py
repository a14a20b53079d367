"""Texts that lack a language: told with their line, and no reason to stop the site."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiebang.forms import FormBook
from jiebang.forms.reading.wordings import lacking_words

FORMS = Path(__file__).resolve().parents[4] / "forms"
PROBE = """\
id: probe
version: 1
title: {zh: 试填, en: Probe}
source: R
sections:
  - id: only
    title: {zh: 部分, en: Section}
    text: [{zh: 说明, en: Note}]
    fields:
      - key: kind
        type: one_of
        label: {zh: 类别, en: Kind}
        options:
          - {code: a, label: {zh: 甲, en: A}}
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "zh"),
    [
        ("label: {zh: 类别, en: Kind}", "label: {zh: 类别}", 12, "缺少英文"),
        ("label: {zh: 类别, en: Kind}", "label: 类别", 12, "缺少英文"),
        ("label: {zh: 类别, en: Kind}", 'label: {zh: " ", en: Kind}', 12, "缺少中文"),
        ("text: [{zh: 说明, en: Note}]", "text: 说明", 8, "缺少英文"),
        ("text: [{zh: 说明, en: Note}]", "text: [说明]", 8, "缺少英文"),
        ("{zh: 甲, en: A}", '{zh: 甲, en: ""}', 14, "缺少英文"),
    ],
)
def test_a_text_without_a_language_is_told(
    folder: Path, old: str, new: str, line: int, zh: str
) -> None:
    assert old in PROBE
    (folder / "probe.yaml").write_text(PROBE.replace(old, new), "utf-8")
    (found,) = lacking_words(folder, ["probe"])
    assert (found.file, found.line, found.zh) == (f"{folder.name}/probe.yaml", line, zh)
    assert "has no" in found.en
    assert "probe" in FormBook.load(folder)


def test_the_forms_of_the_site_say_everything_in_both_languages() -> None:
    assert list(lacking_words(FORMS)) == []
