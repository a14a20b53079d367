"""A sheet whose layout is broken, or whose fonts are missing: said in plain words, not a fault page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functional.filling import form, pre_register
from tests.living import ROOT, Living, living

BROKEN = '#import "print/parts.typ": *\n\n#let sheet = (\n'


@pytest.fixture
def own_layouts(tmp_path: Path) -> Iterator[Living]:
    """A site on form files of its own, read again when they change."""
    shutil.copytree(ROOT / "forms", tmp_path / "forms")
    changed = {"jiebang.forms": str(tmp_path / "forms"), "jiebang.reload_rules": "true"}
    with living(tmp_path, **changed) as one:
        yield one


def test_a_broken_layout_is_told_to_whoever_prints(own_layouts: Living) -> None:
    demander, officer = own_layouts.client("demander"), own_layouts.client("case_officer")
    case = pre_register(demander)
    filled, blank = f"{case}document/pre-registration/1/print", "/forms/pre-registration/blank"
    layout = own_layouts.settings.forms / "pre-registration.typ"
    layout.write_text(BROKEN, "utf-8")
    for path in (f"{filled}.pdf", f"{blank}.pdf"):
        told = demander.get(path, status=503)
        assert "暂时不能打印" in told.html.h1.text
        assert "pre-registration.typ" not in told.text
        assert told.html.select_one("main code").text.strip()
        shown = officer.get(path, status=503).html.select_one("main code").text
        assert shown.startswith("forms/pre-registration.typ:3:")
        assert str(own_layouts.settings.forms) not in shown
    assert "pre-registration.typ" not in own_layouts.stranger().get(f"{blank}.pdf", status=503).text
    # What needs no layout goes on, and so does the rest of the page.
    assert demander.get(f"{filled}.docx").body.startswith(b"PK")
    assert demander.get(f"{blank}.xlsx").body.startswith(b"PK")
    form(told, "/language").submit("to", value="en", status=303)
    page = demander.get(f"{blank}.pdf", status=503)
    assert "cannot be printed now" in page.html.h1.text
    layout.unlink()
    assert demander.get(f"{filled}.pdf").body.startswith(b"%PDF")
    assert demander.get(f"{blank}.pdf").body.startswith(b"%PDF")


def test_missing_fonts_are_told_the_same_way(tmp_path: Path) -> None:
    with living(tmp_path, **{"jiebang.fonts": str(tmp_path / "none")}) as site:
        path = "/forms/pre-registration/blank.pdf"
        assert "make setup" not in site.stranger().get(path, status=503).text
        assert "make setup" in site.client("case_officer").get(path, status=503).text
