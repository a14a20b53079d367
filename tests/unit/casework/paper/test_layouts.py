"""Whether each form can be printed is found out before anybody prints it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jiebang.casework.policies.agreeing import check_forms
from tests.unit.documents.sheets import ROOT

EDITIONS = [one.parent for one in sorted((ROOT / "rules").glob("*/edition.yaml"))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the site's forms."""
    return Path(shutil.copytree(ROOT / "forms", tmp_path / "forms"))


def test_a_layout_of_a_form_that_cannot_be_set_is_told_with_its_line(folder: Path):
    (folder / "entry.typ").write_text('#import "print/parts.typ": *\n\n#shee.title\n', "utf-8")
    (found,) = check_forms(folder, EDITIONS)
    assert (found.file, found.line, found.code) == ("forms/entry.typ", 3, "layout")
    assert "shee" in found.zh
    assert check_forms(folder, EDITIONS, only={"demand-survey"}) == []


def test_a_fault_of_a_shared_layout_is_told_once(folder: Path):
    layout = folder / "print" / "agreement.typ"
    layout.write_text(layout.read_text("utf-8") + "\n#let x = )\n", "utf-8")
    (found,) = check_forms(folder, EDITIONS)
    assert found.file == "forms/print/agreement.typ"


def test_a_package_from_the_network_is_refused(folder: Path):
    (folder / "entry.typ").write_text('#import "@preview/cetz:0.2.2": canvas\n', "utf-8")
    (found,) = check_forms(folder, EDITIONS)
    assert (found.file, found.line) == ("forms/entry.typ", 1)
    assert "@preview/cetz:0.2.2" in found.zh
