"""The catalogs in ``locales/`` are fresh, complete and sound.

English is complete by construction: a message's id is its English text, or its default is.
"""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest

from tools.translations import LOCALES, TEMPLATE, extract, template

CATALOGS = sorted(LOCALES.glob("*/LC_MESSAGES/*.po"))
PLACEHOLDER = re.compile(r"\$\{\w+\}")
# {name} without its dollar sign would be shown to people as it stands.
BARE_BRACE = re.compile(r"(?<!\$)\{\w*\}")
# Shown as it is in every language: the name of the site and of each language.
NAMES = {"揭榜", "中文", "简体中文"}


def _name(path: Path) -> str:
    return f"{path.parent.parent.name}-{path.stem}"


def _english(entry: polib.POEntry) -> str:
    return entry.comment.removeprefix("Default: ") if "Default: " in entry.comment else entry.msgid


def _template() -> polib.POFile:
    return polib.pofile(str(TEMPLATE))


def test_template_is_fresh(tmp_path: Path) -> None:
    extract(tmp_path / "now.pot")
    now = {entry.msgid for entry in polib.pofile(str(tmp_path / "now.pot"))}
    kept = {entry.msgid for entry in _template()}
    assert now == kept, "run `make translations`"


def test_chinese_has_all_domains() -> None:
    found = {path.stem for path in CATALOGS if path.parent.parent.name == "zh_CN"}
    assert found == {"jiebang", "colander", "deform"}


@pytest.mark.parametrize("path", CATALOGS, ids=_name)
def test_catalog_is_complete(path: Path) -> None:
    catalog = polib.pofile(str(path), check_for_duplicates=True)
    translated = {entry.msgid for entry in catalog.translated_entries()}
    assert {entry.msgid for entry in template(path.stem)} == translated
    assert not [entry.msgid for entry in catalog if entry.fuzzy]
    assert not catalog.obsolete_entries()


@pytest.mark.parametrize("path", CATALOGS, ids=_name)
def test_translation_keeps_the_placeholders(path: Path) -> None:
    wrong = [
        (_english(entry), entry.msgstr)
        for entry in polib.pofile(str(path)).translated_entries()
        if set(PLACEHOLDER.findall(_english(entry))) != set(PLACEHOLDER.findall(entry.msgstr))
    ]
    assert not wrong


def test_messages_are_english() -> None:
    chinese = [text for text in map(_english, _template()) if re.search("[一-龥]", text)]
    assert not set(chinese) - NAMES


def test_no_brace_without_its_dollar() -> None:
    assert not [text for text in map(_english, _template()) if BARE_BRACE.search(text)]


def test_compiled_catalog_says_what_the_source_says() -> None:
    for path in CATALOGS:
        compiled = {e.msgid: e.msgstr for e in polib.mofile(str(path.with_suffix(".mo")))}
        source = {e.msgid: e.msgstr for e in polib.pofile(str(path)).translated_entries()}
        assert compiled == source, "run `make setup`"
