"""What an edition and its workflow name is asked by forms, and fit for what it is named for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jiebang.casework.policies.naming import WORKFLOW, named
from jiebang.edition.loading import FILE, load_edition
from jiebang.forms import FormBook
from jiebang.workflow.definition import Definition
from jiebang.yamlfile import Finding

ROOT = Path(__file__).parents[4]
EDITION = ROOT / "rules" / "shanghai-2019"


@pytest.fixture(scope="module")
def forms() -> FormBook:
    return FormBook.load(ROOT / "forms")


def find(folder: Path, forms: FormBook, *, only: tuple[str, ...] | None = None) -> list[Finding]:
    return list(
        named(
            folder=folder,
            edition=load_edition(folder),
            workflow=Definition.load(folder / WORKFLOW),
            forms=forms,
            only=only,
        )
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(EDITION.parent, tmp_path / "rules")
    return tmp_path / "rules" / EDITION.name


def put(path: Path, old: str, new: str) -> int:
    """Write ``new`` for ``old``; the line on which it then stands."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_what_is_there_is_fit(forms: FormBook) -> None:
    assert find(EDITION, forms) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "told"),
    [
        ("  title: need_title", "  title: need_titel", "unknown", "need_title"),
        ("  title: need_title", "  title: tech_field", "unfit", "text"),
        ("  title: need_title", "  title: org_name_en", "unknown", ""),
        ("  district: district", "  district: contact", "unfit", "one_of"),
        ("  session: session_pref", "  session: district", "unfit", "edition.sessions"),
    ],
)
def test_a_demand_is_opened_by_answers_that_serve(
    folder: Path, forms: FormBook, old: str, new: str, code: str, told: str
) -> None:
    line = put(folder / WORKFLOW, old, new)
    (finding,) = find(folder, forms)
    assert (finding.line, finding.code) == (line, code)
    assert Path(finding.file).name == "demand.yaml"
    assert told in finding.zh
    assert told in finding.en


def test_an_announcement_is_made_of_answers_that_are_asked(folder: Path, forms: FormBook) -> None:
    line = put(folder / FILE, "field: restated", "field: restaged")
    (finding,) = find(folder, forms)
    assert (finding.line, finding.suggestion) == (line, "restated")
    assert find(folder, forms, only=("pre-registration",)) == []
