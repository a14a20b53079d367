"""``jiebang form …`` as people type it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from pypdf import PdfReader

from jiebang.cli import main

ROOT = Path(__file__).parents[2]
Output = pytest.CaptureFixture[str]
PROBE = """\
id: probe
version: 3
title: {zh: 试填表, en: Probe}
source: R
sections:
  - id: only
    title: {zh: 部分, en: Section}
    fields:
      - {key: name, type: text, max: 9, required: true, label: {zh: 名称, en: Name}}
      - {key: cost, type: money, unit: 元, label: {zh: 费用, en: Cost}, fact: voucher.cost}
      - {key: sign, type: signature, label: {zh: 签字, en: Signature}, fact: {agreement.signed_on: date}}
      - {key: code, type: credit_code, label: {zh: 代码, en: Code}}
      - {key: session, type: one_of, options_from: edition.sessions, label: {zh: 专场, en: Session}}
"""
SOUND = {
    "name": "设备",
    "cost": 120050,
    "sign": {"name": "经办人员", "date": "2019-08-05"},
    "session": "7",
}


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    """A folder with one form of its own, and the layouts of the site."""
    folder = tmp_path / "forms"
    folder.mkdir()
    shutil.copytree(ROOT / "forms" / "print", folder / "print")
    shutil.copy(ROOT / "forms" / "uploads.yaml", folder)
    (folder / "probe.yaml").write_text(PROBE, "utf-8")
    return folder


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the site's forms."""
    return Path(shutil.copytree(ROOT / "forms", tmp_path / "forms"))


def change(file: Path, was: str, now: str) -> int:
    """Write a file anew with something changed; the line on which it stands."""
    text = file.read_text("utf-8")
    assert was in text
    file.write_text(text.replace(was, now, 1), "utf-8")
    return text[: text.index(was)].count("\n") + 1


def validate(forms: Path, tmp_path: Path, data: Any, *more: str) -> int:
    file = tmp_path / "data.json"
    file.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
    command = ["form", "validate", "probe", "--data", str(file), "--forms", str(forms), *more]
    return main(command)


# ---- list ----


def test_every_form_is_listed(capsys: Output) -> None:
    assert main(["form", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    files = {one.stem for one in (ROOT / "forms").glob("*.yaml")} - {"uploads"}
    assert {line.split("\t")[0] for line in lines} == files
    survey = next(line for line in lines if line.startswith("demand-survey\t"))
    assert "技术创新需求调查表 / Technical innovation demand survey" in survey


def test_a_list_for_programs_names_every_field(forms: Path, capsys: Output) -> None:
    assert main(["form", "list", "--json", "--forms", str(forms)]) == 0
    (probe,) = json.loads(capsys.readouterr().out)
    assert (probe["id"], probe["version"]) == ("probe", 3)
    assert probe["title"] == {"zh": "试填表", "en": "Probe"}
    assert [one["key"] for one in probe["fields"]] == ["name", "cost", "sign", "code", "session"]
    assert probe["fields"][0] == {
        "key": "name",
        "type": "text",
        "required": True,
        "section": "only",
        "label": {"zh": "名称", "en": "Name"},
    }


# ---- check ----


def test_the_forms_of_the_site_are_clean(capsys: Output) -> None:
    assert main(["form", "check"]) == 0
    assert capsys.readouterr().out == ""


def test_what_is_wrong_is_told_with_its_line_and_the_remedy(copied: Path, capsys: Output) -> None:
    line = change(copied / "demand-survey.yaml", "type: longtext", "type: longtxt")
    assert main(["form", "check", "--forms", str(copied)]) == 1
    said = capsys.readouterr().out
    assert f"forms/demand-survey.yaml:{line}:" in said
    assert "改法 / remedy: longtext" in said


def test_a_text_without_english_is_told(copied: Path, capsys: Output) -> None:
    survey = copied / "demand-survey.yaml"
    line = change(survey, "{zh: 填报日期, en: Date}", "{zh: 填报日期}")
    assert main(["form", "check", "demand-survey", "--forms", str(copied)]) == 1
    assert f"forms/demand-survey.yaml:{line}:" in capsys.readouterr().out
    assert main(["form", "check", "complaint", "--forms", str(copied)]) == 0


def test_a_form_that_disagrees_with_the_rules_is_told(copied: Path, capsys: Output) -> None:
    line = change(copied / "demand-survey.yaml", "fact: demand.class", "fact: demand.clas")
    assert main(["form", "check", "--forms", str(copied), "--json"]) == 1
    misspelt, unstated = json.loads(capsys.readouterr().out)
    assert (misspelt["file"], misspelt["line"]) == ("forms/demand-survey.yaml", line)
    assert misspelt["suggestion"] == "demand.class"
    assert (unstated["file"], unstated["paste"]) == (
        "forms/demand-survey.yaml",
        "fact: demand.class",
    )


def test_only_the_forms_that_are_named_are_told(copied: Path, capsys: Output) -> None:
    change(copied / "demand-survey.yaml", "fact: demand.class", "fact: demand.clas")
    assert main(["form", "check", "entry", "complaint", "--forms", str(copied)]) == 0
    assert main(["form", "check", "entry", "demand-survey", "--forms", str(copied)]) == 1
    capsys.readouterr()
    assert main(["form", "check", "demand-surwey", "--forms", str(copied)]) == 2
    assert "demand-survey" in capsys.readouterr().err


def test_a_form_without_a_layout_is_told(copied: Path, capsys: Output) -> None:
    change(copied / "complaint.yaml", "version:", "print: tablet\nversion:")
    text = (copied / "complaint.yaml").read_text("utf-8").replace("\nprint: table\n", "\n")
    (copied / "complaint.yaml").write_text(text, "utf-8")
    assert main(["form", "check", "complaint", "--forms", str(copied)]) == 1
    said = capsys.readouterr().out
    assert "no print layout “tablet”" in said or 'no print layout "tablet"' in said


@pytest.mark.parametrize("folder", ["--forms", "--rules"])
def test_a_folder_that_is_not_there_is_told(folder: str, tmp_path: Path, capsys: Output) -> None:
    assert main(["form", "check", folder, str(tmp_path / "none")]) == 2
    assert "没有这个文件夹" in capsys.readouterr().err


# ---- validate ----


def test_sound_answers_and_what_they_state(forms: Path, tmp_path: Path, capsys: Output) -> None:
    assert validate(forms, tmp_path, SOUND, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "valid": True,
        "errors": [],
        "warnings": [],
        "facts": {"voucher.cost": 120050, "agreement.signed_on": "2019-08-05"},
    }


@pytest.mark.parametrize("lang", ["zh", "zh_CN", "en"])
def test_what_is_wrong_is_said_in_the_language_asked_for(
    forms: Path, tmp_path: Path, capsys: Output, lang: str
) -> None:
    wrong = {"name": "设备", "cost": "12", "code": "91310115MA1K00023F", "colour": 1}
    assert validate(forms, tmp_path, wrong, "--json", "--lang", lang) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["valid"] is False
    assert [one["field"] for one in told["errors"]] == ["cost", "colour"]
    assert [one["field"] for one in told["warnings"]] == ["code"]
    assert ("Cost" if lang == "en" else "费用") in told["errors"][0]["message"]


def test_people_are_told_in_lines(forms: Path, tmp_path: Path, capsys: Output) -> None:
    assert validate(forms, tmp_path, {"cost": 1}, "--lang", "en") == 1
    assert capsys.readouterr().out.splitlines() == [
        "✗ name  Fill in “Name”.",
        "  voucher.cost = 1",
        "1 处须改正 / to be corrected",
    ]
    assert validate(forms, tmp_path, {"name": "设备"}) == 0
    assert capsys.readouterr().out == "可以提交 / valid\n"


def test_yaml_is_read_too(forms: Path, tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "data.yaml"
    file.write_text("name: 设备\nsign: {name: 经办人员, date: 2019-08-05}\nsession: '7'\n", "utf-8")
    command = ["form", "validate", "probe", "--data", str(file), "--forms", str(forms), "--json"]
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out)["facts"] == {"agreement.signed_on": "2019-08-05"}


@pytest.mark.parametrize(
    ("data", "zh"),
    [
        ("", "不合 JSON 的写法：第 1 行第 1 列"),
        ("{name}", "不合 JSON 的写法：第 1 行第 2 列"),
        ("[1]", "应为“字段: 答案”的对象"),
        ('"name"', "应为“字段: 答案”的对象"),
        ('{"name": 1, "name": 2}', "“name”写了两次"),
        ('{"cost": NaN}', "“cost”不是一个数：nan"),
        ('{"cost": 1e999}', "“cost”不是一个数：inf"),
        ('{"cost": ' + "9" * 5000 + "}", "有读不出来的数"),
        ("[" * 100_000, "嵌套太深，读不下去"),
    ],
)
def test_what_cannot_be_read_is_unusable(
    forms: Path, tmp_path: Path, capsys: Output, data: str, zh: str
) -> None:
    assert validate(forms, tmp_path, data) == 2
    assert f"data.json: {zh} / " in capsys.readouterr().err


def test_a_file_in_another_encoding_is_unusable(
    forms: Path, tmp_path: Path, capsys: Output
) -> None:
    file = tmp_path / "data.json"
    command = ["form", "validate", "probe", "--data", str(file), "--forms", str(forms)]
    assert main(command) == 2
    assert "没有这个文件 / " in capsys.readouterr().err
    file.write_bytes('{"name": "设备"}'.encode("gbk"))
    assert main(command) == 2
    assert "不是 UTF-8 编码，请另存为 UTF-8 / " in capsys.readouterr().err


@pytest.mark.parametrize(
    "data",
    [
        {"name": ["设备"]},
        {"name": {"zh": "设备"}},
        {"name": "设备", "sign": "经办人员"},
        {"name": "设备", "sign": [1, None]},
        {"name": "设备", "session": {"a": [{}]}},
        {"name": "设备", "cost": 1.5e300},
        {"name": None},
    ],
)
def test_answers_of_the_wrong_shape_are_wrong(
    forms: Path, tmp_path: Path, capsys: Output, data: Any
) -> None:
    assert validate(forms, tmp_path, data, "--json") == 1
    assert json.loads(capsys.readouterr().out)["errors"]


def test_a_session_is_one_of_the_edition_asked_for(
    forms: Path, tmp_path: Path, capsys: Output
) -> None:
    data = {"name": "设备", "session": "29"}
    assert validate(forms, tmp_path, data, "--edition", "shanghai-2019") == 0
    assert validate(forms, tmp_path, data, "--edition", "example-province") == 1
    assert validate(forms, tmp_path, data, "--edition", "shanghai-2018") == 2
    assert "shanghai-2019" in capsys.readouterr().err


# ---- schema and print ----


def test_a_schema_judges_as_the_form_does(forms: Path, capsys: Output) -> None:
    assert main(["form", "schema", "probe", "--forms", str(forms)]) == 0
    schema = json.loads(capsys.readouterr().out)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    assert validator.is_valid(SOUND)
    assert not validator.is_valid({**SOUND, "session": "30"})
    assert not validator.is_valid({**SOUND, "colour": 1})


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_form_on_paper_blank_and_filled(
    forms: Path, tmp_path: Path, capsys: Output, lang: str
) -> None:
    (tmp_path / "data.json").write_text(json.dumps(SOUND), "utf-8")
    for more in ((), ("--data", str(tmp_path / "data.json"))):
        for suffix in ("pdf", "docx"):
            out = tmp_path / f"form.{suffix}"
            command = ["form", "print", "probe", "--forms", str(forms), "--lang", lang, *more]
            assert main([*command, "-o", str(out)]) == 0, capsys.readouterr().err
            assert out.stat().st_size > 5000
        workbook = tmp_path / "form.xlsx"
        command = ["form", "print", "probe", "--forms", str(forms), "--lang", lang, *more]
        assert main([*command, "-o", str(workbook)]) == 0, capsys.readouterr().err
    cells = [cell.value for row in load_workbook(workbook).worksheets[0].rows for cell in row]
    assert 1200.5 in cells
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "form.pdf").pages)
    assert "1,200.50" in text
    assert "设备" in text


@pytest.mark.parametrize("name", ["form.txt", "form", "none/form.pdf"])
def test_paper_that_cannot_be_made(forms: Path, tmp_path: Path, capsys: Output, name: str) -> None:
    command = ["form", "print", "probe", "--forms", str(forms), "-o", str(tmp_path / name)]
    assert main(command) == 2
    assert name in capsys.readouterr().err


@pytest.mark.parametrize("command", ["schema", "validate", "print"])
def test_a_form_that_is_not_there(
    forms: Path, tmp_path: Path, capsys: Output, command: str
) -> None:
    data = tmp_path / "data.json"
    data.write_text("{}", "utf-8")
    more = {
        "schema": (),
        "validate": ("--data", str(data)),
        "print": ("-o", str(tmp_path / "x.pdf")),
    }
    assert main(["form", command, "prob", "--forms", str(forms), *more[command]]) == 2
    assert "是否想写“probe”" in capsys.readouterr().err
