"""Forms for tests: the site's own, and small ones written on the spot."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import polib
import pytest
from translationstring import TranslationString

from jiebang.forms import FormBook, Option
from jiebang.wording import Wording

ROOT = Path(__file__).resolve().parents[3]
FORMS = ROOT / "forms"
CATALOGS = ROOT / "locales" / "zh_CN" / "LC_MESSAGES"


def _words() -> dict[str, str]:
    words: dict[str, str] = {}
    for domain in ("colander", "deform", "jiebang"):
        for entry in polib.pofile(str(CATALOGS / f"{domain}.po")).translated_entries():
            words[entry.msgid] = entry.msgstr
    return words


@pytest.fixture(scope="session")
def translator() -> Callable[[object, str], str]:
    words = _words()

    def translate(message: object, locale: str) -> str:
        if not isinstance(message, TranslationString):
            return str(message)
        return str(message.interpolate(words[str(message)] if locale == "zh_CN" else None))

    return translate


@pytest.fixture(scope="session")
def book(translator: Callable[[object, str], str]) -> FormBook:
    return FormBook.load(FORMS, translator=translator)


@pytest.fixture(scope="session")
def choices() -> dict[str, list[Option]]:
    return {
        "edition.sessions": [
            Option(code=str(seq), label=Wording(zh=f"专场{seq}", en=f"Session {seq}"))
            for seq in range(1, 30)
        ],
        "announcement.hideable": [Option(code="uscc", label=Wording(zh="信用代码", en="Code"))],
    }


BLOCK = """\
block: contact
title: {zh: 联系人, en: Contact}
source: R
fields:
  - {key: contact, type: text, max: 20, required: true, label: {zh: 联系人, en: Contact person}}
  - {key: mobile, type: phone, required: true, label: {zh: 手机, en: Mobile phone}, fact: mobile}
  - {key: email, type: email, label: {zh: 电子邮箱, en: E-mail}, shown_when: {field: mobile, filled: true}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one list and one block, and no form."""
    target = tmp_path / "forms"
    for name in ("lists/rating-5.yaml", "uploads.yaml"):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(FORMS / name, target / name)
    (target / "blocks").mkdir()
    (target / "blocks" / "contact.yaml").write_text(BLOCK, encoding="utf-8")
    return target


@pytest.fixture
def asking(folder: Path, translator: Callable[[object, str], str]) -> Callable[..., FormBook]:
    """Write a form ``probe`` with one section of the given fields, and load it.

    ``more`` is what else its file says, such as ``checks:`` or another section.
    """

    def write(*fields: str, more: str = "") -> FormBook:
        lines = "".join(f"      - {field}\n" for field in fields)
        text = (
            "id: probe\nversion: 1\ntitle: {zh: 试填, en: Probe}\nsource: R\nsections:\n"
            "  - id: only\n    title: {zh: 部分, en: Section}\n    fields:\n" + lines + more
        )
        (folder / "probe.yaml").write_text(text, encoding="utf-8")
        return FormBook.load(folder, translator=translator)

    return write
